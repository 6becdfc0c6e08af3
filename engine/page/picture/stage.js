/*
 * stage.js - what every picture stands on: a bar of controls, a plot of canvases
 * with elements over them, a tip, a place for what is said to screen readers, and
 * the order in which things are drawn.
 *
 * For tests and other programs that look from outside:
 *   - the root element has data-picture="parallel" and so on, and `picture`, the
 *     handle that mount() returned, with locate(number): where a trial is seen, as
 *     { x, y } in the window's coordinates, or null;
 *   - over each axis lies an element with data-axis="NAME" (parallel: to brush, its
 *     name has data-axis-name; slice: the panel; elsewhere the lines themselves);
 *   - data-rows, data-shown: how many trials there are and how many are let through,
 *     and data-drawn, which is "yes" when nothing more is to be drawn.
 */
import { fit, merit, theme } from "../colour.js";
import * as format from "../format.js";
import { trialLines } from "../tip.js";
import { legible } from "../text.js";
import { clamp, sample } from "./geometry.js";

let ids = 0;

/* An element with a class, attributes and a text; no text is ever read as markup. */
export function make(tag, className = "", attributes = {}, text = null) {
	const element = document.createElement(tag);
	if (className)
		element.className = className;
	for (const [name, value] of Object.entries(attributes))
		element.setAttribute(name, name === "title" ? legible(value) : value);
	if (text !== null)
		element.textContent = legible(text);
	return element;
}

/* Puts an element at a place within its parent. */
export function put(element, left, top, width = null, height = null) {
	element.style.left = `${left}px`;
	element.style.top = `${top}px`;
	if (width !== null)
		element.style.width = `${width}px`;
	if (height !== null)
		element.style.height = `${height}px`;
}

const memories = new WeakMap();

/* What a picture keeps of a model from one mount to the next: axes chosen, brushes. */
export function memory(model, name, initial) {
	if (!memories.has(model))
		memories.set(model, {});
	const kept = memories.get(model);
	return kept[name] ??= initial();
}

/* Whether the reader asked for little motion. */
export function calm() {
	return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/* Units (one line between two axes, one point) that a frame draws to begin with. */
const BUDGET = 9000;

export class Stage {
	constructor(element, name, model, help) {
		this.model = model;
		this.name = name;
		this.root = make("div", "picture", { "data-picture": name });
		this.bar = make("div", "picture-bar");
		this.scroll = make("div", "picture-scroll");
		this.plot = make("div", "picture-plot");
		this.over = make("div", "picture-over");
		this.tip = make("div", "tip", { "aria-hidden": "true", hidden: "" });
		this.empty = make("p", "picture-empty", { hidden: "" });
		this.said = make("p", "said", { role: "status" });
		this.help = make("p", "said", { id: `picture-help-${++ids}` }, help);
		this.plot.append(this.over, this.tip, this.empty);
		this.scroll.append(this.plot);
		this.root.append(this.bar, this.scroll, this.said, this.help);
		element.append(this.root);
		this.width = this.height = 0;
		this.layers = {};
		this.jobs = new Map();
		this.passes = new Map();
		this.timers = new Map();
		this.lasts = new Map();
		this.budget = BUDGET;
		this.request = 0;
		this.bounds = null;
		this.stop = new AbortController();
	}

	/* ---- size ---- */

	/* The size that the plot has by the page, without what a picture asked for. */
	room() {
		return { width: this.scroll.clientWidth, height: this.scroll.clientHeight };
	}

	/* Gives the plot a size, and all layers with it; whether it is another one. */
	size(width, height) {
		const ratio = window.devicePixelRatio || 1;
		const same = width === this.width && height === this.height && ratio === this.ratio;
		[this.width, this.height, this.ratio] = [width, height, ratio];
		this.plot.style.width = `${width}px`;
		this.plot.style.height = `${height}px`;
		for (const layer of Object.values(this.layers))
			layer.context = fit(layer.canvas, width, height);
		return !same;
	}

	/* Canvases from the lowest to the highest, below the elements of `over`. */
	layer(...names) {
		for (const name of names) {
			const canvas = make("canvas", "", { "aria-hidden": "true", width: 1, height: 1 });
			this.plot.insertBefore(canvas, this.over);
			this.layers[name] = { canvas, context: canvas.getContext("2d") };
		}
	}

	context(name) {
		return this.layers[name].context;
	}

	clear(name) {
		const { context } = this.layers[name];
		context.globalAlpha = 1;
		context.clearRect(0, 0, this.width, this.height);
		return context;
	}

	/* ---- drawing ---- */

	/* Calls fn in the next frame, once, however often it was asked for. */
	frame(key, fn) {
		this.jobs.set(key, fn);
		this.wake();
	}

	/* Calls fn now or, when it was called less than `wait` ms ago, that much later. */
	paced(key, wait, fn) {
		if (this.timers.has(key))
			return;
		const left = (this.lasts.get(key) ?? -Infinity) + wait - performance.now();
		const run = () => {
			this.timers.delete(key);
			this.lasts.set(key, performance.now());
			fn();
		};
		if (left <= 0)
			run();
		else
			this.timers.set(key, setTimeout(run, left));
	}

	/*
	 * Draws rows over several frames. The first draws a sample of them when they
	 * are more than it can take, so that the whole picture is there at once; the
	 * following ones draw all, in order. A new pass of the same layer ends the old
	 * one. With `aside`, it is drawn elsewhere and shown when it is whole: for a
	 * picture that is there already and changes little.
	 *   draw(context, rows)  a part of them
	 *   weight               units a row
	 */
	pass(name, rows, { draw, weight = 1, aside = false, done = null }) {
		const layer = this.layers[name];
		let context = layer.context, canvas = null;
		const few = Math.max(20, Math.floor(this.budget / weight));
		if (aside && rows.length > few) {
			canvas = document.createElement("canvas");
			context = fit(canvas, this.width, this.height);
		} else {
			this.clear(name);
		}
		this.root.dataset.drawn = "no";
		const pass = { rows, draw, weight, done, context, canvas, name, from: 0 };
		this.passes.set(name, pass);
		if (rows.length > few && !canvas)
			draw(context, sample(rows, few));
		else
			this.advance(pass);
		this.wake();
	}

	advance(pass) {
		const count = Math.max(20, Math.floor(this.budget / pass.weight));
		const to = Math.min(pass.rows.length, pass.from + count);
		pass.draw(pass.context, pass.rows.subarray(pass.from, to));
		pass.from = to;
		if (to < pass.rows.length)
			return;
		this.passes.delete(pass.name);
		if (pass.canvas) {
			const context = this.clear(pass.name);
			context.drawImage(pass.canvas, 0, 0, this.width, this.height);
		}
		if (pass.done)
			pass.done();
	}

	wake() {
		if (!this.request)
			this.request = requestAnimationFrame((now) => this.run(now));
	}

	run(now) {
		this.request = 0;
		this.adapt(now);
		const jobs = [...this.jobs.values()];
		this.jobs.clear();
		const running = new Set(this.passes.values());
		for (const job of jobs)
			job();
		/* One that began in a job has drawn its part of this frame. */
		for (const pass of [...this.passes.values()])
			if (running.has(pass))
				this.advance(pass);
		this.root.dataset.drawn = this.passes.size ? "no" : "yes";
		if (this.passes.size || this.jobs.size)
			this.wake();
		else
			this.lastFrame = 0;
	}

	/* More or less a frame, as frames come at 60 a second or do not. */
	adapt(now) {
		const took = this.lastFrame ? now - this.lastFrame : 0;
		this.lastFrame = now;
		if (!took || !this.passes.size)
			return;
		this.budget = clamp(this.budget * (took > 40 ? 0.7 : took < 22 ? 1.25 : 1), 2000, 60000);
	}

	/* ---- elements ---- */

	/* A listener on an element or the window that ends with the picture. */
	on(target, type, fn, options = {}) {
		target.addEventListener(type, fn, { signal: this.stop.signal, ...options });
	}

	/* The pointer's place in the plot. */
	point(event) {
		const bounds = this.plot.getBoundingClientRect();
		return { x: event.clientX - bounds.left, y: event.clientY - bounds.top };
	}

	/* A place in the plot as one in the window, for locate(). */
	inWindow(x, y) {
		const bounds = this.plot.getBoundingClientRect();
		return { x: bounds.left + x, y: bounds.top + y };
	}

	/*
	 * Follows a pointer that went down until it is let go, wherever it goes: the
	 * element it began on may be moved meanwhile. move(at, start) from 4 pixels on,
	 * then end(aborted, at, start); without having moved, click(event, start).
	 */
	drag(event, { move, end = () => {}, click = () => {} }) {
		const { pointerId } = event;
		const stop = new AbortController();
		const start = this.point(event);
		let moved = false;
		const listen = (type, fn) => window.addEventListener(type, (e) => {
			if (e.pointerId === pointerId)
				fn(e, this.point(e));
		}, { signal: stop.signal });
		const over = (aborted) => (e, at) => {
			stop.abort();
			if (moved)
				end(aborted, at, start);
			else if (!aborted)
				click(e, start);
		};
		event.currentTarget.setPointerCapture(pointerId);
		this.stop.signal.addEventListener("abort", () => stop.abort());
		listen("pointermove", (_, at) => {
			if (!moved && Math.hypot(at.x - start.x, at.y - start.y) < 4)
				return;
			if (!moved)
				this.model.setHover(null);
			moved = true;
			move(at, start);
		});
		listen("pointerup", over(false));
		listen("pointercancel", over(true));
	}

	button(text, title, fn) {
		const button = make("button", "", { type: "button", title }, text);
		this.on(button, "click", fn);
		this.bar.append(button);
		return button;
	}

	/* A labelled choice among [[id, text], ...]; fn(id). */
	select(text, options, chosen, fn) {
		const label = make("label", "", {}, text);
		const select = make("select", "", { "aria-label": text });
		label.append(select);
		this.bar.append(label);
		this.on(select, "change", () => fn(select.value));
		this.options(select, options, chosen);
		return select;
	}

	options(select, options, chosen) {
		if (options.some(([id], i) => select.options[i]?.value !== id))
			select.replaceChildren(...options.map(([value, name]) =>
				make("option", "", { value, title: name }, name)));
		select.value = chosen;
	}

	check(text, title, fn) {
		const label = make("label", "", { title });
		const box = make("input", "", { type: "checkbox" });
		label.append(box, text);
		this.on(box, "change", () => fn(box.checked));
		this.bar.append(label);
		return box;
	}

	/* A place in the bar for what colours mean: ramp() or swatches() fill it. */
	legend() {
		this.key = make("span", "picture-legend");
		this.bar.append(this.key);
	}

	/* colour(t) for t of 0 to 1, texts of both ends, and what it is of. */
	ramp(colour, from, to, of) {
		const bar = make("span", "picture-ramp");
		const stops = Array.from({ length: 13 }, (_, i) => colour(i / 12));
		bar.style.background = `linear-gradient(to right,${stops})`;
		this.key.replaceChildren(make("span", "", { title: of }, of),
			make("span", "", {}, from), bar, make("span", "", {}, to));
	}

	/* Colours with their names: [[colour, name], ...]. */
	swatches(list) {
		this.key.replaceChildren(...list.flatMap(([colour, name]) => {
			const square = make("span", "picture-swatch");
			square.style.background = colour;
			return [square, make("span", "", { title: name }, name)];
		}));
	}

	meritLegend() {
		const { model } = this;
		const { low, high } = model.merits();
		if (Number.isNaN(low)) {
			this.key.replaceChildren();
			return;
		}
		const [worst, best] = model.maximize ? [low, high] : [high, low];
		this.ramp((t) => merit(t), format.number(worst), format.number(best),
			model.columns.metric);
	}

	/* Shows a text instead of a picture, or takes it away with an empty one. */
	blank(text) {
		this.empty.textContent = legible(text);
		this.empty.hidden = !text;
	}

	/* What a screen reader is to say now. */
	say(text) {
		this.said.textContent = legible(text);
	}

	/* A tip beside x, y of the plot: a title and [name, text] pairs. */
	showTip(x, y, title, pairs) {
		const list = make("dl");
		for (const [name, text] of pairs)
			list.append(make("dt", "", {}, name), make("dd", "", {}, text));
		this.tip.replaceChildren(make("b", "", {}, title), list);
		this.tip.hidden = false;
		const { scrollLeft, scrollTop } = this.scroll;
		const { width, height } = this.room();
		const w = this.tip.offsetWidth, h = this.tip.offsetHeight;
		const left = x + 14 + w < scrollLeft + width ? x + 14 : x - 14 - w;
		put(this.tip, Math.max(scrollLeft, left),
			clamp(y + 12, scrollTop, scrollTop + height - h - 2));
	}

	hideTip() {
		this.tip.hidden = true;
	}

	/* What is known of a trial: for tips, and in one line for screen readers. */
	facts(row, most) {
		const { value, metric } = this.model.columns;
		const lines = trialLines(this.model, row, most);
		return value[row] === null ? lines : [[metric, format.number(value[row])], ...lines];
	}

	title(row) {
		const { number, state, end } = this.model.columns;
		const best = row === this.model.bestRow ? ", the best" : "";
		return `Trial ${number[row]}, ${format.stateText(state[row], end[row])}${best}`;
	}

	sentence(row) {
		return `${this.title(row)}: ${this.facts(row, 6).map(([n, t]) => `${n} ${t}`).join(", ")}`;
	}

	trialTip(row, x, y) {
		this.showTip(x, y, this.title(row), this.facts(row));
	}

	/* What is seen, in words: `what`, then how many and which is the best. */
	describe(what, blank = "", element = this.plot) {
		const summary = this.summary();
		this.blank(this.model.rows ? blank : "No trials yet");
		element.setAttribute("aria-label", legible(`${what}: ${summary}`));
	}

	/* How many, and which is the best: the end of every picture's label. */
	summary() {
		const { model } = this;
		const { columns, bestRow, rows } = model;
		const parts = [format.count(rows, "trial").replace(/\u2009/g, "")];
		if (model.visibleCount < rows)
			parts.push(`${model.visibleCount} shown by the filter`);
		if (bestRow >= 0)
			parts.push(`the best is trial ${columns.number[bestRow]} with ` +
				`${columns.metric} ${format.number(columns.value[bestRow])}`);
		else
			parts.push("none has a value yet");
		this.root.dataset.rows = rows;
		this.root.dataset.shown = model.visibleCount;
		return parts.join(", ");
	}

	destroy() {
		this.stop.abort();
		cancelAnimationFrame(this.request);
		this.timers.forEach((timer) => clearTimeout(timer));
		this.jobs.clear();
		this.passes.clear();
		this.root.remove();
	}
}

/* ---- drawing on a context ---- */

const widths = new Map();

/*
 * A text cut with an ellipsis to at most `width` in the context's font; in its
 * middle where the end tells apart what begins alike.
 */
export function cut(context, given, width, middle = false) {
	const text = legible(given);
	/* No letter is wider than this. */
	if (text.length * 13 <= width)
		return text;
	const key = `${context.font}|${width | 0}|${middle}|${text}`;
	if (!widths.has(key)) {
		if (widths.size > 5000)
			widths.clear();
		widths.set(key, shortened(context, text, width, middle));
	}
	return widths.get(key);
}

function shortened(context, text, width, middle) {
	if (context.measureText(text).width <= width)
		return text;
	const kept = (n) => {
		const tail = middle ? Math.floor(n * 0.45) : 0;
		return `${text.slice(0, n - tail)}\u2026${tail ? text.slice(-tail) : ""}`;
	};
	let low = 0, high = text.length;
	while (low < high) {
		const half = (low + high + 1) >> 1;
		if (context.measureText(kept(half)).width <= width)
			low = half;
		else
			high = half - 1;
	}
	return kept(low);
}

export const FONT = "11px system-ui, sans-serif";

/* A text that is readable on top of lines: on a plate of the surface's colour. */
export function label(context, text, x, y, { align = "left", bold = false,
	colour = theme().text, most = Infinity, plate = true } = {}) {
	context.font = bold ? `600 ${FONT}` : FONT;
	context.textAlign = align;
	context.textBaseline = "middle";
	const seen = most === Infinity ? legible(text) : cut(context, text, most, true);
	if (plate) {
		const width = context.measureText(seen).width + 4;
		const left = align === "left" ? x - 2 : align === "right" ? x - width + 2 : x - width / 2;
		context.globalAlpha = 0.78;
		context.fillStyle = theme().surface;
		context.beginPath();
		context.roundRect(left, y - 7, width, 14, 3);
		context.fill();
		context.globalAlpha = 1;
	}
	context.fillStyle = colour;
	context.fillText(seen, x, y);
}

/*
 * Marks along a line from left to right with their texts below it, those left out
 * that would touch the one before: marks [{ at, text }], px(at) their place. `after`
 * is where the first may begin.
 */
export function labelMarks(context, marks, px, y, { most, colour, after = -Infinity }) {
	context.font = FONT;
	const sorted = [...marks].sort((a, b) => a.at - b.at);
	for (const { at, text } of sorted) {
		const width = context.measureText(cut(context, text, most, true)).width;
		const x = px(at);
		if (x - width / 2 < after)
			continue;
		after = x + width / 2 + 8;
		small(context, text, x, y, "center", colour, most);
	}
}

/* A text of an axis, beside the picture: without a plate. */
export function small(context, text, x, y, align, colour = theme().muted, most = Infinity) {
	label(context, text, x, y, { align, colour, most, plate: false });
}

/* A sharp line of 1 pixel. */
export function hair(context, x0, y0, x1, y1, colour) {
	context.strokeStyle = colour;
	context.lineWidth = 1;
	context.beginPath();
	context.moveTo(Math.round(x0) + 0.5, Math.round(y0) + 0.5);
	context.lineTo(Math.round(x1) + 0.5, Math.round(y1) + 0.5);
	context.stroke();
}

/* A ring around a point: of a trial that is hovered, chosen or the best. */
export function ring(context, x, y, r, colour, width = 2) {
	for (const [stroke, w] of [[theme().surface, width + 2.5], [colour, width]]) {
		context.strokeStyle = stroke;
		context.lineWidth = w;
		context.beginPath();
		context.arc(x, y, r, 0, 2 * Math.PI);
		context.stroke();
	}
}

/* Rows of a list that the model lets through. */
export function shownRows(model, rows) {
	return rows.filter((row) => model.visible[row]);
}

/* Colours of merit in 48 steps, computed once a pass: a list to index by step(t). */
export const STEPS = 48;

export function meritColours() {
	return Array.from({ length: STEPS }, (_, i) => merit(i / (STEPS - 1)));
}

/* A step of STEPS; -1 for NaN. */
export function stepOf(t) {
	return t >= 0 ? clamp(Math.floor(t * STEPS), 0, STEPS - 1) : -1;
}
