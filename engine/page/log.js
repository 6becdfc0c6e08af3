/* What a trial prints: its end, then what comes, and on request what was before. */
import { el, fill, say } from "./dom.js";
import * as format from "./format.js";
import { get, path, report } from "./source.js";
import { legible } from "./text.js";

const CHUNK = 65536;
/* Characters kept in the page; a log may be gigabytes. */
const MOST = 2_000_000;
const POLL_MS = 1000;

/*
 * Terminal sequences (colours, cursor) say nothing in a page, and what a carriage
 * return overwrote (progress bars) is not shown either.
 */
export function plain(text) {
	return text.replace(/\u001b\[[0-?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)/g, "")
		.replace(/\r\n/g, "\n")
		.replace(/[^\n]*\r(?=[^\n])/g, "")
		.replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, "\ufffd");
}

/* isOver() says whether nothing more will come. */
export function logBox(name, number, isOver) {
	/* whole: the trial had ended when all of this was read. */
	let whole = false;
	let stream = "stdout", from = 0, to = 0, size = 0, text = "", gone = false, timer = 0, turn = 0;
	const pre = el("pre", { class: "log", tabindex: "0", role: "log", "aria-label": "Log", "aria-live": "off" });
	const follow = el("input", { type: "checkbox", checked: true, onchange: () => toEnd() });
	const earlier = el("button", { type: "button", class: "plain", hidden: true, onclick: before }, "Earlier");
	const note = el("span", { class: "muted note" });
	const buttons = ["stdout", "stderr"].map((which) => el("button", { type: "button", class: "toggle",
		"aria-pressed": String(which === stream), onclick: () => choose(which) }, which));
	const element = el("div", { class: "log-box" },
		el("div", { class: "bar-controls" }, buttons,
			el("label", { class: "check" }, follow, " follow"), earlier, note), pre);

	pre.addEventListener("scroll", () => {
		const atEnd = pre.scrollHeight - pre.scrollTop - pre.clientHeight < 8;
		if (follow.checked !== atEnd && !isOver())
			follow.checked = atEnd;
	}, { passive: true });

	function choose(which) {
		stream = which;
		buttons.forEach((button) => button.setAttribute("aria-pressed", button.textContent === which));
		from = to = size = 0;
		text = "";
		fill(pre);
		begin();
	}

	function ask(at, limit = CHUNK) {
		return get(path`sweeps/${name}/trials/${number}/log?stream=${stream}` + `&from=${at}&limit=${limit}`);
	}

	async function begin() {
		const mine = ++turn;
		clearTimeout(timer);
		try {
			const over = isOver();
			const answer = await ask(-CHUNK);
			if (gone || mine !== turn)
				return;
			({ from, to, size } = answer);
			whole = over && to >= size;
			text = answer.text;
			draw();
			toEnd();
			again();
		} catch (error) {
			if (!gone && mine === turn) {
				say(note, error.status === 404 && !report ? "nothing was printed" : error.message);
				again();
			}
		}
	}

	function again() {
		clearTimeout(timer);
		timer = 0;
		if (!gone && !report && !(whole && isOver()))
			timer = setTimeout(more, POLL_MS);
	}

	async function more() {
		const mine = turn, over = isOver();
		timer = 0;
		try {
			const answer = await ask(to);
			if (gone || mine !== turn)
				return;
			size = answer.size;
			whole = over && answer.to >= size;
			/* A further attempt begins a log anew. */
			if (size < to)
				return begin();
			if (answer.text) {
				text = (text + answer.text).slice(-MOST);
				to = answer.to;
				draw();
				if (follow.checked)
					toEnd();
			}
		} catch { /* the connection's banner says it */ }
		again();
	}

	async function before() {
		const at = Math.max(0, from - CHUNK);
		const answer = await ask(at, from - at).catch(() => null);
		if (!answer || gone)
			return;
		const below = pre.scrollHeight - pre.scrollTop;
		text = (answer.text + text).slice(0, MOST);
		from = answer.from;
		draw();
		pre.scrollTop = pre.scrollHeight - below;
	}

	function draw() {
		const seen = legible(plain(text));
		pre.textContent = seen;
		pre.classList.toggle("none", !seen);
		if (!seen)
			pre.textContent = isOver() ? "Nothing was printed." : "Nothing yet.";
		earlier.hidden = from <= 0;
		say(note, size ? format.bytes(size) : "");
	}

	function toEnd() {
		pre.scrollTop = pre.scrollHeight;
	}

	return {
		element,
		/* Not before it is known that there is such a trial; what a failed one says
		   last is in its errors. */
		begin: (errors) => choose(errors ? "stderr" : "stdout"),
		/* The trial has another state: what it printed last may not be here yet. */
		update: () => timer || again(),
		toggle: () => choose(stream === "stdout" ? "stderr" : "stdout"),
		destroy() {
			gone = true;
			clearTimeout(timer);
		},
	};
}
