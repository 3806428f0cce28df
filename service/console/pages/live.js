/** Live: a check with this device's camera; on the open stream, with what the network sees of it. */

import { element } from "../capture/dom.js";
import { decision, evidence } from "../parts/verdict.js";
import { Insight } from "../parts/insight.js";

/** @typedef {import("../app.js").Context} Context */
/** @typedef {import("../app.js").Page} Page */
/** @typedef {import("../capture/element.js").LivenessCapture} LivenessCapture */

const OPEN = "v1/stream";

/**
 * @param {Context} context
 * @returns {Page}
 */
export function live(context) {
  if (context.handed.has("token")) {
    return handedOver(context);
  }
  return context.deployment.open_stream ? openStream(context) : sessionsOnly(context);
}

/**
 * A session that was handed to this device, by link or QR code: the capture and nothing else.
 * @param {Context} context
 * @returns {Page}
 */
function handedOver({ t, service, handed }) {
  const path = `v1/sessions/${encodeURIComponent(handed.get("session") ?? "")}/stream`;
  const attributes = { endpoint: service.url(path), token: handed.get("token") };
  const root = element(
    "div",
    { class: "handed" },
    element("h1", {}, t("handed.title")),
    captureElement(attributes),
    element("p", { class: "fine" }, t("handed.text")),
  );
  return { root, leave: () => {} };
}

/**
 * @param {Context} context
 * @returns {Page}
 */
function sessionsOnly({ t }) {
  const root = element(
    "div",
    { class: "empty" },
    element("h1", {}, t("live.closed.title")),
    element("p", {}, t("live.closed.text")),
    element("a", { class: "button", href: "#sessions" }, t("live.closed.next")),
  );
  return { root, leave: () => {} };
}

/**
 * @param {Context} context
 * @returns {Page}
 */
function openStream({ t, service }) {
  const capture = captureElement({ endpoint: service.url(OPEN), trace: true });
  const insight = new Insight(t, threshold(service));
  const outcome = element("div", { class: "after", "aria-live": "polite" });
  const controls = element("div", { class: "controls" });
  const drawControls = () => controls.replaceChildren(...controlsFor(t, capture));
  listen(capture, "ready", () => insight.begin());
  listen(capture, "trace", (trace) => insight.trace(trace));
  listen(capture, "phase", drawControls);
  listen(capture, "failure", () => outcome.replaceChildren());
  listen(capture, "outcome", ({ verdict }) => {
    outcome.replaceChildren(decision(t, verdict), evidence(t, verdict));
    insight.conclude(verdict);
  });
  const clock = setInterval(() => insight.count(capture.frames), 250);
  drawControls();
  const root = element(
    "div",
    { class: "live" },
    element("div", { class: "lead" }, element("h1", {}, t("live.title")), element("p", {}, t("live.text"))),
    element("div", { class: "first" }, capture, controls, outcome),
    element("div", { class: "second" }, insight.root),
  );
  return { root, leave: () => clearInterval(clock) };
}

/** @param {Context["service"]} service */
async function threshold(service) {
  return (await service.json("v1/model")).card.threshold;
}

/**
 * Checking ends by itself; watching goes on until it is stopped.
 * @param {Context["t"]} t
 * @param {LivenessCapture} capture
 */
function controlsFor(t, capture) {
  const busy = !["idle", "done", "failed"].includes(capture.phase);
  if (busy) {
    const finish = { type: "button", class: "quiet", onclick: () => capture.finish() };
    const leave = { type: "button", class: "quiet", onclick: () => capture.leave() };
    return [element("button", finish, t("live.finish")), element("button", leave, t("live.leave"))];
  }
  const watch = (/** @type {Event} */ { target }) => {
    capture.toggleAttribute("until", false);
    if (/** @type {HTMLInputElement} */ (target).checked) {
      capture.setAttribute("until", "asked");
    }
  };
  const box = { type: "checkbox", onchange: watch, checked: capture.hasAttribute("until") };
  return [element("label", {}, element("input", box), t("live.watch"))];
}

/**
 * @param {Record<string, string | boolean | null>} attributes
 * @returns {LivenessCapture}
 */
function captureElement(attributes) {
  const capture = /** @type {LivenessCapture} */ (document.createElement("liveness-capture"));
  for (const [name, value] of Object.entries(attributes)) {
    capture.setAttribute(name, String(value));
  }
  return capture;
}

/**
 * @param {LivenessCapture} capture
 * @param {string} name
 * @param {(detail: any) => void} hear
 */
function listen(capture, name, hear) {
  capture.addEventListener(name, (event) => hear(/** @type {CustomEvent} */ (event).detail));
}
