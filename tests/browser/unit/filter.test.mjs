/* The language above the table: what it lets through, and what it says is wrong. */
import { test } from "node:test";
import assert from "node:assert/strict";
import { compile, parseDuration } from "../../../engine/page/filter.js";
import { Model } from "../../../engine/page/model.js";

function model() {
	const m = new Model("s");
	m.load({
		seq: 1, metric: "val acc", goal: "maximize",
		parameters: [
			{ name: "--lr", expression: "loguniform", kind: "number", log: true, low: 1e-4, high: 1 },
			{ name: "--opt", expression: "choice", kind: "choice", values: ["sgd", "Adam", "two words"] },
			{ name: "--batch", expression: "choice", kind: "choice", values: [16, 32, 64] },
			{ name: "--depth", expression: "quniform", kind: "number", low: 1, high: 9, within: "--opt/sgd" },
		],
		names: ["val acc"],
		number: [0, 1, 2, 3], state: ["Completed", "Failed", "Canceled", "Running"],
		end: ["exit", "exit", "policy", ""], value: [0.9, null, 0.4, 0.7], last: [0.9, null, 0.3, 0.7],
		intervals: [10, 0, 4, 3], attempt: [1, 2, 1, 1], slot: [0, 1, 0, 1],
		created: [0, 0, 0, 0], started: [0, 0, 0, Date.now()], ended: [90e3, 2e3, 600e3, null],
		values: [[0.001, 0.01, 0.1, 0.5], [0, 1, 2, 1], [0, 1, 2, 2], [3, null, null, null]],
	});
	return m;
}

function let_(text) {
	const m = model();
	const { predicate, error } = compile(m, text);
	assert.equal(error, null, error);
	return m.columns.number.filter((_, row) => !predicate || predicate(row));
}

const CASES = [
	["", [0, 1, 2, 3]],
	["   ", [0, 1, 2, 3]],
	["lr<0.01", [0]],
	["lr<=0.01", [0, 1]],
	["--lr>1e-2", [2, 3]],
	["LR>=0.1", [2, 3]],
	["lr=0.5", [3]],
	["lr!=0.5", [0, 1, 2]],
	["opt=adam", [1, 3]],
	["opt:ad", [1, 3]],
	["opt!=sgd", [1, 2, 3]],
	["opt=\"two words\"", [2]],
	["batch>=32", [1, 2, 3]],
	["batch=16", [0]],
	["depth>1", [0]],
	["depth=", [1, 2, 3]],
	["depth!=", [0]],
	["state:failed", [1]],
	["state=Canceled", [2]],
	["state:stopped", [2]],
	["end=policy", [2]],
	["value>0.5", [0, 3]],
	["\"val acc\">0.5", [0, 3]],
	["last<0.5", [2]],
	["intervals>3 lr>0.01", [2]],
	["duration>1m", [0, 2]],
	["duration>=90", [0, 2]],
	["attempt>1", [1]],
	["trial>=2", [2, 3]],
	["#2", [2]],
	["1..2", [1, 2]],
	["sgd", [0]],
	["two", [2]],
	["!state:failed", [0, 2, 3]],
	["!sgd !#3", [1, 2]],
];

for (const [text, numbers] of CASES)
	test(`'${text}' lets through ${numbers}`, () => assert.deepEqual(let_(text), numbers));

test("what cannot be read is told, and the rest still counts", () => {
	const m = model();
	const cases = [
		["nosuch<3", "no column 'nosuch'"],
		["lr<", "'lr<' wants a value behind it"],
		["lr<abc", "'lr' is compared with a number, not with 'abc'"],
		["duration>soon", "'duration' is compared with a duration, not with 'soon'"],
	];
	for (const [text, message] of cases)
		assert.equal(compile(m, text).error, message);
	const { predicate, error } = compile(m, "nosuch<3 lr>0.05");
	assert.ok(error);
	assert.deepEqual([0, 1, 2, 3].filter(predicate), [2, 3]);
});

test("half a quote, lone marks and markup do no harm", () => {
	const m = model();
	for (const text of ["\"", "\"half", "!", "!!", "<", "=", "<img src=x>", "a\"b", "\\", "#", ".."])
		for (let row = 0; row < 4; row++)
			compile(m, text).predicate?.(row);
});

test("durations have units", () => {
	assert.equal(parseDuration("90"), 90e3);
	assert.equal(parseDuration("1.5h"), 5400e3);
	assert.equal(parseDuration("250 ms"), 250);
	assert.ok(Number.isNaN(parseDuration("x")));
});
