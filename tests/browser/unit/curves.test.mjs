/* Curves as one table, smoothed, appended to, and cut where few lie far off. */
import { test } from "node:test";
import assert from "node:assert/strict";
import { append, joined, robustRange, smoothed } from "../../../engine/page/curvedata.js";

test("curves of different steps share a table", () => {
	const rows = joined([{ x: [1, 3], y: [0.1, 0.3] }, { x: [2, 3], y: [5, 6] }]);
	assert.deepEqual(rows, [[1, 0.1, null], [2, null, 5], [3, 0.3, 6]]);
});

test("what a scale has no place for is left out", () => {
	const curve = { x: [0, 1, 2, 3], y: [1, null, -1, 2] };
	assert.deepEqual(joined([curve], { logX: true, logY: true }), [[3, 2]]);
	assert.deepEqual(joined([{ x: [1], y: [NaN] }]), []);
});

test("no more rows than asked for, and no curve loses its ends", () => {
	const curves = Array.from({ length: 20 }, (_, c) => ({
		x: Array.from({ length: 300 }, (_, i) => i * 1000 + c * 7),
		y: Array.from({ length: 300 }, (_, i) => i),
	}));
	const rows = joined(curves, { most: 500 });
	assert.ok(rows.length <= 500);
	for (let c = 1; c <= 20; c++) {
		const there = rows.map((row) => row[c]).filter((v) => v !== null);
		assert.equal(there[0], 0);
		assert.equal(there[there.length - 1], 299);
	}
});

test("smoothing begins at the first value and keeps a constant", () => {
	assert.deepEqual(smoothed([2, 2, 2], 0.9).map((v) => Number(v.toFixed(9))), [2, 2, 2]);
	const y = smoothed([0, 10], 0.5);
	assert.equal(y[0], 0);
	assert.ok(Math.abs(y[1] - 5 / 0.75) < 1e-12);
	assert.deepEqual(smoothed([1, null, 1], 0.5), [1, null, 1]);
	const same = [1, 2];
	assert.equal(smoothed(same, 0), same);
});

test("points come behind their curve, others are told", () => {
	const curves = [{ trial: 3, count: 1, x: [1], y: [0.5] }];
	assert.deepEqual([...append(curves, [[3, 2, 0.6], [9, 1, 0.1], [3, 2, 0.7], [3, 1, 0.9]])], [9]);
	assert.deepEqual(curves[0], { trial: 3, count: 2, x: [1, 2], y: [0.5, 0.7] });
});

test("one that diverged does not flatten the others", () => {
	const good = { x: [], y: Array.from({ length: 200 }, (_, i) => 1 + (i % 10) / 10) };
	const bad = { x: [], y: [1e6] };
	const [low, high] = robustRange([good, bad], false);
	assert.ok(low < 1 && high < 3);
	assert.equal(robustRange([good], false), null);
	assert.equal(robustRange([{ x: [], y: [1, 2, 3] }], false), null);
	const [down] = robustRange([{ x: [], y: good.y.map((v) => -v) }, { x: [], y: [-1e6] }], true);
	assert.ok(down > -3);
});
