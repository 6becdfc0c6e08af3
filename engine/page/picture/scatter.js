/*
 * scatter.js - trials as points over two dimensions, coloured by a third: any
 * parameter, metric or time. A rectangle or a lasso brushes; a click opens.
 */
import { theme } from "../colour.js";
import * as format from "../format.js";
import { apart } from "../text.js";
import { HIGHEST, NONE } from "./axis.js";
import { Chosen } from "./chosen.js";
import { firstChoices } from "./dimension.js";
import { inside } from "./geometry.js";
import { drawDots, radiusFor } from "./picture.js";
import { hair, label, labelMarks, put, small } from "./stage.js";

const HELP = "Arrow keys go from trial to trial, Home to the best, Enter opens one, Space " +
	"chooses one for comparison, Escape takes the brush away.";
const RIGHT = 14, TOP = 10, BOTTOM = 40;

class Scatter extends Chosen {
	constructor(element, model) {
		super(element, model, "scatter", { help: HELP, layers: ["axes", "all", "shown", "front"],
			initial: () => ({ x: firstChoices(model)[0], y: "value", colour: "value", logs: {},
				lasso: false, brush: null }) });
		const { stage, kept } = this;
		this.kind = "Scatter plot";
		this.chooseControls([["x", "x"], ["y", "y"]]);
		this.logs = ["x", "y"].map((key) =>
			stage.check(`log ${key}`, `A logarithmic ${key} axis`, (on) => {
				kept.logs[kept[key]] = on;
				this.data(false);
			}));
		this.modes = [["Rectangle", "Drag a rectangle to brush"],
			["Lasso", "Draw around trials to brush"]]
			.map(([text, title], i) => stage.button(text, title, () => this.mode(i === 1)));
		this.mode(kept.lasso);
		this.clearButton("Clear brush");
		stage.legend();
		stage.plot.style.touchAction = "pan-y";
		this.takes(stage.plot, (event) => this.draw(event));
		this.data(false);
	}

	mode(lasso) {
		this.kept.lasso = lasso;
		this.modes.forEach((button, i) => {
			button.className = "toggle";
			button.setAttribute("aria-pressed", String(lasso === (i === 1)));
		});
	}

	/* ---- data and layout ---- */

	data(aside) {
		this.chooseData();
		/* By colour, so that those of one colour are one path. */
		this.order = Uint32Array.from(this.model.columns.number.keys())
			.sort((a, b) => this.steps[a] - this.steps[b] || a - b);
		this.axes.forEach((axis, i) => {
			const { kind, low } = axis.dimension;
			this.logs[i].disabled = axis.choice || kind === "time" || !(low > 0);
			this.logs[i].checked = axis.log;
		});
		this.layout(aside);
	}

	layout(aside, onlyIfOther) {
		const { stage } = this;
		if (!this.fit(onlyIfOther, 130))
			return;
		const [x, y] = this.axes;
		this.left = stage.width < 480 ? 48 : 62;
		this.edge = stage.height - BOTTOM;
		this.w = (stage.width - this.left - RIGHT) / (HIGHEST - x.lowest);
		this.h = (this.edge - TOP) / (HIGHEST - y.lowest);
		this.xs = Float32Array.from(x.at, (at) => this.px(at));
		this.ys = Float32Array.from(y.at, (at) => this.py(at));
		this.radius = radiusFor(this.model.rows, 5);
		this.reach = this.radius + 7;
		put(this.lines[0], this.px(0), this.edge, this.w, 4);
		put(this.lines[1], this.left - 4, this.py(1), 4, this.h);
		this.brushed();
		this.describe();
		stage.frame("all", () => this.drawAll(aside && !this.resized));
	}

	px(at) {
		return this.left + (at - this.axes[0].lowest) * this.w;
	}

	py(at) {
		return TOP + (HIGHEST - at) * this.h;
	}

	/* ---- brush: a polygon in the axes' own terms ---- */

	draw(event) {
		const { kept } = this;
		const trace = [];
		this.brushes(event, (at, start) => {
			const [x0, y0] = this.rawAt(start), [x1, y1] = this.rawAt(at);
			trace.push([x1, y1]);
			this.setBrush(kept.lasso ? [[x0, y0], ...trace] :
				[[x0, y0], [x1, y0], [x1, y1], [x0, y1]]);
		});
	}

	rawAt(point) {
		const [x, y] = this.axes;
		return [x.raw((point.x - this.left) / this.w + x.lowest),
			y.raw(HIGHEST - (point.y - TOP) / this.h)];
	}

	placed(points, [x, y]) {
		return points.map(([a, b]) => [x.fromRaw(a), y.fromRaw(b)]);
	}

	/* It is asked before the picture hears of new data, so it looks for itself. */
	predicate(brush) {
		let axes = this.axes, polygon = this.placed(brush, axes);
		return (row) => {
			if (axes[0].version !== this.model.version) {
				axes = this.keys.map((key) => this.axis(key));
				polygon = this.placed(brush, axes);
			}
			return inside(polygon, axes[0].at[row], axes[1].at[row]);
		};
	}

	words(brush) {
		const names = this.axes.map((axis) => apart(format.bare(axis.dimension.name)));
		if (this.kept.lasso)
			return `lasso over ${names[0]} and ${names[1]}`;
		return this.axes.map((axis, i) => {
			const places = brush.map((point) => axis.fromRaw(point[i]));
			const range = axis.range(Math.min(...places), Math.max(...places));
			return range ? axis.describe(range) : `part of ${names[i]}`;
		}).join("; ");
	}

	/* ---- keys ---- */

	ownKey({ key }) {
		return this.goWay(key);
	}

	/* ---- drawing ---- */

	how() {
		const { steps, xs, ys, radius, colouring, model } = this;
		const dots = { steps, xs, ys, r: radius, colours: colouring.colours,
			alpha: model.rows > 1500 ? 0.75 : 0.9 };
		return { weight: 2, draw: (context, rows) => drawDots(context, rows, dots) };
	}

	drawAxes() {
		const { stage, left, edge, axes: [x, y] } = this;
		const context = stage.clear("axes");
		const right = stage.width - RIGHT;
		const { muted, grid, text: ink } = theme();
		const marks = x.ticks(Math.max(2, Math.floor(this.w / (x.choice ? 40 : 64))));
		for (const { at } of marks)
			hair(context, this.px(at), TOP, this.px(at), edge, grid);
		labelMarks(context, marks, (at) => this.px(at), edge + 13, { colour: ink,
			most: x.choice ? Math.max(40, this.w / marks.length - 8) : 90,
			after: x.none ? this.px(NONE) + 22 : -Infinity });
		for (const { at, text } of y.ticks(Math.max(2, Math.floor(this.h / (y.choice ? 16 : 48))))) {
			hair(context, left, this.py(at), right, this.py(at), grid);
			small(context, text, left - 7, this.py(at), "right", ink, left - 22);
		}
		hair(context, left, TOP, left, edge, muted);
		hair(context, left, edge, right, edge, muted);
		/* Beside the axes, those that have no value there. */
		context.setLineDash([3, 4]);
		if (x.none) {
			hair(context, this.px(-0.05), TOP, this.px(-0.05), edge, muted);
			small(context, "none", this.px(NONE), edge + 13, "center");
		}
		if (y.none) {
			hair(context, left, this.py(-0.05), right, this.py(-0.05), muted);
			small(context, "none", left - 7, this.py(NONE), "right");
		}
		context.setLineDash([]);
		const name = (axis, px, py, most) => label(context, format.bare(axis.dimension.name) +
			(axis.log ? " (log)" : ""), px, py, { align: "center", bold: true, most, plate: false });
		name(x, (left + right) / 2, stage.height - 8, right - left);
		context.save();
		context.translate(9, (TOP + edge) / 2);
		context.rotate(-Math.PI / 2);
		name(y, 0, 0, edge - TOP);
		context.restore();
	}

	drawFront() {
		const { stage, xs, ys, radius } = this;
		const context = stage.clear("front");
		if (!xs)
			return;
		if (this.kept.brush)
			this.drawBrush(context, this.placed(this.kept.brush, this.axes));
		this.drawRings(context, xs, ys, radius);
		this.drawBest(context, radius);
		this.drawTip(xs, ys);
	}

	drawBrush(context, points) {
		context.beginPath();
		points.forEach(([u, v]) => context.lineTo(this.px(u), this.py(v)));
		context.closePath();
		context.strokeStyle = context.fillStyle = theme().accent;
		context.globalAlpha = 0.08;
		context.fill();
		context.globalAlpha = 1;
		context.lineWidth = 1.5;
		context.stroke();
	}
}

export function mount(element, model) {
	return new Scatter(element, model).handle();
}
