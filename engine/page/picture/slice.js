/*
 * slice.js - a small scatter for each parameter: its values against the metric, the
 * later trials the stronger in colour, so that one sees where the search went. A
 * rectangle in one of them brushes all.
 *
 * One canvas a layer holds all panels; each panel is an element above them, which
 * takes the pointer and the keys.
 */
import { theme } from "../colour.js";
import * as format from "../format.js";
import { apart, legible } from "../text.js";
import { Axis, HIGHEST, NONE, within, worstSide } from "./axis.js";
import { clamp } from "./geometry.js";
import { Picture, drawDots, radiusFor } from "./picture.js";
import { hair, label, labelMarks, make, put, small } from "./stage.js";

const HELP = "Tab goes from parameter to parameter; arrow keys go from trial to trial, Home to " +
	"the best, Enter opens one, Escape takes the brush away.";
const STEPS = 32;
const LEFT = 48, RIGHT = 14, TOP = 24, BOTTOM = 28;
const LEAST = { width: 210, height: 165 };

/* From the first trial to the last, pale to strong on either background. */
function ageColour(t) {
	return theme().dark ? `hsl(${225 - 30 * t} ${50 + 35 * t}% ${32 + 48 * t}%)` :
		`hsl(${200 + 30 * t} ${45 + 35 * t}% ${82 - 52 * t}%)`;
}

class Slice extends Picture {
	constructor(element, model) {
		super(element, model, "slice", { help: HELP, layers: ["axes", "all", "shown", "front"],
			/* The brush: in the panel of which parameter, and its two ranges. */
			initial: () => ({ brush: null }) });
		const { stage } = this;
		stage.scroll.classList.add("tall");
		stage.plot.setAttribute("role", "group");
		this.panels = [];
		this.clearButton("Clear brush");
		stage.bar.append(make("span", "hint", {}, "Drag a rectangle to brush all panels"));
		stage.legend();
		this.data(false);
	}

	/* ---- panels ---- */

	data(aside) {
		const { model, stage } = this;
		const value = model.dimension("value");
		this.y = new Axis(model, value, { worst: worstSide(model, value) });
		const parameters = model.dimensions().filter((d) => d.id[0] === "p");
		for (const panel of this.panels.splice(parameters.length))
			panel.element.remove();
		parameters.forEach((dimension, i) => {
			const panel = this.panels[i] ??= this.panel();
			panel.axis = new Axis(model, dimension);
			panel.element.dataset.axis = dimension.name;
			panel.element.setAttribute("aria-label", legible(`${model.columns.metric || "metric"} over ` +
				`${dimension.name}, ${format.count(panel.axis.count, "trial")}`));
		});
		this.at = this.panels[this.at] ? this.at : 0;
		this.order = Uint32Array.from(model.columns.number.keys());
		this.steps = Int8Array.from(this.order, (row) => row / model.rows * STEPS);
		const { number } = model.columns;
		if (number.length)
			stage.ramp(ageColour, String(number[0]), String(number[number.length - 1]), "trial");
		this.layout(aside);
	}

	panel() {
		const element = make("div", "slice-panel");
		const panel = { element, index: this.panels.length };
		element.style.touchAction = "pan-y";
		this.stage.over.append(element);
		this.takes(element, (event) => this.draw(event, panel), () => { this.at = panel.index; });
		return panel;
	}

	/* Of the panel that was last pointed at or focused. */
	get xs() {
		return this.panels[this.at]?.xs;
	}

	get ys() {
		return this.panels[this.at]?.ys;
	}

	layout(aside, onlyIfOther) {
		const { stage, panels } = this;
		const room = stage.room();
		const n = panels.length;
		const most = Math.max(1, Math.min(n, Math.floor(room.width / LEAST.width)));
		const lines = Math.max(1, Math.ceil(n / most));
		const columns = Math.max(1, Math.ceil(n / lines));
		const height = clamp(Math.floor(room.height / lines), LEAST.height, 300);
		if (!this.fit(onlyIfOther, height * lines))
			return;
		const width = room.width / columns;
		this.radius = radiusFor(this.model.rows, 3.6);
		this.reach = this.radius + 6;
		panels.forEach((panel, i) => this.place(panel, (i % columns) * width,
			Math.floor(i / columns) * height, width, height));
		this.brushed();
		this.describe();
		stage.frame("all", () => this.drawAll(aside && !this.resized));
	}

	place(panel, x, y, width, height) {
		const { axis } = panel;
		Object.assign(panel, { left: x + LEFT, top: y + TOP, width: width - LEFT - RIGHT,
			height: height - TOP - BOTTOM });
		panel.px = (at) => panel.left + (at - axis.lowest) / (HIGHEST - axis.lowest) * panel.width;
		panel.py = (at) => panel.top + (HIGHEST - at) / (HIGHEST - this.y.lowest) * panel.height;
		panel.xs = Float32Array.from(axis.at, panel.px);
		panel.ys = Float32Array.from(this.y.at, panel.py);
		put(panel.element, panel.left, panel.top, panel.width, panel.height);
	}

	describe() {
		const metric = this.model.columns.metric || "the metric";
		this.stage.describe(`${format.count(this.panels.length, "parameter")} against ${metric}`,
			!this.panels.length ? "This sweep has no parameters" :
				!this.y.count ? `No trial has ${apart(metric)} yet` : "");
	}

	/* ---- brush ---- */

	draw(event, { axis, left, top, width, height }) {
		const place = ({ x, y }) => [(x - left) / width * (HIGHEST - axis.lowest) + axis.lowest,
			HIGHEST - (y - top) / height * (HIGHEST - this.y.lowest)];
		this.brushes(event, (at, start) => {
			const [u0, v0] = place(start), [u, v] = place(at);
			const x = axis.range(u0, u), y = this.y.range(v0, v);
			if (x && y)
				this.setBrush({ id: axis.dimension.id, x, y });
		});
	}

	predicate({ id, x, y }) {
		const tests = [within(this.model, id, x), within(this.model, "value", y)];
		return (row) => tests.every((test) => test(row));
	}

	words({ id, x, y }) {
		const panel = this.panels.find(({ axis }) => axis.dimension.id === id);
		return [panel?.axis.describe(x), this.y.describe(y)].filter(Boolean).join("; ");
	}

	ownKey({ key }) {
		return this.goWay(key);
	}

	/* ---- drawing ---- */

	how() {
		const { panels, steps, radius, model } = this;
		const colours = Array.from({ length: STEPS }, (_, i) => ageColour(i / (STEPS - 1)));
		const dots = { steps, colours, r: radius, alpha: model.rows > 1500 ? 0.7 : 0.85 };
		/* Squares where there are so many that nobody sees their corners: much quicker. */
		const draw = radius > 2 ? drawDots : drawSquares;
		return { weight: panels.length, draw: (context, rows) => {
			for (const { xs, ys } of panels)
				draw(context, rows, { ...dots, xs, ys });
		} };
	}

	drawAxes() {
		const context = this.stage.clear("axes");
		for (const panel of this.panels)
			this.drawPanel(context, panel);
	}

	drawPanel(context, { left, top, width, height, axis, px, py }) {
		const { muted, grid } = theme();
		const right = left + width, bottom = top + height;
		for (const { at, text } of this.y.ticks(Math.max(2, Math.floor(height / 34)))) {
			hair(context, left, py(at), right, py(at), grid);
			small(context, text, left - 5, py(at), "right", muted, LEFT - 8);
		}
		const marks = axis.ticks(Math.max(3, Math.floor(width / (axis.choice ? 30 : 42))));
		for (const { at } of marks)
			hair(context, px(at), top, px(at), bottom, grid);
		if (axis.none)
			small(context, "none", left - 4, bottom + 11, "left");
		if (this.y.none)
			small(context, "none", left - 5, py(NONE), "right");
		labelMarks(context, marks, px, bottom + 11, { colour: muted,
			most: 76,
			after: axis.none ? left + 30 : left - 30 });
		hair(context, left, top, left, bottom, muted);
		hair(context, left, bottom, right, bottom, muted);
		label(context, format.bare(axis.dimension.name) + (axis.log ? " (log)" : ""),
			left, top - 12, { bold: true, most: width, plate: false });
	}

	drawFront() {
		const { stage, kept } = this;
		const context = stage.clear("front");
		for (const panel of this.panels) {
			if (!panel.xs)
				continue;
			if (kept.brush)
				this.drawBrush(context, panel, kept.brush);
			this.drawRings(context, panel.xs, panel.ys, this.radius);
		}
		if (this.xs)
			this.drawTip(this.xs, this.ys);
	}

	/* The whole rectangle where it was drawn, in the other panels the metric's range. */
	drawBrush(context, { axis, px, py }, brush) {
		const own = brush.id === axis.dimension.id;
		const [low, high] = this.y.span(brush.y);
		const [from, to] = own ? axis.span(brush.x) : [axis.lowest, HIGHEST];
		const box = [px(from), py(high), px(to) - px(from), py(low) - py(high)];
		context.fillStyle = context.strokeStyle = theme().accent;
		context.globalAlpha = own ? 0.12 : 0.06;
		context.fillRect(...box);
		context.globalAlpha = 1;
		context.lineWidth = 1.5;
		if (own)
			context.strokeRect(...box);
	}
}

function drawSquares(context, rows, { steps, colours, xs, ys, r, alpha }) {
	let step = -1;
	context.globalAlpha = alpha;
	for (const row of rows) {
		if (steps[row] !== step) {
			step = steps[row];
			context.fillStyle = colours[step];
		}
		context.fillRect(xs[row] - r, ys[row] - r, 2 * r, 2 * r);
	}
	context.globalAlpha = 1;
}

export function mount(element, model) {
	return new Slice(element, model).handle();
}
