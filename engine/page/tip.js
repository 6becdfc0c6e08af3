/* The small box beside the pointer: a title and lines of name and value. */
import { el, fill } from "./dom.js";
import * as format from "./format.js";

/* Over `parent`, which is positioned. show([title, [name, value], ...], x, y). */
export function tip(parent) {
	const box = el("div", { class: "tip", "aria-hidden": "true", hidden: true });
	parent.append(box);
	return {
		show([title, ...lines], x, y) {
			fill(box, title ? el("b", {}, title) : null,
				lines.length ? el("dl", {}, lines.map(([name, value]) =>
					[el("dt", {}, name), el("dd", {}, value)])) : null);
			box.hidden = false;
			const { clientWidth: width, clientHeight: height } = parent;
			const left = x + 16 + box.offsetWidth > width ? x - 16 - box.offsetWidth : x + 16;
			box.style.left = `${Math.max(2, Math.min(left, width - box.offsetWidth - 2))}px`;
			box.style.top = `${Math.max(2, Math.min(y + 12, height - box.offsetHeight - 2))}px`;
		},
		hide() {
			box.hidden = true;
		},
	};
}

/* What a trial's tip says: its number and state, its value, and its parameters. */
export function trialLines(model, row, most = 8) {
	const c = model.columns;
	const lines = c.parameters.map((parameter, p) =>
		[format.bare(parameter.name), model.parameter(p, row)])
		.filter(([, v]) => v !== null)
		.map(([name, v]) => [name, format.value(typeof v === "number" ? Number(v.toPrecision(4)) : v)]);
	const left = lines.length - most;
	return left > 1 ? [...lines.slice(0, most), ["", `and ${left} more`]] : lines;
}
