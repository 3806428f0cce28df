/** What the person sees: the camera with its oval, one line of guidance, and a panel before and after. */

import { element, svg } from "./dom.js";
import { phrase } from "./words.js";

/** @typedef {import("./words.js").Words} Words */
/** @typedef {{sign: "none" | "passed" | "failed" | "retry" | "fault", title: string, text: string,
 *   button: string | null, wait?: number}} Panel */

const OVAL = "M200 42a80 108 0 1 1 0 216a80 108 0 1 1 0-216Z";
const VEIL = `M-400-300h1200v900h-1200Z${OVAL}`;
const SIGNS = {
  none: "M32 18a10 14 0 1 1 0 28a10 14 0 1 1 0-28Z",
  passed: "M21 33l8 8 15-17",
  failed: "M23 23l18 18M41 23l-18 18",
  retry: "M32 19v16M32 43v1",
  fault: "M32 19v16M32 43v1",
};

export class Stage {
  /** @param {() => void} press of the panel's button */
  constructor(press) {
    this.video = element("video", { playsinline: true, muted: true, "aria-hidden": "true" });
    this.video.muted = true;
    this.hint = element("p", { class: "hint", role: "status" });
    this.rim = svg("path", { d: OVAL, class: "rim" });
    this.progress = svg("path", { d: OVAL, class: "progress", pathLength: 100 });
    this.panel = element("div", { class: "panel", "aria-live": "polite" });
    this.press = press;
    this.root = element("div", { class: "stage" }, this.video, this.#oval(), this.hint, this.panel);
    this.setProgress(0);
  }

  /** @param {string} phase */
  setPhase(phase) {
    this.root.dataset.phase = phase;
  }

  /**
   * @param {string} text
   * @param {boolean} wanting whether the person has to do something
   */
  say(text, wanting) {
    this.hint.textContent = text;
    this.hint.classList.toggle("wanting", wanting);
    this.rim.classList.toggle("wanting", wanting);
  }

  /** @param {number} share of the windows that a verdict needs, 0 to 1 */
  setProgress(share) {
    this.progress.setAttribute("stroke-dasharray", `${100 * Math.min(1, share)} 100`);
  }

  /** @param {Panel} panel */
  show({ sign, title, text, button, wait = 0 }) {
    const heading = element("h2", { tabindex: -1 }, title);
    const pressed = button && element("button", { type: "button", onclick: () => this.press() }, button);
    this.panel.dataset.sign = sign;
    this.panel.replaceChildren(picture(sign), heading, element("p", {}, text), pressed || "");
    if (pressed && wait > 0) {
      countDown(pressed, wait);
    }
    const root = /** @type {ShadowRoot} */ (this.panel.getRootNode());
    if (sign !== "none" && (root.activeElement || document.activeElement === document.body)) {
      heading.focus({ preventScroll: true }); // the button that was pressed is gone
    }
  }

  #oval() {
    const box = { viewBox: "0 0 400 300", preserveAspectRatio: "xMidYMid slice" };
    const veil = svg("path", { class: "veil", d: VEIL, "fill-rule": "evenodd" });
    return svg("svg", { class: "oval", ...box, "aria-hidden": "true" }, veil, this.rim, this.progress);
  }
}

/**
 * What the panel says before the start.
 * @param {Words} words
 * @returns {Panel}
 */
export function invitation(words) {
  return {
    sign: "none",
    title: phrase(words, "invite.title"),
    text: phrase(words, "invite.text"),
    button: phrase(words, "start"),
  };
}

/** @param {keyof typeof SIGNS} sign */
function picture(sign) {
  const circle = svg("circle", { cx: 32, cy: 32, r: 30 });
  return svg("svg", { viewBox: "0 0 64 64", "aria-hidden": "true" }, circle, svg("path", { d: SIGNS[sign] }));
}

/**
 * Holds a button back for the seconds that the service asked for.
 * @param {HTMLButtonElement} button
 * @param {number} seconds
 */
function countDown(button, seconds) {
  const label = button.textContent;
  button.disabled = seconds > 0;
  button.textContent = seconds > 0 ? `${label} (${seconds})` : label;
  if (seconds > 0) {
    setTimeout(() => {
      button.textContent = label;
      countDown(button, seconds - 1);
    }, 1000);
  }
}
