/** Clip: a video file, its verdict, its windows on a timeline with their depth maps. */

import { element } from "../capture/dom.js";
import { Timeline } from "../parts/timeline.js";
import { keyForm } from "../parts/key.js";
import { notice } from "../parts/notice.js";
import { decision, evidence, timings } from "../parts/verdict.js";

/** @typedef {import("../app.js").Context} Context */
/** @typedef {import("../app.js").Page} Page */
/** @typedef {import("../capture/messages.js").Verdict} Verdict */

const PATH = "v1/liveness?depth_maps=true";
const ACCEPTED = "video/mp4,video/quicktime,video/webm,video/x-matroska,.mp4,.mov,.webm,.mkv";

/**
 * @param {Context} context
 * @returns {Page}
 */
export function clip(context) {
  const { t } = context;
  const result = element("div", { "aria-live": "polite" });
  /** @type {string[]} object URLs to be given back */
  const urls = [];
  const take = async (/** @type {File} */ file) => {
    result.replaceChildren(working(t, file.name));
    try {
      const verdict = await judged(context, file);
      result.replaceChildren(report(t, file, verdict, urls));
    } catch (error) {
      result.replaceChildren(notice(t, error));
    }
  };
  const root = element(
    "div",
    { class: "clip" },
    element("div", { class: "lead" }, element("h1", {}, t("clip.title")), element("p", {}, t("clip.text"))),
    keyForm(context, () => result.replaceChildren()),
    dropZone(t, (file) => void take(file)),
    result,
  );
  return { root, leave: () => urls.forEach((url) => URL.revokeObjectURL(url)) };
}

/**
 * @param {Context} context
 * @param {File} file
 * @returns {Promise<Verdict>}
 */
function judged({ service }, file) {
  const body = new FormData();
  body.append("clip", file);
  return service.json(PATH, { method: "POST", body });
}

/**
 * @param {Context["t"]} t
 * @param {(file: File) => void} take
 */
function dropZone(t, take) {
  const input = element("input", { type: "file", accept: ACCEPTED, class: "unseen", id: "file" });
  const zone = element(
    "label",
    { class: "drop", for: "file" },
    element("b", {}, t("clip.drop")),
    element("span", {}, t("clip.choose")),
    input,
  );
  input.addEventListener("change", () => {
    [...(input.files ?? [])].slice(0, 1).forEach(take);
    input.value = ""; // the same file may be chosen again
  });
  zone.addEventListener("dragover", (event) => {
    event.preventDefault();
    zone.classList.add("over");
  });
  zone.addEventListener("dragleave", () => zone.classList.remove("over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    [...(event.dataTransfer?.files ?? [])].slice(0, 1).forEach(take);
  });
  return zone;
}

/**
 * @param {Context["t"]} t
 * @param {string} name
 */
function working(t, name) {
  return element(
    "div",
    { class: "working" },
    element("progress", { "aria-label": t("clip.working") }),
    element("p", {}, t("clip.working"), " ", element("b", {}, name)),
  );
}

/**
 * @param {Context["t"]} t
 * @param {File} file
 * @param {Verdict} verdict
 * @param {string[]} urls
 */
function report(t, file, verdict, urls) {
  const film = URL.createObjectURL(file);
  const json = URL.createObjectURL(
    new Blob([JSON.stringify(verdict, null, 2)], { type: "application/json" }),
  );
  urls.push(film, json);
  const video = element("video", { src: film, controls: true, muted: true, playsinline: true });
  const name = `${file.name.replace(/\.\w+$/, "")}.liveness.json`;
  return element(
    "div",
    { class: "report" },
    element(
      "div",
      { class: "first" },
      decision(t, verdict),
      video,
      element("a", { class: "button quiet", href: json, download: name }, t("clip.download")),
      evidence(t, verdict),
      timings(t, verdict),
    ),
    element("div", { class: "second" }, verdict.windows.length > 0 && new Timeline(t, verdict, video).root),
  );
}
