// One compressed GLB head -> OUT.json (what is where) and OUT.bin (the arrays), for `rigged.py`.
// Usage: node glb.mjs IN.glb OUT   (needs @gltf-transform/core, @gltf-transform/extensions, meshoptimizer)
import { writeFileSync } from "node:fs";
import { NodeIO } from "@gltf-transform/core";
import { ALL_EXTENSIONS } from "@gltf-transform/extensions";
import { MeshoptDecoder } from "meshoptimizer";

const [input, output] = process.argv.slice(2);
await MeshoptDecoder.ready;
const io = new NodeIO()
  .registerExtensions(ALL_EXTENSIONS)
  .registerDependencies({ "meshopt.decoder": MeshoptDecoder });
const root = (await io.read(input)).getRoot();

const chunks = [];
let offset = 0;
function store(array) {
  const bytes = Buffer.from(array.buffer, array.byteOffset, array.byteLength);
  const entry = { offset, bytes: bytes.length };
  const padded = Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
  chunks.push(padded);
  offset += padded.length;
  return entry;
}
function floats(accessor) {
  const size = accessor.getElementSize();
  const values = new Float32Array(accessor.getCount() * size);
  for (let i = 0; i < accessor.getCount(); i++) values.set(accessor.getElement(i, []), i * size);
  return { ...store(values), size };
}

const drawn = (node) => node.getMesh()?.listPrimitives()[0].getAttribute("TEXCOORD_0") && node.getSkin();
const meshes = root.listNodes().filter(drawn).map((node) => {
  const primitive = node.getMesh().listPrimitives()[0];
  const names = node.getMesh().getExtras().targetNames ?? [];
  return {
    name: node.getMesh().getName(),
    texture: primitive.getMaterial().getBaseColorTexture()?.getName() ?? null,
    alpha: primitive.getMaterial().getAlphaMode(),
    joints: node.getSkin().listJoints().map((joint) => joint.getName()),
    inverseBind: floats(node.getSkin().getInverseBindMatrices()),
    world: node.getSkin().listJoints().map((joint) => joint.getWorldMatrix()),
    position: floats(primitive.getAttribute("POSITION")),
    uv: floats(primitive.getAttribute("TEXCOORD_0")),
    joint: floats(primitive.getAttribute("JOINTS_0")),
    weight: floats(primitive.getAttribute("WEIGHTS_0")),
    index: store(new Uint32Array(primitive.getIndices().getArray())),
    // A target that moves nothing has no positions.
    targets: primitive.listTargets().flatMap((target, i) => {
      const position = target.getAttribute("POSITION");
      return position ? [{ name: names[i] ?? String(i), position: floats(position) }] : [];
    }),
  };
});
const textures = root.listTextures().map((texture) => ({
  name: texture.getName(),
  ...store(texture.getImage()),
}));
writeFileSync(`${output}.bin`, Buffer.concat(chunks));
writeFileSync(`${output}.json`, JSON.stringify({ meshes, textures }));
