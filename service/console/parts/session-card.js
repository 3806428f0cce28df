/** One session: its link, its state as time goes on, its result. */

import { element } from "../capture/dom.js";
import { factList } from "./bars.js";
import { handOver } from "./hand-over.js";
import { notice } from "./notice.js";
import { decision, evidence } from "./verdict.js";

/** @typedef {import("../app.js").Context} Context */
/** @typedef {{session_id: string, client_token: string, ws_url: string, expires_at: string}} Created */
/**
 * @typedef {object} View
 * @property {"CREATED" | "IN_PROGRESS" | "SUCCEEDED" | "FAILED" | "EXPIRED"} status
 * @property {string | null} [reason]
 * @property {string | null} [outcome]
 * @property {import("../capture/messages.js").Verdict | null} [verdict]
 */

const PERIOD_MS = 2000; // each look is a line of the audit
const OVER = new Set(["SUCCEEDED", "FAILED", "EXPIRED"]);

export class SessionCard {
  #state = element("p", { class: "state", role: "status" });
  #expires = element("span", { class: "fine" });
  #body = element("div", { class: "body" });
  #clock = 0;

  /**
   * @param {Context} context
   * @param {Created} made
   */
  constructor(context, made) {
    this.context = context;
    this.made = made;
    const { t } = context;
    const erase = { type: "button", class: "quiet", onclick: () => void this.#erase() };
    this.root = element(
      "article",
      { class: "card session" },
      element(
        "header",
        {},
        element("h2", {}, element("code", {}, made.session_id)),
        this.#state,
        this.#expires,
        element("button", erase, t("session.erase")),
      ),
      this.#body,
    );
    this.#body.replaceChildren(handOver(t, made));
    this.#show({ status: "CREATED" });
    this.#clock = setInterval(() => void this.#look(), PERIOD_MS);
  }

  leave() {
    clearInterval(this.#clock);
  }

  async #look() {
    try {
      this.#show(await this.context.service.json(`v1/sessions/${this.made.session_id}`));
    } catch (error) {
      this.leave();
      this.#body.replaceChildren(notice(this.context.t, error));
    }
  }

  /** @param {View} view */
  #show(view) {
    const { t } = this.context;
    this.root.dataset.status = view.status;
    const said = t(`state.${view.status}`);
    if (this.#state.textContent !== said) {
      this.#state.textContent = said; // said aloud once
    }
    const left = Math.max(0, Math.round((Date.parse(this.made.expires_at) - Date.now()) / 1000));
    this.#expires.textContent = view.status === "CREATED" ? t("session.expires", { seconds: left }) : "";
    if (view.status === "IN_PROGRESS") {
      this.#body.replaceChildren(element("p", {}, t("state.IN_PROGRESS.text")));
    }
    if (OVER.has(view.status)) {
      this.leave();
      this.#body.replaceChildren(...result(t, view));
    }
  }

  async #erase() {
    this.leave();
    const path = `v1/sessions/${this.made.session_id}`;
    try {
      await this.context.service.json(path, { method: "DELETE" });
      this.context.made.splice(this.context.made.indexOf(this.made), 1);
      this.root.remove();
    } catch (error) {
      this.#body.replaceChildren(notice(this.context.t, error));
    }
  }
}

/**
 * @param {Context["t"]} t
 * @param {View} view
 * @returns {Node[]}
 */
function result(t, { status, reason, outcome, verdict }) {
  if (verdict) {
    return [element("div", { class: "result" }, decision(t, verdict), evidence(t, verdict))];
  }
  const facts = /** @type {[string, string][]} */ (
    [
      outcome && [t("session.outcome"), t(`outcome.${outcome}`)],
      reason && [t("session.reason"), reason],
    ].filter(Boolean)
  );
  return [element("p", {}, t(`state.${status}.text`)), factList(facts)];
}
