/* Numbers, times and sizes of engine/page as people read them. */
import { test } from "node:test";
import assert from "node:assert/strict";
import * as format from "../../../engine/page/format.js";

test("numbers have few digits, whole ones all of theirs", () => {
	assert.equal(format.number(0.123456), "0.1235");
	assert.equal(format.number(12345), "12345");
	assert.equal(format.number(1234567), "1.235e6");
	assert.equal(format.number(0.00001234), "1.234e\u22125");
	assert.equal(format.number(-0.5), "\u22120.5");
	assert.equal(format.number(0), "0");
	assert.equal(format.number(0.1 + 0.2), "0.3");
});

test("what is no number is nothing, infinities have their sign", () => {
	assert.equal(format.number(null), "");
	assert.equal(format.number(undefined), "");
	assert.equal(format.number(NaN), "");
	assert.equal(format.number(Infinity), "\u221e");
	assert.equal(format.number(-Infinity), "\u2212\u221e");
});

test("values of a choice are texts as they are", () => {
	assert.equal(format.value("<b>"), "<b>");
	assert.equal(format.value([1, 2]), "[1,2]");
	assert.equal(format.value(null), "null");
	assert.equal(format.value(true), "true");
	assert.equal(format.value(64), "64");
});

test("durations", () => {
	assert.equal(format.duration(840), "840 ms");
	assert.equal(format.duration(1500), "1.5 s");
	assert.equal(format.duration(59960), "1 m 00 s");
	assert.equal(format.duration(245000), "4 m 05 s");
	assert.equal(format.duration(3.2 * 3600e3), "3 h 12 m");
	assert.equal(format.duration(50 * 3600e3), "2 d 2 h");
	assert.equal(format.duration(null), "");
	assert.equal(format.duration(-5), "0 ms");
});

test("ages, sizes and counts", () => {
	assert.equal(format.age(1000), "now");
	assert.equal(format.age(40e3), "40 s ago");
	assert.equal(format.age(3 * 3600e3), "3 h ago");
	assert.equal(format.bytes(312), "312 B");
	assert.equal(format.bytes(4100), "4.1 kB");
	assert.equal(format.bytes(12e6), "12 MB");
	assert.equal(format.count(1, "trial"), "1 trial");
	assert.equal(format.count(10000, "trial"), "10\u2009000 trials");
	assert.equal(format.count(0, "try", "tries"), "0 tries");
});

test("a name without its dashes, but never nothing", () => {
	assert.equal(format.bare("--lr"), "lr");
	assert.equal(format.bare("lr"), "lr");
	assert.equal(format.bare("--"), "--");
});
