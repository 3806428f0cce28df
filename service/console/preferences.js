/** What a person chose on this device: language and theme. Nothing else is ever stored. */

import { pickLanguage } from "./capture/words.js";

const LANGUAGE = "liveness.language";
const THEME = "liveness.theme";

export const THEMES = /** @type {const} */ (["auto", "light", "dark"]);

/** @returns {import("./capture/words.js").Language} */
export function language() {
  return pickLanguage(localStorage.getItem(LANGUAGE), ...navigator.languages);
}

/** @param {string} chosen */
export function chooseLanguage(chosen) {
  localStorage.setItem(LANGUAGE, chosen);
}

/** @returns {string} */
export function theme() {
  return document.documentElement.dataset.theme ?? "auto";
}

/** @param {string} chosen */
export function chooseTheme(chosen) {
  localStorage.setItem(THEME, chosen);
  document.documentElement.dataset.theme = chosen;
}
