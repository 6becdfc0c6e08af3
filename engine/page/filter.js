/*
 * What is typed above the table: `lr<0.01 state:failed !opt=sgd some text`.
 *
 *   NAME OP VALUE   a column: a parameter (with or without its dashes), the primary
 *                   metric's name or value, last, trial, state, end, intervals,
 *                   attempt, slot, duration; OP is < <= > >= = != or : (contains)
 *   3..20           trials by number, also #7
 *   anything else   a text that any cell has
 *   !TERM           what the term does not let through
 *
 * All terms must hold. Quotes hold together what has blanks: "two words", or
 * "my param"<3. Durations take 90, 90s, 5m, 2h. Where a trial does not have the
 * parameter no comparison holds, but for `=` and `!=` with nothing: lr= and lr!=.
 * Nothing here knows the page, so node tests it as it is.
 */
import * as format from "./format.js";

const OPERATORS = ["<=", ">=", "!=", "<", ">", "=", ":"];

/* Words, with what is in quotes marked as such: [{ text, quoted }]. */
function words(text) {
	const out = [];
	const pattern = /(?:"((?:[^"\\]|\\.)*)"?|[^\s"]+)+/g;
	for (const [word] of text.matchAll(pattern))
		out.push(word);
	return out;
}

function unquoted(text) {
	return text.replace(/"((?:[^"\\]|\\.)*)"?/g, (_, inner) => inner.replace(/\\(.)/g, "$1"));
}

/* Where the first operator outside of quotes is: [name, operator, value] or null. */
function split(word) {
	let inside = false;
	for (let i = 0; i < word.length; i++) {
		if (word[i] === "\\" && inside) {
			i++;
		} else if (word[i] === '"') {
			inside = !inside;
		} else if (!inside && i > 0) {
			const op = OPERATORS.find((o) => word.startsWith(o, i));
			if (op)
				return [unquoted(word.slice(0, i)), op, unquoted(word.slice(i + op.length))];
		}
	}
	return null;
}

const UNITS = { ms: 1, s: 1e3, m: 60e3, min: 60e3, h: 3600e3, d: 86400e3 };

/* "5m" in milliseconds; a bare number is seconds; NaN for what is none. */
export function parseDuration(text) {
	const match = /^([\d.]+(?:e[+-]?\d+)?)\s*(ms|s|min|m|h|d)?$/i.exec(text.trim());
	return match ? Number(match[1]) * UNITS[(match[2] || "s").toLowerCase()] : NaN;
}

/* What a name means: { kind, get(row) } with kind number, text or duration; or null. */
function column(model, name) {
	const c = model.columns;
	const low = name.toLowerCase();
	const p = parameterIndex(c.parameters, name);
	if (p >= 0)
		return { kind: c.parameters[p].kind === "number" ? "number" : "text",
			get: (row) => model.parameter(p, row) };
	if (low === "value" || name === c.metric || low === c.metric.toLowerCase())
		return { kind: "number", get: (row) => c.value[row] };
	if (low === "trial" || low === "number" || low === "#")
		return { kind: "number", get: (row) => c.number[row] };
	if (["last", "intervals", "attempt", "slot"].includes(low))
		return { kind: "number", get: (row) => c[low][row] };
	if (low === "state")
		return { kind: "text", get: (row) => stateWords(c.state[row], c.end[row]) };
	if (low === "end")
		return { kind: "text", get: (row) => c.end[row] };
	if (low === "duration")
		return { kind: "duration", get: (row) => model.duration(row) };
	return null;
}

/* As it is written, else without dashes, else without regard to case; -1 for none. */
function parameterIndex(parameters, name) {
	const same = [(a) => a.name === name, (a) => format.bare(a.name) === format.bare(name),
		(a) => format.bare(a.name).toLowerCase() === format.bare(name).toLowerCase()];
	for (const is of same) {
		const at = parameters.findIndex(is);
		if (at >= 0)
			return at;
	}
	return -1;
}

/* A state as it is stored and as it is shown: either may be typed. */
function stateWords(state, end) {
	const shown = format.stateText(state, end);
	return shown === state ? state : `${state} ${shown}`;
}

const COMPARE = {
	"<": (a, b) => a < b,
	"<=": (a, b) => a <= b,
	">": (a, b) => a > b,
	">=": (a, b) => a >= b,
	"=": (a, b) => a === b,
	"!=": (a, b) => a !== b,
};

function compareNumbers(col, op, wanted) {
	const holds = COMPARE[op];
	return (row) => {
		const v = col.get(row);
		return v !== null && v !== undefined && holds(v, wanted);
	};
}

function compareTexts(col, op, wanted) {
	const low = wanted.toLowerCase();
	const number = wanted.trim() === "" ? NaN : Number(wanted);
	return (row) => {
		const v = col.get(row);
		if (v === null || v === undefined)
			return false;
		const text = format.exact(typeof v === "object" ? JSON.stringify(v) : v).toLowerCase();
		if (op === ":")
			return text.includes(low);
		const equal = text === low || text.split(" ").includes(low) ||
			(typeof v === "number" && v === number);
		if (op === "=" || op === "!=")
			return equal === (op === "=");
		return typeof v === "number" && !Number.isNaN(number) && COMPARE[op](v, number);
	};
}

function term(model, [name, op, wanted]) {
	const col = column(model, name);
	if (!col)
		throw new Error(`no column '${name}'`);
	if (wanted === "" && (op === "=" || op === "!=")) {
		const none = (row) => col.get(row) === null || col.get(row) === "";
		return op === "=" ? none : (row) => !none(row);
	}
	if (wanted === "")
		throw new Error(`'${name}${op}' wants a value behind it`);
	if (col.kind === "text")
		return compareTexts(col, op, wanted);
	const number = col.kind === "duration" ? parseDuration(wanted) : Number(wanted);
	if (Number.isNaN(number))
		throw new Error(`'${name}' is compared with a ${col.kind}, not with '${wanted}'`);
	return compareNumbers(col, op === ":" ? "=" : op, number);
}

/* All that a row's cells say, in small letters, for a text. */
function haystack(model, row) {
	const c = model.columns;
	let text = `#${c.number[row]} ${stateWords(c.state[row], c.end[row])} ${c.end[row]}`;
	for (let p = 0; p < c.parameters.length; p++) {
		const v = model.parameter(p, row);
		if (v !== null)
			text += ` ${typeof v === "string" ? v : JSON.stringify(v)}`;
	}
	return text.toLowerCase();
}

function range(model, word) {
	const match = /^#?(\d+)\.\.(\d+)$/.exec(word) || /^#(\d+)$/.exec(word);
	if (!match)
		return null;
	const from = Number(match[1]), to = Number(match[2] ?? match[1]);
	return (row) => model.columns.number[row] >= from && model.columns.number[row] <= to;
}

function compileWord(model, word) {
	if (word.startsWith("!") && word.length > 1) {
		const inner = compileWord(model, word.slice(1));
		return (row) => !inner(row);
	}
	const numbers = range(model, word);
	if (numbers)
		return numbers;
	const parts = split(word);
	if (parts)
		return term(model, parts);
	const text = unquoted(word).toLowerCase();
	return (row) => haystack(model, row).includes(text);
}

/*
 * { predicate, error }: predicate(row) is null when all are let through. With an
 * error, which says what is wrong, the terms that could be read still count.
 */
export function compile(model, text) {
	const tests = [];
	let error = null;
	for (const word of words(text)) {
		try {
			tests.push(compileWord(model, word));
		} catch (problem) {
			error = error || problem.message;
		}
	}
	if (!tests.length)
		return { predicate: null, error };
	return { predicate: (row) => tests.every((test) => test(row)), error };
}
