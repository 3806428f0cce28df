/** Numbers with a bar each, for comparing them at a glance. */

import { element } from "../capture/dom.js";

/** @typedef {{name: string, value: number, text: string}} Bar */

/**
 * @param {Bar[]} bars
 * @returns {HTMLElement}
 */
export function barList(bars) {
  const largest = Math.max(...bars.map(({ value }) => value), Number.MIN_VALUE);
  const rows = bars.flatMap(({ name, value, text }) => {
    const bar = element("i", {});
    bar.style.width = value > 0 ? `max(3px, ${(100 * value) / largest}%)` : "0";
    return [element("dt", {}, name), element("dd", {}, element("span", { class: "bar" }, bar), text)];
  });
  return element("dl", { class: "bars" }, ...rows);
}

/**
 * @param {[string, string | number | null][]} facts
 * @returns {HTMLElement}
 */
export function factList(facts) {
  const rows = facts.map(([name, value]) =>
    element("div", {}, element("dt", {}, name), element("dd", {}, value === null ? "–" : String(value))),
  );
  return element("dl", { class: "facts" }, ...rows);
}
