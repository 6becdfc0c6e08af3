/*
 * The keyboard. Keys belong to the view that is shown, but those of a field one
 * types in, of a dialog and of the browser. A view has
 *   keys: [[key or keys, what it does, fn(event, key), group]]
 * and the dialog of `?` is written from the same rows.
 */
import { el, dialog } from "./dom.js";

const always = [
	[["?"], "this help", () => help(), "Everywhere"],
];
let rows = [];

/* The rows of the view that is shown now. */
export function setKeys(list) {
	rows = list;
}

/* Adds a row that every view has. */
export function addKey(row) {
	always.push(row);
}

function typing(target) {
	return target.isContentEditable ||
		(target.matches?.("input, textarea, select") && !target.matches("[type=checkbox], [type=range]"));
}

/* A button or link that has the focus answers to these itself. */
function ownKey(target, key) {
	if (key === "Enter" || key === " ")
		return target.matches?.("button, a, summary, input, [role=tab]");
	return target.matches?.("[type=range], [role=tab], [role=slider], [role=separator]") &&
		/^(Arrow|Home|End|Page)/.test(key);
}

document.addEventListener("keydown", (event) => {
	const { key, target } = event;
	if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey ||
		document.querySelector("dialog[open]"))
		return;
	if (typing(target)) {
		if (key === "Escape") {
			target.blur();
			event.preventDefault();
		}
		return;
	}
	if (ownKey(target, key))
		return;
	const row = [...rows, ...always].find(([keys]) => [keys].flat().includes(key));
	if (!row)
		return;
	event.preventDefault();
	row[2](event, key);
});

const NAMES = { ArrowDown: "↓", ArrowUp: "↑", ArrowLeft: "←", ArrowRight: "→", " ": "Space",
	Escape: "Esc", PageDown: "PgDn", PageUp: "PgUp" };

export function help() {
	const groups = new Map();
	for (const [keys, text, , group = "This view"] of [...rows, ...always]) {
		if (!groups.has(group))
			groups.set(group, []);
		const names = [keys].flat();
		groups.get(group).push(el("div", {},
			el("dt", {}, (names.length > 4 ? [names[0], "…", names[names.length - 1]] : names)
				.map((k) => k === "…" ? " … " : el("kbd", {}, NAMES[k] || k))),
			el("dd", {}, text)));
	}
	dialog("Keyboard", [...groups].map(([group, list]) =>
		el("section", { class: "keys" }, el("h3", {}, group), el("dl", {}, list))));
}
