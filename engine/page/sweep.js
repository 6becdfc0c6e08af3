/*
 * A sweep: its header, a picture by tabs, and the table of trials below, which both
 * look at one model.
 */
import { compile } from "./filter.js";
import { el, fill, icon, painted, say, stateMark, announce } from "./dom.js";
import * as format from "./format.js";
import { SweepHeader } from "./header.js";
import { later } from "./later.js";
import { PICTURES } from "./pictures.js";
import { Model, emptyColumns } from "./model.js";
import { link, setQuery } from "./route.js";
import { stateCounts } from "./rows.js";
import { session } from "./session.js";
import { TrialTable } from "./table.js";

export const MOST_COMPARED = 8;

/* What went wrong with a whole view, with a way out. */
export function failure(error) {
	return el("div", { class: "failure", role: "alert" }, icon("warning"),
		el("h1", {}, error.status === 404 ? "Not here" : error.status === 401 ? "Not let in" :
			"That did not work"),
		el("p", {}, error.status === 401 ?
			"This address is not valid any more: open the one that hdrive ui printed." : error.message),
		el("p", {}, el("a", { href: "#/" }, "All sweeps"), " · ",
			el("button", { type: "button", onclick: () => location.reload() }, "Try again")));
}

export function sweepView(root, route) {
	const opened = session(route);
	const { model } = opened;
	const view = new SweepView(root, route, model);
	opened.known.catch((error) => view.fail(error));
	const first = opened.best?.then((columns) => view.showBest(columns)).then(painted, () => {});
	Promise.resolve(first).then(later).catch(() => {});
	opened.loaded.then(() => view.header.askActions(), (error) => model.sweep && view.fail(error));
	return view;
}

class SweepView {
	constructor(root, route, model) {
		this.root = root;
		this.model = model;
		this.title = model.name;
		this.gone = false;
		this.header = new SweepHeader(model);
		this.table = new TrialTable(model, { sort: route.query.sort,
			onsort: (sort) => setQuery({ sort }) });
		this.pending = new Map();
		this.buildTabs();
		this.buildBar();
		root.className = "sweep";
		fill(root, this.header.element, this.tabs, this.panel,
			el("section", { class: "trials-section", "aria-label": "Trials" }, this.bar, this.table.element));
		model.opener = (number) => {
			location.hash = link({ sweep: model.name, trial: number });
		};
		this.leave = model.subscribe((kind, detail) => this.changed(kind, detail));
		this.timer = setInterval(() => this.header.tick(), 1000);
		this.onTheme = () => this.changed("theme");
		document.addEventListener("themechange", this.onTheme);
		this.keys = this.keyRows();
		this.show(route.tab);
		this.setFilter(route.query.filter || "");
		this.header.update();
		this.table.update("data");
		this.drawBar();
	}

	/* Until all trials are there the table has the best ones, which it shows first. */
	showBest(columns) {
		const { model } = this;
		if (this.gone || model.loaded)
			return;
		const best = new Model(model.name);
		best.load({ ...emptyColumns(), ...columns });
		best.isPart = true;
		best.opener = model.opener;
		best.subscribe((kind) => {
			this.table.update(kind);
			if (kind === "selection")
				model.select(best.selected);
		});
		this.table.look(best);
	}

	/* ---- what changes ---- */

	/* Each kind at most once a frame; points gather. */
	changed(kind, detail) {
		if (kind === "sweep" && !this.pending.has("sweep"))
			this.header.update();
		const before = this.pending.get(kind);
		this.pending.set(kind, kind === "points" && before ? [...before, ...detail] : detail);
		if (this.asked)
			return;
		this.asked = true;
		if (document.hidden)
			setTimeout(() => this.flush(), 500);
		else
			requestAnimationFrame(() => this.flush());
	}

	flush() {
		const kinds = [...this.pending];
		this.asked = false;
		this.pending.clear();
		if (this.gone)
			return;
		if (this.table.model !== this.model && this.model.loaded)
			this.table.look(this.model);
		else
			for (const [kind] of kinds)
				this.table.update(kind);
		if (kinds.some(([kind]) => kind === "data"))
			this.compileFilter();
		if (kinds.some(([kind]) => kind !== "hover" && kind !== "points"))
			this.drawBar();
		/* The table is painted first: a picture of all trials may take a frame of its own. */
		if (kinds.some(([kind]) => kind === "data" || kind === "filter"))
			setTimeout(() => this.updatePicture(kinds));
		else
			this.updatePicture(kinds);
	}

	updatePicture(kinds) {
		if (this.gone)
			return;
		if (!this.picture)
			return this.mount();
		for (const [kind, detail] of kinds)
			this.picture.update(kind, detail);
	}

	fail(error) {
		if (this.gone)
			return;
		this.destroy();
		fill(this.root, failure(error));
	}

	/* ---- tabs ---- */

	buildTabs() {
		this.tabs = el("div", { class: "tabs", role: "tablist", "aria-label": "Pictures" },
			PICTURES.map(([id, text], i) => el("button", { type: "button", role: "tab", id: `tab-${id}`,
				"aria-controls": "picture", title: i < 9 ? `key ${i + 1}` : null,
				onclick: () => this.go(id) }, text)));
		this.panel = el("section", { class: "picture-panel card", role: "tabpanel", id: "picture" });
		this.tabs.addEventListener("keydown", (event) => {
			const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
			const at = PICTURES.findIndex(([id]) => id === this.tab);
			const to = event.key === "Home" ? 0 : event.key === "End" ? PICTURES.length - 1 :
				by ? (at + by + PICTURES.length) % PICTURES.length : -1;
			if (to < 0)
				return;
			event.preventDefault();
			this.go(PICTURES[to][0]);
			this.tabs.children[to].focus();
		});
	}

	go(id) {
		const { filter, sort } = { filter: this.input.value, sort: this.sortText() };
		location.replace(link({ sweep: this.model.name, tab: id,
			query: { ...(filter && { filter }), ...(sort && { sort }) } }));
	}

	sortText() {
		const { id, direction, own } = this.table.sort || {};
		return own || !id ? "" : `${direction < 0 ? "-" : ""}${id}`;
	}

	/* The same view with another tab or filter in the address. */
	navigate(route) {
		this.show(route.tab);
		if ((route.query.filter || "") !== this.input.value)
			this.setFilter(route.query.filter || "");
	}

	show(tab) {
		const known = PICTURES.find(([id]) => id === tab) || PICTURES[0];
		if (known[0] === this.tab)
			return;
		this.picture?.destroy();
		this.tab = known[0];
		for (const button of this.tabs.children) {
			const is = button.id === `tab-${this.tab}`;
			button.setAttribute("aria-selected", is);
			button.tabIndex = is ? 0 : -1;
		}
		this.panel.setAttribute("aria-labelledby", `tab-${this.tab}`);
		fill(this.panel, el("div", { class: "picture-host" }, el("p", { class: "loading" }, "Loading…")));
		this.picture = null;
		/* The table and the header are there first; the picture a frame later. */
		requestAnimationFrame(() => {
			this.tabs.querySelector("[aria-selected=true]").scrollIntoView({ block: "nearest", inline: "nearest" });
			this.mount();
		});
	}

	/* Nothing is drawn of a sweep before all of it is there. */
	async mount() {
		if (!this.model.loaded)
			return;
		const host = this.panel.firstChild;
		try {
			const { mounts } = await later();
			if (!this.gone && !this.picture && host.isConnected)
				this.picture = mounts[this.tab](fill(host), this.model);
		} catch (error) {
			fill(host, el("p", { class: "empty" }, error.message));
		}
	}

	/* ---- the bar above the table ---- */

	buildBar() {
		this.input = el("input", { type: "search", class: "search filter", spellcheck: "false",
			autocomplete: "off", "aria-label": "Filter trials", "aria-describedby": "filter-error",
			placeholder: "Filter: lr<0.01 state:failed text", oninput: () => this.typed() });
		this.error = el("span", { class: "error", id: "filter-error", role: "status" });
		this.states = el("span", { class: "states", role: "group", "aria-label": "States" });
		this.brushes = el("span", { class: "brushes" });
		this.count = el("span", { class: "muted count", role: "status" });
		this.compare = el("button", { type: "button", class: "primary", hidden: true,
			onclick: () => this.openCompare() });
		this.clear = el("button", { type: "button", class: "plain", hidden: true,
			onclick: () => this.model.select([]) }, "Choose none");
		this.bar = el("div", { class: "table-bar" }, this.input, this.states, this.brushes, this.error,
			el("span", { class: "bar-end" }, this.count, this.clear, this.compare));
	}

	typed() {
		clearTimeout(this.typing);
		this.typing = setTimeout(() => {
			this.compileFilter();
			setQuery({ filter: this.input.value.trim() });
		}, this.model.rows > 3000 ? 120 : 30);
	}

	setFilter(text) {
		this.input.value = text;
		this.compileFilter();
	}

	/* Columns may be others than when the text was typed: then it is read anew. */
	compileFilter() {
		const key = `${this.input.value}\n${this.model.columns.parameters.length}`;
		if (key === this.compiled)
			return;
		this.compiled = key;
		const { predicate, error } = compile(this.model, this.input.value);
		this.input.setAttribute("aria-invalid", Boolean(error && this.model.rows));
		say(this.error, error && this.model.rows ? error : "");
		this.model.setFilter(predicate);
	}

	/* A word state:NAME in the filter, put in or taken out. */
	toggleState(state) {
		const word = `state:${state.toLowerCase()}`;
		const words = this.input.value.split(/\s+/).filter(Boolean);
		const without = words.filter((w) => !/^state[:=]/i.test(w));
		this.setFilter((words.includes(word) ? without : [...without, word]).join(" "));
		setQuery({ filter: this.input.value.trim() });
	}

	drawBar() {
		this.drawStates();
		const { model } = this;
		const key = JSON.stringify([...model.brushes].map(([source, b]) => [source, b.description]));
		if (key !== this.brushKey) {
			this.brushKey = key;
			fill(this.brushes, [...model.brushes].map(([source, { description }]) =>
				el("button", { type: "button", class: "brush", title: "take this brush away",
					onclick: () => model.setBrush(source, null) },
				el("span", {}, description || source), icon("close"))));
		}
		say(this.count, !model.loaded ? "Loading…" : model.visibleCount === model.rows ? format.count(model.rows, "trial") :
			`${format.grouped(model.visibleCount)} of ${format.count(model.rows, "trial")}`);
		const n = model.selected.size;
		this.clear.hidden = n === 0;
		this.compare.hidden = n === 0;
		this.compare.disabled = n < 2 || n > MOST_COMPARED;
		say(this.compare, n < 2 ? "Compare: choose one more" : n > MOST_COMPARED ?
			`Compare: ${MOST_COMPARED} at most, ${n} chosen` : `Compare ${n}`);
	}

	drawStates() {
		const counts = stateCounts(this.model);
		const typed = this.input.value.toLowerCase();
		const key = JSON.stringify([...counts, typed, this.model.stateText("Canceled")]);
		if (key === this.stateKey)
			return;
		this.stateKey = key;
		fill(this.states, [...counts].map(([state, n]) => el("button", { type: "button",
			class: "state-filter", "aria-pressed": typed.split(/\s+/).includes(`state:${state.toLowerCase()}`),
			onclick: () => this.toggleState(state) }, stateMark(state),
		el("span", {}, this.model.stateText(state)),
		el("span", { class: "muted" }, format.grouped(n)))));
	}

	openCompare() {
		const numbers = [...this.model.selected].sort((a, b) => a - b);
		if (numbers.length < 2 || numbers.length > MOST_COMPARED)
			announce(`choose 2 to ${MOST_COMPARED} trials to compare`);
		else
			location.hash = link({ sweep: this.model.name, compare: numbers });
	}

	/* Escape: first the filter and brushes, then the chosen, then the list. */
	back() {
		const { model } = this;
		if (this.input.value || model.brushes.size) {
			this.setFilter("");
			model.clearBrushes();
			setQuery({ filter: "" });
		} else if (model.selected.size) {
			model.select([]);
		} else {
			location.hash = "#/";
		}
	}

	keyRows() {
		const numbers = PICTURES.slice(0, 9).map((_, i) => String(i + 1));
		return [
			...this.table.keys(),
			[["c"], "compare the chosen", () => this.openCompare(), "Trials"],
			[["/"], "filter", () => this.input.focus(), "Sweep"],
			[numbers, "the pictures by number", (event, key) => this.go(PICTURES[Number(key) - 1][0]), "Sweep"],
			[["b"], "open the best trial", () => this.model.bestRow >= 0 &&
				this.model.open(this.model.columns.number[this.model.bestRow]), "Sweep"],
			[["Escape"], "clear the filter, then the choice; then back", () => this.back(), "Sweep"],
		];
	}

	destroy() {
		if (this.gone)
			return;
		this.gone = true;
		this.leave();
		clearInterval(this.timer);
		clearTimeout(this.typing);
		document.removeEventListener("themechange", this.onTheme);
		this.picture?.destroy();
		this.table.destroy();
		this.model.setHover(null);
	}
}
