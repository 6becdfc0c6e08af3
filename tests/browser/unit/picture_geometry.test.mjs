/* Points, polygons, the view of three dimensions, and bars in lanes. */
import { test } from "node:test";
import assert from "node:assert/strict";
import { Model } from "../../../engine/page/model.js";
import { camera, farthestFirst, inside, nearest, nearestLine, sample, towards,
	} from "../../../engine/page/picture/geometry.js";
import { EARLIER, barsOf, clamped, spanOf, zoomed } from "../../../engine/page/picture/lanes.js";

function near(a, b, most = 1e-9) {
	assert.ok(Math.abs(a - b) <= most, `${a} is not near ${b}`);
}

test("a lasso holds what is within its bends only", () => {
	const hook = [[0, 0], [10, 0], [10, 10], [8, 10], [8, 2], [0, 2]];
	assert.ok(inside(hook, 5, 1));
	assert.ok(inside(hook, 9, 9));
	assert.ok(!inside(hook, 5, 5));
	assert.ok(!inside(hook, 11, 1));
	assert.ok(!inside([], 0, 0));
});

test("the nearest point is found within reach, among those allowed", () => {
	const xs = [0, 10, 20], ys = [0, 0, 0];
	assert.equal(nearest(xs, ys, 11, 1, 5), 1);
	assert.equal(nearest(xs, ys, 5, 20, 5), -1);
	assert.equal(nearest(xs, ys, 11, 1, 30, [1, 0, 0]), 0);
	assert.equal(nearest([NaN], [0], 0, 0, 5), -1);
});

test("arrow keys go to the nearest point ahead, not to one aside", () => {
	const xs = [0, 10, 4, 0], ys = [0, 2, 30, -5];
	assert.equal(towards(xs, ys, 0, 1, 0), 1);
	assert.equal(towards(xs, ys, 0, 0, 1), 2);
	assert.equal(towards(xs, ys, 0, 0, -1), 3);
	assert.equal(towards(xs, ys, 0, -1, 0), -1);
	assert.equal(towards(xs, ys, 0, 1, 0, [1, 0, 1, 1]), -1);
});

test("of two lines at one place the one drawn last is met", () => {
	const order = new Uint32Array([2, 0, 1]);
	const heights = [5, 5, 9];
	assert.equal(order[nearestLine(order, (row) => heights[row], 5.4, 1)], 1);
	assert.equal(order[nearestLine(order, (row) => heights[row], 8.8, 1)], 2);
	assert.equal(nearestLine(order, (row) => heights[row], 7, 1), -1);
});

test("a sample is spread over the list and has its last", () => {
	const list = Uint32Array.from({ length: 1000 }, (_, i) => i);
	const some = sample(list, 10);
	assert.deepEqual([...some], [99, 199, 299, 399, 499, 599, 699, 799, 899, 999]);
	assert.equal(sample(list, 2000), list);
});

test("seen from the front nothing moves, from the side depth does", () => {
	const front = camera(0, 0, 1e9);
	const [x, y, depth] = front(0.3, -0.2, 0.1);
	near(x, 0.3);
	near(y, -0.2);
	near(depth, 0.1);
	const [side] = camera(Math.PI / 2, 0, 1e9)(0.3, -0.2, 0.1);
	near(side, 0.1);
	const [, up] = camera(0, Math.PI / 2, 1e9)(0.3, -0.2, 0.1);
	near(up, -0.1);
});

test("what is nearer is larger, turning keeps distances", () => {
	const see = camera(0.7, 0.3, 3);
	const [, , a] = see(0.2, 0.3, 0.4), [, , b] = see(-0.2, -0.3, -0.4);
	near(a, -b);
	const flat = camera(0.7, 0.3, 1e12);
	const [x, y, z] = flat(0.2, 0.3, 0.4);
	near(Math.hypot(x, y, z), Math.hypot(0.2, 0.3, 0.4), 1e-9);
	assert.ok(camera(0, 0, 3)(0.1, 0, 0.5)[0] > camera(0, 0, 3)(0.1, 0, -0.5)[0]);
});

test("points are ordered from the farthest to the nearest", () => {
	const depths = Float32Array.from([0.5, -0.8, 0, 0.2, -0.1]);
	assert.deepEqual([...farthestFirst(depths)], [1, 4, 2, 3, 0]);
	assert.deepEqual([...farthestFirst(Float32Array.from([5, -5, NaN]))].sort(), [0, 1, 2]);
});

function model(rows) {
	const m = new Model("s");
	m.load({ seq: 1, metric: "acc", goal: "maximize", parameters: [], names: [], number: [],
		state: [], end: [], value: [], last: [], intervals: [], attempt: [], slot: [],
		created: [], started: [], ended: [], values: [] });
	m.apply(rows.map(([state, slot, started, ended, attempt = 1], number) => ({ number, state,
		end: "", value: null, last: null, intervals: 0, attempt, slot, created: 0, started, ended })));
	return m;
}

test("bars lie in their slot's lane in the order of their starts", () => {
	const m = model([["Completed", 3, 50, 60], ["Completed", 0, 0, 9], ["Running", 3, 70, null],
		["Queued", null, null, null]]);
	const { bars, lanes } = barsOf(m, []);
	assert.equal(bars.length, 3);
	assert.deepEqual(lanes.map((lane) => lane.slot), [0, 3]);
	assert.deepEqual(lanes[1].bars.map((i) => bars[i].row), [0, 2]);
	assert.equal(bars[2].to, null);
});

test("an attempt that another followed is a bar of its own", () => {
	const m = model([["Completed", 1, 0, 100, 2]]);
	const { bars, lanes } = barsOf(m, [[0, 1, 0, 0, 40, "lost"], [7, 1, 0, 0, 40, "lost"]]);
	assert.deepEqual(bars.map((bar) => [bar.state, bar.from, bar.to]),
		[[EARLIER, 0, 40], ["Completed", 40, 100]]);
	assert.equal(lanes.length, 2);
	assert.equal(bars[0].reason, "lost");
});

test("those without a slot share as few lanes as they can", () => {
	const m = model([["Completed", null, 0, 10], ["Completed", null, 5, 15],
		["Completed", null, 10, 20], ["Running", null, 16, null]]);
	const { bars, lanes } = barsOf(m, []);
	assert.deepEqual(bars.map((bar) => bar.lane), [0, 1, 0, 1]);
	assert.deepEqual(lanes.map((lane) => lane.slot), [null, null]);
});

test("the span ends now only while something runs", () => {
	const ended = barsOf(model([["Completed", 0, 10, 20]]), []).bars;
	assert.deepEqual(spanOf(ended, 1000), { from: 10, to: 20, running: false });
	const running = barsOf(model([["Running", 0, 10, null]]), []).bars;
	assert.deepEqual(spanOf(running, 1000), { from: 10, to: 1000, running: true });
	assert.equal(spanOf([], 1000), null);
});

test("zooming keeps the time under the pointer and stays within the whole", () => {
	const whole = { from: 0, to: 1000 };
	assert.deepEqual(zoomed(whole, whole, 500, 0.5), { from: 250, to: 750 });
	assert.deepEqual(zoomed(whole, whole, 0, 0.5), { from: 0, to: 500 });
	assert.deepEqual(zoomed({ from: 900, to: 1000 }, whole, 990, 50), whole);
	const tiny = zoomed({ from: 100, to: 101 }, whole, 100.5, 0.001);
	near(tiny.to - tiny.from, 50, 1e-6);
	assert.deepEqual(clamped({ from: -10, to: 90 }, whole), { from: 0, to: 100 });
	assert.deepEqual(clamped({ from: 950, to: 1050 }, whole), { from: 900, to: 1000 });
});
