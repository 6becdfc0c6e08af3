/*
 * main.js - the page's frame: which view an address means, the bar above it, the
 * theme and the connection's state.
 *
 *   #/                            the list of sweeps
 *   #/sweep/NAME/TAB?filter=...   a sweep
 *   #/sweep/NAME/trial/N          a trial
 *   #/sweep/NAME/compare/1,2,3    trials side by side
 *
 * Addresses are behind the hash, so that they are the same in a report. A view is
 * a function (root, route) that returns { title, keys, destroy() }.
 */
import "./early.js";

import { themeChanged } from "./colour.js";
import { announce, el, fill, icon, say } from "./dom.js";
import { addKey, help, setKeys } from "./keys.js";
import { later } from "./later.js";
import { listView } from "./list.js";
import { home, link, parse } from "./route.js";
import { close as closeSession } from "./session.js";
import { report, reported } from "./source.js";
import { failure, sweepView } from "./sweep.js";
import { legible } from "./text.js";

const main = document.getElementById("main");
const crumbs = el("nav", { class: "crumbs", "aria-label": "Where" });
const live = el("span", { class: "connection", hidden: true });
let view = null;
let shown = "";
let streamed = null;

/* ---- views ---- */

/* These are there at once; the others come with the rest. */
function viewOf(route) {
	if (route.trial === null && !route.compare)
		return route.sweep ? sweepView : listView;
	return null;
}

async function viewLater(route, key) {
	main.append(el("p", { class: "loading" }, "Loading…"));
	try {
		const { compareView, trialView } = await later();
		if (shown === key && !view)
			put(route.compare ? compareView : trialView, route);
	} catch (error) {
		if (shown === key)
			fill(main, failure(error));
	}
}

/* A view stays as it is when only what is behind its "?" differs. */
function show() {
	const route = parse(location.hash);
	if (report && !route.sweep && reported().length === 1) {
		location.replace(link({ sweep: reported()[0] }));
		return;
	}
	const key = [route.sweep, route.trial, route.compare].join("\n");
	if (view && key === shown && view.navigate) {
		view.navigate(route);
		return;
	}
	const before = view;
	view = null;
	before?.destroy();
	shown = key;
	if (!route.sweep)
		closeSession();
	/* The views of a sweep share one stream. */
	if (route.sweep !== streamed)
		setConnection(null);
	streamed = route.sweep;
	main.className = "";
	main.replaceChildren();
	setKeys([]);
	drawCrumbs(route);
	if (before)
		window.scrollTo(0, 0);
	const make = viewOf(route);
	if (make)
		put(make, route);
	else
		viewLater(route, key);
}

function put(make, route) {
	main.replaceChildren();
	view = make(main, route);
	setKeys(view.keys || []);
	document.title = view.title ? `${legible(view.title)} · hdrive` : "hdrive";
	announce(view.title || "sweeps");
}

function drawCrumbs(route) {
	const parts = [];
	if (!report || reported().length !== 1)
		parts.push(el("a", { href: home() }, "Sweeps"));
	if (route.sweep)
		parts.push(el("a", { href: link({ sweep: route.sweep }) }, route.sweep));
	if (route.trial !== null)
		parts.push(el("a", { href: link(route) }, `#${route.trial}`));
	if (route.compare)
		parts.push(el("a", { href: link(route) }, "Compare"));
	parts.forEach((part, i) => {
		if (i === parts.length - 1)
			part.setAttribute("aria-current", "page");
	});
	fill(crumbs, parts);
}

/* ---- theme ---- */

const THEMES = ["auto", "light", "dark"];
const themeButton = el("button", { class: "plain icon-only", type: "button",
	onclick: () => setTheme(THEMES[(THEMES.indexOf(theme()) + 1) % THEMES.length]) });

/* A file or a strict browser may have no storage: then the theme is for now. */
let chosen = "auto";
function theme() {
	return chosen;
}

function setTheme(name, keep = true) {
	chosen = THEMES.includes(name) ? name : "auto";
	if (chosen === "auto")
		document.documentElement.removeAttribute("data-theme");
	else
		document.documentElement.setAttribute("data-theme", chosen);
	fill(themeButton, icon({ auto: "auto", light: "sun", dark: "moon" }[chosen]));
	themeButton.setAttribute("aria-label", `Theme: ${chosen === "auto" ? "as the system" : chosen}`);
	themeButton.title = themeButton.getAttribute("aria-label");
	if (keep) {
		try {
			localStorage.setItem("hdrive-theme", chosen);
		} catch { /* not kept */ }
	}
	themeIsOther();
}

function themeIsOther() {
	themeChanged();
	document.dispatchEvent(new CustomEvent("themechange"));
}

function storedTheme() {
	try {
		return localStorage.getItem("hdrive-theme");
	} catch {
		return null;
	}
}

/* ---- connection ---- */

const banner = document.getElementById("banner");

const LOST = {
	lost: "The server does not answer. What you see stays; trying again…",
	refused: "Another server answers: this address is not valid any more. Open the one that " +
		"hdrive ui printed. What you see stays.",
};

function setConnection(state) {
	live.hidden = state === null;
	live.className = `connection ${state}`;
	say(live, state === "live" ? "live" : "offline");
	banner.hidden = !(state in LOST);
	if (state in LOST)
		fill(banner, icon("warning"), LOST[state]);
}

/* ---- start ---- */

function start() {
	fill(document.getElementById("top"),
		el("a", { class: "brand", href: home(), "aria-label": "hdrive, the list of sweeps" },
			icon("mark"), el("span", {}, "hdrive")),
		crumbs,
		el("div", { class: "top-right" }, live,
			report ? el("span", { class: "connection" }, "report") : null,
			themeButton,
			el("button", { class: "plain icon-only", type: "button", title: "Keyboard: ?",
				"aria-label": "Help with the keyboard", onclick: help }, icon("help"))));
	setTheme(storedTheme(), false);
	matchMedia("(prefers-color-scheme: dark)").addEventListener("change", themeIsOther);
	document.addEventListener("connection", (event) => setConnection(event.detail));
	addKey([["T"], "the theme: as the system, light, dark",
		() => themeButton.click(), "Everywhere"]);
	/* The token is in the cookie now; it need not be read over a shoulder. */
	if (!report && new URLSearchParams(location.search).has("token"))
		history.replaceState(null, "", location.pathname + location.hash);
	window.addEventListener("hashchange", show);
	window.addEventListener("pagehide", closeSession);
	/* A page that the browser kept has no stream any more. */
	window.addEventListener("pageshow", (event) => event.persisted && location.reload());
	show();
}

start();
