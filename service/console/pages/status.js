/** Status: is the service ready, what runs, by which rules, and how busy it is. */

import { element } from "../capture/dom.js";
import { parseMetrics } from "../metrics.js";
import { factList } from "../parts/bars.js";
import { MetricPlots } from "../parts/metric-plots.js";
import { notice } from "../parts/notice.js";

/** @typedef {import("../app.js").Context} Context */
/** @typedef {import("../app.js").Page} Page */
/** @typedef {import("../app.js").Translate} Translate */

const PERIOD_MS = 2000;

/**
 * @typedef {object} Description of the model, as /v1/model gives it
 * @property {Record<string, any>} card
 * @property {string} sha256
 * @property {Record<string, number>} gates
 * @property {Record<string, number>} limits
 * @property {{asked: string[], running: string, device: string, fell_back: boolean}} engine
 */

/**
 * @param {Context} context
 * @returns {Page}
 */
export function status(context) {
  const { t, service, deployment } = context;
  const state = element("p", { class: "readiness", role: "status" });
  const model = element("div", { class: "model" });
  const plots = new MetricPlots(t);
  const look = async () => {
    const ready = await service.ready();
    state.dataset.ready = String(ready);
    state.textContent = t(ready ? "status.ready" : "status.not_ready");
    if (deployment.metrics && ready) {
      plots.take(parseMetrics(await service.text("metrics")), performance.now());
    }
  };
  const clock = setInterval(() => void look().catch(() => {}), PERIOD_MS);
  void look().catch(() => {});
  void describe(context, model);
  const root = element(
    "div",
    { class: "status" },
    element("div", { class: "lead" }, element("h1", {}, t("status.title")), state),
    deployment.metrics ? plots.root : element("p", { class: "fine" }, t("status.no_metrics")),
    model,
  );
  return { root, leave: () => clearInterval(clock) };
}

/**
 * @param {Context} context
 * @param {HTMLElement} into
 */
async function describe({ t, service }, into) {
  try {
    const said = /** @type {Description} */ (await service.json("v1/model"));
    into.replaceChildren(modelCard(t, said), engineCard(t, said), gatesCard(t, said), limitsCard(t, said));
  } catch (error) {
    into.replaceChildren(notice(t, error));
  }
}

/**
 * @param {Translate} t
 * @param {Description} said
 */
function modelCard(t, { card, sha256 }) {
  return section(t("status.model"), [
    [t("model.name"), `${card.name} ${card.version}`],
    [t("model.status"), t(`model.status.${card.status}`)],
    [t("threshold"), card.threshold],
    [t("model.window"), t("model.window.value", { frames: card.num_frames, ms: card.sampling.interval_ms })],
    [t("model.face"), `${card.face_size} × ${card.face_size} px`],
    [t("model.min_windows"), card.verdict.min_windows],
    [t("model.data"), card.data_version],
    ["SHA-256", `${sha256.slice(0, 16)}…`],
  ]);
}

/**
 * @param {Translate} t
 * @param {Description} said
 */
function engineCard(t, { engine }) {
  return section(t("status.engine"), [
    [t("engine.running"), engine.running],
    [t("engine.device"), engine.device],
    [t("engine.asked"), engine.asked.join(", ")],
    [t("engine.fell_back"), t(engine.fell_back ? "yes" : "no")],
  ]);
}

/**
 * @param {Translate} t
 * @param {Description} said
 */
function gatesCard(t, { gates }) {
  return section(t("status.gates"), [
    [t("gate.face"), `≥ ${gates.min_face_height} px`],
    [t("gate.yaw"), `≤ ${gates.max_yaw}°`],
    [t("gate.pitch"), `≤ ${gates.max_pitch}°`],
    [t("gate.luma"), `${gates.min_luma}–${gates.max_luma}`],
  ]);
}

/**
 * @param {Translate} t
 * @param {Description} said
 */
function limitsCard(t, { limits }) {
  return section(t("status.limits"), [
    [t("limit.seconds"), `${limits.max_seconds} s`],
    [t("limit.frames"), limits.max_frames],
    [t("limit.pixels"), `${(limits.max_pixels / 1e6).toFixed(1)} MP`],
  ]);
}

/**
 * @param {string} title
 * @param {[string, string | number | null][]} facts
 */
function section(title, facts) {
  return element("section", { class: "card" }, element("h2", {}, title), factList(facts));
}
