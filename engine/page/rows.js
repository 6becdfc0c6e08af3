/*
 * Which rows the table shows, in which order. Nothing here knows the page, so node
 * tests it as it is.
 */
import { bare } from "./format.js";

/*
 * The columns of the table, left to right: { id, name, kind, key(row) }. key() is
 * what a column is sorted by: a number, a text, or null, which comes last in either
 * direction.
 */
export function tableColumns(model) {
	const c = model.columns;
	const some = (column) => column.some((v) => v !== null && v !== 0);
	return [
		{ id: "number", name: "Trial", kind: "number", key: (row) => c.number[row] },
		{ id: "state", name: "State", kind: "state", key: (row) => c.state[row] },
		{ id: "value", name: c.metric || "value", kind: "number", goal: true,
			key: (row) => c.value[row] },
		...c.parameters.map((parameter, p) => ({
			id: `p${p}`, name: bare(parameter.name), full: parameter.name, parameter: p,
			kind: isNumeric(parameter) ? "number" : "text",
			within: parameter.within || "",
			key: (row) => model.parameter(p, row),
		})),
		some(c.intervals) && { id: "intervals", name: "Intervals", kind: "number",
			key: (row) => c.intervals[row] },
		{ id: "duration", name: "Took", kind: "time", key: (row) => model.duration(row) },
		{ id: "started", name: "Started", kind: "time", key: (row) => c.started[row] },
		{ id: "end", name: "Ended by", kind: "text", key: (row) => c.end[row] || null },
	].filter(Boolean);
}

function isNumeric(parameter) {
	return parameter.kind === "number" || parameter.values.every((v) => typeof v === "number");
}

/* The direction that is asked for first: a metric's best, the longest, a name's first. */
export function firstDirection(column, model) {
	if (column.goal)
		return model.maximize ? -1 : 1;
	return column.kind === "time" ? -1 : 1;
}

function comparable(v) {
	if (v === null || v === undefined || Number.isNaN(v))
		return null;
	return typeof v === "number" || typeof v === "string" ? v : JSON.stringify(v);
}

/* The visible rows sorted by a column; equal ones by number. */
export function ordered(model, column, direction) {
	const rows = [];
	for (let row = 0; row < model.rows; row++)
		if (model.visible[row])
			rows.push(row);
	if (!column || (column.id === "number" && direction > 0))
		return rows;
	if (column.id === "number")
		return rows.reverse();
	const keys = new Array(model.rows);
	let numbers = true;
	for (const row of rows) {
		const key = comparable(column.key(row));
		keys[row] = key;
		numbers = numbers && typeof key !== "string";
	}
	return numbers ? byNumber(rows, keys, direction) : byKey(rows, keys, direction);
}

/* Most columns: a subtraction is several times faster than telling kinds apart. */
function byNumber(rows, keys, direction) {
	const ranks = new Float64Array(keys.length);
	for (const row of rows)
		ranks[row] = keys[row] === null ? Infinity : keys[row] * direction;
	return rows.sort((a, b) => {
		const x = ranks[a], y = ranks[b];
		return x < y ? -1 : x > y ? 1 : a - b;
	});
}

function byKey(rows, keys, direction) {
	return rows.sort((a, b) => {
		const x = keys[a], y = keys[b];
		if (x === y)
			return a - b;
		if (x === null || y === null)
			return x === null ? 1 : -1;
		if (typeof x !== typeof y)
			return typeof x === "number" ? -1 : 1;
		return (x < y ? -1 : 1) * direction || a - b;
	});
}

/* How often each state is there, all rows counted: [[state, count], ...]. */
export function stateCounts(model) {
	const counts = new Map();
	for (const state of model.columns.state)
		counts.set(state, (counts.get(state) || 0) + 1);
	return counts;
}
