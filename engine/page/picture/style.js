/*
 * style.js - what the pictures' own elements look like, put into the document once
 * as a sheet that is made of rules, which a strict content security policy allows.
 * Colours are the page's variables.
 */
const RULES = `
.picture { display: flex; flex-direction: column; width: 100%; height: 100%;
	min-height: 0; flex: 1; color: var(--text); font: 12px/1.4 system-ui, sans-serif; }
.picture-bar { display: flex; flex-wrap: wrap; gap: 4px 12px; align-items: center;
	min-height: 30px; padding: 0 2px 6px; color: var(--muted); }
.picture-bar:empty { display: none; }
.picture-bar label { display: inline-flex; gap: 5px; align-items: center; }
.picture-bar select { max-width: 15em; font: inherit; color: var(--text);
	background: var(--raised); border: 1px solid var(--line); border-radius: 4px;
	padding: 3px 4px; text-overflow: ellipsis; }
.picture-bar button { font: inherit; color: var(--text); background: var(--raised);
	border: 1px solid var(--line); border-radius: 4px; padding: 3px 9px; cursor: pointer; }
.picture-bar button[aria-pressed=true] { border-color: var(--accent);
	box-shadow: inset 0 0 0 1px var(--accent); }
.picture-bar [hidden] { display: none; }
.picture-bar .picture-legend { display: inline-flex; gap: 6px; align-items: center;
	margin-left: auto; min-width: 0; }
.picture-legend canvas { border-radius: 2px; }
.picture-key { display: inline-flex; gap: 4px; align-items: center; }
.picture-key span, .picture-legend span { max-width: 14em; overflow: hidden;
	text-overflow: ellipsis; white-space: nowrap; }
.picture-scroll { position: relative; flex: 1; min-height: 0; overflow: auto hidden; }
.picture-scroll.tall { overflow: hidden auto; }
.picture-plot { position: relative; width: 100%; height: 100%; outline-offset: -2px;
	border-radius: 4px; user-select: none; -webkit-user-select: none; }
.picture-plot canvas { position: absolute; left: 0; top: 0; pointer-events: none; }
.picture-plot canvas.dimmed { opacity: .14; }
.picture-plot .met { cursor: pointer; }
.picture-plot.met { cursor: pointer; }
.picture :focus-visible { outline: 2px solid var(--accent); }
.picture-over { position: absolute; inset: 0; pointer-events: none; }
.picture-over > * { position: absolute; pointer-events: auto; box-sizing: border-box; }
.picture-line, .picture-over > .picture-line { pointer-events: none; }
.picture-time { cursor: ew-resize; touch-action: none; }
.turns { cursor: grab; }
.slice-panel { cursor: crosshair; }
.picture-axis { border: 0; background: none; color: var(--text); font: inherit;
	font-weight: 600; padding: 3px 4px; border-radius: 4px; cursor: grab; overflow: hidden;
	text-overflow: ellipsis; white-space: nowrap; touch-action: none; }
.picture-axis:hover { background: var(--sunken); }
.picture-axis.moving { cursor: grabbing; background: var(--sunken); z-index: 2; }
.picture-strip { cursor: crosshair; touch-action: none; }
.picture-strip .picture-band { position: absolute; left: 3px; right: 3px; box-sizing: border-box; }
.picture-band[hidden] { display: none; }
.picture-band { background: color-mix(in srgb, var(--accent) 22%, transparent);
	border: 1.5px solid var(--accent); border-radius: 3px; cursor: move; touch-action: none; }
.picture-band::before, .picture-band::after { content: ""; position: absolute; left: 0;
	right: 0; height: 9px; cursor: ns-resize; }
.picture-band::before { top: -4px; }
.picture-band::after { bottom: -4px; }
.picture-tip { position: absolute; z-index: 4; pointer-events: none; max-width: 20em;
	padding: 5px 8px; border-radius: 5px; background: var(--raised); color: var(--text);
	border: 1px solid var(--line); box-shadow: 0 2px 10px rgb(0 0 0 / .25); }
.picture-tip b { display: block; }
.picture-tip dl { display: grid; grid-template-columns: auto auto; gap: 0 10px; margin: 0; }
.picture-tip dt { color: var(--muted); }
.picture-tip dd { margin: 0; text-align: right; font-variant-numeric: tabular-nums; }
.picture-tip dt, .picture-tip dd { overflow: hidden; text-overflow: ellipsis;
	white-space: nowrap; max-width: 11em; }
.picture-empty { position: absolute; inset: 0; display: grid; place-items: center; margin: 0;
	padding: 1em; text-align: center; color: var(--muted); font-size: 14px; pointer-events: none; }
.picture-tip[hidden], .picture-empty[hidden] { display: none; }
.picture-said { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden;
	clip-path: inset(50%); white-space: nowrap; }
.picture-bars { list-style: none; margin: 0; padding: 4px 2px; display: grid; gap: 7px; }
.picture-bars li { display: grid; grid-template-columns: minmax(5em, 24%) 1fr 4em; gap: 10px;
	align-items: center; font-size: 13px; }
.picture-bars .name { overflow: hidden; text-overflow: ellipsis; white-space: nowrap;
	text-align: right; }
.picture-bars .track { background: var(--sunken); border-radius: 3px; height: 18px; }
.picture-bars .bar { background: var(--accent); border-radius: 3px; height: 100%;
	min-width: 1px; }
.picture-bars .part { font-variant-numeric: tabular-nums; }
.picture-hint { color: var(--muted); margin: 10px 2px 4px; max-width: 70ch; }
@media (max-width: 600px) { .picture-bar .hint { display: none; } }
@media (prefers-reduced-motion: no-preference) {
	.picture-bars .bar { transition: width .25s ease-out; } }
`;

let sheet = null;

export function styled() {
	if (sheet)
		return;
	sheet = new CSSStyleSheet();
	sheet.replaceSync(RULES);
	document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}
