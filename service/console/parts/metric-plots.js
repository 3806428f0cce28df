/** The service's metrics as small plots, from what /metrics says every two seconds. */

import { element } from "../capture/dom.js";
import { buckets, meanBetween, total, totalsBy } from "../metrics.js";
import { barList } from "./bars.js";
import { Plot } from "./plot.js";

/** @typedef {import("../app.js").Translate} Translate */
/** @typedef {import("../metrics.js").Metrics} Metrics */

const KEPT = 60; // values: two minutes
const SCORE_STEP = 0.1; // of the distribution that is shown

/**
 * @typedef {object} Series
 * @property {string} name
 * @property {number} least top of the plot's scale
 * @property {(y: number) => string} format
 * @property {(before: Metrics, now: Metrics, seconds: number) => number | null} value
 */

/** @type {Series[]} */
const SERIES = [
  { name: "streams", least: 1, format: String, value: (_, now) => total(now, "liveness_sessions_active") },
  { name: "clips", least: 1, format: String, value: (_, now) => total(now, "liveness_pending_requests") },
  {
    name: "frames",
    least: 30,
    format: (y) => `${y.toFixed(0)}/s`,
    value: rateOf("liveness_frames_total", { result: "received" }),
  },
  {
    name: "lag",
    least: 0.1,
    format: (y) => `${(1000 * y).toFixed(0)} ms`,
    value: (before, now) => meanBetween(before, now, "liveness_lag_seconds"),
  },
  { name: "cpu", least: 1, format: (y) => y.toFixed(1), value: rateOf("process_cpu_seconds_total") },
  {
    name: "memory",
    least: 0,
    format: (y) => `${(y / 1e6).toFixed(0)} MB`,
    value: (_, now) => total(now, "process_resident_memory_bytes"),
  },
];

export class MetricPlots {
  #before = /** @type {{metrics: Metrics, at: number} | null} */ (null);
  #decisions = element("div", {});
  #scores = element("div", {});

  /** @param {Translate} t */
  constructor(t) {
    this.t = t;
    this.plots = SERIES.map(
      ({ name, format, least }) => new Plot({ label: t(`metric.${name}`), format, least }),
    );
    this.values = SERIES.map(() => /** @type {import("./plot.js").Point[]} */ ([]));
    const card = (/** @type {Node[]} */ ...inside) => element("section", { class: "card" }, ...inside);
    this.root = element(
      "div",
      { class: "metrics" },
      ...this.plots.map(({ root }) => card(root)),
      card(element("h2", {}, t("metric.decisions")), this.#decisions),
      card(element("h2", {}, t("metric.scores")), this.#scores),
    );
  }

  /**
   * @param {Metrics} metrics
   * @param {number} at milliseconds
   */
  take(metrics, at) {
    const before = this.#before;
    this.#before = { metrics, at };
    const seconds = before === null ? 0 : (at - before.at) / 1000;
    SERIES.forEach((series, i) => {
      const value = before === null ? null : series.value(before.metrics, metrics, seconds);
      if (value !== null) {
        this.values[i] = [...this.values[i], /** @type {[number, number]} */ ([at, value])].slice(-KEPT);
      }
      this.plots[i].show(this.values[i], axis(this.t, this.values[i]));
    });
    this.#decisions.replaceChildren(decisionBars(this.t, metrics));
    this.#scores.replaceChildren(scoreBars(metrics));
  }
}

/**
 * @param {string} name of a counter
 * @param {Record<string, string>} [only]
 * @returns {Series["value"]}
 */
function rateOf(name, only) {
  return (before, now, seconds) => (total(now, name, only) - total(before, name, only)) / seconds;
}

/**
 * @param {Translate} t
 * @param {import("./plot.js").Point[]} points
 */
function axis(t, points) {
  const seconds = points.length ? (points[points.length - 1][0] - points[0][0]) / 1000 : 0;
  return { from: seconds > 0 ? `−${seconds.toFixed(0)} s` : "", to: t("now") };
}

/**
 * @param {Translate} t
 * @param {Metrics} metrics
 */
function decisionBars(t, metrics) {
  const counted = new Map(totalsBy(metrics, "liveness_decisions_total", "decision"));
  const bars = ["bona_fide", "attack", "undecided"].map((decision) => {
    const value = counted.get(decision) ?? 0;
    return { name: t(`decision.${decision}`), value, text: String(value) };
  });
  return barList(bars);
}

/** @param {Metrics} metrics */
function scoreBars(metrics) {
  const counts = Array.from({ length: Math.round(1 / SCORE_STEP) }, () => 0);
  for (const { upTo, count } of buckets(metrics, "liveness_score")) {
    counts[Math.min(counts.length - 1, Math.ceil(upTo / SCORE_STEP - 1e-9) - 1)] += count;
  }
  const largest = Math.max(...counts, 1);
  const columns = counts.map((count, i) => {
    const bar = element("i", { title: `${(i * SCORE_STEP).toFixed(1)}: ${count}` });
    bar.style.height = `${(100 * count) / largest}%`;
    return bar;
  });
  return element(
    "div",
    { class: "histogram" },
    element("div", { class: "columns" }, ...columns),
    element("div", { class: "axis" }, element("span", {}, "0"), element("span", {}, "1")),
  );
}
