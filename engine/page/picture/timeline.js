/*
 * timeline.js - what ran when and where: a row a slot, a bar an attempt, coloured by
 * the trial's state; those that another attempt followed too. The right edge goes on
 * while something runs. Wheel, drag and keys zoom.
 *
 * The axis is at the top and stays there when there are so many slots that the
 * picture scrolls. Bars narrower than a pixel are drawn as one where they touch.
 */
import { mark, stateColour, stateShape, theme } from "../colour.js";
import * as format from "../format.js";
import { time } from "../scale.js";
import { get, path, report } from "../source.js";
import { clamp } from "./geometry.js";
import { EARLIER, barsOf, clamped, spanOf, zoomed } from "./lanes.js";
import { Picture } from "./picture.js";
import { FONT, calm, hair, labelMarks, make, put, small } from "./stage.js";

const HELP = "Left and right go from bar to bar within a slot, up and down from slot to slot; " +
	"Enter opens the trial, plus and minus zoom, with Shift left and right move, 0 shows " +
	"all, Home goes to the best, Escape lets go.";
const LEFT = 54, RIGHT = 10, TOP = 26, BOTTOM = 6;
const LANE = { least: 3, most: 30 };
/* Milliseconds between two questions for earlier attempts, and two moves of the edge. */
const PAUSE_MS = 3000;
const TICK_MS = 1000;

/* 10 m 00 s as 10 m. */
function short(duration) {
	return duration.replace(/ 00 [hms]$/, "");
}

class Timeline extends Picture {
	constructor(element, model) {
		super(element, model, "timeline", { help: HELP, layers: ["bars", "front", "axes"],
			/* The view: null for all of it as it grows, or what was zoomed to. */
			initial: () => ({ view: null, attempts: [] }) });
		const { stage } = this;
		this.focus = -1;
		this.asked = 0;
		stage.scroll.classList.add("tall");
		stage.button("+", "Nearer (+)", () => this.zoom(0.5));
		stage.button("\u2212", "Farther (-)", () => this.zoom(2));
		stage.button("All", "From the first start to now (0)", () => this.see(null));
		stage.bar.append(make("span", "hint", {},
			"Drag over a stretch to see it alone, drag the axis to move, wheel to zoom"));
		stage.legend();
		this.handleLine = make("div", "picture-time", { "data-axis": "time", "aria-hidden": "true" });
		this.band = make("div", "picture-band", { hidden: "" });
		this.band.style.pointerEvents = "none";
		stage.over.append(this.handleLine, this.band);
		stage.on(this.handleLine, "pointerdown", (event) => this.pan(event));
		stage.plot.style.touchAction = "pan-y";
		this.takes(stage.plot, (event) => this.stretch(event));
		stage.on(stage.plot, "pointerleave", () => { this.focus = -1; });
		stage.on(stage.plot, "dblclick", () => this.see(null));
		stage.on(stage.plot, "wheel", (event) => this.wheel(event), { passive: false });
		stage.on(stage.scroll, "scroll", () => this.redraw());
		this.data();
	}

	/* ---- data and layout ---- */

	data() {
		Object.assign(this, barsOf(this.model, this.kept.attempts));
		this.states = [...new Set(this.bars.map((bar) => bar.state))].sort();
		this.focus = -1;
		this.layout();
		this.stage.paced("ask", PAUSE_MS, () => this.ask());
		this.tick();
	}

	filter() {
		this.redraw();
	}

	redraw() {
		this.stage.frame("bars", () => this.draw());
	}

	/* Attempts are asked for again when more trials are beyond their first one. */
	async ask() {
		const { model, kept, stage } = this;
		const again = model.columns.attempt.reduce((sum, n) => sum + (n > 1 ? n - 1 : 0), 0);
		if (again === this.asked)
			return;
		this.asked = again;
		try {
			const { attempts } = await get(path`sweeps/${model.name}/attempts`, stage.stop.signal);
			if (stage.stop.signal.aborted)
				return;
			kept.attempts = attempts;
			this.data();
		} catch (error) {
			/* With the next data they are asked for again. */
			this.asked = -1;
		}
	}

	/* The edge goes on by itself while something runs. */
	tick() {
		clearTimeout(this.timer);
		if (report || !this.bars.some((bar) => bar.to === null))
			return;
		this.timer = setTimeout(() => {
			this.redraw();
			this.tick();
		}, calm() ? 5 * TICK_MS : TICK_MS);
	}

	/* In a report time stands still when it was written: at the last thing it knows. */
	now() {
		return report ? this.bars.reduce((now, bar) => Math.max(now, bar.to ?? bar.from), 0) :
			Date.now();
	}

	layout(aside, onlyIfOther) {
		const { stage } = this;
		const lanes = Math.max(1, this.lanes.length), { height } = stage.room();
		this.lane = clamp((height - TOP - BOTTOM) / lanes, LANE.least, LANE.most);
		if (!this.fit(onlyIfOther, Math.ceil(this.lane * lanes) + TOP + BOTTOM))
			return;
		this.tall = stage.height > height;
		this.describe();
		stage.swatches(this.states.map((state) => [this.colour(state), this.model.stateText(state)]));
		this.redraw();
	}

	colour(state) {
		return state === EARLIER ? theme().idle : stateColour(state);
	}

	describe() {
		const { bars, lanes } = this;
		const started = bars.filter((bar) => bar.state !== EARLIER).length;
		const running = bars.filter((bar) => bar.to === null).length;
		this.stage.describe(`Timeline of ${format.count(lanes.length, "slot")}, ` +
			`${started} trials started${running ? `, ${running} running` : ""}` +
			(bars.length > started ? `, ${bars.length - started} earlier attempts` : ""),
		bars.length ? "" : "No trial has started yet");
	}

	/* ---- the view ---- */

	get whole() {
		return spanOf(this.bars, this.now());
	}

	get view() {
		return this.kept.view || this.whole;
	}

	see(view) {
		const { whole, kept } = this;
		kept.view = view && whole && view.to - view.from < (whole.to - whole.from) * 0.999 ?
			clamped(view, whole) : null;
		this.redraw();
	}

	zoom(factor, about = null) {
		const { view } = this;
		if (view)
			this.see(zoomed(view, this.whole, about ?? (view.from + view.to) / 2, factor));
	}

	/* Moves a view by a part of its length. */
	shift(part, view = this.view) {
		const by = part * (view.to - view.from);
		this.see({ from: view.from + by, to: view.to + by });
	}

	/* At its ends the wheel scrolls the page; among many slots it zooms with Ctrl. */
	wheel(event) {
		const { kept, bars } = this;
		const scale = event.deltaMode ? 20 : 1;
		const aside = Math.abs(event.deltaX) > Math.abs(event.deltaY);
		if (!bars.length || this.tall && !event.ctrlKey ||
			!kept.view && (aside || event.deltaY > 0))
			return;
		event.preventDefault();
		if (aside)
			this.shift(event.deltaX * scale / this.plotWidth);
		else
			this.zoom(Math.exp(event.deltaY * scale * 0.002), this.timeAt(this.stage.point(event).x));
	}

	get plotWidth() {
		return this.stage.width - LEFT - RIGHT;
	}

	px(at) {
		const { from, to } = this.seen;
		return LEFT + (at - from) / (to - from) * this.plotWidth;
	}

	/* Where a bar ends. */
	pxEnd(bar) {
		return this.px(bar.to ?? this.seen.now);
	}

	timeAt(x) {
		const { from, to } = this.view;
		return from + (x - LEFT) / this.plotWidth * (to - from);
	}

	/* ---- pointer and keys ---- */

	pan(event) {
		const { view } = this;
		event.stopPropagation();
		if (view && event.button <= 0)
			this.stage.drag(event, { move: ({ x }, start) =>
				this.shift((start.x - x) / this.plotWidth, view) });
	}

	stretch(event) {
		const { stage, band } = this;
		const ends = (a, b) => [Math.min(a.x, b.x), Math.max(a.x, b.x)]
			.map((x) => clamp(x, LEFT, stage.width - RIGHT));
		stage.drag(event, {
			move: (at, start) => {
				const [from, to] = ends(at, start);
				band.hidden = false;
				put(band, from, stage.scroll.scrollTop, to - from, stage.room().height - 2);
			},
			end: (aborted, at, start) => {
				const [from, to] = ends(at, start);
				band.hidden = true;
				if (!aborted && to - from > 3)
					this.see({ from: this.timeAt(from), to: this.timeAt(to) });
			},
			click: (e, at) => this.click(e, at),
		});
	}

	/* The row of the bar at a place; narrow ones are met from 2 pixels beside them. */
	rowAt(x, y) {
		const lane = this.lanes[Math.floor((y - TOP) / this.lane)];
		this.focus = -1;
		if (!this.seen || !lane || y < TOP + this.stage.scroll.scrollTop)
			return -1;
		let least = 2.5;
		for (const i of lane.bars) {
			const d = Math.max(this.px(this.bars[i].from) - x, x - this.pxEnd(this.bars[i]), 0);
			if (d <= least) {
				least = d;
				this.focus = i;
			}
		}
		this.redrawFront();
		return this.focus < 0 ? -1 : this.bars[this.focus].row;
	}

	ownKey({ key, shiftKey }) {
		const side = { ArrowLeft: -1, ArrowRight: 1 }[key];
		const up = { ArrowUp: -1, ArrowDown: 1 }[key];
		const factor = { "+": 0.5, "=": 0.5, "-": 2 }[key];
		const { hovered, bestRow } = this.model;
		if (key === "Home")
			this.goTo(bestRow);
		else if (side && shiftKey)
			this.kept.view && this.shift(side * 0.25);
		else if (side || up)
			this.step(side, up);
		else if (factor)
			this.zoom(factor);
		else if (key === "0" || key === "Escape" && hovered === null && this.kept.view)
			this.see(null);
		else
			return false;
		return true;
	}

	/* The bar that keys are at: of the hovered trial the last one. */
	focused() {
		const { bars, hovered } = this;
		if (hovered < 0 || bars[this.focus]?.row === hovered)
			return hovered < 0 ? -1 : this.focus;
		for (let i = bars.length - 1; i >= 0; i--)
			if (bars[i].row === hovered)
				return i;
		return -1;
	}

	step(side, up) {
		const { bars, lanes } = this;
		if (!bars.length)
			return;
		const at = this.focused();
		const within = (list, i) => list[clamp(i, 0, list.length - 1)];
		let to = lanes[0].bars[0];
		if (at >= 0 && side) {
			const list = lanes[bars[at].lane].bars;
			to = within(list, list.indexOf(at) + side);
		} else if (at >= 0) {
			const away = (i) => Math.abs(bars[i].from - bars[at].from);
			to = within(lanes, bars[at].lane + up).bars.reduce((best, i) =>
				away(i) < away(best) ? i : best);
		}
		super.goTo(bars[to].row);
		this.reveal(bars[to]);
		this.focus = to;
		this.redrawFront();
	}

	goTo(row) {
		super.goTo(row);
		this.focus = -1;
		const at = this.focused();
		if (at >= 0)
			this.reveal(this.bars[at]);
	}

	/* Moves the view to a bar that lies outside. */
	reveal(bar) {
		const { view, kept, stage: { scroll } } = this;
		if (kept.view && (bar.from < view.from || bar.from > view.to))
			this.shift((bar.from - view.from) / (view.to - view.from) - 0.5);
		const y = bar.lane * this.lane, least = y + this.lane + TOP + BOTTOM - scroll.clientHeight;
		scroll.scrollTop = clamp(scroll.scrollTop, least, y);
	}

	locate(number) {
		const row = this.model.row(number);
		const bar = this.bars.filter((each) => each.row === row).pop();
		return !bar || !this.seen ? null : this.stage.inWindow(
			(this.px(bar.from) + this.pxEnd(bar)) / 2, TOP + (bar.lane + 0.5) * this.lane);
	}

	/* ---- drawing ---- */

	draw() {
		const { stage, view } = this;
		const context = stage.clear("bars");
		stage.clear("axes");
		this.describe();
		/* The view that is drawn, and the time at which it was: until the next draw. */
		this.seen = view && { ...view, now: this.now() };
		if (view) {
			put(this.handleLine, LEFT, stage.scroll.scrollTop, this.plotWidth, TOP - 2);
			context.save();
			context.beginPath();
			context.rect(LEFT, 0, this.plotWidth + 1, stage.height);
			context.clip();
			this.drawGrid(context);
			for (const shown of [0, 1])
				for (const state of this.states)
					this.drawState(context, state, shown);
			if (this.lane >= 11)
				this.drawMarks(context);
			context.restore();
			this.drawAxes();
		}
		this.drawFront();
	}

	drawGrid(context) {
		const { grid } = theme();
		const bottom = TOP + this.lanes.length * this.lane;
		for (const { at } of this.marks())
			hair(context, this.px(at), TOP, this.px(at), bottom, grid);
	}

	marks() {
		const scale = time([this.seen.from, this.seen.to], [0, 1], this.whole.from);
		return scale.ticks(Math.max(2, Math.floor(this.plotWidth / 90)))
			.map((at) => ({ at, text: short(scale.format(at)) }));
	}

	/* All bars of a state that are let through, or all that are not. */
	drawState(context, state, shown) {
		const { bars, lanes, model, seen } = this;
		const gap = this.lane >= 8 ? 2 : this.lane >= 4 ? 1 : 0;
		context.fillStyle = this.colour(state);
		context.globalAlpha = (shown ? 1 : 0.13) * (state === EARLIER ? 0.6 : 1);
		lanes.forEach((lane, k) => {
			const y = TOP + k * this.lane + gap / 2;
			/* The run of bars that touch, not yet drawn. */
			let left = -1, right = -1;
			const flush = () => {
				if (right > left)
					context.fillRect(left, y, right - left, this.lane - gap);
			};
			for (const i of lane.bars) {
				const bar = bars[i];
				const to = bar.to ?? seen.now;
				if (bar.state !== state || model.visible[bar.row] !== shown ||
					to < seen.from || bar.from > seen.to)
					continue;
				const x0 = this.px(bar.from), x1 = Math.max(x0 + 1, this.px(to) - 0.5);
				if (x1 - x0 > 1.5 || x0 > right + 0.1) {
					flush();
					[left, right] = [x0, x1];
				} else {
					right = Math.max(right, x1);
				}
			}
			flush();
		});
		context.globalAlpha = 1;
	}

	/* The state's mark and the trial's number in bars that have room for them. */
	drawMarks(context) {
		const { bars, model } = this;
		context.font = FONT;
		context.textBaseline = "middle";
		context.textAlign = "left";
		for (const bar of bars) {
			const x0 = Math.max(LEFT, this.px(bar.from)), x1 = this.pxEnd(bar);
			if (x1 - x0 < 14 || x0 > this.stage.width || !model.visible[bar.row])
				continue;
			const y = TOP + (bar.lane + 0.5) * this.lane;
			context.fillStyle = context.strokeStyle = theme().surface;
			context.lineWidth = 1.5;
			mark(context, bar.state === EARLIER ? "ring" : stateShape(bar.state), x0 + 7, y, 3);
			const text = String(model.columns.number[bar.row]);
			if (x1 - x0 > 18 + text.length * 7)
				context.fillText(text, x0 + 14, y + 0.5);
		}
	}

	drawAxes() {
		const { stage, lanes, lane } = this;
		const context = stage.context("axes");
		const { muted, surface } = theme();
		const top = stage.scroll.scrollTop;
		const every = Math.max(1, Math.ceil(14 / lane));
		lanes.forEach(({ slot }, k) => {
			if (k % every === 0)
				small(context, slot === null ? "no slot" : `slot ${slot}`, LEFT - 8,
					TOP + (k + 0.5) * lane, "right");
		});
		context.fillStyle = surface;
		context.fillRect(0, top, stage.width, TOP - 2);
		labelMarks(context, this.marks(), (at) => this.px(at), top + 11, { colour: muted, most: 90 });
		hair(context, LEFT, top + TOP - 3, stage.width - RIGHT, top + TOP - 3, muted);
	}

	drawFront() {
		const { stage, model, bars, hovered } = this;
		const context = stage.clear("front");
		const at = this.focused();
		if (!this.seen || at < 0)
			stage.hideTip();
		if (!this.seen)
			return;
		const { accent, text } = theme();
		for (const bar of bars) {
			if (model.selected.has(model.columns.number[bar.row]))
				this.outline(context, bar, accent);
			if (bar.row === hovered)
				this.outline(context, bar, text);
		}
		if (at >= 0)
			this.showBar(bars[at]);
	}

	outline(context, bar, colour) {
		const right = this.stage.width - RIGHT;
		const x0 = Math.max(LEFT, this.px(bar.from)), x1 = Math.min(right, this.pxEnd(bar));
		if (x1 < LEFT || x0 > right)
			return;
		context.strokeStyle = colour;
		context.lineWidth = 2;
		context.strokeRect(x0 - 1, TOP + bar.lane * this.lane, Math.max(3, x1 - x0 + 2), this.lane);
	}

	showBar(bar) {
		const { stage, model: { columns } } = this;
		const { now } = this.seen;
		const earlier = bar.state === EARLIER;
		const at = this.tipAt || { x: Math.max(LEFT, this.px(bar.from)),
			y: TOP + (bar.lane + 1) * this.lane };
		const pairs = [["slot", bar.slot ?? "none"], ["started", format.moment(bar.from, now)],
			[bar.to === null ? "so far" : "took", format.duration((bar.to ?? now) - bar.from)]];
		if (bar.attempt > 1 || earlier)
			pairs.push(["attempt", bar.attempt]);
		if (bar.reason)
			pairs.push(["ended by", bar.reason]);
		if (columns.value[bar.row] !== null && !earlier)
			pairs.push([columns.metric, format.number(columns.value[bar.row])]);
		stage.showTip(at.x, at.y, earlier ?
			`Trial ${columns.number[bar.row]}, an earlier attempt` : stage.title(bar.row), pairs);
	}

	destroy() {
		clearTimeout(this.timer);
		super.destroy();
	}
}

export function mount(element, model) {
	return new Timeline(element, model).handle();
}
