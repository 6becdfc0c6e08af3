/* What is shown of texts that hide something. */
import { test } from "node:test";
import assert from "node:assert/strict";
import { apart, legible } from "../../../engine/page/text.js";

test("plain texts of any script stay as they are", () => {
	for (const text of ["adam", "a\tb\nc", "\u00e9t\u00e9", "\u65e5\u672c", "\u05e9\u05dd",
		"\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "\ud83d\udc69\u200d\ud83d\udcbb", "", "0.1"])
		assert.equal(legible(text), text);
	assert.equal(legible(12), "12");
});

test("what turns or hides is written out", () => {
	assert.equal(legible("\u202egnp.exe"), "\\u202egnp.exe");
	assert.equal(legible("a\u202ab\u202cc\u202dd"), "a\\u202ab\\u202cc\\u202dd");
	assert.equal(legible("a\u2066b\u2067c\u200ed\u200fe\u061cf"), "a\\u2066b\\u2067c\\u200ed\\u200fe\\u061cf");
	assert.equal(legible("ad\u200bam\ufeff"), "ad\\u200bam\\ufeff");
	assert.equal(legible("a\u2028b\u2029c"), "a\\u2028b\\u2029c");
	assert.equal(legible("ad\u200dam"), "ad\\u200dam");
	assert.equal(legible("a\u0000b\u001b[31m\u009b"), "a\\u0000b\\u001b[31m\\u009b");
});

test("isolates are written out where they are not whole", () => {
	assert.equal(legible("\u2068abc\u2069"), "\u2068abc\u2069");
	assert.equal(legible("a\u2069b"), "a\\u2069b");
	assert.equal(legible("a\u2068b"), "a\\u2068b");
	assert.equal(legible("\u2068a\u2068b\u2069"), "\\u2068a\u2068b\u2069");
	assert.equal(legible("\u2068a\u2069\u2069"), "\u2068a\u2069\\u2069");
});

test("a name from right to left is by itself, and cannot end that", () => {
	assert.equal(apart("lr"), "lr");
	assert.equal(apart("\u05e9\u05dd"), "\u2068\u05e9\u05dd\u2069");
	assert.equal(apart("\u05e9\u2069\u202e"), "\u2068\u05e9\\u2069\\u202e\u2069");
	assert.equal(legible(apart("\u05e9\u05dd")), "\u2068\u05e9\u05dd\u2069");
});

test("thousands of them are written out too", () => {
	const long = "x\u200b".repeat(5000) + "\u2069".repeat(3000);
	assert.equal(legible(long).length, 5000 * 7 + 3000 * 6);
});
