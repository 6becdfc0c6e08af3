/* Answers within a report, and addresses. */
import { test } from "node:test";
import assert from "node:assert/strict";
import { found, path } from "../../../engine/page/source.js";
import { link, parse } from "../../../engine/page/route.js";

const MAP = {
	"/api/v1/sweeps/a%20b": { name: "a b" },
	"/api/v1/sweeps/a%20b/curves?metric=acc&points=300": { metric: "acc" },
	"/api/v1/sweeps/a%20b/curves?metric=loss&trials=best:100": { metric: "loss" },
	"/api/v1/sweeps/a%20b/trials/3/log?stream=stderr&from=-4096": { text: "boom" },
};

test("a report answers what it was asked before", () => {
	assert.equal(found(MAP, "sweeps/a%20b").name, "a b");
	assert.equal(found(MAP, "sweeps/a b").name, "a b");
	assert.equal(found(MAP, "sweeps/a%20b/curves?points=100&metric=acc").metric, "acc");
	assert.equal(found(MAP, "sweeps/a%20b/curves?trials=best%3A100&metric=loss").metric, "loss");
	assert.equal(found(MAP, "sweeps/a%20b/trials/3/log?stream=stderr&from=-65536&limit=9").text, "boom");
});

test("a report has no answer to what is another thing", () => {
	for (const at of ["sweeps/a%20b/curves?metric=other", "sweeps/a%20b/trials/3", "sweeps",
		"sweeps/a%20b/curves?metric=acc&trials=running", "sweeps/a%20b/trials/3/log?stream=stdout"])
		assert.throws(() => found(MAP, at), { status: 404 });
});

test("names are put into paths as one part", () => {
	assert.equal(path`sweeps/${"a/b?c"}/trials/${3}`, "sweeps/a%2Fb%3Fc/trials/3");
});

test("addresses go there and back", () => {
	const routes = [
		{ sweep: "a/b c?#<i>", tab: "history", trial: null, compare: null, query: { filter: "lr<0.1 x" } },
		{ sweep: "s", tab: "", trial: 12, compare: null, query: {} },
		{ sweep: "s", tab: "", trial: null, compare: [1, 20, 3], query: {} },
		{ sweep: "s", tab: "", trial: null, compare: null, query: {} },
	];
	for (const route of routes)
		assert.deepEqual(parse(link(route)), route);
});

test("what is no address is the list, or the sweep", () => {
	assert.equal(parse("").sweep, null);
	assert.equal(parse("#/nonsense").sweep, null);
	assert.equal(parse("#/sweep/%zz").sweep, "%zz");
	assert.equal(parse("#/sweep/a/trial/x").trial, null);
	assert.deepEqual(parse("#/sweep/a/compare/1,x,2").compare, [1, 2]);
});
