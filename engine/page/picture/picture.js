/*
 * picture.js - what the pictures drawn on canvases have in common: how they hear of
 * the model and tell it, brushes, pointing, keys, and two layers of points or lines.
 *
 * Layers: `all` has every row; once something is filtered it stays as it is, dimmed
 * by the style, and `shown` has what is let through, so a brush redraws only what it
 * shows. `front` has what is pointed at, chosen and best.
 *
 * A picture of its own has
 *   data(aside)        places and colours anew; `aside`: it changes little
 *   layout(aside, onlyIfOther)   for the size of the box
 *   drawAxes(), how(rows)        draw(context, rows) and weight for Stage.pass()
 *   drawFront(), describe()
 *   predicate(brush), words(brush)   of what is in kept.brush
 * and `order`, rows as they are drawn, `xs`, `ys`, `reach`, where they are met.
 */
import { merit, theme } from "../colour.js";
import { clamp, nearest, towards } from "./geometry.js";
import { Stage, label, memory, ring, shownRows } from "./stage.js";

export class Picture {
	constructor(element, model, name, { help, layers, initial }) {
		this.model = model;
		this.name = name;
		this.stage = new Stage(element, name, model, help);
		this.stage.layer(...layers);
		this.kept = memory(model, name, initial);
		this.observer = new ResizeObserver(() => this.layout(false, true));
		this.observer.observe(this.stage.scroll);
	}

	/* What mount() gives back. */
	handle() {
		const handle = {
			update: (kind) => this.update(kind),
			resize: () => this.layout(false, false),
			destroy: () => this.destroy(),
			locate: (number) => this.locate(number),
		};
		this.stage.root.picture = handle;
		return handle;
	}

	update(kind) {
		const { stage, model } = this;
		if (kind === "data")
			stage.paced("data", model.rows > 1500 ? 1000 : 100, () => this.data(true));
		else if (kind === "filter")
			this.filter();
		else if (kind === "hover" || kind === "selection")
			this.redrawFront();
		else if (kind === "theme")
			this.data(false);
	}

	redrawFront() {
		this.stage.frame("front", () => this.drawFront());
	}

	destroy() {
		clearTimeout(this.saying);
		this.observer.disconnect();
		this.stage.destroy();
	}

	/*
	 * Gives the stage the box's size, at least `height` and `width`; false when there
	 * is nothing to lay out. this.resized says whether it is another size than before.
	 */
	fit(onlyIfOther, height, width = 0) {
		const { stage } = this;
		const room = stage.room();
		if (!room.width || !room.height)
			return false;
		this.resized = stage.size(Math.max(room.width, width), Math.max(room.height, height));
		return this.resized || !onlyIfOther;
	}

	/* A drag that draws a brush by move(at, start); a click beside all takes it away. */
	brushes(event, move) {
		this.stage.drag(event, { move, click: (e, at) => {
			if (this.click(e, at) < 0 && this.kept.brush)
				this.setBrush(null);
		} });
	}

	/* The row of what is hovered, -1 for none. */
	get hovered() {
		const { hovered } = this.model;
		return hovered === null ? -1 : this.model.row(hovered);
	}

	/* ---- brushes ---- */

	/* The button that takes the brush away, while there is one. */
	clearButton(text) {
		this.clear = this.stage.button(text, "Show all trials again (Esc)",
			() => this.setBrush(null));
	}

	/* Told to the model once a frame: a drag sets many. */
	setBrush(brush) {
		this.kept.brush = brush;
		this.telling = true;
		this.brushed();
		this.stage.frame("brush", () => {
			this.telling = false;
			this.model.setBrush(this.name, brush && this.predicate(brush),
				brush ? this.words(brush) : "");
			this.filter();
			clearTimeout(this.saying);
			this.saying = setTimeout(() =>
				this.stage.say(`${this.model.visibleCount} trials shown`), 300);
		});
	}

	/* The shell may have taken the brush away. */
	filter() {
		if (!this.telling && !this.model.brushes.has(this.name))
			this.kept.brush = null;
		this.brushed();
		this.stage.frame("shown", () => this.drawShown(false));
		this.redrawFront();
	}

	/* Shows what there is of a brush. */
	brushed() {
		if (this.clear)
			this.clear.hidden = !this.kept.brush;
	}

	/* ---- pointing ---- */

	/*
	 * Lets an element take pointer and keys: the plot, or panels in it. before()
	 * comes first, drag(event) when a pointer goes down.
	 */
	takes(element, drag, before = () => {}) {
		const { stage, model } = this;
		element.setAttribute("role", "application");
		element.setAttribute("aria-describedby", stage.help.id);
		element.tabIndex = 0;
		stage.on(element, "pointermove", (event) => {
			before();
			if (!event.buttons && event.pointerType !== "touch")
				this.pointAt(stage.point(event), element);
		});
		stage.on(element, "pointerleave", () => {
			this.tipAt = null;
			model.setHover(null);
		});
		stage.on(element, "pointerdown", (event) => {
			before();
			if (event.button <= 0 && model.rows)
				drag(event);
		});
		stage.on(element, "keydown", (event) => this.key(event));
		stage.on(element, "focus", before);
		stage.on(element, "blur", () => stage.hideTip());
	}

	rowAt(x, y) {
		return this.xs ? nearest(this.xs, this.ys, x, y, this.reach, this.model.visible) : -1;
	}

	pointAt({ x, y }, element) {
		this.stage.frame("hit", () => {
			const row = this.rowAt(x, y);
			this.tipAt = { x, y };
			this.model.setHover(row < 0 ? null : this.model.columns.number[row]);
			element.classList.toggle("met", row >= 0);
		});
	}

	/* Opens a trial, or chooses it for comparison; the row that was met, or -1. */
	click(event, { x, y }) {
		const row = this.rowAt(x, y);
		if (row < 0)
			return row;
		const number = this.model.columns.number[row];
		if (event.ctrlKey || event.metaKey || event.shiftKey)
			this.model.toggle(number);
		else
			this.model.open(number);
		return row;
	}

	locate(number) {
		const row = this.model.row(number);
		return row < 0 || !this.xs ? null : this.stage.inWindow(this.xs[row], this.ys[row]);
	}

	/* ---- keys ---- */

	key(event) {
		if (event.altKey || event.ctrlKey || event.metaKey ||
			event.target !== event.currentTarget || !this.taken(event))
			return;
		event.preventDefault();
		event.stopPropagation();
	}

	/* Whether a key means something here: those of the picture itself come first. */
	taken(event) {
		const { model } = this;
		if (this.ownKey(event))
			return true;
		if (event.key === "Escape")
			return this.escape();
		if (model.hovered === null || event.key !== "Enter" && event.key !== " ")
			return false;
		if (event.key === "Enter")
			model.open(model.hovered);
		else
			model.toggle(model.hovered);
		return true;
	}

	escape() {
		const had = this.model.hovered !== null || this.kept.brush;
		this.model.setHover(null);
		if (this.kept.brush)
			this.setBrush(null);
		return Boolean(had);
	}

	/* Keys go to a row: it is hovered and said. */
	goTo(row) {
		if (row < 0)
			return;
		this.tipAt = null;
		this.model.setHover(this.model.columns.number[row]);
		this.stage.say(this.stage.sentence(row));
	}

	/* To the next one that an arrow key points at, or from nowhere to the best. */
	goWay(key) {
		const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1],
			Home: [0, 0] }[key];
		if (!way || !this.xs)
			return false;
		const { hovered, model: { bestRow, visible } } = this;
		this.goTo(key !== "Home" && hovered >= 0 ?
			towards(this.xs, this.ys, hovered, ...way, visible) :
			visible[bestRow] ? bestRow : visible.indexOf(1));
		return true;
	}

	/* To the next of the rows shown, which are from the worst to the best. */
	goBy(by, order) {
		const rows = shownRows(this.model, order);
		const last = rows.length - 1, at = rows.indexOf(this.hovered);
		if (last >= 0)
			this.goTo(rows[at < 0 ? last : clamp(at + by, 0, last)]);
	}

	/* ---- drawing ---- */

	drawAll(aside) {
		this.drawAxes();
		this.drawShown(aside);
		this.stage.pass("all", this.order, { ...this.how(this.order), aside });
		this.drawFront();
	}

	drawShown(aside) {
		const { stage, model } = this;
		const filtered = model.visibleCount < model.rows;
		stage.layers.all.canvas.classList.toggle("dimmed", filtered);
		this.describe();
		if (filtered) {
			const rows = shownRows(model, this.order);
			stage.pass("shown", rows, { ...this.how(rows), aside });
		} else {
			stage.passes.delete("shown");
			stage.clear("shown");
		}
	}

	/* Rings around the trials chosen, the best and the hovered one. */
	drawRings(context, xs, ys, r) {
		const { model } = this;
		const { accent, text } = theme();
		const at = (row, more, colour) => {
			if (row >= 0 && row < xs.length)
				ring(context, xs[row], ys[row], r + more, colour);
		};
		for (const number of model.selected)
			at(model.row(number), 2, accent);
		at(model.bestRow, 2, text);
		at(this.hovered, 4, accent);
	}

	drawBest(context, r) {
		const { bestRow } = this.model;
		if (bestRow >= 0)
			label(context, "best", this.xs[bestRow] + r + 7, this.ys[bestRow] - 9, { bold: true });
	}

	/* The tip of what is hovered, beside its point. */
	drawTip(xs, ys) {
		const row = this.hovered;
		if (row < 0)
			this.stage.hideTip();
		else
			this.stage.trialTip(row, xs[row], ys[row]);
	}
}

/*
 * Draws points, those of one colour after another as one path, 100 at most: longer
 * ones are slower. steps[row] is an index into colours, -1 for none.
 */
export function drawDots(context, rows, { steps, colours, xs, ys, r, alpha }) {
	let step = -2, held = 0;
	context.globalAlpha = alpha;
	for (const row of rows) {
		if (steps[row] !== step || held >= 100) {
			if (held)
				context.fill();
			step = steps[row];
			held = 0;
			context.beginPath();
			context.fillStyle = step < 0 ? merit(NaN) : colours[step];
		}
		held++;
		context.moveTo(xs[row] + r, ys[row]);
		context.arc(xs[row], ys[row], r, 0, 2 * Math.PI);
	}
	if (held)
		context.fill();
	context.globalAlpha = 1;
}

/* The radius of a dot among so many. */
export function radiusFor(rows, most) {
	return most * (rows < 150 ? 1 : rows < 800 ? 0.8 : rows < 4000 ? 0.6 : 0.45);
}
