/*
 * scatter3d.js - trials as points over three dimensions, turned by dragging and by
 * keys: an own projection (geometry.js), points drawn from the farthest to the
 * nearest, the best one marked.
 *
 * Every frame of a turn draws all points from little pictures of them, one a colour;
 * when that takes too long, a turn draws a part of them and its end draws all.
 */
import { theme } from "../colour.js";
import * as format from "../format.js";
import { byMerit } from "./axis.js";
import { Chosen } from "./chosen.js";
import { firstChoices } from "./dimension.js";
import { camera, clamp, farthestFirst } from "./geometry.js";
import { radiusFor } from "./picture.js";
import { FONT, hair, label, make, put, small } from "./stage.js";

const HELP = "Arrow keys turn the picture, plus and minus come nearer and go away, 0 turns it " +
	"back; Page Up and Page Down go from trial to trial by their values, Home to the best, " +
	"Enter opens one, Space chooses one, Escape lets go.";
const FIRST = { yaw: 0.62, pitch: 0.34, zoom: 1 };
const LEAST = 0.5, MOST = 6;
/* Milliseconds that a frame of a turn may take, and points it draws when it took more. */
const FRAME_MS = 30;
const PART = 2500;

class Scatter3d extends Chosen {
	constructor(element, model) {
		const [x, z] = firstChoices(model);
		super(element, model, "scatter3d", { help: HELP, layers: ["points", "front"],
			initial: () => ({ x, y: "value", z, colour: "value", view: { ...FIRST } }) });
		const { stage } = this;
		this.kind = "Scatter plot in three dimensions";
		this.part = Infinity;
		this.reach = 10;
		this.chooseControls([["x", "x"], ["y", "up"], ["z", "depth"]]);
		stage.button("Turn back", "As it was first seen (0)", () => this.turn(FIRST));
		stage.bar.append(make("span", "hint", {}, "Drag to turn, wheel to zoom"));
		stage.legend();
		stage.plot.style.touchAction = "none";
		stage.plot.classList.add("turns");
		stage.on(stage.plot, "wheel", (event) => this.wheel(event), { passive: false });
		this.takes(stage.plot, (event) => this.press(event));
		this.data();
	}

	/* ---- data and layout ---- */

	data() {
		this.chooseData();
		const n = this.model.rows;
		this.xs = new Float32Array(n);
		this.ys = new Float32Array(n);
		this.depths = new Float32Array(n);
		this.order = new Uint32Array(n);
		this.layout();
	}

	layout(aside, onlyIfOther) {
		if (!this.fit(onlyIfOther, 150))
			return;
		this.sprites = null;
		this.describe();
		this.redraw();
	}

	filter() {
		this.redraw();
	}

	redraw() {
		this.stage.frame("points", () => this.drawPoints());
	}

	/* ---- the view ---- */

	turn(change) {
		const { view } = this.kept;
		Object.assign(view, change);
		view.pitch = clamp(view.pitch, -1.5, 1.5);
		view.zoom = clamp(view.zoom, LEAST, MOST);
		this.redraw();
	}

	press(event) {
		const { yaw, pitch } = this.kept.view;
		this.stage.drag(event, {
			move: ({ x, y }, start) => {
				this.turning = true;
				this.turn({ yaw: yaw + (x - start.x) * 0.008, pitch: pitch + (y - start.y) * 0.008 });
			},
			end: () => {
				this.turning = false;
				this.redraw();
			},
			click: (e, at) => this.click(e, at),
		});
	}

	/* At the ends of the zoom the page scrolls on. */
	wheel(event) {
		const { zoom } = this.kept.view;
		const to = zoom * Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0015));
		if (to < zoom ? zoom <= LEAST : zoom >= MOST)
			return;
		event.preventDefault();
		this.turn({ zoom: to });
	}

	ownKey({ key }) {
		const { yaw, pitch, zoom } = this.kept.view;
		const change = {
			ArrowLeft: { yaw: yaw - 0.12 }, ArrowRight: { yaw: yaw + 0.12 },
			ArrowUp: { pitch: pitch - 0.1 }, ArrowDown: { pitch: pitch + 0.1 },
			"+": { zoom: zoom * 1.2 }, "=": { zoom: zoom * 1.2 }, "-": { zoom: zoom / 1.2 },
			0: FIRST,
		}[key];
		const by = { PageUp: 1, PageDown: -1, Home: Infinity, End: -Infinity }[key];
		if (change)
			this.turn(change);
		else if (by)
			this.goBy(by, byMerit(this.model));
		return Boolean(change || by);
	}

	/* ---- drawing ---- */

	/* Where a point of the unit cube is seen: [x, y, depth]. */
	seer() {
		const { stage, kept: { view } } = this;
		const see = camera(view.yaw, view.pitch, 3.6);
		const size = Math.min(stage.width * 0.5, stage.height * 0.6) * view.zoom;
		return (x, y, z) => {
			const [right, up, depth] = see(x - 0.5, y - 0.5, z - 0.5);
			return [stage.width / 2 + right * size, stage.height * 0.46 - up * size, depth];
		};
	}

	drawPoints() {
		const { stage, model, xs, ys, depths } = this;
		const began = performance.now();
		const context = stage.clear("points");
		const n = model.rows;
		this.describe();
		if (n && xs.length === n) {
			const see = this.seer();
			this.drawCube(context, see);
			const [ax, ay, az] = this.axes.map((axis) => axis.at);
			for (let row = 0; row < n; row++)
				[xs[row], ys[row], depths[row]] = see(ax[row], ay[row], az[row]);
			farthestFirst(depths, this.order);
			const every = this.turning && n > this.part ? Math.ceil(n / this.part) : 1;
			this.drawSprites(context, every);
			if (this.turning && every === 1)
				this.part = performance.now() - began > FRAME_MS ? PART : Infinity;
		}
		this.drawFront();
	}

	drawSprites(context, every) {
		const { model, order, xs, ys, depths, steps } = this;
		this.sprites ??= this.makeSprites();
		const { atlas, cell, size, none } = this.sprites;
		const best = model.bestRow, all = model.visibleCount === model.rows;
		for (const row of order) {
			if (every > 1 && row % every && row !== best)
				continue;
			/* Farther ones are smaller and fainter. */
			const depth = depths[row], s = size * (1 + depth * 0.35);
			context.globalAlpha = !all && !model.visible[row] ? 0.08 : Math.min(1, 0.72 + depth * 0.45);
			context.drawImage(atlas, (steps[row] < 0 ? none : steps[row]) * cell, 0, cell, cell,
				xs[row] - s / 2, ys[row] - s / 2, s, s);
		}
		context.globalAlpha = 1;
	}

	/* One picture of all colours' points side by side, the last for no value. */
	makeSprites() {
		const { colours } = this.colouring;
		const radius = radiusFor(this.model.rows, 6);
		const scale = Math.min(3, this.stage.ratio);
		const cell = Math.ceil((radius + 1.5) * 2 * scale);
		const atlas = document.createElement("canvas");
		atlas.width = cell * (colours.length + 1);
		atlas.height = cell;
		const context = atlas.getContext("2d");
		context.lineWidth = 0.7 * scale;
		context.strokeStyle = theme().surface;
		[...colours, theme().faint].forEach((colour, i) => {
			context.beginPath();
			context.arc((i + 0.5) * cell, cell / 2, radius * scale, 0, 2 * Math.PI);
			context.fillStyle = colour;
			context.fill();
			context.stroke();
		});
		return { atlas, cell, size: cell / scale, none: colours.length };
	}

	/* The walls behind the points with lines at the marks, and the axes at the outline. */
	drawCube(context, see) {
		const { grid, muted } = theme();
		const all = [0, 1, 2];
		const at = (...set) => {
			const point = [0.5, 0.5, 0.5];
			for (const [k, v] of set)
				point[k] = v;
			return see(...point);
		};
		/* Which end of each axis is at the back, seen from here. */
		const back = all.map((k) => at([k, 0])[2] < at([k, 1])[2] ? 0 : 1);
		context.lineWidth = 1;
		this.axes.forEach((axis, i) => {
			const places = [...axis.ticks(axis.choice ? 8 : 4).map((mark) => mark.at), 0, 1];
			for (const wall of all.filter((k) => k !== i))
				places.forEach((place, n) => {
					const set = [[i, place], [wall, back[wall]]], along = 3 - i - wall;
					context.strokeStyle = n < places.length - 2 ? grid : muted;
					context.beginPath();
					context.moveTo(...at(...set, [along, 0]).slice(0, 2));
					context.lineTo(...at(...set, [along, 1]).slice(0, 2));
					context.stroke();
				});
		});
		this.axes.forEach((axis, i) => this.drawAxis(context, axis, i, edgeOf(at, i, back)));
	}

	/* Marks and name beside an edge, on the side away from the cube's middle. */
	drawAxis(context, axis, i, point) {
		const [x0, y0] = point(0), [x1, y1] = point(1), [mx, my] = this.seer()(0.5, 0.5, 0.5);
		const length = Math.hypot(x1 - x0, y1 - y0) || 1;
		const x = (x0 + x1) / 2, y = (y0 + y1) / 2;
		let nx = (y1 - y0) / length, ny = (x0 - x1) / length;
		if ((x - mx) * nx + (y - my) * ny < 0)
			[nx, ny] = [-nx, -ny];
		put(this.lines[i], Math.min(x0, x1), Math.min(y0, y1), Math.abs(x1 - x0) + 2,
			Math.abs(y1 - y0) + 2);
		if (length < 40)
			return;
		const align = nx > 0.35 ? "left" : nx < -0.35 ? "right" : "center";
		const count = Math.max(2, Math.floor(length / (axis.choice ? 34 : 54)));
		for (const { at, text } of axis.ticks(count)) {
			const [px, py] = point(at);
			hair(context, px, py, px + nx * 4, py + ny * 4, theme().muted);
			small(context, text, px + nx * 9, py + ny * 11, align, undefined, 80);
		}
		const away = align === "center" ? 27 : 52;
		const name = format.bare(axis.dimension.name) + (axis.log ? " (log)" : "");
		context.font = `600 ${FONT}`;
		/* Within the picture, however narrow it is. */
		const most = 150, wide = Math.min(most, context.measureText(name).width) + 4;
		const part = align === "left" ? 0 : align === "right" ? 1 : 0.5;
		label(context, name, clamp(x + nx * away, wide * part, this.stage.width - wide * (1 - part)),
			y + ny * Math.max(27, away * 0.7), { align, bold: true, most, plate: false });
	}

	drawFront() {
		const { stage, model, xs, ys } = this;
		const context = stage.clear("front");
		if (!model.rows || xs.length !== model.rows) {
			stage.hideTip();
			return;
		}
		for (const row of [model.bestRow, this.hovered])
			if (row >= 0)
				this.drawDrops(context, row);
		this.drawRings(context, xs, ys, 4.5);
		this.drawBest(context, 4.5);
		this.drawTip(xs, ys);
	}

	/* From a point down to the floor, and on it to both axes: where it lies in depth. */
	drawDrops(context, row) {
		const see = this.seer();
		const [x, y, z] = this.axes.map((axis) => axis.at[row]);
		const foot = [x, 0, z];
		context.strokeStyle = theme().muted;
		context.lineWidth = 1;
		context.setLineDash([3, 3]);
		context.beginPath();
		for (const to of [[x, y, z], [x, 0, 0], [0, 0, z]]) {
			context.moveTo(...see(...foot).slice(0, 2));
			context.lineTo(...see(...to).slice(0, 2));
		}
		context.stroke();
		context.setLineDash([]);
	}
}

/*
 * A function of places along axis i, on the edge that its marks stand at: of those
 * at the outline, where one of the two walls that meet is behind and the other in
 * front, the lowest, of the upright ones the one most to the left.
 */
function edgeOf(at, i, back) {
	const [a, b] = [0, 1, 2].filter((k) => k !== i);
	const edges = [[back[a], 1 - back[b]], [1 - back[a], back[b]]]
		.map(([u, v]) => (place) => at([i, place], [a, u], [b, v]));
	const far = (edge) => i === 1 ? -edge(0.5)[0] : edge(0.5)[1];
	return far(edges[0]) >= far(edges[1]) ? edges[0] : edges[1];
}

export function mount(element, model) {
	return new Scatter3d(element, model).handle();
}
