/** The console: one shell, four pages, chosen by the address behind the `#`. */

import "./capture.js";
import { element } from "./capture/dom.js";
import { phrase } from "./capture/words.js";
import { clip } from "./pages/clip.js";
import { live } from "./pages/live.js";
import { sessions } from "./pages/sessions.js";
import { status } from "./pages/status.js";
import { language } from "./preferences.js";
import { Service } from "./service.js";
import { shell } from "./shell.js";

/**
 * @typedef {(key: string, values?: Record<string, string | number>) => string} Translate
 * @typedef {{t: Translate, language: string, service: Service,
 *   deployment: import("./service.js").Deployment, handed: URLSearchParams,
 *   made: import("./parts/session-card.js").Created[]}} Context `handed` came with the link, `made` are the
 *   sessions of this tab
 * @typedef {{root: HTMLElement, leave: () => void}} Page `leave` stops what the page has going on
 */

/** @type {Record<string, (context: Context) => Page>} */
const PAGES = { live, clip, sessions, status };

const service = new Service(new URL("../", import.meta.url));
/** @type {Context["made"]} */
const made = [];
/** @type {Page | null} */
let page = null;
let turn = 0;

async function show() {
  const mine = ++turn;
  const [name, query] = location.hash.slice(1).split("?");
  const shown = name in PAGES ? name : "live";
  const spoken = language();
  const [words, deployment] = await Promise.all([wordsOf(spoken), deploymentOf()]);
  /** @type {Translate} */
  const t = (key, values) => phrase(words, key, values);
  if (mine !== turn) {
    return; // the person went on meanwhile
  }
  const handed = new URLSearchParams(query);
  const context = { t, language: spoken, service, deployment, handed, made };
  page?.leave();
  page = PAGES[shown](context);
  document.documentElement.lang = spoken;
  document.title = `${t(`nav.${shown}`)} · Liveness`;
  const main = element("main", { id: "main", tabindex: -1 }, page.root);
  document.body.replaceChildren(...shell(context, shown, main, () => void show()));
}

/** @param {string} spoken */
async function wordsOf(spoken) {
  return (await import(`./words/${spoken}.js`)).default;
}

/** @returns {Promise<import("./service.js").Deployment>} a service that is gone is said on the pages */
async function deploymentOf() {
  try {
    return await service.json("console/deployment.json");
  } catch {
    return { version: "", open_stream: true, needs_key: false, metrics: true };
  }
}

addEventListener("hashchange", async () => {
  await show();
  document.getElementById("main")?.focus();
});
void show();
