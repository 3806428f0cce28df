/** Prometheus' text format, and the few sums that plots need. */

/** @typedef {{labels: Record<string, string>, value: number}} Sample */
/** @typedef {Map<string, Sample[]>} Metrics samples by the name of their series */

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)/;
const LABEL = /(\w+)="((?:[^"\\]|\\.)*)"/g;

/**
 * @param {string} text
 * @returns {Metrics}
 */
export function parseMetrics(text) {
  /** @type {Metrics} */
  const metrics = new Map();
  for (const line of text.split("\n")) {
    const found = LINE.exec(line);
    if (found) {
      const [, name, labels = "", value] = found;
      const named = Object.fromEntries([...labels.matchAll(LABEL)].map(([, key, said]) => [key, said]));
      metrics.set(name, [...(metrics.get(name) ?? []), { labels: named, value: Number(value) }]);
    }
  }
  return metrics;
}

/**
 * @param {Metrics} metrics
 * @param {string} name
 * @param {Record<string, string>} [only] labels that a sample must have
 * @returns {number} over all samples; 0 where there is none
 */
export function total(metrics, name, only = {}) {
  const wanted = Object.entries(only);
  return (metrics.get(name) ?? [])
    .filter(({ labels }) => wanted.every(([key, value]) => labels[key] === value))
    .reduce((sum, { value }) => sum + value, 0);
}

/**
 * @param {Metrics} metrics
 * @param {string} name
 * @param {string} label
 * @returns {[string, number][]} the sum for each value of the label
 */
export function totalsBy(metrics, name, label) {
  const values = new Set((metrics.get(name) ?? []).map(({ labels }) => labels[label]));
  return [...values].map((value) => [value, total(metrics, name, { [label]: value })]);
}

/**
 * @param {Metrics} before
 * @param {Metrics} now
 * @param {string} name of a histogram
 * @returns {number | null} the mean of what was observed between the two; null where nothing was
 */
export function meanBetween(before, now, name) {
  const count = total(now, `${name}_count`) - total(before, `${name}_count`);
  return count > 0 ? (total(now, `${name}_sum`) - total(before, `${name}_sum`)) / count : null;
}

/**
 * @param {Metrics} metrics
 * @param {string} name of a histogram
 * @returns {{upTo: number, count: number}[]} what lies in each bucket
 */
export function buckets(metrics, name) {
  const cumulative = (metrics.get(`${name}_bucket`) ?? []).map(({ labels, value }) => ({
    upTo: Number(labels.le.replace("+Inf", "Infinity")),
    count: value,
  }));
  return cumulative.map(({ upTo, count }, i) => ({ upTo, count: count - (cumulative[i - 1]?.count ?? 0) }));
}
