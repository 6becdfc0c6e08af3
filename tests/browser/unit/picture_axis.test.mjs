/* Dimensions of trials laid along an axis, and what a brush of it lets through. */
import { test } from "node:test";
import assert from "node:assert/strict";
import { Model } from "../../../engine/page/model.js";
import { Axis, NONE, byMerit, cutDomain, scattered, within, worstSide,
	} from "../../../engine/page/picture/axis.js";

const PARAMETERS = [
	{ name: "--lr", kind: "number", log: true, low: 0.001, high: 10 },
	{ name: "--opt", kind: "choice", values: ["sgd", "adam", "rmsprop", "none"] },
	{ name: "--depth", kind: "number", log: false, low: 0, high: 10, within: "--opt/sgd" },
];

function loaded(rows, goal = "maximize") {
	const model = new Model("s");
	model.load({ seq: 1, metric: "acc", goal, parameters: PARAMETERS, names: ["acc"], number: [],
		state: [], end: [], value: [], last: [], intervals: [], attempt: [], slot: [],
		created: [], started: [], ended: [], values: [[], [], []] });
	model.apply(rows.map(([value, ...values], number) => ({ number, state: "Completed",
		end: "exit", value, last: value, intervals: 1, attempt: 1, slot: 0, created: 0,
		started: 0, ended: 1, values })));
	return model;
}

const ROWS = [[0.1, 0.001, 0, 0], [0.9, 0.1, 1, null], [null, 10, 2, null], [0.5, 1, 3, null]];

function near(a, b, most = 1e-6) {
	assert.ok(Math.abs(a - b) <= most, `${a} is not near ${b}`);
}

test("a logarithmic axis spreads powers evenly, and flips", () => {
	const model = loaded(ROWS);
	const up = new Axis(model, model.dimension("p0"));
	[0, 0.5, 1, 0.75].forEach((at, row) => near(up.at[row], at));
	const down = new Axis(model, model.dimension("p0"), { flip: true });
	[1, 0.5, 0, 0.25].forEach((at, row) => near(down.at[row], at));
	near(up.raw(0.5), 0.1);
	near(down.fromRaw(1), 0.25);
});

test("rows without a value lie beside the axis and are counted", () => {
	const model = loaded(ROWS);
	const axis = new Axis(model, model.dimension("p2"));
	assert.equal(axis.none, 3);
	assert.equal(axis.count, 1);
	near(axis.at[0], 0);
	for (const row of [1, 2, 3])
		near(axis.at[row], NONE, 0.02);
	assert.equal(new Axis(model, model.dimension("p0")).none, 0);
});

test("choices lie within their bands, the same each time", () => {
	const model = loaded(ROWS);
	const axis = new Axis(model, model.dimension("p1"));
	ROWS.forEach((_, row) => {
		const band = axis.raw(axis.at[row]);
		assert.equal(Math.floor(band), row);
		assert.ok(band - row >= 0.2 && band - row <= 0.8);
	});
	assert.deepEqual([...new Axis(model, model.dimension("p1")).at], [...axis.at]);
});

test("one value only, and none at all, still have a place or none", () => {
	const same = loaded([[0.5, 1, 0, null], [0.5, 1, 0, null]]);
	const value = new Axis(same, same.dimension("value"));
	near(value.at[0], 0.5);
	assert.deepEqual(value.ticks(5).map((tick) => tick.text), ["0.5"]);
	const nothing = loaded([[null, 1, 0, null]]);
	const empty = new Axis(nothing, nothing.dimension("value"));
	assert.equal(empty.count, 0);
	assert.deepEqual(empty.ticks(5), []);
	assert.equal(new Axis(loaded([]), loaded([]).dimension("p0")).at.length, 0);
});

test("a brush is a range of values, open where it reaches an end", () => {
	const model = loaded(ROWS);
	const axis = new Axis(model, model.dimension("p0"));
	const middle = axis.range(0.3, 0.6);
	near(middle.low, 0.001 * 10 ** 1.2);
	near(middle.high, 0.001 * 10 ** 2.4);
	assert.deepEqual(axis.range(-0.02, 1.01), { low: -Infinity, high: Infinity, none: false });
	assert.equal(axis.range(0.4, 1).high, Infinity);
	assert.equal(axis.range(-0.02, 0.4).low, -Infinity);
	const flipped = new Axis(model, model.dimension("p0"), { flip: true });
	assert.equal(flipped.range(0.4, 1).low, -Infinity);
	near(flipped.range(0.4, 1).high, 0.001 * 10 ** 2.4);
	const [from, to] = flipped.span(flipped.range(0.4, 0.7));
	near(from, 0.4);
	near(to, 0.7);
});

test("a brush of choices takes whole bands", () => {
	const model = loaded(ROWS);
	const axis = new Axis(model, model.dimension("p1"));
	assert.deepEqual(axis.range(0.1, 0.15), { low: 0, high: 0, none: false });
	assert.deepEqual(axis.range(0.3, 0.7), { low: 1, high: 2, none: false });
	assert.equal(axis.range(0.24, 0.26), null);
	assert.deepEqual(axis.span({ low: 1, high: 2, none: false }), [0.25, 0.75]);
});

test("a brush over the notch takes rows without a value, alone or with others", () => {
	const model = loaded(ROWS);
	const axis = new Axis(model, model.dimension("p2"));
	const alone = axis.range(-0.13, -0.05);
	const test_ = within(model, "p2", alone);
	assert.deepEqual([0, 1, 2, 3].map(test_), [false, true, true, true]);
	assert.deepEqual([0, 1].map(within(model, "p2", axis.range(-0.13, 0.5))), [true, true]);
	assert.deepEqual([0, 1].map(within(model, "p2", axis.range(0, 0.5))), [true, false]);
	assert.equal(new Axis(model, model.dimension("p0")).range(-0.13, -0.05), null);
});

test("a brush holds for rows that come later", () => {
	const model = loaded(ROWS);
	const axis = new Axis(model, model.dimension("p0"));
	model.setBrush("parallel", within(model, "p0", axis.range(0.4, 0.8)));
	assert.deepEqual([...model.visible], [0, 1, 0, 1]);
	model.apply([{ number: 4, values: [0.2, 0, 0] }, { number: 0, values: [0.3, 0, 0] }]);
	assert.deepEqual([...model.visible], [1, 1, 0, 1, 1]);
});

test("a range is said in words", () => {
	const model = loaded(ROWS);
	const lr = new Axis(model, model.dimension("p0")), opt = new Axis(model, model.dimension("p1"));
	assert.equal(lr.describe({ low: 0.01, high: 0.1, none: false }), "lr 0.01 to 0.1");
	assert.equal(lr.describe({ low: -Infinity, high: 0.1, none: true }), "lr up to 0.1 or none");
	assert.equal(lr.describe({ low: 1, high: 0, none: true }), "lr none");
	assert.equal(opt.describe({ low: 0, high: 1, none: false }), "opt sgd, adam");
	assert.equal(opt.describe({ low: 0, high: 3, none: false }), "opt 4 of 4");
});

test("an end is cut only on the side of bad values, and only for what is far out", () => {
	const values = Array.from({ length: 100 }, (_, i) => i / 100);
	assert.deepEqual(cutDomain(values, "high"), [0, 0.99]);
	const [low, high] = cutDomain([...values, 1e9], "high");
	assert.equal(low, 0);
	assert.ok(high > 1 && high < 3);
	assert.deepEqual(cutDomain([...values, 1e9], "low"), [0, 1e9]);
	assert.ok(cutDomain([...values, -1e9], "low")[0] > -3);
	assert.deepEqual(cutDomain([...values, 1e9], null), [0, 1e9]);
	assert.deepEqual(cutDomain([1, 2, 1e9], "high"), [1, 1e9]);
	assert.deepEqual(cutDomain([], "high"), [NaN, NaN]);
});

test("rows beyond a cut end lie on it, and a brush to that end has them", () => {
	const rows = Array.from({ length: 50 }, (_, i) => [i / 50, 1, 0, 0]);
	const model = loaded([...rows, [1e12, 1, 0, 0]], "minimize");
	const value = model.dimension("value");
	assert.equal(worstSide(model, value), "high");
	assert.equal(worstSide(model, model.dimension("p0")), null);
	const axis = new Axis(model, value, { worst: worstSide(model, value) });
	assert.ok(axis.cutHigh && !axis.cutLow);
	assert.equal(axis.at[50], 1);
	assert.ok(within(model, "value", axis.range(0.9, 1))(50));
	assert.ok(!within(model, "value", axis.range(0.1, 0.9))(50));
});

test("rows are drawn from the worst to the best, those without a value first", () => {
	assert.deepEqual([...byMerit(loaded(ROWS))], [2, 0, 3, 1]);
	assert.deepEqual([...byMerit(loaded(ROWS, "minimize"))], [2, 1, 3, 0]);
});

test("scattering is even and differs from axis to axis", () => {
	const parts = Array.from({ length: 4000 }, (_, i) => scattered(i, 7));
	const mean = parts.reduce((a, b) => a + b) / 4000;
	near(mean, 0.5, 5 * Math.sqrt(1 / 12 / 4000));
	assert.ok(parts.every((part) => part >= 0 && part < 1));
	const product = parts.reduce((sum, part, i) => sum + (part - 0.5) * (scattered(i, 8) - 0.5), 0);
	near(product / 4000, 0, 5 / 12 / Math.sqrt(4000));
});
