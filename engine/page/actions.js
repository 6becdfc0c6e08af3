/*
 * What changes a sweep, where the server lets it: each asks before, and says what
 * came of it. An error stays in its dialog, beside what was typed.
 */
import { dialog, el, fill, icon, toast } from "./dom.js";
import * as format from "./format.js";
import { get, path, post, report } from "./source.js";

let served = null;

/* Whether this server takes actions; asked once. */
export function allowed() {
	if (report)
		return Promise.resolve(false);
	served = served || get("version").then((answer) => Boolean(answer.actions), () => {
		served = null;
		return false;
	});
	return served;
}

/*
 * A dialog whose button sends body() to sweeps/SWEEP/ACTION. body() may throw an
 * Error whose message is shown.
 */
function asking({ title, text, fields = [], button, danger, sweep, action, body, done }) {
	const error = el("p", { class: "error", role: "alert", hidden: true });
	const go = el("button", { type: "button", class: danger ? "danger" : "primary", onclick: send }, button);
	const box = dialog(title, [text ? el("p", {}, text) : null, fields, error],
		[el("button", { type: "button", onclick: () => box.close() }, "Never mind"), go]);
	(box.querySelector("input, textarea") || go).focus();
	box.querySelector("form").addEventListener("submit", (event) => {
		/* Enter in a field means the button, not the cross. */
		if (event.submitter === null || event.submitter.value !== "")
			return;
		if (document.activeElement?.matches("input")) {
			event.preventDefault();
			send();
		}
	});

	async function send() {
		go.disabled = true;
		error.hidden = true;
		try {
			await post(path`sweeps/${sweep}/` + action, body());
			box.close();
			toast(done);
		} catch (problem) {
			error.hidden = false;
			fill(error, icon("warning"), " ", problem.message);
		} finally {
			go.disabled = false;
		}
	}
	return box;
}

export function cancelSweep(sweep) {
	asking({ title: `Cancel ${sweep.name}?`, danger: true, button: "Cancel the sweep",
		text: "Trials that run are stopped, and no more begin. What was logged is kept; " +
			"hdrive resume can go on with it.",
		sweep: sweep.name, action: "cancel", body: () => ({}), done: "The sweep is being cancelled." });
}

export function cancelTrials(name, numbers) {
	const which = listed(numbers);
	asking({ title: `Cancel ${which}?`, danger: true, button: `Cancel ${which}`,
		text: "The processes are stopped. What was logged is kept.",
		sweep: name, action: "cancel", body: () => ({ trials: numbers }), done: `${which} being cancelled.` });
}

export function retryTrials(name, numbers) {
	const which = listed(numbers);
	asking({ title: `Retry ${which}?`, button: `Retry ${which}`,
		text: "Run once more, with the same parameters, as a further attempt.",
		sweep: name, action: "retry", body: () => ({ trials: numbers }), done: `${which} will run again.` });
}

function listed(numbers) {
	return numbers.length === 1 ? `trial ${numbers[0]}` : format.count(numbers.length, "trial");
}

/* A field for each parameter, filled with the values of a row, or with none. */
export function enqueue(model, row = -1) {
	const { parameters } = model.columns;
	const inputs = parameters.map((parameter, p) => input(parameter, row < 0 ? null : model.parameter(p, row)));
	const fields = el("div", { class: "fields" }, parameters.map((parameter, p) =>
		el("label", {}, el("span", {}, format.bare(parameter.name),
			el("small", {}, bounds(parameter))), inputs[p])));
	asking({ title: "Enqueue a trial", button: "Enqueue",
		text: "These values run next, before what the sampler chooses. What is left empty is drawn.",
		fields: [fields], sweep: model.name, action: "enqueue",
		body: () => ({ parameters: Object.fromEntries(parameters.map((parameter, p) =>
			[parameter.name, chosen(parameter, inputs[p])]).filter(([, v]) => v !== undefined)) }),
		done: "The trial is in the queue." });
}

function bounds(parameter) {
	const range = parameter.kind === "choice" ? "" : Number.isFinite(parameter.low) &&
		Number.isFinite(parameter.high) ?
		` ${format.number(parameter.low)} to ${format.number(parameter.high)}` : "";
	return `${parameter.expression}${range}${parameter.within ? `, within ${parameter.within}` : ""}`;
}

function input(parameter, value) {
	if (parameter.kind !== "choice")
		return el("input", { inputmode: "decimal", value: value === null ? null : String(value) });
	const select = el("select", {}, el("option", { value: "" }, "drawn"),
		parameter.values.map((v, i) => el("option", { value: i }, format.value(v))));
	const at = value === null ? -1 : parameter.values.indexOf(value);
	select.value = at < 0 ? "" : String(at);
	return select;
}

function chosen(parameter, { value }) {
	if (value.trim() === "")
		return undefined;
	if (parameter.kind === "choice")
		return parameter.values[Number(value)];
	if (Number.isNaN(Number(value)))
		throw new Error(`'${format.bare(parameter.name)}' must be a number, got '${value}'`);
	return Number(value);
}

export function changeLimits(sweep) {
	const rows = [["max_total_runs", "Trials in all", sweep.max_total],
		["max_concurrent_runs", "At once", sweep.max_concurrent],
		["max_duration_minutes", "Minutes in all", sweep.max_duration / 60]];
	const inputs = rows.map(([, , now]) => el("input", { inputmode: "numeric",
		value: Number.isFinite(now) ? String(Math.round(now)) : "" }));
	asking({ title: "Change limits", button: "Change",
		text: "Holds from now on. Trials that run are not stopped by a lower limit.",
		fields: [el("div", { class: "fields" }, rows.map(([, text], i) =>
			el("label", {}, el("span", {}, text), inputs[i])))],
		sweep: sweep.name, action: "limits",
		body: () => changed(rows, inputs), done: "The limits are changed." });
}

/* Nothing new begins, or begins again; what runs goes on either way. */
export function hold(sweep) {
	const held = !sweep.held;
	asking({ title: held ? `Hold ${sweep.name}?` : `Let ${sweep.name} go on?`, button: held ? "Hold" : "Go on",
		text: held ? "Nothing new begins until it is let go on. Trials that run go on." :
			"Trials begin again, as the limits allow.",
		sweep: sweep.name, action: "limits", body: () => ({ held }),
		done: held ? "The sweep is held." : "The sweep goes on." });
}

/* Only those that are others than before. */
function changed(rows, inputs) {
	const body = {};
	rows.forEach(([name, text, now], i) => {
		const value = inputs[i].value.trim();
		if (value === "" || Number(value) === Math.round(now))
			return;
		if (!(Number(value) > 0))
			throw new Error(`'${text}' must be a number above 0, got '${value}'`);
		body[name] = Number(value);
	});
	if (!Object.keys(body).length)
		throw new Error("nothing is changed yet");
	return body;
}
