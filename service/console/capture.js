/**
 * The web component `<liveness-capture endpoint=... token=...>`: one liveness check in any page.
 *
 * `endpoint` and `token` are a session's `ws_url` and `client_token`, which the page's own backend asked for.
 * The element speaks to nobody else. What it says, as events that bubble:
 *
 * - `guidance` `{code}`: what the person can do now, as a code of the API; null once all is well
 * - `outcome` `{result}`: `passed`, `failed` or `retry`; your backend reads the result that counts
 * - `failure` `{kind, retryable}`: no outcome, and why; the element itself says it in words
 * - `phase` `{phase}`: idle, camera, connecting, streaming, resuming, judging, done, failed
 *
 * @module
 */

import { LivenessCapture } from "./capture/element.js";

if (!customElements.get("liveness-capture")) {
  customElements.define("liveness-capture", LivenessCapture);
}

export { LivenessCapture };
