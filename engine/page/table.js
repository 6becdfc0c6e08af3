/*
 * The table of trials. Only the rows in sight are elements, so ten thousand are no
 * slower than ten: elements are kept, and get the texts of the rows that scroll in.
 *
 * It is one grid to the keyboard: the focus stays on it, and the row that is meant
 * is its active descendant.
 */
import { merit } from "./colour.js";
import { announce, el, fill, icon, perFrame, say, stateMark } from "./dom.js";
import * as format from "./format.js";
import { link } from "./route.js";
import { firstDirection, ordered, tableColumns } from "./rows.js";
import { legible } from "./text.js";

const OVERSCAN = 6;
const SAMPLE = 300;
/* As the style sheet has it: a state is its mark alone there. */
const NARROW = "(max-width: 560px)";

export class TrialTable {
	/* options: sort "-value", onsort(text). */
	constructor(model, options = {}) {
		this.model = model;
		this.options = options;
		this.rows = [];
		this.pool = [];
		this.cursor = -1;
		this.columns = [];
		this.sort = parseSort(options.sort);
		this.shape = "";
		this.draw = perFrame(() => this.render());
		this.buildFrame();
		/* To ask for a place or a height while rows come is a layout more. */
		this.top = 0;
		this.box.addEventListener("scroll", () => {
			this.top = this.box.scrollTop;
			this.draw();
		}, { passive: true });
		this.sizes = new ResizeObserver(([{ contentRect }]) => {
			this.height = contentRect.height;
			this.draw();
		});
		this.sizes.observe(this.box);
	}

	buildFrame() {
		this.head = el("tr", { "aria-rowindex": "1" });
		this.above = el("tr", { class: "spacer", "aria-hidden": "true" }, el("td"));
		this.below = el("tr", { class: "spacer", "aria-hidden": "true" }, el("td"));
		this.body = el("tbody", {}, this.above, this.below);
		this.cols = el("colgroup");
		this.table = el("table", { class: "trials", role: "grid", tabindex: "0", "aria-label": "Trials",
			"aria-multiselectable": "true" }, this.cols, el("thead", {}, this.head), this.body);
		this.none = el("p", { class: "empty", hidden: true });
		this.box = el("div", { class: "scroll trials-box" }, this.table);
		this.element = el("div", { class: "trials-wrap" }, this.box, this.none);
		this.table.addEventListener("focus", () => this.cursor < 0 && this.rows.length && this.moveTo(0));
		this.body.addEventListener("mouseover", (event) => this.model.setHover(this.numberOf(event)));
		this.body.addEventListener("mouseleave", () => this.model.setHover(null));
		this.body.addEventListener("click", (event) => this.clicked(event));
	}

	numberOf(event) {
		const tr = event.target.closest("tr.trial");
		return tr ? tr.trial : null;
	}

	clicked(event) {
		const number = this.numberOf(event);
		if (number === null)
			return;
		if (event.target.closest(".pick")) {
			this.choose(number, event.shiftKey);
			if (!event.target.matches("input"))
				event.preventDefault();
			return;
		}
		if (!event.target.closest("a"))
			this.model.open(number);
	}

	/* With shift all from the last one chosen to this. */
	choose(number, through) {
		const at = this.rows.indexOf(this.model.row(number));
		const from = this.rows.indexOf(this.model.row(this.lastChosen ?? number));
		if (through && at >= 0 && from >= 0) {
			const between = this.rows.slice(Math.min(at, from), Math.max(at, from) + 1);
			this.model.select([...this.model.selected,
				...between.map((row) => this.model.columns.number[row])]);
		} else {
			this.model.toggle(number);
		}
		this.lastChosen = number;
	}

	/* kinds of the model's; see there. */
	update(kind) {
		if (!this.model.loaded)
			return;
		if (kind === "data")
			this.reshape();
		if (kind === "data" || kind === "filter") {
			this.reorder();
			/* At once, in the frame that this is called in: rows come before pictures. */
			this.render();
		} else if (kind !== "sweep" && kind !== "points") {
			this.draw();
		}
	}

	/* The same sweep's trials, but of another model: what is meant stays so. */
	look(model) {
		const number = this.current;
		this.model = model;
		this.rows = number === null ? [] : [model.row(number)];
		this.cursor = this.rows.length - 1;
		this.update("data");
	}

	/* Columns anew, when there are others than before. */
	reshape() {
		const columns = tableColumns(this.model);
		const shape = JSON.stringify(columns.map((c) => [c.id, c.name]));
		this.columns = columns;
		if (shape === this.shape && this.model === this.shaped)
			return;
		this.shaped = this.model.rows ? this.model : null;
		if (shape === this.shape)
			return this.widen();
		this.shape = shape;
		/* What an address asks for may be a column that is not read yet. */
		const waits = this.sort && !this.model.columns.parameters.length && !this.model.rows;
		if (!waits && (!this.sort || !columns.some((c) => c.id === this.sort.id))) {
			const value = columns.find((c) => c.id === "value");
			const some = this.model.bestRow >= 0;
			this.sort = some ? { id: "value", direction: firstDirection(value, this.model), own: true } :
				{ id: "number", direction: 1, own: true };
		}
		this.buildHead();
		for (const tr of this.pool)
			tr.remove();
		this.pool = [];
	}

	buildHead() {
		const widths = this.columns.map((column) => this.width(column));
		this.widths = this.model.rows ? widths : null;
		fill(this.cols, el("col"), widths.map(() => el("col")));
		this.setWidths(widths);
		fill(this.head, el("th", { scope: "col", class: "pick" }, el("span", { class: "said" }, "chosen")),
			this.columns.map((column) => this.headCell(column)));
		this.table.setAttribute("aria-colcount", this.columns.length + 1);
		this.markSort();
	}

	setWidths(widths) {
		[34, ...widths].forEach((w, i) => this.cols.children[i].style.width = `${w}px`);
		this.table.style.width = `max(100%, ${widths.reduce((a, b) => a + b, 34)}px)`;
	}

	/* Trials that were not known may have longer texts. */
	widen() {
		const widths = this.columns.map((column, i) => Math.max(this.widths?.[i] || 0, this.width(column)));
		if (!this.widths || widths.some((w, i) => w > this.widths[i]))
			this.setWidths(this.widths = widths);
	}

	headCell(column) {
		const about = column.full ? [column.full, column.within && `within ${column.within}`,
			this.model.columns.parameters[column.parameter].expression].filter(Boolean).join("\n") :
			column.goal ? `${column.name}, ${this.model.columns.goal}` : column.name;
		return el("th", { scope: "col", "data-column": column.id,
			class: `${column.kind} ${column.id === "number" ? "key" : ""}` },
		el("button", { type: "button", title: about, onclick: () => this.sortBy(column) },
			el("span", {}, column.name)));
	}

	/* In px, so wide that a sample of its texts has room, bold as the best row's. */
	width(column) {
		const { rows } = this.model;
		const step = Math.max(1, Math.floor(rows / SAMPLE));
		let widest = "";
		for (let row = 0; row < rows; row += step) {
			const text = this.text(column, row);
			if (text.length > widest.length)
				widest = text;
		}
		const narrow = matchMedia(NARROW).matches;
		if (narrow && column.kind === "state")
			return 40;
		const least = { state: 112, number: 68 }[column.kind] || 72;
		const room = column.goal ? 16 : column.id === "number" ? 14 : column.kind === "state" ? 12 : 0;
		return Math.round(Math.min(280, Math.max(least, textWidth(widest) + 30 + room,
			Math.min(150, textWidth(column.name)) + 42)));
	}

	sortBy(column) {
		const first = firstDirection(column, this.model);
		const { id, direction } = this.sort;
		this.sort = { id: column.id, direction: id === column.id ? -direction : first };
		this.markSort();
		this.reorder();
		this.box.scrollTop = 0;
		this.draw();
		announce(`sorted by ${column.name}, ${this.sort.direction > 0 ? "ascending" : "descending"}`);
		this.options.onsort?.(`${this.sort.direction < 0 ? "-" : ""}${column.id}`);
	}

	markSort() {
		for (const th of this.head.querySelectorAll("th[data-column]")) {
			const is = th.dataset.column === this.sort.id;
			if (is)
				th.setAttribute("aria-sort", this.sort.direction > 0 ? "ascending" : "descending");
			else
				th.removeAttribute("aria-sort");
			const button = th.firstChild;
			while (button.children.length > 1)
				button.lastChild.remove();
			if (is)
				button.append(icon(this.sort.direction > 0 ? "up" : "down"));
		}
	}

	reorder() {
		const at = this.cursor >= 0 ? this.rows[this.cursor] : -1;
		/* The first sort is by value as soon as there is one. */
		if (this.sort.own && this.sort.id === "number" && this.model.bestRow >= 0) {
			const value = this.columns.find((c) => c.id === "value");
			this.sort = { id: "value", direction: firstDirection(value, this.model), own: true };
			this.markSort();
		}
		this.rows = ordered(this.model, this.columns.find((c) => c.id === this.sort.id),
			this.sort.direction);
		/* The row that is meant is the same trial, wherever it is now. */
		this.cursor = at >= 0 ? this.rows.indexOf(at) : -1;
		this.table.setAttribute("aria-rowcount", this.rows.length + 1);
	}

	/* ---- drawing ---- */

	get rowHeight() {
		if (!this.measured)
			this.measured = parseFloat(getComputedStyle(this.table).getPropertyValue("--row")) || 28;
		return this.measured;
	}

	render() {
		if (!this.box.isConnected)
			return;
		const h = this.rowHeight;
		const over = this.model.isPart ? 0 : OVERSCAN;
		const from = Math.max(0, Math.floor(this.top / h) - over);
		const fits = Math.ceil((this.height ?? this.box.clientHeight) / h) + 2 * over;
		const to = Math.min(this.rows.length, from + Math.max(fits, 2 * OVERSCAN));
		while (this.pool.length < to - from)
			this.pool.push(this.newRow());
		this.pool.forEach((tr, i) => {
			tr.hidden = from + i >= to;
			if (!tr.hidden)
				this.fillRow(tr, from + i);
		});
		this.above.hidden = from === 0;
		this.above.firstChild.style.height = `${from * h}px`;
		this.below.hidden = to >= this.rows.length;
		this.below.firstChild.style.height = `${(this.rows.length - to) * h}px`;
		const active = this.pool.find((tr) => !tr.hidden && tr.at === this.cursor);
		if (active)
			this.table.setAttribute("aria-activedescendant", active.id);
		else
			this.table.removeAttribute("aria-activedescendant");
		this.showNone();
	}

	showNone() {
		this.none.hidden = this.rows.length > 0 || !this.model.loaded;
		if (this.none.hidden)
			return;
		say(this.none, this.model.rows ? "No trial is let through by what is typed and brushed above." :
			"No trials yet. The first appears here as soon as it is made.");
	}

	newRow() {
		const tr = el("tr", { class: "trial", id: `row-${this.pool.length}` });
		const check = el("input", { type: "checkbox", tabindex: "-1" });
		tr.check = check;
		tr.append(el("td", { class: "pick" }, check));
		tr.cells_ = this.columns.map((column) => {
			const td = el("td", { class: `${column.kind} ${column.id === "number" ? "key" : ""}` });
			if (column.id === "number")
				td.append(el("a", { tabindex: "-1" }));
			else if (column.id === "state")
				td.append(el("span", { class: "chip" }));
			else if (column.goal)
				td.append(el("i", { class: "merit" }), el("span"));
			tr.append(td);
			return td;
		});
		this.body.insertBefore(tr, this.below);
		return tr;
	}

	fillRow(tr, at) {
		const { model } = this;
		const row = this.rows[at];
		const number = model.columns.number[row];
		tr.at = at;
		tr.trial = number;
		tr.setAttribute("aria-rowindex", at + 2);
		const chosen = model.selected.has(number);
		tr.setAttribute("aria-selected", chosen);
		tr.className = `trial${at === this.cursor ? " cursor" : ""}${chosen ? " chosen" : ""}` +
			`${number === model.hovered ? " hover" : ""}${row === model.bestRow ? " best" : ""}`;
		tr.check.checked = chosen;
		tr.check.setAttribute("aria-label", `choose trial ${number}`);
		this.columns.forEach((column, i) => this.fillCell(tr.cells_[i], column, row, number));
	}

	fillCell(td, column, row, number) {
		const text = this.text(column, row);
		if (column.id === "number") {
			td.firstChild.href = link({ sweep: this.model.name, trial: number });
			say(td.firstChild, text);
		} else if (column.id === "state") {
			this.fillState(td.firstChild, row, text);
		} else if (column.goal) {
			td.firstChild.style.background = text && !this.model.isPart ?
				merit(this.model.merits().at[row]) : "transparent";
			say(td.lastChild, text);
		} else if (td.text !== text) {
			td.text = text;
			td.textContent = legible(text);
			td.title = text.length > 24 ? td.textContent : "";
		}
	}

	fillState(chip, row, text) {
		const state = this.model.columns.state[row];
		if (chip.state !== state) {
			chip.state = state;
			chip.className = `chip is-${state}`;
			fill(chip, stateMark(state), el("span"));
		}
		say(chip.lastChild, text);
	}

	text(column, row) {
		const c = this.model.columns;
		switch (column.id) {
		case "number":
			return String(c.number[row]);
		case "state":
			return format.stateText(c.state[row], c.end[row]);
		case "started":
			return format.moment(c.started[row]);
		case "duration":
			return format.duration(column.key(row));
		default: {
			const v = column.key(row);
			return v === null ? format.NONE : format.value(typeof v === "number" ? Number(v.toPrecision(5)) : v);
		}
		}
	}

	/* ---- the keyboard ---- */

	moveTo(at) {
		if (!this.rows.length)
			return;
		this.cursor = Math.max(0, Math.min(this.rows.length - 1, at));
		const h = this.rowHeight;
		const head = this.head.offsetHeight || h;
		const top = this.cursor * h;
		const inner = this.box.clientHeight - head;
		if (top < this.box.scrollTop)
			this.box.scrollTop = top;
		else if (top + h > this.box.scrollTop + inner)
			this.box.scrollTop = top + h - inner;
		const number = this.model.columns.number[this.rows[this.cursor]];
		this.model.setHover(number);
		this.draw();
		if (document.activeElement !== this.table) {
			this.table.focus({ preventScroll: true });
			this.box.scrollIntoView({ block: "nearest" });
		}
	}

	get current() {
		return this.cursor >= 0 ? this.model.columns.number[this.rows[this.cursor]] : null;
	}

	keys() {
		const page = () => Math.max(1, Math.floor(this.box.clientHeight / this.rowHeight) - 2);
		const group = "Trials";
		return [
			[["j", "ArrowDown"], "next trial", () => this.moveTo(this.cursor + 1), group],
			[["k", "ArrowUp"], "previous trial", () => this.moveTo(this.cursor - 1), group],
			[["PageDown"], "a page on", () => this.moveTo(this.cursor + page()), group],
			[["PageUp"], "a page back", () => this.moveTo(this.cursor - page()), group],
			[["Home", "g"], "the first", () => this.moveTo(0), group],
			[["End", "G"], "the last", () => this.moveTo(this.rows.length - 1), group],
			[["Enter", "o"], "open it", () => this.current !== null && this.model.open(this.current), group],
			[["x", " "], "choose it, to compare",
				() => this.current !== null && this.choose(this.current), group],
		];
	}

	destroy() {
		this.sizes.disconnect();
	}
}

let measure = null;

/* How wide a text is in the page's font, bold. To ask for a style is a layout. */
function textWidth(text) {
	if (!measure) {
		const { fontSize, fontFamily } = getComputedStyle(document.body);
		measure = document.createElement("canvas").getContext("2d");
		measure.font = `650 ${fontSize} ${fontFamily}`;
	}
	return measure.measureText(text).width;
}

/* "-value" as { id, direction }; null for nothing. */
function parseSort(text) {
	if (!text)
		return null;
	return text.startsWith("-") ? { id: text.slice(1), direction: -1 } : { id: text, direction: 1 };
}
