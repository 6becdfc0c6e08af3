/*
 * dimension.js - what a scatter's axes and colours can be: the model's dimensions,
 * the order of trials, their states, and other metrics that scripts logged, whose
 * last values are asked for when one is chosen.
 */
import { categoryColour, merit, stateColour, theme } from "../colour.js";
import * as format from "../format.js";
import { get, path, report } from "../source.js";
import { apart } from "../text.js";
import { meritColours, stepOf } from "./stage.js";

const METRIC = "m:";
/* Trials that sweeps/S/curves has curves of at most. */
const MANY = 1000;
const fetched = new WeakMap();

/* [[id, name], ...] of what can lie on an axis. */
export function choices(model) {
	const own = model.dimensions().map((d) => [d.id, format.bare(d.name)]);
	const others = (report ? [] : model.columns.names)
		.filter((name) => name !== model.columns.metric)
		.map((name) => [METRIC + name, lastOf(model, name)]);
	return [...own, ...others, ["number", "trial"]];
}

/* The dimension of an id, or null where there is none (any more). */
export function dimensionOf(model, id) {
	if (id === "number")
		return measured(model, { id, name: "trial", get: (row) => model.columns.number[row] });
	if (id.startsWith(METRIC))
		return otherMetric(model, id);
	return model.dimension(id);
}

function measured(model, dimension) {
	return model.measured({ kind: "number", ...dimension });
}

function lastOf(model, name) {
	return `last ${apart(name)}${model.rows > MANY ? ` of the best ${MANY}` : ""}`;
}

function otherMetric(model, id) {
	const name = id.slice(METRIC.length);
	const values = fetched.get(model)?.get(name)?.values;
	return measured(model, { id, name: lastOf(model, name),
		get: (row) => values?.get(model.columns.number[row]) ?? null });
}

/*
 * Asks for what a dimension needs and the model has not, again when more trials
 * ended; true when something came that is to be drawn.
 */
export async function fetchFor(model, id) {
	if (!id.startsWith(METRIC))
		return false;
	const name = id.slice(METRIC.length);
	if (!fetched.has(model))
		fetched.set(model, new Map());
	const known = fetched.get(model);
	const ended = model.columns.ended.filter((at) => at !== null).length;
	if (known.has(name) && known.get(name).ended === ended)
		return false;
	const entry = { ended, values: known.get(name)?.values || new Map() };
	known.set(name, entry);
	const { curves } = await get(
		path`sweeps/${model.name}/curves?metric=${name}&trials=best:${MANY}&points=2`);
	entry.values = new Map(curves.map(({ trial, y }) => [trial, y[y.length - 1]]));
	return true;
}

/* [[id, name], ...] of what a colour can tell. */
export function colourChoices(model) {
	return [...choices(model), ["state", "state"]];
}

/*
 * How rows are coloured by a dimension: { colours, step(row), legend(stage) } where
 * step gives an index into colours or -1 for nothing to tell.
 */
export function colouring(model, id, axis) {
	if (id === "value")
		return byMerit(model);
	if (id === "state")
		return byState(model);
	if (axis.choice)
		return byChoice(axis.dimension);
	return byPlace(axis);
}

function byMerit(model) {
	const { at } = model.merits();
	return { colours: meritColours(), legend: (stage) => stage.meritLegend(),
		step: (row) => stepOf(at[row]) };
}

function byState(model) {
	const { state } = model.columns;
	const states = [...new Set(state)].sort();
	const index = new Map(states.map((name, i) => [name, i]));
	const colours = states.map(stateColour);
	return { colours, step: (row) => index.get(state[row]),
		legend: (stage) => stage.swatches(states.map((name, i) => [colours[i], model.stateText(name)])) };
}

function byChoice(dimension) {
	const colours = dimension.values.map((_, i) => categoryColour(i));
	const shown = dimension.values.slice(0, 8).map((v, i) => [colours[i], format.value(v)]);
	if (dimension.values.length > 8)
		shown.push([theme().surface, `and ${dimension.values.length - 8} more`]);
	return { colours, step: (row) => dimension.get(row) ?? -1,
		legend: (stage) => stage.swatches(shown) };
}

function byPlace(axis) {
	const { dimension, at } = axis;
	const step = (row) => {
		const v = dimension.get(row);
		return v === null || v === undefined ? -1 : stepOf(at[row]);
	};
	const known = Number.isFinite(dimension.low);
	return { colours: meritColours(), step, legend: (stage) => stage.ramp((t) => merit(t),
		known ? axis.text(axis.scale.domain[0]) : "", known ? axis.text(axis.scale.domain[1]) : "",
		format.bare(dimension.name)) };
}

/* What to show first: the parameter that says most for itself is not known yet, so
 * a number on a log scale, any number, a choice; then the one after it. */
export function firstChoices(model) {
	const rank = (d) => d.low === d.high ? 3 : d.kind === "choice" ? 2 : d.log ? 0 : 1;
	const list = model.dimensions().filter((d) => d.id[0] === "p");
	const sorted = list.map((d, i) => [rank(d), i, d.id]).sort((a, b) => a[0] - b[0] || a[1] - b[1]);
	return [sorted[0]?.[2] ?? "number", sorted[1]?.[2] ?? "created"];
}
