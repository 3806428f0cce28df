/** The person's camera: opened on their word, its frames as they come, closed for good. */

import { Failure, fromCamera } from "./failures.js";

/** The service judges pictures of at most 640 px a side; more would only be carried there. */
const WANTED = { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 30, max: 30 } };
const ASSUMED_FPS = 30;

/**
 * Opens the camera that faces the person.
 * @returns {Promise<MediaStream>}
 * @throws {Failure}
 */
export async function openCamera() {
  if (!window.isSecureContext) {
    throw new Failure("insecure");
  }
  if (!navigator.mediaDevices?.getUserMedia) {
    throw new Failure("unsupported");
  }
  try {
    return await navigator.mediaDevices.getUserMedia({
      audio: false,
      video: { facingMode: "user", ...WANTED },
    });
  } catch (error) {
    throw fromCamera(error);
  }
}

/** @param {MediaStream | null} camera */
export function closeCamera(camera) {
  camera?.getTracks().forEach((track) => track.stop());
}

/**
 * @param {MediaStream} camera
 * @returns {number} pictures a second that the camera says it gives
 */
export function frameRate(camera) {
  return camera.getVideoTracks()[0].getSettings().frameRate || ASSUMED_FPS;
}

/**
 * Calls `look` for each picture that the video shows, with its time of capture in milliseconds.
 * @param {HTMLVideoElement} video
 * @param {(captured: number) => void} look
 * @returns {() => void} stops it
 */
export function everyFrame(video, look) {
  return "requestVideoFrameCallback" in video ? byVideoFrame(video, look) : byScreenFrame(video, look);
}

/**
 * @param {HTMLVideoElement} video
 * @param {(captured: number) => void} look
 */
function byVideoFrame(video, look) {
  let handle = video.requestVideoFrameCallback(next);
  /** @type {VideoFrameRequestCallback} */
  function next(now, frame) {
    handle = video.requestVideoFrameCallback(next);
    look(frame.captureTime ?? now);
  }
  return () => video.cancelVideoFrameCallback(handle);
}

/**
 * For browsers without the callback: the screen is looked at, and a picture counts where time went on.
 * @param {HTMLVideoElement} video
 * @param {(captured: number) => void} look
 */
function byScreenFrame(video, look) {
  let shown = -1;
  let handle = requestAnimationFrame(next);
  /** @param {number} now */
  function next(now) {
    handle = requestAnimationFrame(next);
    if (video.currentTime !== shown) {
      shown = video.currentTime;
      look(now);
    }
  }
  return () => cancelAnimationFrame(handle);
}
