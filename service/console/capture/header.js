/** A frame's binary message: 16 bytes of header, big-endian, then the picture. */

const VERSION = 1;
const JPEG = 1;
const HEADER_BYTES = 16;

/**
 * @param {ArrayBuffer} jpeg
 * @param {number} sequence rises from frame to frame
 * @param {number} captured microseconds of this page's clock
 * @returns {ArrayBuffer}
 */
export function packFrame(jpeg, sequence, captured) {
  const message = new Uint8Array(HEADER_BYTES + jpeg.byteLength);
  const header = new DataView(message.buffer);
  header.setUint8(0, VERSION);
  header.setUint8(1, JPEG);
  header.setUint32(4, sequence);
  header.setBigUint64(8, BigInt(Math.round(captured)));
  message.set(new Uint8Array(jpeg), HEADER_BYTES);
  return message.buffer;
}
