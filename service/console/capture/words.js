/** The person's language: which it is, and its words. */

export const LANGUAGES = /** @type {const} */ (["en", "de", "fr", "es"]);

/** @typedef {(typeof LANGUAGES)[number]} Language */
/** @typedef {Record<string, string>} Words */

/**
 * @param {...(string | null | undefined)} wanted best first, as language tags
 * @returns {Language} the first that there are words for
 */
export function pickLanguage(...wanted) {
  const spoken = wanted.map((tag) => tag?.slice(0, 2).toLowerCase());
  return LANGUAGES.find((language) => language === spoken.find(isSpoken)) ?? "en";
}

/** @param {string | undefined} tag */
function isSpoken(tag) {
  return LANGUAGES.some((language) => language === tag);
}

/**
 * @param {Language} language
 * @returns {Promise<Words>}
 */
export async function captureWords(language) {
  return (await import(`./words/${language}.js`)).default;
}

/**
 * @param {Words} words
 * @param {string} key
 * @param {Record<string, string | number>} [values] put in for `{name}`
 * @returns {string} the key itself where it has no words: a code of a newer service is better than nothing
 */
export function phrase(words, key, values = {}) {
  const said = words[key] ?? key;
  return said.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}
