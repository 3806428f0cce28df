/** Encodes pictures as JPEG, off the page's thread. */

/**
 * @typedef {{bitmap: ImageBitmap, quality: number}} Job
 */

/** @type {OffscreenCanvas | null} */
let canvas = null;

/** @param {MessageEvent<Job>} event */
self.onmessage = async ({ data: { bitmap, quality } }) => {
  const { width, height } = bitmap;
  if (canvas?.width !== width || canvas.height !== height) {
    canvas = new OffscreenCanvas(width, height);
  }
  canvas.getContext("2d", { alpha: false })?.drawImage(bitmap, 0, 0);
  bitmap.close();
  const blob = await canvas.convertToBlob({ type: "image/jpeg", quality });
  const jpeg = await blob.arrayBuffer();
  self.postMessage(jpeg, { transfer: [jpeg] });
};
