/*
 * The tab of history: the value of each trial by its number, the best so far as a
 * line, states by shape and colour. A drag chooses a part of it.
 */
import { fit, mark, stateColour, stateShape, theme } from "./colour.js";
import { noMetric } from "./curves.js";
import { announce, el, fill, perFrame, say, stateMark, toggleButton } from "./dom.js";
import * as format from "./format.js";
import { towards } from "./picture/geometry.js";
import * as scale from "./scale.js";
import { apart } from "./text.js";
import { tip, trialLines } from "./tip.js";

const MARGIN = { left: 58, right: 14, top: 10, bottom: 40 };
/* Below the plot: trials without a value, so that a failure is seen where it was. */
const RUG = 12;
/* Pixels in which the pointer catches a point. */
const NEAR = 24;

const kept = new WeakMap();

export function mount(element, model) {
	if (!kept.has(model))
		kept.set(model, { logY: false, all: false });
	const wish = kept.get(model);
	const canvas = el("canvas"), over = el("canvas");
	const plot = el("div", { class: "plot", role: "application", tabindex: "0",
		"aria-label": "Value by trial: arrows go from trial to trial, Home to the best, Enter opens, " +
			"Space chooses", "data-picture": "history" }, canvas, over);
	const message = el("p", { class: "empty", hidden: true });
	const legend = el("span", { class: "legend" });
	const toggle = (key, text, title) => toggleButton(wish, key, text, { title, then: () => draw() });
	const allButton = toggle("all", "Full range", "show outlying values too");
	fill(element, el("div", { class: "picture-frame" },
		el("div", { class: "bar-controls" }, toggle("logY", "log y"), allButton, legend), plot, message));
	const hint = tip(plot);
	let x = null, y = null, width = 0, height = 0, places = null, drag = null, brush = null;

	function scales() {
		const numbers = model.columns.number;
		const range = valueRange();
		const last = numbers.length ? numbers[numbers.length - 1] : 1;
		const first = numbers.length ? numbers[0] : 0;
		const pad = Math.max(0.6, (last - first) * 0.01);
		x = scale.linear([first - pad, last + pad], [MARGIN.left, width - MARGIN.right]);
		const span = [height - MARGIN.bottom - RUG, MARGIN.top];
		y = wish.logY && range[0] > 0 ? scale.log(range, span) : scale.linear(range, span);
	}

	/* As the data have it; on the bad side cut, where a few lie very far out. */
	function valueRange() {
		const { low, high } = model.dimension("value");
		const { low: worst, high: best } = model.merits();
		const span = best - worst;
		allButton.hidden = true;
		let range = [low, high];
		const far = model.maximize ? low < worst - 2 * span : high > best + 2 * span;
		if (span > 0 && far && !wish.logY) {
			allButton.hidden = false;
			if (!wish.all)
				range = model.maximize ? [worst - 0.6 * span, high] : [low, best + 0.6 * span];
		}
		const pad = wish.logY ? 0 : (range[1] - range[0]) * 0.04;
		return [range[0] - pad, range[1] + pad];
	}

	function paint() {
		const box = plot.getBoundingClientRect();
		width = box.width;
		height = box.height;
		if (width < 40 || height < 40)
			return;
		const context = fit(canvas, width, height);
		context.clearRect(0, 0, width, height);
		const some = model.bestRow >= 0;
		message.hidden = some;
		plot.classList.toggle("none", !some);
		if (!some) {
			say(message, model.rows ? noMetric(model) : "No trials yet.");
			places = null;
			return;
		}
		scales();
		axes(context);
		points(context);
		bestLine(context);
		paintOver();
		drawLegend();
	}

	function axes(context) {
		const colours = theme();
		context.font = "11px system-ui, sans-serif";
		context.lineWidth = 1;
		context.textAlign = "right";
		context.textBaseline = "middle";
		for (const v of y.ticks(Math.max(2, Math.floor(height / 45)))) {
			const at = Math.round(y.at(v)) + 0.5;
			context.strokeStyle = colours.grid;
			context.beginPath();
			context.moveTo(MARGIN.left, at);
			context.lineTo(width - MARGIN.right, at);
			context.stroke();
			context.fillStyle = colours.muted;
			context.fillText(y.format(v), MARGIN.left - 8, at);
		}
		context.textAlign = "center";
		context.textBaseline = "top";
		for (const v of x.ticks(Math.max(2, Math.floor(width / 90))))
			if (Number.isInteger(v) && v >= 0)
				context.fillText(String(v), x.at(v), height - MARGIN.bottom + 6);
		context.fillText("trial", (MARGIN.left + width - MARGIN.right) / 2, height - 15);
		context.strokeStyle = colours.line;
		context.beginPath();
		context.moveTo(MARGIN.left, height - MARGIN.bottom + 0.5);
		context.lineTo(width - MARGIN.right, height - MARGIN.bottom + 0.5);
		context.stroke();
	}

	/* Where each row is drawn; those beyond the range lie on its edge. */
	function place() {
		const { number, value } = model.columns;
		const bottom = height - MARGIN.bottom - RUG, rug = height - MARGIN.bottom - RUG / 2;
		const xs = new Float32Array(model.rows), ys = new Float32Array(model.rows);
		for (let row = 0; row < model.rows; row++) {
			xs[row] = x.at(number[row]);
			const at = y.at(value[row]);
			if (value[row] !== null && Number.isNaN(at))
				ys[row] = bottom;
			else
				ys[row] = Number.isNaN(at) ? rug : Math.max(MARGIN.top, Math.min(bottom, at));
		}
		return { xs, ys };
	}

	function points(context) {
		places = place();
		const { xs, ys } = places;
		const groups = new Map();
		for (let row = 0; row < model.rows; row++) {
			const key = model.visible[row] ? model.columns.state[row] : "";
			if (model.columns.value[row] === null && key && key !== "Failed" && model.isEnded(row) === false)
				continue;
			if (!groups.has(key))
				groups.set(key, []);
			groups.get(key).push(row);
		}
		const r = model.rows > 3000 ? 1.6 : model.rows > 600 ? 2.2 : 3.2;
		for (const [state, rows] of [...groups].sort(([a], [b]) => layer(a) - layer(b))) {
			const colour = state ? stateColour(state) : theme().faint;
			context.fillStyle = context.strokeStyle = colour;
			context.lineWidth = 1.4;
			context.globalAlpha = !state ? 0.5 : rows.length > 2000 ? 0.65 : 0.85;
			/* Many at once are squares: a path each would take ten times as long. */
			if (rows.length > 1500)
				for (const row of rows)
					context.fillRect(xs[row] - r, ys[row] - r, 2 * r, 2 * r);
			else
				for (const row of rows)
					mark(context, state ? stateShape(state) : "circle", xs[row], ys[row], r);
		}
		context.globalAlpha = 1;
	}

	function layer(state) {
		return ["", "Canceled", "Completed", "Failed", "Running"].indexOf(state);
	}

	function bestLine(context) {
		const { number, value } = model.columns;
		let best = null;
		context.strokeStyle = theme().accent;
		context.lineWidth = 2;
		context.lineJoin = "round";
		context.beginPath();
		for (let row = 0; row < model.rows; row++) {
			if (!model.better(value[row], best))
				continue;
			const at = Math.max(MARGIN.top, Math.min(height - MARGIN.bottom, y.at(value[row])));
			if (best === null)
				context.moveTo(x.at(number[row]), at);
			else {
				context.lineTo(x.at(number[row]), y.at(best));
				context.lineTo(x.at(number[row]), at);
			}
			best = value[row];
		}
		if (best !== null)
			context.lineTo(width - MARGIN.right, y.at(best));
		context.stroke();
	}

	/* What changes with the pointer, on a canvas of its own. */
	function paintOver() {
		if (!places)
			return;
		const context = fit(over, width, height);
		const colours = theme();
		context.clearRect(0, 0, width, height);
		for (const number of model.selected)
			ringAt(context, model.row(number), 5, colours.text, 1.5);
		if (model.hovered !== null)
			ringAt(context, model.row(model.hovered), 6.5, colours.accent, 2.5);
		const area = drag ? boxOf(drag) : brush && brushBox();
		if (!area)
			return;
		context.fillStyle = context.strokeStyle = colours.accent;
		context.lineWidth = 1;
		context.globalAlpha = 0.12;
		context.fillRect(area.left, area.top, area.right - area.left, area.bottom - area.top);
		context.globalAlpha = 1;
		context.strokeRect(area.left, area.top, area.right - area.left, area.bottom - area.top);
	}

	function ringAt(context, row, r, colour, lineWidth) {
		if (row < 0 || row >= places.xs.length)
			return;
		context.strokeStyle = colour;
		context.lineWidth = lineWidth;
		context.beginPath();
		context.arc(places.xs[row], places.ys[row], r, 0, 2 * Math.PI);
		context.stroke();
	}

	function boxOf({ x0, y0, x1, y1 }) {
		return { left: Math.min(x0, x1), right: Math.max(x0, x1), top: Math.min(y0, y1),
			bottom: Math.max(y0, y1) };
	}

	function brushBox() {
		return { left: x.at(brush.from), right: x.at(brush.to), top: y.at(brush.high),
			bottom: y.at(brush.low) };
	}

	let drawn = "";
	function drawLegend() {
		const seen = [...new Set(model.columns.state)];
		const key = seen.map((state) => model.stateText(state)).join();
		if (key === drawn)
			return;
		drawn = key;
		fill(legend, el("span", {}, el("i", { class: "line-key" }), "best so far"),
			seen.map((state) => el("span", {}, stateMark(state),
				model.stateText(state))));
	}

	function nearest(px, py) {
		let best = -1, least = NEAR * NEAR;
		if (!places)
			return best;
		for (let row = 0; row < places.xs.length; row++) {
			const dx = places.xs[row] - px, dy = places.ys[row] - py;
			const d = dx * dx + dy * dy + (model.visible[row] ? 0 : 100);
			if (d < least) {
				least = d;
				best = row;
			}
		}
		return best;
	}

	function at(event) {
		const box = plot.getBoundingClientRect();
		return [event.clientX - box.left, event.clientY - box.top];
	}

	plot.addEventListener("pointerdown", (event) => {
		if (event.button || event.pointerType === "touch" || !places)
			return;
		const [px, py] = at(event);
		drag = { x0: px, y0: py, x1: px, y1: py };
		plot.setPointerCapture(event.pointerId);
	});
	plot.addEventListener("pointermove", (event) => {
		const [px, py] = at(event);
		if (drag) {
			drag.x1 = px;
			drag.y1 = py;
			hint.hide();
			over_();
			return;
		}
		const row = nearest(px, py);
		model.setHover(row < 0 ? null : model.columns.number[row]);
		if (row < 0)
			return hint.hide();
		hint.show(factsOf(row), px, py);
	});
	plot.addEventListener("pointerup", (event) => {
		const moved = drag && (Math.abs(drag.x1 - drag.x0) > 5 || Math.abs(drag.y1 - drag.y0) > 5);
		const area = drag && boxOf(drag);
		drag = null;
		if (moved)
			setBrush(area);
		else if (event.button === 0) {
			const row = nearest(...at(event));
			if (row >= 0)
				model.open(model.columns.number[row]);
			else
				clearBrush();
		}
	});
	plot.addEventListener("pointerleave", () => {
		hint.hide();
		model.setHover(null);
	});
	plot.addEventListener("keydown", (event) => {
		if (event.altKey || event.ctrlKey || event.metaKey || !places || !taken(event.key))
			return;
		event.preventDefault();
		event.stopPropagation();
	});
	plot.addEventListener("blur", () => hint.hide());

	/* A title, then names and values, of a row. */
	function factsOf(row) {
		const c = model.columns;
		return [`#${c.number[row]} · ${format.stateText(c.state[row], c.end[row])}`,
			[c.metric || "value", format.number(c.value[row]) || "none"], ...trialLines(model, row)];
	}

	/* Whether a key means something here: the same ones as in other pictures. */
	function taken(key) {
		const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key];
		const row = model.hovered === null ? -1 : model.row(model.hovered);
		const { visible, bestRow } = model;
		if (way && row >= 0)
			goTo(towards(places.xs, places.ys, row, ...way, visible));
		else if (way || key === "Home")
			goTo(visible[bestRow] ? bestRow : visible.indexOf(1));
		else if (key === "Enter" && row >= 0)
			model.open(model.hovered);
		else if (key === " " && row >= 0)
			model.toggle(model.hovered);
		else if (key === "Escape" && (row >= 0 || brush)) {
			hint.hide();
			model.setHover(null);
			clearBrush();
		} else
			return false;
		return true;
	}

	function goTo(row) {
		if (row < 0)
			return;
		model.setHover(model.columns.number[row]);
		const facts = factsOf(row);
		hint.show(facts, places.xs[row], places.ys[row]);
		announce(facts.flat().join(" "));
	}

	function setBrush(area) {
		brush = { from: x.invert(area.left), to: x.invert(area.right), low: y.invert(area.bottom),
			high: y.invert(area.top) };
		const { from, to, low, high } = brush;
		const text = `trial ${Math.max(0, Math.ceil(from))}–${Math.floor(to)}, ` +
			`${apart(model.columns.metric)} ${format.number(low, 3)}–${format.number(high, 3)}`;
		model.setBrush("history", (row) => {
			const { number, value } = model.columns;
			return value[row] !== null && number[row] >= from && number[row] <= to &&
				value[row] >= low && value[row] <= high;
		}, text);
	}

	function clearBrush() {
		brush = null;
		model.setBrush("history", null);
	}

	/* Where a trial is seen, as of every picture: picture/stage.js. */
	function locate(number) {
		const row = model.row(number);
		const box = plot.getBoundingClientRect();
		return row < 0 || !places ? null : { x: box.left + places.xs[row], y: box.top + places.ys[row] };
	}

	const draw = perFrame(paint);
	const over_ = perFrame(paintOver);
	const sizes = new ResizeObserver(draw);
	sizes.observe(plot);

	plot.picture = { locate };
	return {
		update(kind) {
			if (kind === "hover" || kind === "selection")
				return over_();
			if (kind === "filter" && !model.brushes.has("history"))
				brush = null;
			if (kind === "theme")
				drawn = "";
			if (kind !== "points" && kind !== "sweep")
				draw();
		},
		resize: draw,
		destroy() {
			sizes.disconnect();
		},
	};
}
