/* The list of sweeps: newest first, live, with a search and the keyboard. */
import { announce, el, fill, icon, stateChip, say } from "./dom.js";
import * as format from "./format.js";
import { progress } from "./progress.js";
import { link } from "./route.js";
import { get, report, reported, stream } from "./source.js";

const PAGE = 50;

export function listView(root) {
	const byId = new Map();
	let next = null;
	let cursor = -1;
	let gone = false;

	const search = el("input", { type: "search", placeholder: "Search sweeps", class: "search",
		"aria-label": "Search sweeps", oninput: draw });
	const body = el("tbody");
	const message = el("p", { class: "empty", hidden: true });
	const more = el("button", { type: "button", class: "more", hidden: true, onclick: () => load() },
		"Older sweeps");
	const table = el("table", { class: "sweeps" },
		el("thead", {}, el("tr", {}, ["Sweep", "State", "Progress", "Best", "Sampler", "Started", "Took"]
			.map((name, i) => el("th", { scope: "col", class: i === 3 || i === 6 ? "number" : null }, name)))),
		body);
	const box = el("div", { class: "scroll card", tabindex: "0", role: "region", "aria-label": "Sweeps" },
		table);
	root.className = "list";
	fill(root, el("div", { class: "head" }, el("h1", {}, "Sweeps"), search), box, message, more);
	message.hidden = false;
	say(message, "Loading…");
	box.hidden = true;

	function shown() {
		const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
		return [...byId.values()]
			.filter((s) => {
				const text = `${s.name} ${s.id} ${s.state} ${s.sampler} ${s.primary_metric}`.toLowerCase();
				return words.every((word) => text.includes(word));
			})
			.sort((a, b) => a.created < b.created ? 1 : a.created > b.created ? -1 : 0);
	}

	const rows = new Map();

	function draw() {
		const list = shown();
		cursor = Math.min(cursor, list.length - 1);
		for (const id of [...rows.keys()])
			if (!list.some((s) => s.id === id)) {
				rows.get(id).tr.remove();
				rows.delete(id);
			}
		list.forEach((sweep, at) => {
			const row = rows.get(sweep.id) || newRow(sweep);
			updateRow(row, sweep);
			row.tr.classList.toggle("cursor", at === cursor);
			if (body.children[at] !== row.tr)
				body.insertBefore(row.tr, body.children[at] || null);
		});
		box.hidden = !list.length;
		message.hidden = list.length > 0;
		say(message, byId.size ? "No sweep has that." :
			"No sweeps yet. `hdrive run` or `hdrive submit` begins one; it appears here by itself.");
	}

	function newRow(sweep) {
		const cells = Array.from({ length: 7 }, (_, i) =>
			el("td", { class: i === 3 || i === 6 ? "number" : null }));
		const tr = el("tr", { onclick: (event) => {
			if (!event.target.closest("a"))
				open(sweep);
		} }, cells);
		const row = { tr, cells, bar: progress() };
		fill(cells[0], el("a", { class: "name", href: link({ sweep: sweep.name }) }, sweep.name));
		fill(cells[2], row.bar.element);
		rows.set(sweep.id, row);
		return row;
	}

	function updateRow({ cells, bar }, sweep) {
		const seen = JSON.stringify(sweep);
		const began = Date.parse(sweep.started || sweep.created);
		const ended = sweep.ended ? Date.parse(sweep.ended) : Date.now();
		say(cells[5], format.age(Date.now() - began));
		cells[5].title = format.moment(began);
		say(cells[6], format.duration(ended - began));
		if (cells[0].seen === seen)
			return;
		cells[0].seen = seen;
		fill(cells[1], stateChip(sweep.state), deadEngine(sweep) ?
			el("span", { class: "note warn", title: "no engine runs it: hdrive resume goes on with it" },
				"no engine") : null);
		bar.update(sweep);
		fill(cells[3], sweep.best === null || sweep.best === undefined ?
			el("span", { class: "muted" }, "no value") :
			[el("span", { class: "muted metric", title: sweep.primary_metric },
				sweep.primary_metric), " ",
			el("b", {}, format.number(sweep.best)),
			el("span", { class: "goal", title: sweep.goal }, icon(sweep.goal === "maximize" ? "up" : "down"))]);
		say(cells[4], sweep.sampler + (sweep.policy && sweep.policy !== "none" ? ` · ${sweep.policy}` : ""));
	}

	function open(sweep) {
		location.hash = link({ sweep: sweep.name });
	}

	async function load() {
		more.disabled = true;
		try {
			const answer = await get(`sweeps?limit=${PAGE}` + (next ? `&after=${encodeURIComponent(next)}` : ""));
			if (gone)
				return;
			add(answer.sweeps);
			next = answer.next;
		} catch (error) {
			if (!gone)
				failed(error);
			return;
		} finally {
			more.disabled = false;
		}
		more.hidden = next === null || next === undefined;
		draw();
	}

	function failed(error) {
		if (report) {
			fill(message, "This report is of ", reported().map((name, i) =>
				[i ? ", " : "", el("a", { href: link({ sweep: name }) }, name)]));
			return;
		}
		message.hidden = false;
		box.hidden = true;
		fill(message, icon("warning"), ` ${error.status === 401 ?
			"This address is not valid any more: open the one that hdrive ui printed." : error.message} `,
		el("button", { type: "button", onclick: () => location.reload() }, "Try again"));
	}

	function add(sweeps) {
		for (const sweep of sweeps)
			byId.set(sweep.id, sweep);
	}

	load();
	const end = stream(() => "stream", {
		state: (state) => document.dispatchEvent(new CustomEvent("connection", { detail: state })),
		sweeps: (data) => {
			add(data.sweeps || data);
			draw();
		},
		reset: () => {
			next = null;
			byId.clear();
			load();
		},
	});
	const timer = setInterval(() => document.hidden || draw(), 5000);

	function move(by) {
		const list = shown();
		if (!list.length)
			return;
		cursor = Math.max(0, Math.min(list.length - 1, cursor + by));
		draw();
		body.children[cursor].scrollIntoView({ block: "nearest" });
		announce(`${list[cursor].name}, ${list[cursor].state}`);
	}

	return {
		title: "Sweeps",
		keys: [
			[["j", "ArrowDown"], "next sweep", () => move(1), "Sweeps"],
			[["k", "ArrowUp"], "previous sweep", () => move(-1), "Sweeps"],
			[["Enter", "o"], "open it", () => shown()[cursor] && open(shown()[cursor]), "Sweeps"],
			[["/"], "search", () => search.focus(), "Sweeps"],
			[["Escape"], "show all again", () => {
				search.value = "";
				draw();
			}, "Sweeps"],
		],
		destroy() {
			gone = true;
			end();
			clearInterval(timer);
		},
	};
}

/* Whether a sweep that should go on has nobody that goes on with it; a study never had. */
export function deadEngine(sweep) {
	return !sweep.study && sweep.state === "Running" && sweep.engine_alive === false;
}
