/*
 * Brings rest.js, which is three quarters of the page: rows are there before it is
 * read. A report has it within.
 *
 * Modules that both need are here alone. What stands below is handed over, and
 * build.sh leaves it out there: there is one session, one theme, one of each.
 */
import * as actions from "./actions.js";
import * as colour from "./colour.js";
import * as dom from "./dom.js";
import * as format from "./format.js";
import * as route from "./route.js";
import * as session from "./session.js";
import * as source from "./source.js";
import * as sweep from "./sweep.js";
import * as text from "./text.js";

const shared = { actions, colour, dom, format, route, session, source, sweep, text };

let asked = null;

function bring() {
	return new Promise((done, failed) => {
		document.head.append(dom.el("script", { src: "rest.js", onload: done, onerror: () => {
			asked = null;
			failed(new source.ApiError(0, "", "the server does not answer"));
		} }));
	});
}

async function load() {
	if (!window.hdriveRest)
		await bring();
	return window.hdriveRest((name) => shared[name]);
}

/* What rest.js exports. */
export function later() {
	return asked ||= load();
}
