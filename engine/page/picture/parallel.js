/*
 * parallel.js - parallel coordinates: an axis a parameter and one for the metric,
 * a line a trial, coloured by merit, the best drawn last and nearest to the top of
 * the metric's axis.
 */
import { merit, theme } from "../colour.js";
import * as format from "../format.js";
import { legible } from "../text.js";
import { Axis, NONE, HIGHEST, LOWEST, byMerit, within, worstSide } from "./axis.js";
import { clamp, nearestLine } from "./geometry.js";
import { Picture } from "./picture.js";
import { cut, hair, label, make, meritColours, put, ring, stepOf } from "./stage.js";

const HELP = "On an axis: left and right go to the next one, with Shift they move it, Enter " +
	"turns it about, up and down move a brush, with Shift they change its size, Escape takes " +
	"it away. On the picture: up and down go from trial to trial by their values, Enter opens " +
	"one, Space chooses one for comparison.";
const METRIC = "value";
/* Pixels between two axes at least: below that the picture is scrolled. */
const GAP = 66;
const TOP = 34, SIDE = 50, BOTTOM = 12;

class Parallel extends Picture {
	constructor(element, model) {
		super(element, model, "parallel", { help: HELP,
			layers: ["all", "shown", "axes", "front"],
			/* The brush is ranges by dimension; order and flips of axes by dimension too. */
			initial: () => ({ order: [], flips: {}, brush: null }) });
		const { stage } = this;
		this.axes = [];
		this.elements = new Map();
		this.moving = null;
		this.clearButton("Clear brushes");
		this.resetButton = stage.button("Reset axes", "Axes in their first order, upright", () => {
			Object.assign(this.kept, { order: [], flips: {}, moved: false });
			this.data(false);
		});
		stage.bar.append(make("span", "hint", {},
			"Drag on an axis to brush, drag a name to move it, click a name to flip"));
		stage.legend();
		this.takes(stage.plot, (event) => stage.drag(event, { move: () => {},
			click: (e, at) => this.click(e, at) }));
		this.data(false);
	}

	/* ---- axes and layout ---- */

	data(aside) {
		const { model, kept } = this;
		const wanted = model.dimensions().filter((d) => d.id[0] === "p" || d.id === METRIC);
		const known = new Map(wanted.map((d) => [d.id, d]));
		/* Parameters that came late go before the metric, unless something was moved. */
		if (!kept.moved)
			kept.order = [...known.keys()];
		kept.order = [...new Set([...kept.order, ...known.keys()])].filter((id) => known.has(id));
		this.axes = kept.order.map((id) => this.axis(known.get(id)));
		this.order = byMerit(model);
		this.steps = Int8Array.from(model.merits().at, stepOf);
		this.layout(aside);
	}

	axis(dimension) {
		const { kept, model } = this;
		const down = dimension.id === METRIC && !model.maximize;
		const flip = Boolean(kept.flips[dimension.id]) !== down;
		return new Axis(model, dimension, { flip, worst: worstSide(model, dimension) });
	}

	axisOf(id) {
		return this.axes.find((axis) => axis.dimension.id === id);
	}

	layout(aside, onlyIfOther) {
		const { stage, axes } = this;
		if (!this.fit(onlyIfOther, 150, 2 * SIDE + GAP * (axes.length - 1)))
			return;
		this.gap = axes.length > 1 ? (stage.width - 2 * SIDE) / (axes.length - 1) : 0;
		this.stagger = this.gap < 130 && axes.length > 2;
		this.top = TOP + (this.stagger ? 16 : 0);
		this.lowest = Math.min(LOWEST.no, ...axes.map((axis) => axis.lowest));
		this.scale = (stage.height - this.top - BOTTOM) / (HIGHEST - this.lowest);
		this.reach = 7;
		this.placeElements();
		this.describe();
		stage.meritLegend();
		stage.frame("all", () => this.drawAll(aside && !this.resized));
	}

	x(i) {
		if (this.moving && this.moving.id === this.axes[i].dimension.id)
			return this.moving.x;
		return this.axes.length > 1 ? SIDE + i * this.gap : this.stage.width / 2;
	}

	y(at) {
		return this.top + (HIGHEST - at) * this.scale;
	}

	place(y) {
		return HIGHEST - (y - this.top) / this.scale;
	}

	/* ---- elements over the axes ---- */

	placeElements() {
		const { elements } = this;
		for (const axis of this.axes)
			if (!elements.has(axis.dimension.id))
				elements.set(axis.dimension.id, this.axisElements(axis.dimension.id));
		/* In the order of the axes, for Tab; not while one is held: it would be let go. */
		if (!this.moving)
			this.orderElements();
		this.axes.forEach((axis, i) => this.placeAxis(axis, i));
		this.brushed();
	}

	orderElements() {
		const { over } = this.stage;
		const wanted = this.axes.flatMap((axis) => {
			const { name, strip } = this.elements.get(axis.dimension.id);
			return [name, strip];
		});
		if (wanted.length === over.children.length &&
			wanted.every((element, i) => over.children[i] === element))
			return;
		const focused = document.activeElement;
		over.replaceChildren(...wanted);
		if (over.contains(focused))
			focused.focus();
	}

	placeAxis(axis, i) {
		const { stage } = this;
		const { id } = axis.dimension;
		const { name, strip } = this.elements.get(id);
		const most = clamp(this.gap * (this.stagger ? 1.9 : 1) - 6, 44, 260);
		const context = stage.context("axes");
		context.font = "600 12px system-ui, sans-serif";
		name.textContent = cut(context, format.bare(axis.dimension.name), most - 9, true);
		name.title = legible(`${axis.dimension.name}\n${this.ends(axis)}\n` +
			"Drag to move, click to turn about");
		name.dataset.axisName = strip.dataset.axis = axis.dimension.name;
		name.style.maxWidth = `${most}px`;
		name.classList.toggle("moving", Boolean(this.moving && this.moving.id === id));
		const w = Math.min(name.offsetWidth, most);
		put(name, clamp(this.x(i) - w / 2, 0, stage.width - w),
			this.stagger && i % 2 ? 18 : 0);
		const half = Math.min(16, this.gap ? this.gap * 0.3 : 16);
		put(strip, this.x(i) - half, this.top, half * 2, stage.height - this.top - 2);
	}

	axisElements(id) {
		const { stage } = this;
		const name = make("button", "picture-axis", { type: "button" });
		const strip = make("div", "picture-strip");
		const band = make("div", "picture-band", { hidden: "" });
		strip.append(band);
		stage.on(name, "pointerdown", (event) => this.grab(event, id));
		stage.on(name, "keydown", (event) => this.axisKey(event, id));
		/* Of a program that reads the screen: pointer and keys do not come here. */
		stage.on(name, "click", (event) => event.detail === 0 && this.flip(id));
		stage.on(strip, "pointerdown", (event) => this.brush(event, id));
		return { name, strip, band };
	}

	brushed() {
		super.brushed();
		const { brush, flips, moved } = this.kept;
		this.resetButton.hidden = !moved && !Object.values(flips).some(Boolean);
		for (const axis of this.axes) {
			const { name, strip, band } = this.elements.get(axis.dimension.id);
			const range = brush?.[axis.dimension.id];
			band.hidden = !range;
			/* What is seen of it is among what is said of it, also where it is cut. */
			name.setAttribute("aria-label", legible(`axis ${name.textContent}, ` +
				`${axis.dimension.name}, ${this.ends(axis)}` +
				(range ? `, brushed: ${axis.describe(range)}` : "")));
			strip.title = range ? axis.describe(range) : "";
			if (!range)
				continue;
			const [from, to] = axis.span(range);
			band.style.top = `${this.y(to) - this.top}px`;
			band.style.height = `${Math.max(6, (to - from) * this.scale)}px`;
		}
	}

	/* From where to where an axis goes, in words. */
	ends(axis) {
		const { dimension } = axis;
		if (axis.choice)
			return format.count(dimension.values.length, "choice");
		if (!Number.isFinite(dimension.low))
			return "no values";
		return `${axis.text(dimension.low)} to ${axis.text(dimension.high)}` +
			(axis.log ? ", logarithmic" : "");
	}

	describe() {
		const { stage, model } = this;
		stage.describe(`Parallel coordinates of ` +
			`${format.count(model.columns.parameters.length, "parameter")} and ` +
			`${model.columns.metric || "no metric"}`);
	}

	/* ---- brushes ---- */

	setRange(id, range) {
		const brush = { ...this.kept.brush, [id]: range };
		if (!range)
			delete brush[id];
		this.setBrush(Object.keys(brush).length ? brush : null);
	}

	predicate(brush) {
		const tests = Object.entries(brush).map(([id, range]) => within(this.model, id, range));
		return (row) => tests.every((test) => test(row));
	}

	words(brush) {
		return this.axes.filter((axis) => brush[axis.dimension.id])
			.map((axis) => axis.describe(brush[axis.dimension.id])).join("; ");
	}

	/* A pointer went down on an axis: a new brush, or the old one moved or resized. */
	brush(event, id) {
		event.stopPropagation();
		if (event.button > 0)
			return;
		const axis = this.axisOf(id);
		const start = this.place(this.stage.point(event).y);
		const old = this.kept.brush?.[id];
		const [from, to] = old ? axis.span(old) : [NaN, NaN];
		const near = 5 / this.scale;
		const anchor = Math.abs(start - from) < near ? to : Math.abs(start - to) < near ? from : start;
		const held = anchor === start && start > from && start < to;
		this.stage.drag(event, {
			move: ({ y }) => {
				const at = this.place(y);
				this.setRange(id, held ? shifted(axis, from, to, at - start) :
					axis.range(anchor, at));
			},
			/* A click clears the brush, whether on it or beside it. */
			click: (e, at) => old ? this.setRange(id, null) : this.click(e, at),
		});
	}

	/* ---- axes that are moved and turned ---- */

	flip(id) {
		this.kept.flips[id] = !this.kept.flips[id];
		this.axes = this.axes.map((axis) => axis.dimension.id === id ?
			this.axis(axis.dimension) : axis);
		this.rearranged();
	}

	rearranged() {
		this.placeElements();
		this.stage.frame("all", () => this.drawAll(false));
	}

	grab(event, id) {
		event.stopPropagation();
		if (event.button > 0)
			return;
		const at = this.x(this.kept.order.indexOf(id));
		this.stage.drag(event, {
			move: ({ x }, start) => {
				this.moving = { id, x: at + x - start.x };
				this.moveAxis(id, Math.round((this.moving.x - SIDE) / (this.gap || 1)));
			},
			end: () => {
				this.moving = null;
				this.rearranged();
			},
			click: () => this.flip(id),
		});
	}

	moveAxis(id, to) {
		const { kept } = this;
		const from = kept.order.indexOf(id);
		const place = clamp(to, 0, this.axes.length - 1);
		if (from !== place) {
			kept.order.splice(place, 0, ...kept.order.splice(from, 1));
			kept.moved = true;
			this.axes = kept.order.map((each) => this.axisOf(each));
		}
		this.rearranged();
	}

	/* ---- keys ---- */

	axisKey(event, id) {
		const { order, brush } = this.kept;
		const side = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
		const up = { ArrowDown: -1, ArrowUp: 1 }[event.key];
		const i = order.indexOf(id) + side;
		if (event.altKey || event.ctrlKey || event.metaKey)
			return;
		if (side && event.shiftKey)
			this.moveAxis(id, i);
		else if (side && order[i])
			this.elements.get(order[i]).name.focus();
		else if (up)
			this.brushByKey(id, up, event.shiftKey);
		else if (event.key === "Enter" || event.key === " ")
			this.flip(id);
		else if (event.key === "Escape" && brush?.[id])
			this.setRange(id, null);
		else if (event.key !== "Escape" || !this.escape())
			return;
		event.preventDefault();
		event.stopPropagation();
	}

	/* A tenth of the axis, or a band, at a time. */
	brushByKey(id, up, resize) {
		const axis = this.axisOf(id);
		const step = axis.choice ? axis.scale.step : 0.1;
		const old = this.kept.brush?.[id];
		const [from, to] = old ? axis.span(old) : [0, 0];
		const range = !old ? axis.range(up > 0 ? 1 - 2 * step : 0, up > 0 ? 1 : 2 * step) :
			resize ? axis.range(from, Math.max(from + step, to + up * step)) :
				shifted(axis, from, to, up * step);
		if (range)
			this.setRange(id, range);
	}

	ownKey({ key }) {
		const by = { ArrowUp: 1, ArrowDown: -1, PageUp: 10, PageDown: -10, Home: Infinity,
			End: -Infinity }[key];
		if (by)
			this.goBy(by, this.order);
		return Boolean(by);
	}

	/* ---- pointing ---- */

	rowAt(x, y) {
		const { axes, model } = this;
		if (!axes.length)
			return -1;
		let i = 0;
		while (i < axes.length - 2 && this.x(i + 1) < x)
			i++;
		const a = axes[i].at, b = axes[Math.min(i + 1, axes.length - 1)].at;
		const part = this.gap ? clamp((x - this.x(i)) / this.gap, 0, 1) : 0;
		const found = nearestLine(this.order, (row) => a[row] + (b[row] - a[row]) * part,
			this.place(y), this.reach / this.scale, model.visible);
		return found < 0 ? -1 : this.order[found];
	}

	/* On its line, half way to the last axis. */
	locate(number) {
		const row = this.model.row(number);
		const last = this.axes.length - 1, before = Math.max(0, last - 1);
		return row < 0 || last < 0 ? null : this.stage.inWindow(
			(this.x(before) + this.x(last)) / 2,
			this.y((this.axes[before].at[row] + this.axes[last].at[row]) / 2));
	}

	/* ---- drawing ---- */

	drawAll(aside) {
		this.colours = meritColours();
		super.drawAll(aside);
	}

	/*
	 * Lines of at most a pixel of the screen are drawn ten times as quickly. The more
	 * there are the fainter they are, but for about the hundred best: where all would
	 * be one colour, those are seen on top of it.
	 */
	how(rows) {
		const count = rows.length;
		const lines = Math.max(1, this.axes.length - 1);
		const thin = count * lines > 1500;
		const width = thin ? 1 / this.stage.ratio : 1.3, weight = thin ? lines : 8 * lines;
		const faintest = clamp(350 / count, 0.05, 0.8), power = Math.max(6, count / 60);
		const alphas = new Float32Array(this.model.rows);
		rows.forEach((row, i) => {
			const more = Math.round(8 * ((i + 1) / count) ** power) / 8;
			alphas[row] = faintest + (1 - faintest) * more;
		});
		return { weight, draw: (context, part) => this.drawLines(context, part, alphas, width) };
	}

	/* Lines of one colour are one path, but no more than 40: longer ones are slower. */
	drawLines(context, rows, alphas, width) {
		const { steps } = this;
		const trace = this.tracer();
		context.lineWidth = width;
		context.lineJoin = "bevel";
		let step = -2, held = 0, alpha = 0;
		for (const row of rows) {
			if (steps[row] !== step || alphas[row] !== alpha || held >= 40) {
				if (held)
					context.stroke();
				step = steps[row];
				held = 0;
				context.beginPath();
				context.globalAlpha = alpha = alphas[row];
				context.strokeStyle = step < 0 ? theme().faint : this.colours[step];
			}
			held++;
			trace(context, row);
		}
		if (held)
			context.stroke();
		context.globalAlpha = 1;
	}

	/* A function that adds a row's line to a path; of one axis alone it is a dash. */
	tracer() {
		const { axes } = this;
		const xs = axes.map((_, i) => this.x(i)), ats = axes.map((axis) => axis.at);
		const n = xs.length;
		if (n === 1)
			return (context, row) => {
				context.moveTo(xs[0] - 12, this.y(ats[0][row]));
				context.lineTo(xs[0] + 12, this.y(ats[0][row]));
			};
		return (context, row) => {
			context.moveTo(xs[0], this.y(ats[0][row]));
			for (let i = 1; i < n; i++)
				context.lineTo(xs[i], this.y(ats[i][row]));
		};
	}

	drawAxes() {
		const context = this.stage.clear("axes");
		const { muted, surface, text } = theme();
		this.axes.forEach((axis, i) => {
			const x = this.x(i), low = this.y(0), high = this.y(1);
			context.fillStyle = surface;
			context.fillRect(x - 1, high, 3, low - high);
			hair(context, x, high, x, low, text);
			if (axis.none) {
				hair(context, x - 6, this.y(NONE), x + 6, this.y(NONE), muted);
				label(context, "none", x + 9, this.y(NONE), { colour: muted });
			}
			this.drawTicks(context, axis, x, i);
		});
	}

	drawTicks(context, axis, x, i) {
		const last = i === this.axes.length - 1 && i > 0;
		const outer = i === 0 || last;
		const most = !axis.choice ? Infinity : outer ? SIDE - 8 : Math.max(30, this.gap * 0.55);
		const count = Math.floor(this.scale / (axis.choice ? 13 : 40));
		for (const { at, text } of axis.ticks(Math.max(2, count))) {
			const y = this.y(at);
			hair(context, x - 3, y, x + 3, y, theme().muted);
			label(context, text, last ? x + 6 : x - 6, y, { align: last ? "left" : "right", most });
		}
		/* Where an end was cut: what lies there lies further out. */
		const [low, high] = axis.scale.domain;
		const side = { colour: theme().muted, align: last ? "right" : "left" };
		for (const [is, v, sign, at] of [[axis.cutLow, low, "\u2264", 0],
			[axis.cutHigh, high, "\u2265", 1]])
			if (is)
				label(context, `${sign} ${format.number(v, 3)}`, last ? x - 6 : x + 6,
					this.y(axis.flip ? 1 - at : at), side);
	}

	drawFront() {
		const { stage, model } = this;
		const context = stage.clear("front");
		const row = this.hovered;
		if (row < 0)
			stage.hideTip();
		if (!this.axes.length || !model.rows)
			return;
		for (const number of model.selected)
			this.drawStrong(context, model.row(number), theme().accent, 2);
		if (row < 0)
			return;
		this.drawStrong(context, row, merit(model.merits().at[row]), 3);
		this.axes.forEach((axis, i) => this.drawValue(context, axis, row, i));
		const last = this.axes.length - 1;
		const at = this.tipAt || { x: this.x(last), y: this.y(this.axes[last].at[row]) };
		const value = model.columns.value[row];
		stage.showTip(at.x, at.y, stage.title(row),
			value === null ? [] : [[model.columns.metric, format.number(value)]]);
	}

	drawStrong(context, row, colour, width) {
		if (row < 0)
			return;
		const trace = this.tracer();
		for (const [stroke, w] of [[theme().surface, width + 3], [colour, width]]) {
			context.strokeStyle = stroke;
			context.lineWidth = w;
			context.lineJoin = "round";
			context.beginPath();
			trace(context, row);
			context.stroke();
		}
	}

	drawValue(context, axis, row, i) {
		const x = this.x(i), y = this.y(axis.at[row]);
		const v = axis.dimension.get(row);
		const last = i > 0 && i === this.axes.length - 1;
		ring(context, x, y, 3, theme().text, 1.5);
		if (v !== null && v !== undefined)
			label(context, axis.text(v), last ? x - 7 : x + 7, y - 9, { bold: true,
				align: last ? "right" : "left", most: Math.max(40, this.gap - 14) });
	}
}

/* A range moved by a drag stays as long as it is, between the axis's ends. */
function shifted(axis, from, to, by) {
	const low = axis.none ? LOWEST.some : 0;
	const held = clamp(by, low - from, 1 - to);
	return axis.range(from + held, to + held);
}

export function mount(element, model) {
	return new Parallel(element, model).handle();
}
