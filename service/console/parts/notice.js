/** What went wrong, in words, with what to do now. */

import { element } from "../capture/dom.js";
import { Problem } from "../service.js";

/** @typedef {import("../app.js").Translate} Translate */

/**
 * @param {Translate} t
 * @param {unknown} error what was thrown: a Problem, else our own mistake
 * @returns {HTMLElement}
 */
export function notice(t, error) {
  if (!(error instanceof Problem)) {
    throw error;
  }
  const known = t(`problem.${error.code}`);
  const said = known === `problem.${error.code}` ? t("problem.other") : known;
  return element(
    "div",
    { class: "notice", role: "alert" },
    element("b", {}, said),
    error.message && element("p", {}, error.message),
  );
}
