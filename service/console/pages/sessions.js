/** Sessions: make one, hand it to a phone, watch it, read its result. */

import { element } from "../capture/dom.js";
import { keyForm } from "../parts/key.js";
import { notice } from "../parts/notice.js";
import { SessionCard } from "../parts/session-card.js";

/** @typedef {import("../app.js").Context} Context */
/** @typedef {import("../app.js").Page} Page */

/**
 * @param {Context} context
 * @returns {Page}
 */
export function sessions(context) {
  const { t } = context;
  const fault = element("div", {});
  const list = element("div", { class: "sessions-list" });
  const cards = context.made.map((made) => new SessionCard(context, made));
  cards.forEach((card) => list.prepend(card.root));
  const create = async (/** @type {Record<string, string>} */ wanted) => {
    fault.replaceChildren();
    try {
      const made = await created(context, wanted);
      context.made.push(made);
      cards.push(new SessionCard(context, made));
      list.prepend(cards[cards.length - 1].root);
    } catch (error) {
      fault.replaceChildren(notice(t, error));
    }
  };
  const root = element(
    "div",
    { class: "sessions" },
    element(
      "div",
      { class: "lead" },
      element("h1", {}, t("sessions.title")),
      element("p", {}, t("sessions.text")),
    ),
    keyForm(context, () => fault.replaceChildren()),
    form(t, (wanted) => void create(wanted)),
    fault,
    list,
  );
  return { root, leave: () => cards.forEach((card) => card.leave()) };
}

/**
 * @param {Context} context
 * @param {Record<string, string>} wanted
 * @returns {Promise<import("../parts/session-card.js").Created>}
 */
function created({ service }, wanted) {
  const headers = { "Content-Type": "application/json", "Idempotency-Key": crypto.randomUUID() };
  return service.json("v1/sessions", { method: "POST", headers, body: JSON.stringify(wanted) });
}

/**
 * @param {Context["t"]} t
 * @param {(wanted: Record<string, string>) => void} create
 */
function form(t, create) {
  const field = (/** @type {string} */ name) =>
    element(
      "div",
      { class: "field" },
      element("label", { for: name }, t(`sessions.${name}`), " ", element("small", {}, t("optional"))),
      element("input", { id: name, name, maxlength: 128, autocomplete: "off" }),
    );
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    const given = [...new FormData(/** @type {HTMLFormElement} */ (event.target))];
    create(
      Object.fromEntries(given.filter(([, value]) => value).map(([name, value]) => [name, String(value)])),
    );
  };
  return element(
    "form",
    { class: "card make", onsubmit: submit },
    field("subject_ref"),
    field("device_ref"),
    element("button", { type: "submit" }, t("sessions.create")),
  );
}
