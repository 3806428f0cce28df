/** A clip's windows in time: the score of each, and the depth maps of the one that is chosen. */

import { element } from "../capture/dom.js";
import { depthRow } from "./depth.js";
import { Plot } from "./plot.js";

/** @typedef {import("../app.js").Translate} Translate */
/** @typedef {import("../capture/messages.js").Verdict} Verdict */

const MAPS = /** @type {const} */ (["mask", "coarse", "temporal", "refined"]);

export class Timeline {
  /**
   * @param {Translate} t
   * @param {Verdict} verdict
   * @param {HTMLVideoElement} video follows the window that is chosen
   */
  constructor(t, verdict, video) {
    this.t = t;
    this.verdict = verdict;
    this.video = video;
    this.rows = MAPS.map((name) => depthRow(t(`depth.${name}`), t(`depth.${name}.text`)));
    this.said = element("output", { class: "chosen" });
    const last = verdict.windows.length - 1;
    this.slider = element("input", {
      type: "range",
      min: 0,
      max: last,
      value: 0,
      "aria-label": t("clip.window"),
    });
    this.slider.addEventListener("input", () => this.#choose(this.slider.valueAsNumber));
    this.root = element(
      "section",
      { class: "card timeline" },
      element("h2", {}, t("clip.windows")),
      this.#plot().root,
      this.slider,
      this.said,
      ...this.rows.map(({ root }) => root),
    );
    this.#choose(0);
  }

  #plot() {
    const { windows, threshold } = this.verdict;
    const plot = new Plot({ label: this.t("score"), top: 1, dots: true, format: (y) => y.toFixed(2) });
    const [first, last] = [windows[0].time, windows[windows.length - 1].time];
    plot.show(
      windows.map(({ time, score, counts }) => [time, score, counts]),
      { from: `${first.toFixed(1)} s`, to: `${last.toFixed(1)} s` },
    );
    plot.showThreshold(threshold, this.t("threshold"));
    return plot;
  }

  /** @param {number} index */
  #choose(index) {
    const { time, score, counts, depth_score, bona_fide_prob } = this.verdict.windows[index];
    const said = this.t(counts ? "clip.chosen" : "clip.passedOver", {
      time: time.toFixed(2),
      score: score.toFixed(3),
      depth: depth_score.toFixed(3),
      probability: bona_fide_prob.toFixed(3),
    });
    this.said.textContent = said;
    this.slider.setAttribute("aria-valuetext", said);
    this.video.currentTime = time;
    const maps = this.verdict.depth_maps?.[index];
    this.rows.forEach((row, i) => maps && void row.show(maps[MAPS[i]]));
  }
}
