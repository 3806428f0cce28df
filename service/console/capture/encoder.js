/** A video's newest picture as JPEG: in a worker where the browser can, else on a canvas of the page. */

const QUALITY = 0.86;

/**
 * @typedef {{width: number, height: number}} Size
 * @typedef {object} Encoder
 * @property {(video: HTMLVideoElement, size: Size) => Promise<ArrayBuffer>} encode one at a time
 * @property {() => void} close
 */

/** @returns {Encoder} */
export function openEncoder() {
  const worker = startWorker();
  const canvas = canvasEncoder();
  if (worker === null) {
    return canvas;
  }
  let works = true; // until it is blocked by the page's policy, or by a browser that only half knows it
  worker.addEventListener("error", () => (works = false));
  return {
    async encode(video, size) {
      if (works) {
        try {
          return await inWorker(worker, video, size);
        } catch {
          works = false;
        }
      }
      return canvas.encode(video, size);
    },
    close: () => worker.terminate(),
  };
}

/**
 * Embedded in a page of another host there is none: browsers start workers of their own host only.
 * @returns {Worker | null}
 */
function startWorker() {
  const url = new URL("./encoder-worker.js", import.meta.url);
  if (typeof OffscreenCanvas === "undefined" || url.origin !== location.origin) {
    return null;
  }
  try {
    return new Worker(trusted(url.href), { type: "module" });
  } catch {
    return null;
  }
}

/** @typedef {{createScriptURL: (url: string) => string}} Policy */

/** @type {Policy | undefined} a name is given out once */
let policy;

/**
 * Under a policy of trusted types, which the console has, a script's address needs a promise.
 * @param {string} url
 * @returns {string}
 */
function trusted(url) {
  const { trustedTypes } =
    /** @type {{trustedTypes?: {createPolicy: (name: string, rules: Policy) => Policy}}} */ (globalThis);
  policy ??= trustedTypes?.createPolicy("liveness-capture", { createScriptURL: (own) => own });
  return policy?.createScriptURL(url) ?? url;
}

/**
 * @param {Worker} worker
 * @param {HTMLVideoElement} video
 * @param {Size} size
 * @returns {Promise<ArrayBuffer>}
 */
async function inWorker(worker, video, size) {
  const bitmap = await createImageBitmap(video, { resizeWidth: size.width, resizeHeight: size.height });
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.addEventListener("error", reject, { once: true });
    worker.postMessage({ bitmap, quality: QUALITY }, [bitmap]);
  });
}

/** @returns {Encoder} */
function canvasEncoder() {
  const canvas = document.createElement("canvas");
  return {
    async encode(video, size) {
      Object.assign(canvas, size);
      canvas.getContext("2d", { alpha: false })?.drawImage(video, 0, 0, size.width, size.height);
      const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
      return /** @type {Blob} */ (blob).arrayBuffer();
    },
    close: () => {},
  };
}
