/** Depth maps as pictures that an eye can read: near is light, far is dark, on one scale of colour. */

import { element } from "../capture/dom.js";

/** RGB at equal steps of depth 0 to 1; brightness rises all the way, so that it reads without colour, too. */
const SCALE = [
  [10, 22, 36],
  [18, 62, 86],
  [28, 112, 122],
  [76, 168, 132],
  [174, 214, 130],
  [253, 246, 190],
];

/** @type {Uint8ClampedArray} RGB of each of the 256 levels */
const COLOURS = Uint8ClampedArray.from({ length: 256 * 3 }, (_, i) => {
  const at = (Math.floor(i / 3) / 255) * (SCALE.length - 1);
  const low = Math.min(Math.floor(at), SCALE.length - 2);
  const [from, to] = [SCALE[low][i % 3], SCALE[low + 1][i % 3]];
  return from + (at - low) * (to - from);
});

/**
 * @param {string} label
 * @param {string} hint what the maps are
 * @returns {{root: HTMLElement, show: (url: string) => Promise<void>, clear: () => void}} `show` takes grey
 *   maps side by side, as a data URL
 */
export function depthRow(label, hint) {
  const canvas = element("canvas", { width: 128, height: 32, role: "img", "aria-label": label });
  const root = element(
    "figure",
    { class: "depth" },
    element("figcaption", {}, element("b", {}, label), element("span", {}, hint)),
    canvas,
  );
  return {
    root,
    show: (url) => paint(canvas, url),
    clear: () => contextOf(canvas)?.clearRect(0, 0, canvas.width, canvas.height),
  };
}

/**
 * The first request for a canvas's context decides what kind it is.
 * @param {HTMLCanvasElement} canvas
 */
function contextOf(canvas) {
  return canvas.getContext("2d", { willReadFrequently: true });
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {string} url
 */
async function paint(canvas, url) {
  const image = new Image();
  image.src = url;
  await image.decode();
  Object.assign(canvas, { width: image.naturalWidth, height: image.naturalHeight });
  const context = contextOf(canvas);
  if (context === null) {
    return;
  }
  context.drawImage(image, 0, 0);
  const pixels = context.getImageData(0, 0, canvas.width, canvas.height);
  for (let at = 0; at < pixels.data.length; at += 4) {
    pixels.data.set(COLOURS.subarray(3 * pixels.data[at], 3 * pixels.data[at] + 3), at);
  }
  context.putImageData(pixels, 0, 0);
}
