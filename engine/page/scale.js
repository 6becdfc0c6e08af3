/*
 * Scales: from a value to a place on the screen and back, with the marks of an
 * axis. Every scale has
 *   kind               "linear", "log", "category" or "time"
 *   domain, range      [first, last] as given or widened
 *   at(value)          the place; NaN where the scale has none for it
 *   invert(place)      the value at a place (of a category, its index)
 *   ticks(count)       about so many values, ascending
 *   format(value)      as text, as exact as the ticks need it
 * Nothing here knows the page, so node tests it as it is.
 */
import * as format from "./format.js";

/* Steps of 1, 2 or 5 times a power of ten: about `count` of them in `span`. */
export function niceStep(span, count) {
	const rough = span / Math.max(1, count);
	const power = Math.pow(10, Math.floor(Math.log10(rough)));
	const part = rough / power;
	return power * (part < 1.5 ? 1 : part < 3.2 ? 2 : part < 7.1 ? 5 : 10);
}

function widened(low, high) {
	if (!(Number.isFinite(low) && Number.isFinite(high)))
		return [0, 1];
	if (low !== high)
		return [low, high];
	const by = low === 0 ? 1 : Math.abs(low) * 0.05;
	return [low - by, high + by];
}

function mapped(from, to, range) {
	const slope = (range[1] - range[0]) / (to - from);
	return {
		place: (v) => range[0] + (v - from) * slope,
		back: (p) => from + (p - range[0]) / slope,
	};
}

export function linear(domain, range) {
	const [low, high] = widened(Number(domain[0]), Number(domain[1]));
	const map = mapped(low, high, range);
	return {
		kind: "linear", domain: [low, high], range,
		at: (v) => v === null || v === undefined ? NaN : map.place(v),
		invert: map.back,
		ticks(count = 5) {
			const step = niceStep(Math.abs(high - low), count);
			const from = Math.ceil(Math.min(low, high) / step - 1e-9);
			const to = Math.floor(Math.max(low, high) / step + 1e-9);
			const out = [];
			for (let i = from; i <= to; i++)
				out.push(Number((i * step).toPrecision(12)));
			return out;
		},
		format: (v) => format.number(v),
	};
}

/* Falls back to linear where the domain is not above 0. */
export function log(domain, range) {
	if (!(domain[0] > 0 && domain[1] > 0 && domain[0] + domain[1] < Infinity))
		return linear(domain, range);
	const [low, high] = domain[0] === domain[1] ?
		[domain[0] / 1.1, domain[1] * 1.1] : domain;
	const map = mapped(Math.log(low), Math.log(high), range);
	return {
		kind: "log", domain: [low, high], range,
		at: (v) => v > 0 ? map.place(Math.log(v)) : NaN,
		invert: (p) => Math.exp(map.back(p)),
		ticks: (count = 5) => logTicks(Math.min(low, high), Math.max(low, high), count),
		format: (v) => format.number(v, 3),
	};
}

/* Powers of ten; with 2 and 5 between when they are few, every n-th when many. */
function logTicks(low, high, count) {
	const from = Math.ceil(Math.log10(low) - 1e-9);
	const to = Math.floor(Math.log10(high) + 1e-9);
	const decades = to - from + 1;
	if (decades < 2 && high / low < 5)
		return linear([low, high], [0, 1]).ticks(count);
	const factors = decades * 3 <= count + 1 ? [1, 2, 5] : [1];
	const every = Math.max(1, Math.ceil(decades / Math.max(1, count)));
	const out = [];
	for (let e = factors.length > 1 || decades < 2 ? from - 1 : from; e <= to; e++) {
		if (factors.length === 1 && decades >= 2 && (e - from) % every !== 0)
			continue;
		for (const f of decades < 2 ? [1, 2, 5] : factors) {
			const v = Number(`${f}e${e}`);
			if (v >= low * (1 - 1e-9) && v <= high * (1 + 1e-9))
				out.push(v);
		}
	}
	return out;
}

/* `values`: what there is to choose; a value on this scale is an index into it. */
export function category(values, range) {
	const n = Math.max(1, values.length);
	const step = (range[1] - range[0]) / n;
	return {
		kind: "category", domain: [0, n - 1], range, step,
		at: (i) => i === null || i === undefined ? NaN : range[0] + (i + 0.5) * step,
		invert: (p) => Math.min(n - 1, Math.max(0, Math.floor((p - range[0]) / step))),
		ticks(count = n) {
			const every = Math.max(1, Math.ceil(values.length / Math.max(1, count)));
			return values.map((_, i) => i).filter((i) => i % every === 0);
		},
		format: (i) => values.length > i ? format.value(values[i]) : format.NONE,
	};
}

const TIME_STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 10e3, 15e3, 30e3,
	60e3, 120e3, 300e3, 600e3, 900e3, 1800e3, 3600e3, 7200e3, 10800e3, 21600e3, 43200e3,
	86400e3, 172800e3, 604800e3, 2592000e3];

/* Milliseconds since `zero`, as durations; with zero 0 it is a scale of durations. */
export function time(domain, range, zero = 0) {
	const [low, high] = widened(Number(domain[0]), Number(domain[1]));
	const map = mapped(low, high, range);
	return {
		kind: "time", domain: [low, high], range,
		at: (v) => v === null || v === undefined ? NaN : map.place(v),
		invert: map.back,
		ticks(count = 5) {
			const want = (high - low) / Math.max(1, count);
			const step = TIME_STEPS.find((s) => s >= want) || niceStep(high - low, count);
			const out = [];
			for (let i = Math.ceil((low - zero) / step - 1e-9);
				zero + i * step <= high + step * 1e-9; i++)
				out.push(zero + i * step);
			return out;
		},
		format: (v) => v === zero ? "0" : format.duration(v - zero),
	};
}

/* The scale that a dimension of the model wants (see model.js). */
export function of(dimension, range, zero = 0) {
	if (dimension.kind === "choice")
		return category(dimension.values, range);
	const domain = [dimension.low, dimension.high];
	if (dimension.kind === "time")
		return time(domain, range, zero);
	return dimension.log ? log(domain, range) : linear(domain, range);
}
