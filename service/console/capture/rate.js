/** Keeps a fast camera below the rate that the service takes: a bucket that fills with time. */

const BURST = 3;

export class FrameRate {
  #left = BURST;
  #at = -Infinity;

  /** @param {number} fps frames a second that are allowed */
  constructor(fps) {
    this.fps = fps;
  }

  /**
   * @param {number} now milliseconds
   * @returns {boolean} whether this frame may go
   */
  take(now) {
    this.#left = Math.min(BURST, this.#left + (this.fps * (now - this.#at)) / 1000);
    this.#at = now;
    if (this.#left < 1) {
      return false;
    }
    this.#left -= 1;
    return true;
  }
}
