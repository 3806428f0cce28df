// JPEGs to a stream of `liveness.v1`, with JavaScript (Node 22 or newer, or 20 with --experimental-websocket;
// a browser's WebSocket is the same). In a page, take the element <liveness-capture> of /console/capture.js.
//
//   node stream.mjs FOLDER WS_URL [TOKEN]      FOLDER holds JPEGs in the order of their names, 25 a second

import { readdir, readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

const FPS = 25;
const [folder, url, token] = process.argv.slice(2);
const names = (await readdir(folder)).filter((name) => name.endsWith(".jpg")).sort();
const pictures = await Promise.all(names.map((name) => readFile(`${folder}/${name}`)));

/** 16 bytes, big-endian: version, codec (1: JPEG), flags, sequence, capture time in microseconds. */
function frame(picture, sequence, seconds) {
  const message = new Uint8Array(16 + picture.length);
  const header = new DataView(message.buffer);
  header.setUint8(0, 1);
  header.setUint8(1, 1);
  header.setUint16(2, 0);
  header.setUint32(4, sequence);
  header.setBigUint64(8, BigInt(Math.round(seconds * 1e6)));
  message.set(picture, 16);
  return message;
}

const socket = new WebSocket(url, ["liveness.v1", ...(token ? [`token.${token}`] : [])]);
const say = (message) => socket.send(JSON.stringify(message));
let credit = 0;

async function film() {
  let sequence = 0;
  for (let i = 0; i < pictures.length && socket.readyState === WebSocket.OPEN; i += 1) {
    await sleep(1000 / FPS);
    if (credit > 0) {
      // without credit the service is behind: leave the picture out
      credit -= 1;
      socket.send(frame(pictures[i], sequence, i / FPS));
      sequence += 1;
    }
  }
  say({ type: "end" });
}

socket.onopen = () => say({ type: "hello", version: 1, width: 320, height: 240, fps: FPS });
socket.onmessage = ({ data }) => {
  const said = JSON.parse(data);
  credit += said.type === "ready" || said.type === "ack" ? said.credit : 0;
  if (said.type === "ready") film();
  if (said.type === "guidance" && said.code) console.error(`hint: ${said.code}`);
  if (said.type === "error") console.error(`${said.code}: ${said.message}`);
  if (said.type === "outcome") console.log(said.result);
};
socket.onclose = ({ code }) => {
  process.exitCode = code === 1000 ? 0 : 2;
};
