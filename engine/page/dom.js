/*
 * Elements without markup: every text goes in as a text. Names, values and log
 * lines come from programs and people: none of them is ever read as HTML, and what
 * would hide or turn other text is written out.
 */
import { stateShape } from "./colour.js";
import { stateText } from "./format.js";
import { legible } from "./text.js";

const SVG = "http://www.w3.org/2000/svg";

/* Attributes that people read or hear. */
const SAID = /^(title|aria-label|placeholder)$/;

/*
 * el("button", { class: "plain", onclick: fn, "aria-label": "Close" }, "text", node):
 * functions become listeners, true and false attributes are there or not, null
 * children are left out.
 */
export function el(tag, attributes = {}, ...children) {
	const element = document.createElement(tag);
	for (const [name, value] of Object.entries(attributes)) {
		if (value === null || value === undefined || value === false)
			continue;
		if (typeof value === "function")
			element.addEventListener(name.slice(2), value);
		else
			element.setAttribute(name, value === true ? "" : SAID.test(name) ? legible(value) : value);
	}
	add(element, children);
	return element;
}

function add(element, children) {
	for (const child of children.flat(Infinity))
		if (child !== null && child !== undefined && child !== false)
			element.append(child instanceof Node ? child : legible(child));
}

/* These children in place of those that are there. */
export function fill(element, ...children) {
	element.replaceChildren();
	add(element, children);
	return element;
}

/* Sets a text only where it differs, which spares the browser a layout. */
export function say(element, text) {
	const seen = legible(text);
	if (element.textContent !== seen)
		element.textContent = seen;
}

function svg(tag, attributes, ...children) {
	const element = document.createElementNS(SVG, tag);
	for (const [name, value] of Object.entries(attributes))
		element.setAttribute(name, value);
	element.append(...children);
	return element;
}

/* Strokes on a grid of 16. */
const ICONS = {
	sun: "M8 5a3 3 0 1 1 0 6 3 3 0 0 1 0-6zM8 1.5v1M8 13.5v1M1.5 8h1M13.5 8h1M3.4 3.4l.7.7M11.9 11.9l.7.7M3.4 12.6l.7-.7M11.9 4.1l.7-.7",
	moon: "M13 9.6A5.5 5.5 0 0 1 6.4 3 5.5 5.5 0 1 0 13 9.6z",
	auto: "M8 2.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11zM8 2.5v11M10 3.6v8.8M12 5.2v5.6",
	help: "M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2zM6.3 6.3a1.7 1.7 0 1 1 2.5 1.5c-.6.3-.8.6-.8 1.2M8 11.2v.1",
	up: "M8 13V3.5M4 7.2l4-4 4 4",
	down: "M8 3v9.5M4 8.8l4 4 4-4",
	left: "M10 3L5 8l5 5",
	right: "M6 3l5 5-5 5",
	close: "M4 4l8 8M12 4l-8 8",
	copy: "M5.5 5.5h7v7h-7zM3.5 10.5v-7h7",
	check: "M3.5 8.5l3 3 6-7",
	folder: "M2 4.5h4l1.5 1.5H14v6.5H2z",
	file: "M4 2h5l3 3v9H4zM9 2v3h3",
	warning: "M8 2.5l6 11H2zM8 6.5v3.5M8 11.8v.1",
	mark: "M2.5 12.5h3.4V9h3.6V6h4",
};

export function icon(name) {
	return svg("svg", { viewBox: "0 0 16 16", class: "icon", "aria-hidden": "true" },
		svg("path", { d: ICONS[name] }));
}

const SHAPES = {
	circle: ["path", { d: "M8 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8z" }],
	ring: ["path", { d: "M8 4.6a3.4 3.4 0 1 1 0 6.8 3.4 3.4 0 0 1 0-6.8z", class: "hollow" }],
	triangle: ["path", { d: "M5 3.5L12 8l-7 4.5z" }],
	square: ["path", { d: "M4.5 4.5h7v7h-7z" }],
	bars: ["path", { d: "M4.5 4h2.5v8H4.5zM9 4h2.5v8H9z" }],
	cross: ["path", { d: "M4.5 4.5l7 7M11.5 4.5l-7 7", class: "hollow" }],
};

/* The mark of a state, in its colour by the class. */
export function stateMark(state) {
	if (!marks.has(state)) {
		const [tag, attributes] = SHAPES[stateShape(state)];
		marks.set(state, svg("svg", { viewBox: "0 0 16 16", class: `shape is-${state}`,
			"aria-hidden": "true" }, svg(tag, attributes)));
	}
	return marks.get(state).cloneNode(true);
}

const marks = new Map();

export function stateChip(state, end = "") {
	return el("span", { class: `chip is-${state}` }, stateMark(state), stateText(state, end));
}

/* Said to screen readers, not shown. */
export function announce(text) {
	say(document.getElementById("said"), text);
}

/* A message that goes by itself; what went wrong stays longer. */
export function toast(text, kind = "good") {
	let list = document.getElementById("toasts");
	if (!list)
		document.body.append(list = el("div", { id: "toasts", role: "status", "aria-live": "polite" }));
	const item = el("div", { class: `toast ${kind}` }, text);
	list.append(item);
	setTimeout(() => item.remove(), kind === "bad" ? 9000 : 3500);
}

/* A button that puts text on the clipboard and says so. */
export function copyButton(text, label) {
	const button = el("button", { class: "plain", type: "button", onclick: copy }, icon("copy"), label);
	async function copy() {
		try {
			await navigator.clipboard.writeText(text());
		} catch {
			copyBySelection(text());
		}
		fill(button, icon("check"), "Copied");
		announce("copied");
		setTimeout(() => fill(button, icon("copy"), label), 1500);
	}
	return button;
}

/* Where the clipboard is not given to pages: over plain http, in a file. */
function copyBySelection(text) {
	const area = el("textarea", { class: "said", "aria-hidden": "true" });
	area.value = text;
	document.body.append(area);
	area.select();
	document.execCommand("copy");
	area.remove();
}

/* A button that is pressed while WISH[KEY] is true; THEN is called when it was turned. */
export function toggleButton(wish, key, text, { title, then }) {
	const button = el("button", { type: "button", class: "toggle", title,
		"aria-pressed": String(wish[key]), onclick: () => {
			wish[key] = !wish[key];
			button.setAttribute("aria-pressed", wish[key]);
			then();
		} }, text);
	return button;
}

/*
 * A modal dialog; closes by Escape, its own button or a click beside it, and gives
 * the focus back. `body` is what is in it; returns the element, open.
 */
export function dialog(title, body, buttons = []) {
	const box = el("dialog", { "aria-labelledby": "dialog-title" },
		el("form", { method: "dialog" },
			el("header", {}, el("h2", { id: "dialog-title" }, title),
				el("button", { class: "plain icon-only", "aria-label": "Close", value: "" },
					icon("close"))),
			el("div", { class: "dialog-body" }, body),
			buttons.length ? el("footer", {}, buttons) : null));
	box.addEventListener("close", () => box.remove());
	box.addEventListener("click", (event) => {
		if (event.target === box)
			box.close();
	});
	document.body.append(box);
	box.showModal();
	return box;
}

/* Resolved when what is there now is painted; a hidden page paints nothing. */
export function painted() {
	return new Promise((done) => {
		setTimeout(done, document.hidden ? 0 : 500);
		requestAnimationFrame(() => setTimeout(done));
	});
}

/* At most one call of fn a frame, however often this is called. */
export function perFrame(fn) {
	let asked = false;
	return () => {
		if (asked)
			return;
		asked = true;
		requestAnimationFrame(() => {
			asked = false;
			fn();
		});
	};
}
