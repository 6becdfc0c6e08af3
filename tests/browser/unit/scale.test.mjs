/* Scales of engine/page: places, marks of an axis, and what has no place. */
import { test } from "node:test";
import assert from "node:assert/strict";
import * as scale from "../../../engine/page/scale.js";

test("a linear scale maps both ways and marks round values", () => {
	const s = scale.linear([0, 1], [100, 300]);
	assert.equal(s.at(0.25), 150);
	assert.equal(s.invert(150), 0.25);
	assert.deepEqual(s.ticks(5), [0, 0.2, 0.4, 0.6, 0.8, 1]);
	assert.ok(Number.isNaN(s.at(null)));
});

test("a linear scale of one value has room on both sides", () => {
	const s = scale.linear([5, 5], [0, 10]);
	assert.equal(s.at(5), 5);
	assert.ok(s.domain[0] < 5 && s.domain[1] > 5);
	assert.deepEqual(scale.linear([0, 0], [0, 1]).domain, [-1, 1]);
});

test("a scale without data is from 0 to 1", () => {
	assert.deepEqual(scale.linear([Infinity, -Infinity], [0, 1]).domain, [0, 1]);
	assert.deepEqual(scale.log([Infinity, Infinity], [0, 1]).domain, [0, 1]);
});

test("a linear scale may run downwards", () => {
	const s = scale.linear([0, 10], [200, 0]);
	assert.equal(s.at(10), 0);
	assert.equal(s.invert(200), 0);
});

test("a log scale has decades in equal steps", () => {
	const s = scale.log([1e-4, 1], [0, 400]);
	assert.ok(Math.abs(s.at(1e-2) - 200) < 1e-9);
	assert.ok(Math.abs(s.invert(100) - 1e-3) < 1e-12);
	assert.deepEqual(s.ticks(5), [1e-4, 1e-3, 1e-2, 1e-1, 1]);
	assert.ok(Number.isNaN(s.at(0)));
	assert.ok(Number.isNaN(s.at(-1)));
	assert.ok(Number.isNaN(s.at(null)));
});

test("a log scale within a decade still has marks", () => {
	for (const [low, high] of [[0.002, 0.009], [1, 10], [0.3, 30], [16, 256], [2, 3]]) {
		const ticks = scale.log([low, high], [0, 1]).ticks(5);
		assert.ok(ticks.length >= 2, `${low} to ${high}: ${ticks}`);
		assert.ok(ticks.every((t) => t >= low * 0.999 && t <= high * 1.001));
		assert.deepEqual([...ticks].sort((a, b) => a - b), ticks);
	}
});

test("a log scale of many decades does not mark each", () => {
	assert.ok(scale.log([1e-30, 1], [0, 1]).ticks(6).length <= 8);
});

test("a log scale that begins at 0 is linear", () => {
	assert.equal(scale.log([0, 1], [0, 1]).kind, "linear");
});

test("a category has the middle of its band", () => {
	const s = scale.category(["sgd", "adam", null, 3], [0, 400]);
	assert.equal(s.at(1), 150);
	assert.equal(s.invert(199), 1);
	assert.equal(s.invert(-20), 0);
	assert.equal(s.format(0), "sgd");
	assert.equal(s.format(2), "null");
	assert.deepEqual(s.ticks(), [0, 1, 2, 3]);
	assert.deepEqual(s.ticks(2), [0, 2]);
});

test("time is marked in steps of a clock", () => {
	const s = scale.time([1000, 1000 + 600e3], [0, 100], 1000);
	assert.deepEqual(s.ticks(5).map((t) => t - 1000), [0, 120e3, 240e3, 360e3, 480e3, 600e3]);
	assert.equal(s.format(1000), "0");
	assert.equal(s.format(121000), "2 m 00 s");
});

test("a dimension chooses its scale", () => {
	assert.equal(scale.of({ kind: "number", log: true, low: 1, high: 9 }, [0, 1]).kind, "log");
	assert.equal(scale.of({ kind: "number", low: 1, high: 9 }, [0, 1]).kind, "linear");
	assert.equal(scale.of({ kind: "choice", values: ["a"] }, [0, 1]).kind, "category");
	assert.equal(scale.of({ kind: "time", low: 1, high: 9 }, [0, 1]).kind, "time");
});
