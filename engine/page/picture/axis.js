/*
 * axis.js - one dimension of the trials laid along a line of length 1.
 *
 * A place on an axis is a part of its length, 0 to 1 from its low to its high end
 * (turned about when it is flipped). Rows without a value lie at NONE, beside the
 * axis, so that they can be drawn and brushed like any other; rows beyond an end
 * that was cut lie on that end. Nothing here knows the page: node tests it.
 */
import * as format from "../format.js";
import * as scale from "../scale.js";
import { apart } from "../text.js";
import { clamp } from "./geometry.js";

/* Where rows lie that do not have the parameter, or have no value yet. */
export const NONE = -0.1;

/* Where an axis with such rows begins, and one without; and where both end. */
export const LOWEST = { some: -0.14, no: -0.025 };
export const HIGHEST = 1.025;

/*
 * A part of 0 to 1 that looks random and is the same for the same number and salt
 * (the finalizer of A. Appleby's MurmurHash3).
 */
export function scattered(number, salt = 0) {
	let h = Math.imul(number + 1, 0x9e3779b1) ^ Math.imul(salt + 1, 0x85ebca6b);
	h = Math.imul(h ^ h >>> 16, 0x85ebca6b);
	h = Math.imul(h ^ h >>> 13, 0xc2b2ae35);
	return ((h ^ h >>> 16) >>> 0) / 0x100000000;
}

/* A salt of a dimension, so that a trial is not scattered alike on two axes. */
function saltOf(id) {
	let salt = 0;
	for (const c of id)
		salt = Math.imul(salt, 31) + c.charCodeAt(0) | 0;
	return salt;
}

/*
 * The ends of an axis: as the data have them, but for the side `worst` ("low" or
 * "high"), which is cut where a few lie so far out that all others would be one
 * line: more than four times what the middle of them spans.
 */
export function cutDomain(values, worst) {
	if (worst === "low") {
		const [low, high] = cutDomain(values.map((v) => -v), "high");
		return [-high, -low];
	}
	const sorted = Float64Array.from(values).sort();
	const last = sorted.length - 1;
	if (last < 0)
		return [NaN, NaN];
	const bulk = sorted[Math.floor(0.9 * last)];
	const span = bulk - sorted[Math.floor(0.05 * last)];
	const far = worst && last >= 9 && span > 0 && sorted[last] > bulk + 4 * span;
	return [sorted[0], far ? bulk + span : sorted[last]];
}

export class Axis {
	/*
	 * Of a dimension of the model. Options: `log` instead of the dimension's own,
	 * `flip`, `jitter` (of choices; the part of a band that rows spread over) and
	 * `worst`, the side that may be cut.
	 */
	constructor(model, dimension, options = {}) {
		this.dimension = dimension;
		this.version = model.version;
		this.salt = saltOf(dimension.id);
		this.flip = Boolean(options.flip);
		this.log = options.log ?? dimension.log;
		this.jitter = options.jitter ?? 0.6;
		this.choice = dimension.kind === "choice";
		let { low, high } = dimension;
		if (options.worst && !this.log)
			[low, high] = cutDomain(known(model, dimension), options.worst);
		/* What was cut away, for the marks at the ends. */
		this.cutLow = low > dimension.low;
		this.cutHigh = high < dimension.high;
		this.scale = scale.of({ ...dimension, low, high, log: this.log }, [0, 1],
			dimension.id === "created" ? low : 0);
		this.log = this.scale.kind === "log";
		this.place(model);
	}

	place(model) {
		const { number } = model.columns;
		const at = new Float32Array(number.length);
		let none = 0;
		for (let row = 0; row < at.length; row++) {
			const v = this.dimension.get(row);
			if (v === null || v === undefined || Number.isNaN(this.scale.at(v))) {
				at[row] = NONE + (scattered(number[row], this.salt) - 0.5) * 0.03;
				none++;
			} else {
				at[row] = this.unit(v, number[row]);
			}
		}
		this.at = at;
		this.none = none;
		this.count = at.length - none;
	}

	/* The place of a value; of a choice, of the trial `number` within its band. */
	unit(v, number = null) {
		let p = this.scale.at(v);
		if (this.choice && number !== null)
			p += (scattered(number, this.salt) - 0.5) * this.jitter * this.scale.step;
		p = clamp(p, 0, 1);
		return this.flip ? 1 - p : p;
	}

	/*
	 * A place in the dimension's own terms and back: unlike a place they stay true
	 * when the axis gets other ends. Of a choice, bands: 1.5 is the middle of the second.
	 */
	raw(place) {
		const p = this.flip ? 1 - place : place;
		return this.choice ? p / this.scale.step : this.scale.invert(p);
	}

	fromRaw(raw) {
		const p = this.choice ? raw * this.scale.step : this.scale.at(raw);
		return this.flip ? 1 - p : p;
	}

	/* The part of the line that is shown: from LOWEST to HIGHEST. */
	get lowest() {
		return this.none ? LOWEST.some : LOWEST.no;
	}

	/* About `count` marks: [{ at, text }]. */
	ticks(count) {
		const { scale: s } = this;
		if (!this.count && !this.choice && !Number.isFinite(this.dimension.low))
			return [];
		const marks = this.dimension.low === this.dimension.high && !this.choice ?
			[this.dimension.low] : s.ticks(count);
		return marks.map((v) => ({ at: this.unit(v), text: s.format(v) }));
	}

	/* A value of the dimension as text, for tips and descriptions. */
	text(v) {
		if (v === null || v === undefined)
			return "none";
		return this.choice || this.dimension.kind === "time" ?
			this.scale.format(v) : format.number(v);
	}

	/*
	 * What a brush from place a to place b lets through: { low, high, none }, ends in
	 * the dimension's own values, infinite where the brush reaches the axis's end;
	 * of a choice, whole bands. null when it touches nothing.
	 */
	range(a, b) {
		const [from, to] = a < b ? [a, b] : [b, a];
		const none = this.none > 0 && from <= NONE + 0.02;
		if (to < 0 && !none)
			return null;
		if (to < 0)
			return { low: 1, high: 0, none };
		const first = from <= 0.002 ? 0 : from, last = to >= 0.998 ? 1 : to;
		const ends = [this.raw(first), this.raw(last)].sort((x, y) => x - y);
		if (this.choice)
			return this.bands(ends, none);
		const openFirst = from <= 0.002, openLast = to >= 0.998;
		return {
			low: (this.flip ? openLast : openFirst) ? -Infinity : ends[0],
			high: (this.flip ? openFirst : openLast) ? Infinity : ends[1],
			none,
		};
	}

	/* Those whose middle half is touched, so that a narrow brush takes one. */
	bands([from, to], none) {
		const n = this.dimension.values.length;
		const low = Math.max(0, Math.ceil(from - 0.75 - 1e-6));
		const high = Math.min(n - 1, Math.floor(to - 0.25 + 1e-6));
		if (low > high && !none)
			return null;
		return { low, high, none };
	}

	/* Where a range is drawn: [from, to], places in ascending order. */
	span({ low, high, none }) {
		if (low > high)
			return [LOWEST.some, NONE + 0.04];
		let from = this.choice ? low * this.scale.step :
			low === -Infinity ? 0 : this.scale.at(low);
		let to = this.choice ? (high + 1) * this.scale.step :
			high === Infinity ? 1 : this.scale.at(high);
		if (Number.isNaN(from))
			from = 0;
		if (this.flip)
			[from, to] = [1 - to, 1 - from];
		return [none ? LOWEST.some : clamp(from, 0, 1), clamp(to, 0, 1)];
	}

	/* A range in words: lr 0.001 to 0.01. */
	describe({ low, high, none }) {
		const name = apart(format.bare(this.dimension.name));
		const parts = [];
		if (low <= high)
			parts.push(this.choice ? this.chosen(low, high) : this.bounds(low, high));
		if (none)
			parts.push("none");
		return `${name} ${parts.join(" or ")}`;
	}

	bounds(low, high) {
		if (low === -Infinity)
			return high === Infinity ? "any" : `up to ${this.text(high)}`;
		return high === Infinity ? `from ${this.text(low)}` :
			`${this.text(low)} to ${this.text(high)}`;
	}

	chosen(low, high) {
		if (high - low >= 3)
			return `${high - low + 1} of ${this.dimension.values.length}`;
		const names = [];
		for (let i = low; i <= high; i++)
			names.push(apart(this.text(i)));
		return names.join(", ");
	}
}

function known(model, dimension) {
	const out = [];
	for (let row = 0; row < model.rows; row++) {
		const v = dimension.get(row);
		if (v !== null && v !== undefined && Number.isFinite(v))
			out.push(v);
	}
	return out;
}

/*
 * A predicate for the model's brushes: rows whose value of the dimension `id` is
 * within the range. It asks the model for the dimension again when data changed.
 */
export function within(model, id, { low, high, none }) {
	let version = -1, get = null;
	return (row) => {
		if (version !== model.version) {
			const dimension = model.dimension(id);
			get = dimension ? dimension.get : () => null;
			version = model.version;
		}
		const v = get(row);
		return v === null || v === undefined ? none : v >= low && v <= high;
	};
}

/* The side of a dimension on which bad values lie, where it is the metric's. */
export function worstSide(model, dimension) {
	if (dimension.id !== "value" && dimension.id !== "last")
		return null;
	return model.maximize ? "low" : "high";
}

/* Rows from the worst to the best, those without a value before them all. */
export function byMerit(model) {
	const { at } = model.merits();
	const { value } = model.columns;
	const order = new Uint32Array(model.rows);
	for (let row = 0; row < order.length; row++)
		order[row] = row;
	const key = (row) => value[row] === null || Number.isNaN(at[row]) ? -Infinity :
		model.maximize ? value[row] : -value[row];
	const keys = Float64Array.from(order, key);
	return order.sort((a, b) => keys[a] === keys[b] ? a - b : keys[a] < keys[b] ? -1 : 1);
}
