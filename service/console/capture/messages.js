/**
 * The messages of `liveness.v1`, as the service documents them at /asyncapi.json.
 *
 * @typedef {{max_message_bytes: number, max_long_side: number, max_short_side: number, max_fps: number,
 *   max_seconds: number}} Limits
 * @typedef {{type: "ready", limits: Limits, credit: number, needed: number, trace: boolean,
 *   resume_token: string | null}} Ready
 * @typedef {{type: "ack", sequence: number, credit: number}} Ack
 * @typedef {{type: "guidance", code: string | null}} Guidance
 * @typedef {{type: "progress", windows: number, needed: number}} Progress
 * @typedef {{type: "trace", time: number, score: number, crop: string, coarse: string, temporal: string,
 *   refined: string}} Trace
 * @typedef {"passed" | "failed" | "retry"} Result
 * @typedef {{type: "outcome", result: Result, verdict: Verdict | null}} Outcome
 * @typedef {{type: "error", code: string, message: string, fatal: boolean, retry_after: number | null}} Fault
 * @typedef {{type: "draining", seconds: number}} Draining
 * @typedef {Ready | Ack | Guidance | Progress | Trace | Outcome | Fault | Draining} ServerMessage
 *
 * @typedef {{time: number, score: number, depth_score: number, bona_fide_prob: number,
 *   counts: boolean}} WindowScore `counts`: its score decides
 * @typedef {{time: number, mask: string, coarse: string, temporal: string, refined: string}} DepthMaps
 * @typedef {{received: number, sampled: number, used: number, dropped: Record<string, number>,
 *   late?: number}} FrameCounts `late` is said of streams
 * @typedef {object} Verdict
 * @property {"bona_fide" | "attack" | "undecided"} decision
 * @property {number | null} score
 * @property {number} threshold
 * @property {string[]} reasons
 * @property {WindowScore[]} windows
 * @property {{motion: number | null, frozen_share: number | null}} evidence
 * @property {FrameCounts} frames
 * @property {{name: string, version: string, status: string, sha256: string}} model
 * @property {Record<string, number>} timings_ms
 * @property {string} digest
 * @property {Record<string, number | boolean | null> | null} signals
 * @property {DepthMaps[] | null} [depth_maps]
 */

export const PROTOCOL = "liveness.v1";
