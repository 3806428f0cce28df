/** A session on its way to a phone: a link, and the same as a QR code that is drawn here. */

import { element, svg } from "../capture/dom.js";
import { generate } from "../vendor/lean-qr.js";

/** @typedef {import("../app.js").Translate} Translate */
/** @typedef {import("./session-card.js").Created} Created */

const QUIET = 4; // modules of margin, which readers need
const LOOPBACK = /^(localhost|127\.|\[::1\])/;

/**
 * The page that takes the session. The token stands behind the `#`, which browsers send to nobody.
 * @param {Created} made
 * @returns {URL}
 */
export function sessionLink({ ws_url: stream, session_id: session, client_token: token }) {
  const [base] = stream.split("/v1/sessions/");
  const link = new URL(`${base.replace(/^ws/, "http")}/`);
  link.hash = `live?${new URLSearchParams({ session, token })}`;
  return link;
}

/**
 * @param {Translate} t
 * @param {Created} made
 * @returns {HTMLElement}
 */
export function handOver(t, made) {
  const link = sessionLink(made);
  const copied = element("span", { class: "fine", role: "status" });
  const copy = async () => {
    await navigator.clipboard.writeText(link.href);
    copied.textContent = t("session.copied");
  };
  return element(
    "div",
    { class: "hand-over" },
    qrCode(link.href, t("session.qr")),
    element(
      "div",
      {},
      element("p", {}, t("session.text")),
      element("label", { for: made.session_id }, t("session.link")),
      element("input", { id: made.session_id, class: "link", readonly: true, value: link.href }),
      element(
        "div",
        { class: "row" },
        element("a", { class: "button", href: link.href, target: "_blank" }, t("session.open")),
        element("button", { type: "button", class: "quiet", onclick: () => void copy() }, t("session.copy")),
        copied,
      ),
      warning(t, link),
    ),
  );
}

/**
 * @param {Translate} t
 * @param {URL} link
 */
function warning(t, link) {
  if (LOOPBACK.test(link.hostname)) {
    return element("p", { class: "notice" }, t("session.loopback"));
  }
  return link.protocol === "http:" && element("p", { class: "notice" }, t("session.insecure"));
}

/**
 * @param {string} text
 * @param {string} label
 */
function qrCode(text, label) {
  const code = generate(text);
  const side = code.size + 2 * QUIET;
  let dark = "";
  for (let y = 0; y < code.size; y++) {
    for (let x = 0; x < code.size; x++) {
      dark += code.get(x, y) ? `M${x + QUIET} ${y + QUIET}h1v1h-1Z` : "";
    }
  }
  return svg(
    "svg",
    { class: "qr", viewBox: `0 0 ${side} ${side}`, role: "img", "aria-label": label },
    svg("rect", { width: side, height: side }),
    svg("path", { d: dark }),
  );
}
