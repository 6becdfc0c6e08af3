/* How far a sweep is: a bar of what became of its trials, and the count. */
import { el, say } from "./dom.js";
import * as format from "./format.js";

/* In the order in which they lie in the bar; what is under way last. */
const PARTS = [["Completed", ["Completed"]], ["Canceled", ["Canceled"]], ["Failed", ["Failed"]],
	["Running", ["Running", "Starting", "CancelRequested"]], ["Queued", ["Queued"]]];

/* [[state, count], ...] of those that there are. */
export function parts(counts) {
	return PARTS.map(([state, all]) => [state, all.reduce((sum, s) => sum + (counts[s] || 0), 0)])
		.filter(([, n]) => n > 0);
}

/* Trials that have ended, and the most there will be (null where nobody knows). */
export function ended(sweep) {
	const { Completed = 0, Failed = 0, Canceled = 0 } = sweep.counts;
	return Completed + Failed + Canceled;
}

export function progress() {
	const segments = new Map(PARTS.map(([state]) => [state, el("i", { class: `is-${state}` })]));
	const bar = el("span", { class: "bar", role: "img" }, [...segments.values()]);
	const text = el("span", { class: "bar-text" });
	return {
		element: el("span", { class: "progress" }, bar, text),
		bar,
		/* Who canceled, a sweep's model knows; its counts do not. */
		update(sweep, word = format.stateText) {
			const total = Math.max(sweep.max_total || 0, sweep.trials, 1);
			const list = parts(sweep.counts);
			for (const [state, segment] of segments)
				segment.style.width = `${100 * (list.find(([s]) => s === state)?.[1] || 0) / total}%`;
			bar.setAttribute("aria-label", list.map(([state, n]) =>
				`${n} ${word(state).toLowerCase()}`).join(", ") || "no trials yet");
			bar.title = bar.getAttribute("aria-label");
			say(text, `${format.grouped(ended(sweep))} / ${format.grouped(sweep.max_total || sweep.trials)}`);
		},
	};
}
