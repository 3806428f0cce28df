// A verdict on a clip, with JavaScript (Node 20 or newer, no package).
//
//   node check.mjs CLIP [URL]      LIVENESS_KEY is your API key, where the service has keys

import { openAsBlob } from "node:fs";

const [clip, url = "http://127.0.0.1:8000"] = process.argv.slice(2);
const key = process.env.LIVENESS_KEY;

const body = new FormData();
body.set("clip", await openAsBlob(clip), "clip");
const answer = await fetch(`${url}/v1/liveness`, {
  method: "POST",
  body,
  headers: {
    "Idempotency-Key": crypto.randomUUID(),
    ...(key && { Authorization: `Bearer ${key}` }),
  },
  signal: AbortSignal.timeout(60_000),
});
const said = await answer.json();
if (answer.ok) {
  console.log(`${said.decision} ${said.score ?? "-"} ${said.reasons.join(" ")}`.trim());
} else {
  console.error(`${answer.status} ${said.code}: ${said.detail}`);
}
process.exitCode = !answer.ok ? 2 : said.decision === "bona_fide" ? 0 : 1;
