/** One liveness check, from the camera to the outcome; it knows no page. */

import { closeCamera, everyFrame, frameRate, openCamera } from "./camera.js";
import { openEncoder } from "./encoder.js";
import { Failure } from "./failures.js";
import { FrameRate } from "./rate.js";
import { LivenessStream } from "./stream.js";

/** @typedef {import("./messages.js").ServerMessage} ServerMessage */
/**
 * @typedef {"idle" | "camera" | "connecting" | "streaming" | "resuming" | "judging" | "done"
 *   | "failed"} Phase
 * @typedef {{shown: number, sent: number, left_out: number, bytes: number}} FrameTally
 */

/** Of the service's rate: its clock and this one's differ. */
const RATE_SHARE = 0.95;
const MAX_SIDE = 640;

/**
 * @typedef {object} Course
 * @property {string} url of the stream
 * @property {string | null} token
 * @property {boolean} trace whether to ask for what the network sees
 * @property {{enough(now: number, message: ServerMessage): boolean} | null} until when this page ends the
 *   check; null where the service does
 */

export class Check extends EventTarget {
  #camera = /** @type {MediaStream | null} */ (null);
  #stream = /** @type {LivenessStream | null} */ (null);
  #encoder = openEncoder();
  #encoding = false;
  #lastSent = 0;
  #stopFrames = () => {};
  #rate = new FrameRate(0);

  /**
   * @param {HTMLVideoElement} video shows the camera
   * @param {Course} course
   */
  constructor(video, course) {
    super();
    this.video = video;
    this.course = course;
    /** @type {Phase} */
    this.phase = "idle";
    /** @type {FrameTally} */
    this.frames = { shown: 0, sent: 0, left_out: 0, bytes: 0 };
  }

  /** Whether the token, if there is one, has opened a stream. */
  get began() {
    return Boolean(this.#stream?.ready);
  }

  async start() {
    this.#become("camera");
    let camera = null;
    try {
      camera = await openCamera();
      if (this.phase !== "camera") {
        closeCamera(camera); // left while the person was asked: another check may have the video by now
        return;
      }
      this.#camera = camera;
      this.video.srcObject = camera;
      await this.video.play();
    } catch (error) {
      closeCamera(camera);
      this.#fail(error instanceof Failure ? error : new Failure("camera_lost", { message: String(error) }));
      return;
    }
    if (this.phase !== "camera") {
      closeCamera(camera);
      return;
    }
    camera.getVideoTracks()[0].onended = () => this.#fail(new Failure("camera_lost"));
    this.#connect(camera);
  }

  /** Asks for the outcome now. */
  finish() {
    if (this.phase === "streaming") {
      this.#become("judging");
      this.#stream?.end();
    }
  }

  /** Leaves without an outcome; nothing is said any more. */
  leave() {
    this.phase = "idle";
    this.#release();
    this.#stream?.close();
  }

  /** @param {MediaStream} camera */
  #connect(camera) {
    this.#become("connecting");
    const hello = { ...this.#size(), fps: frameRate(camera), trace: this.course.trace };
    this.#stream = new LivenessStream(this.course.url, this.course.token, hello, {
      heard: (message) => this.#hear(message),
      lost: () => this.phase === "judging" || this.#become("resuming"),
      failed: (failure) => this.#fail(failure),
    });
    this.#stopFrames = everyFrame(this.video, (captured) => void this.#look(captured));
  }

  /** @param {ServerMessage} message */
  #hear(message) {
    if (message.type === "ready") {
      this.#begin(message.limits.max_fps);
    }
    this.dispatchEvent(new CustomEvent("message", { detail: message }));
    if (message.type === "outcome") {
      this.#release();
      this.#become("done");
    } else if (this.phase === "streaming" && this.course.until?.enough(performance.now(), message)) {
      this.finish();
    }
  }

  /** @param {number} fps */
  #begin(fps) {
    if (this.phase === "judging") {
      this.#stream?.end(); // it was lost between the question and the answer
      return;
    }
    this.#rate = new FrameRate(RATE_SHARE * fps);
    this.#become("streaming");
  }

  /**
   * Sends the frame that is shown, or leaves it out where the service or the network is behind.
   * @param {number} captured milliseconds
   */
  async #look(captured) {
    if (this.phase !== "streaming" || !this.#stream) {
      return;
    }
    this.frames.shown += 1;
    if (this.#encoding || !this.#stream.open || captured <= this.#lastSent || !this.#rate.take(captured)) {
      this.frames.left_out += 1;
      return;
    }
    this.#encoding = true;
    try {
      const jpeg = await this.#encoder.encode(this.video, this.#size());
      this.#count(this.#stream.send(jpeg, captured), jpeg.byteLength);
      this.#lastSent = captured;
    } finally {
      this.#encoding = false;
    }
  }

  /**
   * @param {boolean} went
   * @param {number} bytes
   */
  #count(went, bytes) {
    this.frames.sent += Number(went);
    this.frames.left_out += Number(!went);
    this.frames.bytes += went ? bytes : 0;
  }

  /** The size of what is sent. */
  #size() {
    const { videoWidth, videoHeight } = this.video;
    const scale = Math.min(1, MAX_SIDE / Math.max(videoWidth, videoHeight));
    return { width: Math.round(scale * videoWidth), height: Math.round(scale * videoHeight) };
  }

  /** @param {Failure} failure */
  #fail(failure) {
    if (this.phase === "done" || this.phase === "failed" || this.phase === "idle") {
      return;
    }
    this.#release();
    this.#stream?.close();
    this.failure = failure;
    this.#become("failed");
  }

  #release() {
    this.#stopFrames();
    this.#encoder.close();
    closeCamera(this.#camera);
  }

  /** @param {Phase} phase */
  #become(phase) {
    this.phase = phase;
    this.dispatchEvent(new CustomEvent("phase", { detail: phase }));
  }
}
