/** What the network sees, while it sees it: the crop, the depth maps, the score, the frames on their way. */

import { element } from "../capture/dom.js";
import { factList } from "./bars.js";
import { depthRow } from "./depth.js";
import { Plot } from "./plot.js";
import { timings } from "./verdict.js";

/** @typedef {import("../app.js").Translate} Translate */
/** @typedef {import("../capture/messages.js").Trace} Trace */
/** @typedef {import("../capture/messages.js").Verdict} Verdict */
/** @typedef {import("../capture/check.js").FrameTally} FrameTally */

const MAPS = /** @type {const} */ (["coarse", "temporal", "refined"]);

export class Insight {
  /** @type {import("./plot.js").Point[]} */
  #scores = [];
  #crop = element("img", { width: 128, height: 128, alt: "", hidden: true });
  #after = element("div", { class: "after" });
  #frames = element("div", {});

  /**
   * @param {Translate} t
   * @param {Promise<number>} threshold of the living score
   */
  constructor(t, threshold) {
    this.t = t;
    this.rows = MAPS.map((name) => depthRow(t(`depth.${name}`), t(`depth.${name}.text`)));
    this.plot = new Plot({ label: t("score"), top: 1, dots: true, format: (y) => y.toFixed(2) });
    this.root = element(
      "div",
      { class: "insight" },
      element(
        "section",
        { class: "card" },
        element("h2", {}, t("insight.title")),
        element(
          "div",
          { class: "seen" },
          this.#aside(),
          element("div", {}, ...this.rows.map(({ root }) => root)),
        ),
      ),
      element("section", { class: "card" }, this.plot.root),
      element("section", { class: "card" }, element("h2", {}, t("insight.frames")), this.#frames),
      this.#after,
    );
    void threshold.then(
      (y) => this.plot.showThreshold(y, t("threshold")),
      () => {},
    );
    this.count({ shown: 0, sent: 0, left_out: 0, bytes: 0 });
  }

  #aside() {
    const legend = element(
      "div",
      { class: "legend" },
      element("i", {}),
      element("span", {}, this.t("depth.near")),
      element("span", {}, this.t("depth.far")),
    );
    return element("div", {}, element("div", { class: "crop" }, this.#crop), legend);
  }

  begin() {
    this.#scores = [];
    this.plot.show([]);
    this.#crop.hidden = true;
    this.rows.forEach((row) => row.clear());
    this.#after.replaceChildren();
  }

  /** @param {Trace} trace */
  trace(trace) {
    this.#scores.push([trace.time, trace.score]);
    const [first] = this.#scores[0];
    this.plot.show(this.#scores, { from: `${first.toFixed(1)} s`, to: `${trace.time.toFixed(1)} s` });
    this.#crop.src = trace.crop;
    this.#crop.hidden = false;
    this.rows.forEach((row, i) => void row.show(trace[MAPS[i]]));
  }

  /** @param {Verdict} verdict */
  conclude(verdict) {
    this.#after.replaceChildren(timings(this.t, verdict));
  }

  /** @param {FrameTally} frames */
  count({ sent, left_out: leftOut, bytes }) {
    const facts = /** @type {[string, string | number][]} */ ([
      [this.t("insight.sent"), sent],
      [this.t("insight.left_out"), leftOut],
      [this.t("insight.size"), sent ? `${(bytes / sent / 1000).toFixed(0)} kB` : "–"],
    ]);
    this.#frames.replaceChildren(factList(facts));
  }
}
