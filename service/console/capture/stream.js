/** One stream of `liveness.v1`: a WebSocket with its credit, taken up again once where it is lost. */

import { Failure, fromClose, fromError } from "./failures.js";
import { packFrame } from "./header.js";
import { PROTOCOL } from "./messages.js";

/** @typedef {import("./messages.js").ServerMessage} ServerMessage */
/** @typedef {import("./messages.js").Ready} Ready */

const RESUME_SECONDS = 9; // the service holds a lost stream for 10
const RESUME_PAUSE_MS = 700;
/** What may wait in this page: the service's credit does not see a slow network. */
const MAX_BUFFERED_BYTES = 192 * 1024;

/**
 * @typedef {object} Listener
 * @property {(message: ServerMessage) => void} heard
 * @property {() => void} lost the connection broke and is being taken up again
 * @property {(failure: Failure) => void} failed it is over without an outcome
 */

export class LivenessStream {
  #credit = 0;
  #sequence = 0;
  #over = false;
  #failure = /** @type {Failure | null} */ (null);
  #resumeToken = /** @type {string | null} */ (null);
  #resumeUntil = 0;
  #socket = /** @type {WebSocket | null} */ (null);

  /**
   * @param {string} url
   * @param {string | null} token of a session's client; none for the open stream
   * @param {{width: number, height: number, fps: number, trace: boolean}} hello
   * @param {Listener} listener
   */
  constructor(url, token, hello, listener) {
    this.url = url;
    this.hello = hello;
    this.listener = listener;
    this.ready = /** @type {Ready | null} */ (null);
    this.#connect(token === null ? [] : [`token.${token}`]);
  }

  /** Whether a frame may be sent now. */
  get open() {
    const socket = this.#socket;
    return this.#credit > 0 && socket !== null && socket.bufferedAmount < MAX_BUFFERED_BYTES;
  }

  /**
   * @param {ArrayBuffer} jpeg
   * @param {number} captured milliseconds, later than the frame before
   * @returns {boolean} whether it went: the connection may have been lost since `open` was asked
   */
  send(jpeg, captured) {
    if (!this.open || jpeg.byteLength >= (this.ready?.limits.max_message_bytes ?? 0)) {
      return false;
    }
    this.#credit -= 1;
    this.#socket?.send(packFrame(jpeg, this.#sequence++, captured * 1000));
    return true;
  }

  /** Asks for the outcome. */
  end() {
    this.#credit = 0;
    this.#socket?.send(JSON.stringify({ type: "end" }));
  }

  /** Leaves, without an outcome. */
  close() {
    this.#over = true;
    this.#credit = 0;
    this.#socket?.close();
  }

  /** @param {string[]} secrets */
  #connect(secrets) {
    const socket = new WebSocket(this.url, [PROTOCOL, ...secrets]);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => socket.send(JSON.stringify({ type: "hello", version: 1, ...this.hello }));
    socket.onmessage = ({ data }) => this.#hear(JSON.parse(data));
    socket.onclose = ({ code }) => this.#closed(code);
    this.#socket = socket;
  }

  /** @param {ServerMessage} message */
  #hear(message) {
    if (this.#over) {
      return;
    }
    switch (message.type) {
      case "ready":
        this.ready = message;
        this.#credit = message.credit;
        this.#resumeToken = message.resume_token;
        break;
      case "ack":
        this.#credit += message.credit;
        break;
      case "error":
        this.#failure = fromError(message);
        return;
      case "outcome":
        this.#over = true;
        this.#credit = 0;
    }
    this.listener.heard(message);
  }

  /** @param {number} code */
  #closed(code) {
    this.#credit = 0;
    if (this.#over) {
      return;
    }
    const failure = this.#failure ?? fromClose(code, this.ready !== null);
    if (failure.kind === "lost" && this.#resumeToken !== null) {
      this.#resume(this.#resumeToken);
      return;
    }
    this.#over = true;
    const tooLate = failure.kind === "expired" && this.#resumeUntil > 0;
    this.listener.failed(tooLate ? new Failure("lost") : failure);
  }

  /** @param {string} token */
  #resume(token) {
    const now = performance.now();
    this.#resumeUntil ||= now + 1000 * RESUME_SECONDS;
    if (now >= this.#resumeUntil) {
      this.#over = true;
      this.listener.failed(new Failure("lost"));
      return;
    }
    this.listener.lost();
    setTimeout(() => this.#over || this.#connect([`resume.${token}`]), RESUME_PAUSE_MS);
  }
}
