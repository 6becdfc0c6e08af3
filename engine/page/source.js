/*
 * Where answers of /api/v1 (docs/reference/api.md) come from: the server, by fetch
 * with the cookie, or in a report the file itself, which has them within as a map
 * of path with query -> answer. Who asks does not know which.
 */
const BASE = "/api/v1/";

const held = typeof document === "undefined" ? null : document.getElementById("hdrive-data");
const answers = held ? JSON.parse(held.textContent) : null;

/* Whether this page is a report: nothing changes, nobody can be asked more. */
export const report = answers !== null;

export class ApiError extends Error {
	/* Status 0: nobody answered. */
	constructor(status, code, message) {
		super(message);
		this.status = status;
		this.code = code;
	}
}

/* A path of the API of parts that are put in as they are: path`sweeps/${name}/columns`. */
export function path(strings, ...parts) {
	return strings.reduce((all, text, i) =>
		all + encodeURIComponent(parts[i - 1]) + text);
}

/* The answer to GET; throws ApiError. `signal` as fetch has it. */
export async function get(at, signal) {
	if (answers)
		return found(answers, at);
	return ask(at, { signal });
}

export async function post(at, body) {
	return ask(at, { method: "POST", body: JSON.stringify(body),
		headers: { "Content-Type": "application/json" } });
}

/* The address of a file of a trial; null in a report. */
export function address(at) {
	return answers ? null : BASE + at;
}

async function ask(at, options) {
	let reply;
	try {
		reply = await fetch(BASE + at, { credentials: "same-origin", ...options });
	} catch (error) {
		if (error.name === "AbortError")
			throw error;
		throw new ApiError(0, "", "the server does not answer");
	}
	const body = await reply.json().catch(() => null);
	if (!reply.ok)
		throw new ApiError(reply.status, body?.error?.code || "",
			body?.error?.message || `the server answered with status ${reply.status}`);
	return body;
}

/* What only says how much is wanted: a report has what it has. */
const AMOUNTS = new Set(["points", "limit", "after", "from"]);

function parsed(at) {
	const [path, query = ""] = at.split("?");
	const asked = new URLSearchParams(query);
	return { path: path.split("/").map(decodeURIComponent).join("\n"), asked };
}

/*
 * The answer in a report's map to a path: the same text, or one with the same path
 * and nothing in its query that contradicts what is asked.
 */
export function found(map, at) {
	if (BASE + at in map)
		return map[BASE + at];
	const wanted = parsed(BASE + at);
	for (const [key, answer] of Object.entries(map)) {
		const has = parsed(key);
		if (has.path !== wanted.path)
			continue;
		const names = new Set([...has.asked.keys(), ...wanted.asked.keys()]);
		if ([...names].every((name) => AMOUNTS.has(name) ||
			has.asked.get(name) === wanted.asked.get(name)))
			return answer;
	}
	throw new ApiError(404, "HD_ENOENT", "not in this report");
}

/* The names of sweeps that a report is of. */
export function reported() {
	const names = new Set();
	for (const key of Object.keys(answers || {})) {
		const match = /^\/api\/v1\/sweeps\/([^/?]+)/.exec(key);
		if (match)
			names.add(decodeURIComponent(match[1]));
	}
	return [...names];
}

const RETRY_MS = 3000;

/*
 * Server-sent events: `at` is a function, for the number to begin from has
 * gone up when it is opened anew. handlers: { event: fn(data) } and `state`,
 * which hears "live", "lost", and "refused" where another server answers, with
 * another token. Returns a function that ends it.
 */
export function stream(at, handlers) {
	if (answers)
		return () => {};
	const { state, ...events } = handlers;
	let source = null, timer = 0, over = false;

	function open() {
		source = new EventSource(BASE + at());
		source.onopen = () => state("live");
		source.onerror = () => {
			if (over)
				return;
			state("lost");
			/* It comes back by itself unless it was refused: it does not say why. */
			if (source.readyState === EventSource.CLOSED)
				get("version").then(later, (error) => error.status === 401 && !over ?
					state("refused") : later());
		};
		for (const [name, fn] of Object.entries(events))
			source.addEventListener(name, (event) => fn(JSON.parse(event.data)));
	}
	function later() {
		if (!over)
			timer = setTimeout(open, RETRY_MS);
	}

	open();
	return () => {
		over = true;
		clearTimeout(timer);
		source.close();
	};
}
