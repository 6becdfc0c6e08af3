/*
 * Numbers, times and sizes as people read them. Nothing here knows the page,
 * so node tests it as it is.
 */

/* What stands where there is nothing: a trial without that parameter, no value yet. */
export const NONE = "";

/*
 * A number in at most `digits` significant digits: 0.001234, 12 345, 1.2e-7.
 * Whole numbers below a million are written out; what JSON cannot hold comes as null.
 */
export function number(value, digits = 4) {
	if (value === null || value === undefined || Number.isNaN(value))
		return NONE;
	if (!Number.isFinite(value))
		return value > 0 ? "\u221e" : "\u2212\u221e";
	const size = Math.abs(value);
	let text;
	if (Number.isInteger(value) && size < 1e6)
		text = String(value);
	else if (size >= 1e6 || size < 1e-4)
		text = Number(value.toPrecision(digits)).toExponential().replace("e+", "e");
	else
		text = String(Number(value.toPrecision(digits)));
	return text.replace("-", "\u2212").replace("e-", "e\u2212");
}

/* The same without loss, for what is copied or compared: shortest that reads back. */
export function exact(value) {
	return value === null || value === undefined ? NONE : String(value);
}

/* A parameter's value or any other JSON as text; texts without quotes. */
export function value(any) {
	if (any === null)
		return "null";
	if (typeof any === "number")
		return number(any, 6);
	if (typeof any === "string")
		return any;
	return any === undefined ? NONE : JSON.stringify(any);
}

/* Milliseconds as 840 ms, 12.3 s, 4 m 05 s, 3 h 12 m, 2 d 4 h. */
export function duration(ms) {
	if (ms === null || ms === undefined || !Number.isFinite(ms))
		return NONE;
	if (ms < 0)
		ms = 0;
	if (ms < 1000)
		return `${Math.round(ms)} ms`;
	const seconds = ms / 1000;
	if (seconds < 59.95)
		return `${seconds.toFixed(seconds < 9.95 ? 1 : 0)} s`;
	const whole = Math.round(seconds);
	const two = (n) => String(n).padStart(2, "0");
	if (whole < 3600)
		return `${Math.floor(whole / 60)} m ${two(whole % 60)} s`;
	const minutes = Math.round(seconds / 60);
	if (minutes < 48 * 60)
		return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} m`;
	return `${Math.floor(minutes / 1440)} d ${Math.floor(minutes % 1440 / 60)} h`;
}

/* How long ago, coarsely: now, 40 s, 5 m, 3 h, 12 d. */
export function age(ms) {
	const seconds = ms / 1000;
	if (!(seconds >= 5))
		return "now";
	if (seconds < 90)
		return `${Math.round(seconds)} s ago`;
	if (seconds < 90 * 60)
		return `${Math.round(seconds / 60)} m ago`;
	if (seconds < 36 * 3600)
		return `${Math.round(seconds / 3600)} h ago`;
	return `${Math.round(seconds / 86400)} d ago`;
}

/* Bytes as 312 B, 4.1 kB, 12 MB. */
export function bytes(count) {
	const units = ["B", "kB", "MB", "GB", "TB"];
	let at = 0;
	while (count >= 999.5 && at < units.length - 1) {
		count /= 1000;
		at++;
	}
	return `${at > 0 && count < 9.95 ? count.toFixed(1) : Math.round(count)} ${units[at]}`;
}

/* A moment in the reader's own zone: 14:05:09, or with the day when it is another. */
export function moment(ms, now = Date.now()) {
	if (ms === null || ms === undefined || !Number.isFinite(ms))
		return NONE;
	const two = (n) => String(n).padStart(2, "0");
	const day = (d) => `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}`;
	const at = new Date(ms);
	const clock = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
	return day(at) === day(new Date(now)) ? clock : `${day(at)} ${clock}`;
}

/* 1 trial, 2 trials, 10 000 trials. */
export function count(n, noun, many = `${noun}s`) {
	return `${grouped(n)} ${n === 1 ? noun : many}`;
}

/* Thousands set apart by thin spaces. */
export function grouped(n) {
	return String(n).replace(/\B(?=(\d{3})+$)/g, "\u2009");
}

/* A parameter's name without the dashes that it has on a command line. */
export function bare(name) {
	return name.replace(/^-+/, "") || name;
}

/*
 * What a state is called where people read; by whom a trial was canceled tells one
 * that the policy stopped. Of many trials together: the model's stateText().
 */
export function stateText(state, end = "") {
	if (state === "CancelRequested")
		return "Stopping";
	if (state === "Canceled")
		return end === "policy" ? "Stopped" : "Canceled";
	return state;
}
