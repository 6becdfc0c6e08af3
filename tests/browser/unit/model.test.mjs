/* The model of a sweep: deltas, filter, brushes, selection. */
import { test } from "node:test";
import assert from "node:assert/strict";
import { Model } from "../../../engine/page/model.js";

function entry(number, more = {}) {
	return { number, state: "Completed", end: "exit", value: number / 10, last: number / 10,
		intervals: 3, attempt: 1, slot: 0, created: 1000, started: 1000 + number,
		ended: 3000, values: [number / 100, number % 2], ...more };
}

function loaded(n, goal = "maximize") {
	const model = new Model("s");
	model.load({
		seq: 1, metric: "acc", goal,
		parameters: [
			{ name: "--lr", expression: "loguniform", kind: "number", log: true, low: 0.01, high: 1 },
			{ name: "--opt", expression: "choice", kind: "choice", values: ["sgd", "adam"] },
		],
		names: ["acc"], number: [], state: [], end: [], value: [], last: [], intervals: [],
		attempt: [], slot: [], created: [], started: [], ended: [], values: [[], []],
	});
	model.apply(Array.from({ length: n }, (_, i) => entry(i)));
	return model;
}

function heard(model) {
	const kinds = [];
	model.subscribe((kind) => kinds.push(kind));
	return kinds;
}

test("trials of a state are called what each of them is", () => {
	const model = loaded(2);
	assert.equal(model.stateText("Completed"), "Completed");
	assert.equal(model.stateText("CancelRequested"), "Stopping");
	model.apply([entry(0, { state: "Canceled", end: "policy" })]);
	assert.equal(model.stateText("Canceled"), "Stopped");
	model.apply([entry(1, { state: "Canceled", end: "user" })]);
	assert.equal(model.stateText("Canceled"), "Stopped, Canceled");
});

test("a delta adds new trials and changes known ones", () => {
	const model = loaded(3);
	const kinds = heard(model);
	model.apply([entry(4, { state: "Running", value: null, ended: null }), entry(1, { value: 9 }),
		entry(3)]);
	assert.deepEqual(kinds, ["data"]);
	assert.deepEqual(model.columns.number, [0, 1, 2, 3, 4]);
	assert.deepEqual(model.columns.value, [0, 9, 0.2, 0.3, null]);
	assert.deepEqual(model.columns.values, [[0, 0.01, 0.02, 0.03, 0.04], [0, 1, 0, 1, 0]]);
	assert.equal(model.bestRow, 1);
	assert.equal(model.visibleCount, 5);
});

test("numbers with gaps keep their order", () => {
	const model = loaded(0);
	model.apply([entry(7), entry(3)]);
	model.apply([entry(5), entry(9)]);
	assert.deepEqual(model.columns.number, [3, 5, 7, 9]);
	assert.equal(model.row(7), 2);
	assert.equal(model.row(9), 3);
	assert.equal(model.row(4), -1);
	model.apply([entry(7, { state: "Failed" })]);
	assert.deepEqual(model.columns.state, ["Completed", "Completed", "Failed", "Completed"]);
});

test("an empty delta says nothing", () => {
	const model = loaded(2);
	const kinds = heard(model);
	model.apply([]);
	assert.deepEqual(kinds, []);
});

test("filter and brushes hide together, and new rows pass through both", () => {
	const model = loaded(10);
	const kinds = heard(model);
	model.setFilter((row) => model.columns.number[row] >= 4);
	model.setBrush("parallel", (row) => model.columns.values[1][row] === 0, "opt sgd");
	assert.deepEqual([...model.visible], [0, 0, 0, 0, 1, 0, 1, 0, 1, 0]);
	assert.equal(model.visibleCount, 3);
	model.apply([entry(10), entry(11)]);
	assert.equal(model.visibleCount, 4);
	model.setBrush("scatter", null);
	model.clearBrushes();
	assert.equal(model.visibleCount, 8);
	model.setFilter(null);
	assert.equal(model.visibleCount, 12);
	assert.deepEqual(kinds, ["filter", "filter", "data", "filter", "filter"]);
});

test("selection and hover are told once", () => {
	const model = loaded(3);
	const kinds = heard(model);
	model.select([1, 2]);
	model.toggle(1);
	model.toggle(0);
	assert.deepEqual([...model.selected].sort(), [0, 2]);
	model.setHover(2);
	model.setHover(2);
	model.setHover(null);
	assert.deepEqual(kinds, ["selection", "selection", "selection", "hover", "hover"]);
});

test("a listener that left hears nothing", () => {
	const model = loaded(1);
	let calls = 0;
	const leave = model.subscribe(() => calls++);
	leave();
	model.setHover(0);
	assert.equal(calls, 0);
});

test("the goal says which is best", () => {
	assert.equal(loaded(4, "maximize").bestRow, 3);
	assert.equal(loaded(4, "minimize").bestRow, 0);
	assert.equal(loaded(0).bestRow, -1);
	const model = loaded(2);
	assert.ok(model.better(0.2, null));
	assert.ok(!model.better(null, 0.2));
	assert.ok(!model.better(null, null));
});

test("merits run from 0 to 1 and one lost trial does not hide the rest", () => {
	const model = loaded(40, "minimize");
	model.apply([entry(40, { value: 1e12 }), entry(41, { value: null })]);
	const { at, high } = model.merits();
	assert.equal(at[0], 1);
	assert.equal(at[40], 0);
	assert.ok(Number.isNaN(at[41]));
	assert.ok(high < 10);
	assert.ok(at[10] > 0.6 && at[10] < 1);
});

test("dimensions hold the bounds declared and the data beyond them", () => {
	const model = loaded(3);
	model.apply([entry(3, { values: [5, null] })]);
	const lr = model.dimension("p0");
	assert.deepEqual([lr.kind, lr.log, lr.low, lr.high], ["number", true, 0, 5]);
	const opt = model.dimension("p1");
	assert.deepEqual([opt.kind, opt.low, opt.high, opt.get(3)], ["choice", 0, 1, null]);
	assert.equal(model.dimension("value").name, "acc");
	assert.equal(model.dimension("nothing"), null);
	assert.equal(model.parameter(1, 1), "adam");
	assert.equal(model.parameter(1, 3), null);
});

test("what is derived is computed again only after a change", () => {
	const model = loaded(3);
	const before = model.dimensions();
	assert.equal(model.dimensions(), before);
	model.apply([entry(3)]);
	assert.notEqual(model.dimensions(), before);
});

test("a duration goes on while the trial runs", () => {
	const model = loaded(2);
	model.apply([entry(2, { state: "Running", ended: null }),
		entry(3, { state: "Queued", started: null, ended: null })]);
	assert.equal(model.duration(1), 1999);
	assert.equal(model.duration(2, 2002), 1000);
	assert.equal(model.duration(3), null);
});
