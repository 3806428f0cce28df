/** `<liveness-capture>`: attributes in, events out; `capture.js` says what they are. */

import { Check } from "./check.js";
import { Stage, invitation } from "./stage.js";
import { STYLE } from "./style.js";
import { UntilDecided } from "./until.js";
import { captureWords, phrase, pickLanguage } from "./words.js";

/** @typedef {import("./check.js").Phase} Phase */
/** @typedef {import("./messages.js").ServerMessage} ServerMessage */
/** @typedef {import("./messages.js").Outcome} Outcome */
/** @typedef {import("./failures.js").Failure} Failure */

/** Messages that are events of the element, too. */
const TOLD = new Set(["ready", "guidance", "progress", "trace", "draining", "outcome"]);

const BEHIND_SHARE = 0.2;

export class LivenessCapture extends HTMLElement {
  static observedAttributes = ["lang"];

  #stage = new Stage(() => void this.start());
  #check = /** @type {Check | null} */ (null);
  #hint = /** @type {string | null} */ (null);
  #draining = false;
  #words = /** @type {import("./words.js").Words} */ ({});

  constructor() {
    super();
    const shadow = this.attachShadow({ mode: "open" });
    shadow.adoptedStyleSheets = [STYLE];
    shadow.append(this.#stage.root);
    this.#stage.setPhase("idle");
  }

  connectedCallback() {
    void this.#speak();
  }

  disconnectedCallback() {
    this.leave();
  }

  /** @param {string} name */
  attributeChangedCallback(name) {
    if (name === "lang" && this.isConnected) {
      void this.#speak();
    }
  }

  /** @returns {Phase} */
  get phase() {
    return this.#check?.phase ?? "idle";
  }

  /** Frames shown, sent and left out by this page. */
  get frames() {
    return this.#check?.frames ?? { shown: 0, sent: 0, left_out: 0, bytes: 0 };
  }

  /** Opens the camera and begins; what was before is left. */
  async start() {
    this.leave();
    const token = this.getAttribute("token");
    const check = new Check(this.#stage.video, {
      url: new URL(this.getAttribute("endpoint") ?? "", document.baseURI).href.replace(/^http/, "ws"),
      token,
      trace: this.hasAttribute("trace"),
      until: token === null && this.getAttribute("until") !== "asked" ? new UntilDecided() : null,
    });
    this.#check = check;
    this.#hint = null;
    this.#draining = false;
    this.#stage.setProgress(0);
    check.addEventListener("phase", () => check === this.#check && this.#enter(check.phase));
    check.addEventListener("message", (event) => this.#hear(/** @type {CustomEvent} */ (event).detail));
    await check.start();
  }

  /** Asks for the outcome now; a check on the open stream ends by itself, too. */
  finish() {
    this.#check?.finish();
  }

  /** Closes the camera; there will be no outcome. */
  leave() {
    this.#check?.leave();
    this.#check = null;
    this.#enter("idle");
  }

  /** @param {Phase} phase */
  #enter(phase) {
    this.#stage.setPhase(phase);
    this.#say();
    if (phase === "failed" && this.#check?.failure) {
      this.#showFailure(this.#check.failure);
    } else if (phase === "idle") {
      this.#stage.show(invitation(this.#words));
    }
    this.#tell("phase", { phase });
  }

  /** @param {ServerMessage} message */
  #hear(message) {
    switch (message.type) {
      case "guidance":
        this.#hint = message.code;
        this.#say();
        break;
      case "progress":
        this.#stage.setProgress(message.windows / message.needed);
        break;
      case "draining":
        this.#draining = true;
        this.#say();
        break;
      case "outcome":
        this.#showOutcome(message);
    }
    if (TOLD.has(message.type)) {
      this.#tell(message.type, message);
    }
  }

  /** The line below the face. */
  #say() {
    const streaming = this.phase === "streaming";
    const behind = this.#hint === "low_frame_rate" && isBehind(this.frames);
    const hint = streaming && !behind ? this.#hint : null;
    const calm = behind ? "behind" : this.#draining ? "draining" : "streaming";
    const key = hint === null ? `phase.${streaming ? calm : this.phase}` : `hint.${hint}`;
    this.#stage.say(phrase(this.#words, key), hint !== null || this.phase === "resuming");
  }

  /** @param {Outcome} outcome */
  #showOutcome({ result }) {
    const session = this.hasAttribute("token");
    const text = phrase(this.#words, `outcome.${result}.text`);
    const renew = session && result !== "passed" ? ` ${phrase(this.#words, "renew")}` : "";
    this.#stage.show({
      sign: result,
      title: phrase(this.#words, `outcome.${result}.title`),
      text: text + renew,
      button: session ? null : phrase(this.#words, "again"),
    });
  }

  /** @param {Failure} failure */
  #showFailure(failure) {
    const spent = this.hasAttribute("token") && Boolean(this.#check?.began);
    const retryable = failure.retryable(spent);
    const text = phrase(this.#words, `failure.${failure.kind}.text`);
    this.#stage.show({
      sign: "fault",
      title: phrase(this.#words, `failure.${failure.kind}.title`),
      text: spent ? `${text} ${phrase(this.#words, "renew")}` : text,
      button: retryable ? phrase(this.#words, "again") : null,
      wait: failure.retryAfter ?? 0,
    });
    this.#tell("failure", { kind: failure.kind, retryable, message: failure.message });
  }

  async #speak() {
    const spoken = /** @type {HTMLElement | null} */ (this.closest("[lang]"))?.lang;
    this.#words = await captureWords(pickLanguage(spoken, ...navigator.languages));
    this.#say();
    if (this.phase === "idle") {
      this.#stage.show(invitation(this.#words));
    }
  }

  /**
   * @param {string} name
   * @param {object} detail
   */
  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }
}

/**
 * Whether few frames arrive because many are left out here: then nothing is wrong with the camera.
 * @param {import("./check.js").FrameTally} frames
 */
function isBehind({ shown, left_out: leftOut }) {
  return leftOut > BEHIND_SHARE * shown;
}
