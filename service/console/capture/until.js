/** When a page ends a check on the open stream, where the service leaves that to its client. */

/** @typedef {import("./messages.js").ServerMessage} ServerMessage */

const SECONDS = 2.4; // from the first window: the verdict looks at motion over two seconds
const PATIENCE_SECONDS = 10; // with a person who was told what to do, and a busy service

/** As soon as a verdict is likely: enough windows over enough time, and nothing left to be said. */
export class UntilDecided {
  #hint = /** @type {string | null} */ (null);
  #firstAt = 0;
  #needed = Infinity;
  #windows = 0;

  /**
   * @param {number} now milliseconds
   * @param {ServerMessage} message
   * @returns {boolean}
   */
  enough(now, message) {
    if (message.type === "guidance") {
      this.#hint = message.code;
    }
    if (message.type === "progress") {
      this.#firstAt ||= now;
      this.#windows = message.windows;
      this.#needed = message.needed;
    }
    const seconds = this.#firstAt ? (now - this.#firstAt) / 1000 : 0;
    const seen = this.#windows >= this.#needed && seconds >= SECONDS;
    return seen && (this.#hint === null || seconds >= PATIENCE_SECONDS);
  }
}
