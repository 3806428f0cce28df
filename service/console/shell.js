/** What surrounds each page: the name, the way around, language and theme. */

import { element, svg } from "./capture/dom.js";
import { LANGUAGES } from "./capture/words.js";
import { THEMES, chooseLanguage, chooseTheme, theme } from "./preferences.js";

/** @typedef {import("./app.js").Context} Context */

const NAMES = { en: "English", de: "Deutsch", fr: "Français", es: "Español" };
const CORNERS =
  "M4 8V6a2 2 0 0 1 2-2h2M16 4h2a2 2 0 0 1 2 2v2" + "M20 16v2a2 2 0 0 1-2 2h-2M8 20H6a2 2 0 0 1-2-2v-2";
const ICONS = {
  live: `${CORNERS}M12 7a3.5 5 0 1 1 0 10a3.5 5 0 1 1 0-10Z`,
  clip: "M4 5h16v14H4zM10 9l5 3-5 3z",
  sessions: "M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h2v2h-2zM18 18h2v2h-2zM18 14h2M14 18v2",
  status: "M4 13h4l2-6 4 11 2-5h4",
};

/**
 * @param {Context} context
 * @param {string} current page
 * @param {HTMLElement} main
 * @param {() => void} again shows everything anew, in another language
 * @returns {Node[]}
 */
export function shell(context, current, main, again) {
  const { t } = context;
  const skip = element("a", { class: "skip", href: "#main", onclick: skipTo(main) }, t("skip"));
  const handed = context.handed.has("token");
  const header = element(
    "header",
    { class: "masthead" },
    element("a", { class: "brand", href: "#live" }, mark(), element("span", {}, "Liveness")),
    !handed && navigation(t, current),
    element("div", { class: "choices" }, languageChoice(context, again), themeChoice(t)),
  );
  return [skip, header, main, !handed && footer(context)].filter((part) => part !== false);
}

/** @param {HTMLElement} main */
function skipTo(main) {
  return (/** @type {Event} */ event) => {
    event.preventDefault(); // the address says which page it is
    main.focus();
  };
}

function mark() {
  return svg(
    "svg",
    { viewBox: "0 0 32 32", class: "mark", "aria-hidden": "true" },
    svg("rect", { width: 32, height: 32, rx: 8 }),
    svg("ellipse", { cx: 16, cy: 16, rx: 6.5, ry: 9 }),
    svg("path", { d: "M13 19.2c1.8 1.6 4.2 1.6 6 0" }),
  );
}

/**
 * @param {Context["t"]} t
 * @param {string} current
 */
function navigation(t, current) {
  const links = Object.entries(ICONS).map(([name, path]) =>
    element(
      "a",
      { href: `#${name}`, "aria-current": name === current && "page" },
      svg("svg", { viewBox: "0 0 24 24", "aria-hidden": "true" }, svg("path", { d: path })),
      element("span", {}, t(`nav.${name}`)),
    ),
  );
  return element("nav", { "aria-label": t("nav.label") }, ...links);
}

/**
 * @param {Context} context
 * @param {() => void} again
 */
function languageChoice({ t, language }, again) {
  const choose = (/** @type {Event} */ event) => {
    chooseLanguage(/** @type {HTMLSelectElement} */ (event.target).value);
    again();
  };
  const options = LANGUAGES.map((each) =>
    element("option", { value: each, lang: each, selected: each === language }, NAMES[each]),
  );
  return element("select", { "aria-label": t("language"), onchange: choose }, ...options);
}

/** @param {Context["t"]} t */
function themeChoice(t) {
  const choose = (/** @type {Event} */ event) => {
    chooseTheme(/** @type {HTMLSelectElement} */ (event.target).value);
  };
  const options = THEMES.map((each) =>
    element("option", { value: each, selected: each === theme() }, t(`theme.${each}`)),
  );
  return element("select", { "aria-label": t("theme"), onchange: choose }, ...options);
}

/** @param {Context} context */
function footer({ t, service, deployment }) {
  const link = (/** @type {string} */ path, /** @type {string} */ text) =>
    element("a", { href: service.url(path) }, text);
  return element(
    "footer",
    {},
    element("span", {}, `liveness-service ${deployment.version}`),
    link("docs", t("footer.api")),
    link("openapi.json", "OpenAPI"),
    link("asyncapi.json", "AsyncAPI"),
  );
}
