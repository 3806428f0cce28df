/** The API key, where the service asks for one: held by this tab alone. */

import { element } from "../capture/dom.js";

/** @typedef {import("../app.js").Context} Context */

/**
 * @param {Context} context
 * @param {() => void} changed
 * @returns {HTMLElement | null} null where no key is needed
 */
export function keyForm({ t, service, deployment }, changed) {
  if (!deployment.needs_key) {
    return null;
  }
  const root = element("form", { class: "card key" });
  const draw = () => root.replaceChildren(...(service.key === null ? asking() : holding()));
  const field = element("input", { type: "password", id: "key", autocomplete: "off" });
  const asking = () => [
    element("label", { for: "key" }, t("key.label")),
    element("div", { class: "row" }, field, element("button", { type: "submit" }, t("key.use"))),
    element("p", { class: "fine" }, t("key.text")),
  ];
  const holding = () => [
    element("span", {}, t("key.held")),
    element("button", { type: "submit", class: "quiet" }, t("key.forget")),
  ];
  root.addEventListener("submit", (event) => {
    event.preventDefault();
    service.key = service.key === null ? field.value.trim() || null : null;
    field.value = "";
    draw();
    changed();
  });
  draw();
  return root;
}
