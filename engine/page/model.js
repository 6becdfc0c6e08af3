/*
 * A sweep as the page holds it: trials by column, and what is filtered, chosen
 * and pointed at. The table and every picture look at one model and tell it what
 * the reader does; none of them knows another.
 *
 * A picture is a module picture/NAME.js with
 *
 *   export function mount(element, model) {
 *       ...
 *       return { update(kind), resize(), destroy() };
 *   }
 *
 * `element` is an empty box with a size, the picture's own until destroy(). The
 * shell calls update(kind) at most once a frame for each kind, resize() when the
 * box has another size; a picture does not subscribe itself, and draws in
 * mount(). It adds no elements elsewhere, fetches by source.js, takes colours
 * and scales from colour.js and scale.js, puts texts by textContent alone.
 * A brush's predicate reads model.columns when it is called: reset exchanges them.
 * Every row is drawn: those that are not visible faintly, or not at all where
 * they would hide others.
 *
 * kinds: "data"       rows came or changed, columns may have grown
 *        "selection"  model.selected is another set
 *        "hover"      model.hovered is another trial
 *        "filter"     model.visible has changed
 *        "sweep"      model.sweep was read anew
 *        "points"     new values of the primary metric, in the second argument
 *        "theme"      colours are others
 *
 * A row is an index into the columns; a trial is known outside by its number.
 * Nothing here knows the page, so node tests it as it is.
 */

import { stateText } from "./format.js";

/* States in which nothing more comes of a trial. */
const ENDED = new Set(["Completed", "Failed", "Canceled"]);

/* Those of an entry of api.md's columns that every row has. */
const FIELDS = ["number", "state", "end", "value", "last", "intervals", "attempt", "slot",
	"created", "started", "ended"];

const EMPTY = { seq: 0, metric: "", goal: "minimize", parameters: [], names: [], values: [] };

export function emptyColumns() {
	const columns = { ...EMPTY };
	for (const field of FIELDS)
		columns[field] = [];
	return columns;
}

/* The least and the greatest of what is there; [Infinity, -Infinity] of nothing. */
function bounds(column) {
	let low = Infinity, high = -Infinity;
	for (let i = 0; i < column.length; i++) {
		const v = column[i];
		if (v === null || v === undefined)
			continue;
		if (v < low)
			low = v;
		if (v > high)
			high = v;
	}
	return [low, high];
}

/* `low` and `high` are looked for when they are asked for: most never are. */
function measured(dimension, find) {
	let found = null;
	const at = (i) => (found = found || find())[i];
	return Object.defineProperties(dimension, {
		low: { enumerable: true, get: () => at(0) },
		high: { enumerable: true, get: () => at(1) },
	});
}

export class Model {
	constructor(name = "") {
		this.name = name;
		this.sweep = null;
		this.columns = emptyColumns();
		/* One byte a row: 1 where the filter and every brush let it through. */
		this.visible = new Uint8Array(0);
		this.visibleCount = 0;
		this.selected = new Set();
		this.hovered = null;
		/* source -> { predicate(row), description } */
		this.brushes = new Map();
		/* What open(n) does: the shell's, to go to the trial's view. */
		this.opener = null;
		/* Goes up with each change of the columns: a key for what is derived. */
		this.version = 0;
		this.filter = null;
		this.listeners = new Set();
		this.index = null;
		this.derived = { version: -1 };
		/* Whether the columns are the sweep's; before that nobody knows what there is. */
		this.loaded = false;
	}

	/* fn(kind, detail) until the function that this returns is called. */
	subscribe(fn) {
		this.listeners.add(fn);
		return () => this.listeners.delete(fn);
	}

	notify(kind, detail) {
		for (const fn of [...this.listeners])
			fn(kind, detail);
	}

	/* ---- rows ---- */

	get rows() {
		return this.columns.number.length;
	}

	get maximize() {
		return this.columns.goal === "maximize";
	}

	/* The row of a trial's number, -1 for none. */
	row(number) {
		const numbers = this.columns.number;
		if (numbers[number] === number)
			return number;
		if (!this.index)
			this.index = new Map(numbers.map((n, row) => [n, row]));
		return this.index.has(number) ? this.index.get(number) : -1;
	}

	isEnded(row) {
		return ENDED.has(this.columns.state[row]);
	}

	/* Whether value a is better than b; null is worse than any. */
	better(a, b) {
		if (a === null || a === undefined)
			return false;
		if (b === null || b === undefined)
			return true;
		return this.maximize ? a > b : a < b;
	}

	/* Milliseconds from start to end, or to `now` while it runs; null before. */
	duration(row, now = Date.now()) {
		const { started, ended, state } = this.columns;
		if (started[row] === null)
			return null;
		if (ended[row] !== null)
			return ended[row] - started[row];
		return ENDED.has(state[row]) ? null : Math.max(0, now - started[row]);
	}

	/* A parameter's value as it is written: of a choice the chosen; null for none. */
	parameter(p, row) {
		const v = this.columns.values[p][row];
		const { kind, values } = this.columns.parameters[p];
		return v === null || kind !== "choice" ? v : values[v];
	}

	/*
	 * What a picture can put on an axis: the parameters in order, then value,
	 * last, intervals, duration, created. Each is
	 *   { id, name, kind: "number"|"choice"|"time", log, low, high, values, within,
	 *     get(row) }
	 * where get() gives a number (of a choice an index into values) or null, and
	 * low and high hold the data. New objects after each change of the data.
	 */
	dimensions() {
		return this.derive("dimensions", () => [
			...this.columns.parameters.map((_, p) => this.parameterDimension(p)),
			this.fieldDimension("value", this.columns.metric || "value"),
			this.fieldDimension("last", `last ${this.columns.metric || "value"}`),
			this.fieldDimension("intervals", "intervals"),
			this.durationDimension(),
			this.fieldDimension("created", "created", "time"),
		]);
	}

	dimension(id) {
		return this.dimensions().find((d) => d.id === id) || null;
	}

	parameterDimension(p) {
		const parameter = this.columns.parameters[p];
		const column = this.columns.values[p];
		const dimension = { id: `p${p}`, name: parameter.name, kind: parameter.kind,
			log: Boolean(parameter.log), values: parameter.values || null,
			within: parameter.within || "", get: (row) => column[row] };
		if (parameter.kind === "choice")
			return { ...dimension, low: 0, high: Math.max(0, parameter.values.length - 1) };
		/* Bounds as declared, unless data lie beyond them, as enqueued trials may. */
		const { low, high } = parameter;
		return measured(dimension, () => {
			const [least, most] = bounds(column);
			return [Number.isFinite(low) ? Math.min(low, least) : least,
				Number.isFinite(high) ? Math.max(high, most) : most];
		});
	}

	fieldDimension(id, name, kind = "number") {
		const column = this.columns[id];
		return measured({ id, name, kind, log: false, values: null, within: "",
			get: (row) => column[row] }, () => bounds(column));
	}

	durationDimension() {
		return this.measured({ id: "duration", name: "duration", kind: "time",
			get: (row) => this.isEnded(row) ? this.duration(row) : null });
	}

	/* A dimension of a picture's own: { id, name, kind, get(row) }, with its bounds. */
	measured(dimension) {
		return measured({ log: false, values: null, within: "", ...dimension },
			() => bounds(this.columns.number.map((_, row) => dimension.get(row))));
	}

	/* A thing computed of the data, kept until they change. */
	derive(key, compute) {
		if (this.derived.version !== this.version)
			this.derived = { version: this.version };
		if (!(key in this.derived))
			this.derived[key] = compute();
		return this.derived[key];
	}

	/* The row with the best value, -1 for none. */
	get bestRow() {
		return this.derive("best", () => {
			const { value } = this.columns;
			let best = -1;
			for (let row = 0; row < this.rows; row++)
				if (value[row] !== null && (best < 0 || this.better(value[row], value[best])))
					best = row;
			return best;
		});
	}

	/*
	 * { low, high, at: Float32Array } where at[row] is 0 for the worst to 1 for the
	 * best, NaN without a value: what colour.merit() takes. The worst twentieth is
	 * all 0, so that one trial that went astray does not hide what others differ in.
	 */
	merits() {
		return this.derive("merits", () => {
			const { value } = this.columns;
			const sorted = Float64Array.from(value.filter((v) => v !== null)).sort();
			const at = new Float32Array(this.rows).fill(NaN);
			if (!sorted.length)
				return { low: NaN, high: NaN, at };
			const last = sorted.length - 1;
			const best = this.maximize ? sorted[last] : sorted[0];
			const worst = sorted[Math.round(last * (this.maximize ? 0.05 : 0.95))];
			const span = best - worst;
			for (let row = 0; row < this.rows; row++)
				if (value[row] !== null)
					at[row] = span === 0 ? 1 :
						Math.min(1, Math.max(0, (value[row] - worst) / span));
			return { low: Math.min(best, worst), high: Math.max(best, worst), at };
		});
	}

	/* What the trials of a state are called together: "Stopped, Canceled" too. */
	stateText(state) {
		const words = this.derive("words", () => {
			const { state: states, end } = this.columns;
			const found = {};
			states.forEach((name, row) => (found[name] ||= new Set()).add(stateText(name, end[row])));
			return found;
		});
		return [...words[state] || [stateText(state)]].join(", ");
	}

	/* ---- data ---- */

	/* All columns anew, as sweeps/S/columns answers. */
	load(columns) {
		this.columns = columns;
		this.index = null;
		this.loaded = true;
		this.changed();
	}

	setSweep(sweep) {
		this.sweep = sweep;
		this.notify("sweep");
	}

	/* The rows of a "trials" event: new trials, or known ones that changed. */
	apply(rows) {
		for (const entry of [...rows].sort((a, b) => a.number - b.number)) {
			let row = this.row(entry.number);
			if (row < 0)
				row = this.insert(entry.number);
			for (const field of FIELDS)
				if (entry[field] !== undefined)
					this.columns[field][row] = entry[field];
			if (entry.values)
				this.columns.values.forEach((column, p) => {
					column[row] = entry.values[p] ?? null;
				});
		}
		if (rows.length)
			this.changed();
	}

	/* A row for a trial that is new, where its number belongs; nearly always last. */
	insert(number) {
		const { number: numbers, values } = this.columns;
		let row = numbers.length;
		while (row > 0 && numbers[row - 1] > number)
			row--;
		if (row === numbers.length && this.index)
			this.index.set(number, row);
		else
			this.index = null;
		for (const field of FIELDS)
			this.columns[field].splice(row, 0, null);
		for (const column of values)
			column.splice(row, 0, null);
		numbers[row] = number;
		return row;
	}

	changed() {
		this.version++;
		if (this.visible.length !== this.rows)
			this.visible = new Uint8Array(this.rows);
		this.refilter();
		this.notify("data");
	}

	/* ---- filter, selection, hover ---- */

	/* predicate(row), or null for all: what was typed above the table. */
	setFilter(predicate) {
		if (predicate === this.filter)
			return;
		this.filter = predicate;
		this.refilter();
		this.notify("filter");
	}

	/*
	 * What a picture's brush lets through, under the picture's own name; null takes
	 * it away. The description (lr 0.001 to 0.01) is shown above the table.
	 */
	setBrush(source, predicate, description = "") {
		if (!predicate && !this.brushes.has(source))
			return;
		if (predicate)
			this.brushes.set(source, { predicate, description });
		else
			this.brushes.delete(source);
		this.refilter();
		this.notify("filter");
	}

	clearBrushes() {
		if (!this.brushes.size)
			return;
		this.brushes.clear();
		this.refilter();
		this.notify("filter");
	}

	refilter() {
		const tests = [...this.brushes.values()].map((brush) => brush.predicate);
		if (this.filter)
			tests.push(this.filter);
		let count = 0;
		for (let row = 0; row < this.rows; row++) {
			let shown = 1;
			for (const test of tests)
				if (!test(row)) {
					shown = 0;
					break;
				}
			this.visible[row] = shown;
			count += shown;
		}
		this.visibleCount = count;
	}

	/* A trial's number, or null. */
	setHover(number) {
		if (number === this.hovered)
			return;
		this.hovered = number;
		this.notify("hover");
	}

	/* These numbers and no others. */
	select(numbers) {
		this.selected = new Set(numbers);
		this.notify("selection");
	}

	toggle(number) {
		if (!this.selected.delete(number))
			this.selected.add(number);
		this.notify("selection");
	}

	open(number) {
		if (this.opener)
			this.opener(number);
	}
}
