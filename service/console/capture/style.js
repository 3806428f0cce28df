/** The component's own style. A page sets `--liveness-accent`, `--liveness-radius` and its font. */

export const STYLE = new CSSStyleSheet();

STYLE.replaceSync(`
:host { display: block; --accent: var(--liveness-accent, #2f7f8b); color-scheme: dark; }
:host([hidden]) { display: none; }
* { box-sizing: border-box; margin: 0; }
.stage {
  position: relative; overflow: hidden; aspect-ratio: 4 / 3; isolation: isolate;
  border-radius: var(--liveness-radius, 12px); background: #0d171c; color: #f2f6f7;
}
video, .oval { position: absolute; inset: 0; width: 100%; height: 100%; }
video { object-fit: cover; transform: scaleX(-1); }
.veil { fill: #0d171c; fill-opacity: .62; }
.rim, .progress { fill: none; stroke-width: 1.8; }
.rim { stroke: #ffffffb8; transition: stroke .2s; }
.rim.wanting { stroke: #ffc247; stroke-dasharray: 4 4; }
.progress {
  stroke: #53d39b; stroke-width: 3; stroke-linecap: round; transition: stroke-dasharray .25s linear;
}
.progress[stroke-dasharray^="0 "] { stroke: none; }
.hint {
  position: absolute; left: 50%; bottom: 5%; translate: -50%; width: max-content; max-width: 92%;
  padding: .5em 1em; border-radius: 99px; background: #0d171ce6; font-weight: 600; line-height: 1.3;
  text-align: center; text-wrap: balance;
}
.hint:empty { display: none; }
.hint.wanting { background: #ffc247; color: #241a02; }
.panel {
  position: absolute; inset: 0; display: none; flex-direction: column; align-items: center;
  justify-content: center; gap: .5em; padding: 6%; text-align: center; background: #0d171c;
}
[data-phase="idle"] .panel, [data-phase="done"] .panel, [data-phase="failed"] .panel { display: flex; }
[data-phase="idle"] .hint, [data-phase="done"] .hint, [data-phase="failed"] .hint { display: none; }
.panel svg { width: 64px; height: 64px; flex: none; margin-bottom: .5em; fill: none; stroke: #8fb4bb;
  stroke-width: 2.5; stroke-linecap: round; stroke-linejoin: round; }
.panel[data-sign="passed"] svg { stroke: #53d39b; }
.panel[data-sign="failed"] svg { stroke: #ff8d7e; }
.panel[data-sign="retry"] svg, .panel[data-sign="fault"] svg { stroke: #ffc247; }
h2 {
  font: inherit; font-size: 1.375em; font-weight: 600; line-height: 1.25; outline: none;
  text-wrap: balance;
}
.panel p { max-width: 34em; color: #c5d2d6; line-height: 1.5; text-wrap: pretty; }
button {
  font: inherit; font-weight: 600; color: #fff; background: var(--accent); border: 0; cursor: pointer;
  margin-top: .75em; padding: .75em 1.5em; min-height: 44px; border-radius: 8px;
}
button:hover { filter: brightness(1.12); }
button:focus-visible { outline: 3px solid #fff; outline-offset: 2px; }
button:disabled { opacity: .6; cursor: default; filter: none; }
@media (max-width: 600px) { .stage { aspect-ratio: 3 / 4; } }
@media (prefers-reduced-motion: reduce) { * { transition: none !important; } }
`);
