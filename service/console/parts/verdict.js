/** A verdict in words and numbers, the same for streams, clips and sessions. */

import { element } from "../capture/dom.js";
import { barList, factList } from "./bars.js";

/** @typedef {import("../app.js").Translate} Translate */
/** @typedef {import("../capture/messages.js").Verdict} Verdict */

const STAGES = ["decode", "face", "queue", "encode", "pair", "window", "score"];

/**
 * The decision, its reasons, and the score against its threshold.
 * @param {Translate} t
 * @param {Verdict} verdict
 * @returns {HTMLElement}
 */
export function decision(t, verdict) {
  const reasons = verdict.reasons.map((code) => element("li", {}, t(`reason.${code}`)));
  return element(
    "section",
    { class: "card verdict", "data-decision": verdict.decision },
    element("h2", {}, t(`decision.${verdict.decision}`)),
    element("p", {}, t(`decision.${verdict.decision}.text`)),
    reasons.length > 0 && element("ul", {}, ...reasons),
    verdict.score !== null && gauge(t, verdict.score, verdict.threshold),
    verdict.model.status === "preview" && element("p", { class: "fine" }, t("preview")),
  );
}

/**
 * @param {Translate} t
 * @param {number} score
 * @param {number} threshold
 */
function gauge(t, score, threshold) {
  const mark = element("i", { class: "threshold" });
  mark.style.left = `${100 * threshold}%`;
  const fill = element("i", { class: "fill" });
  fill.style.width = `${100 * score}%`;
  return element(
    "div",
    { class: "gauge" },
    element("div", { class: "scale" }, fill, mark),
    element(
      "p",
      {},
      element("span", {}, t("score"), " ", element("b", {}, score.toFixed(3))),
      element("span", {}, t("threshold"), " ", element("b", {}, threshold.toFixed(3))),
    ),
  );
}

/**
 * What decides beside the score, and the frames that it rests on.
 * @param {Translate} t
 * @param {Verdict} verdict
 * @returns {HTMLElement}
 */
export function evidence(t, { evidence: seen, frames, windows, signals }) {
  const dropped = Object.values(frames.dropped).reduce((sum, count) => sum + count, 0);
  return element(
    "section",
    { class: "card" },
    element("h2", {}, t("evidence")),
    factList([
      [t("evidence.motion"), seen.motion === null ? null : seen.motion.toFixed(2)],
      [t("evidence.frozen"), percent(seen.frozen_share)],
      [t("evidence.windows"), windows.length],
      [t("frames.received"), frames.received],
      [t("frames.used"), `${frames.used} / ${frames.sampled}`],
      [t("frames.dropped"), dropped],
      [t("evidence.looped"), percent(/** @type {number | null} */ (signals?.looped_share ?? null))],
      .../** @type {[string, number][]} */ (
        frames.late === undefined ? [] : [[t("frames.late"), frames.late]]
      ),
    ]),
  );
}

/**
 * @param {Translate} t
 * @param {Verdict} verdict
 * @returns {HTMLElement}
 */
export function timings(t, { timings_ms: spent }) {
  const bars = STAGES.filter((stage) => spent[stage] !== undefined).map((stage) => ({
    name: t(`stage.${stage}`),
    value: spent[stage],
    text: `${Math.round(spent[stage])} ms`,
  }));
  return element("section", { class: "card" }, element("h2", {}, t("timings")), barList(bars));
}

/** @param {number | null} share */
function percent(share) {
  return share === null ? null : `${Math.round(100 * share)} %`;
}
