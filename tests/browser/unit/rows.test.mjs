/* Which rows the table shows, in which order. */
import { test } from "node:test";
import assert from "node:assert/strict";
import { Model } from "../../../engine/page/model.js";
import { firstDirection, ordered, tableColumns } from "../../../engine/page/rows.js";

function model(goal = "maximize") {
	const m = new Model("s");
	m.load({
		seq: 1, metric: "acc", goal,
		parameters: [
			{ name: "--opt", kind: "choice", expression: "choice", values: ["sgd", "adam", 3] },
			{ name: "--batch", kind: "choice", expression: "choice", values: [64, 8] },
		],
		names: [], number: [0, 1, 2, 3], state: ["Failed", "Completed", "Completed", "Running"],
		end: ["", "", "", ""], value: [null, 0.5, 0.9, 0.5], last: [null, 1, 1, 1], intervals: [0, 0, 0, 0],
		attempt: [1, 1, 1, 1], slot: [0, 0, 0, 0], created: [1, 1, 1, 1], started: [1, 1, 1, null],
		ended: [5, 3, 9, null], values: [[0, 1, 2, null], [0, 1, 0, 1]],
	});
	return m;
}

function sorted(m, id, direction) {
	return ordered(m, tableColumns(m).find((c) => c.id === id), direction);
}

test("rows without a value come last in either direction", () => {
	const m = model();
	assert.deepEqual(sorted(m, "value", -1), [2, 1, 3, 0]);
	assert.deepEqual(sorted(m, "value", 1), [1, 3, 2, 0]);
	assert.deepEqual(sorted(m, "duration", 1), [1, 0, 2, 3]);
});

test("numbers of a choice are sorted as numbers, mixed ones before texts", () => {
	const m = model();
	assert.deepEqual(sorted(m, "p1", 1), [1, 3, 0, 2]);
	assert.deepEqual(sorted(m, "p0", 1), [2, 1, 0, 3]);
});

test("what is filtered out is not there", () => {
	const m = model();
	m.setFilter((row) => row !== 2);
	assert.deepEqual(sorted(m, "value", -1), [1, 3, 0]);
	assert.deepEqual(sorted(m, "number", -1), [3, 1, 0]);
});

test("the best comes first when a metric is asked for", () => {
	const m = model("minimize");
	const value = tableColumns(m).find((c) => c.id === "value");
	assert.equal(firstDirection(value, m), 1);
	assert.equal(firstDirection(value, model()), -1);
});

test("a column that says nothing is not there", () => {
	const ids = tableColumns(model()).map((c) => c.id);
	assert.ok(!ids.includes("intervals"));
	assert.deepEqual(ids.slice(0, 5), ["number", "state", "value", "p0", "p1"]);
});
