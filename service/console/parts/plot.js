/** A small plot: one line over time, with an optional threshold, and its newest value in words. */

import { element, svg } from "../capture/dom.js";

const WIDTH = 300;
const HEIGHT = 100;

/** @typedef {[number, number, boolean?]} Point x, y, and whether its mark is a full one (default) */
/**
 * @typedef {object} PlotOptions
 * @property {string} label
 * @property {(y: number) => string} format
 * @property {number} [top] of the scale; else what the values need
 * @property {number} [least] that the top may be
 * @property {boolean} [dots] a mark for each value
 */

export class Plot {
  #line = svg("path", { class: "line" });
  #dots = svg("path", { class: "dots" });
  #faint = svg("path", { class: "dots faint" });
  #threshold = svg("path", { class: "threshold" });
  #value = element("output", {});
  #top = element("span", { class: "top" });
  #from = element("span", {});
  #to = element("span", {});
  #note = element("span", { class: "note" });

  /** @param {PlotOptions} options */
  constructor(options) {
    this.options = options;
    const box = { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true" };
    const zero = svg("path", { class: "zero", d: `M0 ${HEIGHT}H${WIDTH}M0 0H${WIDTH}` });
    this.root = element(
      "figure",
      { class: "plot" },
      element("figcaption", {}, element("span", {}, options.label), this.#value),
      element(
        "div",
        { class: "area" },
        svg("svg", box, zero, this.#threshold, this.#line, this.#faint, this.#dots),
        this.#top,
        this.#note,
      ),
      element("div", { class: "axis" }, this.#from, this.#to),
    );
    this.show([]);
  }

  /**
   * @param {Point[]} points by rising x
   * @param {{from?: string, to?: string}} [axis]
   */
  show(points, { from = "", to = "" } = {}) {
    const top = this.options.top ?? niceTop(Math.max(this.options.least ?? 0, ...points.map(([, y]) => y)));
    const place = placement(points, top);
    this.#line.setAttribute("d", points.length ? `M${points.map(place).join("L")}` : "");
    const marked = this.options.dots ? points : [];
    for (const [path, full] of /** @type {const} */ ([[this.#dots, true], [this.#faint, false]])) {
      const marks = marked.filter(([, , isFull = true]) => isFull === full).map((at) => `M${place(at)}h.01`);
      path.setAttribute("d", marks.join(""));
    }
    this.#value.textContent = points.length ? this.options.format(points[points.length - 1][1]) : "–";
    this.#top.textContent = this.options.format(top);
    this.#from.textContent = from;
    this.#to.textContent = to;
  }

  /**
   * @param {number} y
   * @param {string} note
   */
  showThreshold(y, note) {
    const at = HEIGHT * (1 - y / (this.options.top ?? 1));
    this.#threshold.setAttribute("d", `M0 ${at}H${WIDTH}`);
    this.#note.textContent = note;
    this.#note.style.top = `${at}%`;
  }
}

/**
 * The next 1, 2 or 5 times a power of ten, so that a plot's scale rests while its values move.
 * @param {number} value
 * @returns {number}
 */
export function niceTop(value) {
  if (value <= 0) {
    return 1;
  }
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= value) ?? 10 * power;
}

/**
 * @param {Point[]} points
 * @param {number} top
 * @returns {(point: Point) => string}
 */
function placement(points, top) {
  const first = points[0]?.[0] ?? 0;
  const span = (points[points.length - 1]?.[0] ?? 1) - first || 1;
  return ([x, y]) => {
    const across = (WIDTH * (x - first)) / span;
    const down = HEIGHT * (1 - Math.min(1, Math.max(0, y / top)));
    return `${across.toFixed(1)} ${down.toFixed(1)}`;
  };
}
