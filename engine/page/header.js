/* What stands above a sweep's pictures: its state, how far, how good, how long. */
import * as actions from "./actions.js";
import { el, fill, icon, say, stateChip, stateMark } from "./dom.js";
import * as format from "./format.js";
import { deadEngine } from "./list.js";
import { ended, parts, progress } from "./progress.js";
import { link } from "./route.js";

/*
 * Milliseconds until the last trial will have ended, as the ended ones went by;
 * never more than the sweep may still take; null when nobody can say yet.
 */
export function remaining(model, now) {
	const sweep = model.sweep;
	if (!sweep || sweep.state !== "Running" || !sweep.max_total)
		return null;
	const took = [];
	for (let row = model.rows - 1; row >= 0 && took.length < 200; row--)
		if (model.isEnded(row) && model.duration(row) !== null)
			took.push(model.duration(row));
	const left = sweep.max_total - ended(sweep);
	if (took.length < 2 || left <= 0)
		return null;
	const mean = took.reduce((a, b) => a + b, 0) / took.length;
	const guess = mean * left / Math.max(1, Math.min(left, sweep.max_concurrent || 1));
	const most = sweep.max_duration ?
		Date.parse(sweep.started || sweep.created) + sweep.max_duration * 1000 - now : Infinity;
	return Math.max(0, Math.min(guess, most));
}

function fact(name, ...children) {
	return el("div", { class: "fact" }, el("dt", {}, name), el("dd", {}, children));
}

export class SweepHeader {
	constructor(model) {
		this.model = model;
		this.title = el("h1", {}, model.name);
		this.state = el("span");
		this.buttons = el("div", { class: "buttons" });
		this.notice = el("div", { class: "notices" });
		this.bar = progress();
		this.best = el("span", { class: "best" });
		this.counts = el("span", { class: "counts" });
		this.elapsed = el("span");
		this.left = el("small", { class: "muted" });
		this.now = el("span");
		this.nowNote = el("small", { class: "muted" });
		this.how = el("span");
		this.howNote = el("small", { class: "muted" });
		this.element = el("section", { class: "sweep-head", "aria-label": "The sweep at a glance" },
			el("div", { class: "head" }, this.title, this.state, this.buttons), this.notice,
			el("dl", { class: "glance" },
				fact("Best", this.best),
				fact("Trials", this.bar.element, this.counts),
				fact("Time", this.elapsed, this.left),
				fact("Running", this.now, this.nowNote),
				fact("Sampler", this.how, this.howNote)));
	}

	async askActions() {
		this.mayAct = await actions.allowed();
		this.update();
	}

	update() {
		const sweep = this.model.sweep;
		if (!sweep)
			return;
		const seen = JSON.stringify([sweep.state, sweep.engine_alive, sweep.held, this.mayAct]);
		if (seen !== this.seen) {
			this.seen = seen;
			fill(this.state, stateChip(sweep.state, sweep.end_reason === "user" ? "" : sweep.end_reason));
			this.drawButtons(sweep);
		}
		this.drawNotices(sweep);
		this.drawBest(sweep);
		this.bar.update(sweep, (state) => this.model.stateText(state));
		fill(this.counts, parts(sweep.counts).map(([state, n]) =>
			el("span", { title: this.model.stateText(state) }, stateMark(state), format.grouped(n),
				el("span", { class: "said" }, ` ${this.model.stateText(state)}`))),
		sweep.paused ? el("span", { title: "set aside by the policy" }, stateMark("Paused"),
			format.grouped(sweep.paused)) : null);
		const running = (sweep.counts.Running || 0) + (sweep.counts.Starting || 0) +
			(sweep.counts.CancelRequested || 0);
		say(this.now, sweep.state === "Running" ? `${format.grouped(running)} of ${
			format.grouped(sweep.max_concurrent)}` : "none");
		say(this.nowNote, sweep.state === "Running" ? sweep.slots_why || "" : sweep.backend || "");
		say(this.how, sweep.sampler);
		say(this.howNote, sweep.policy && sweep.policy !== "none" ? `policy ${sweep.policy}` : "no policy");
		this.tick();
	}

	/* What goes on by itself: called each second. */
	tick() {
		const sweep = this.model.sweep;
		if (!sweep)
			return;
		const now = Date.now();
		const began = Date.parse(sweep.started || sweep.created);
		say(this.elapsed, format.duration((sweep.ended ? Date.parse(sweep.ended) : now) - began));
		const left = remaining(this.model, now);
		say(this.left, left !== null ? `about ${format.duration(Math.round(left / 1000) * 1000)} left` :
			sweep.ended ? `ended ${format.age(now - Date.parse(sweep.ended))}` :
				`begun ${format.age(now - began)}`);
	}

	drawBest(sweep) {
		const key = JSON.stringify([sweep.best, sweep.best_trial]);
		if (key === this.bestKey)
			return;
		this.bestKey = key;
		const has = sweep.best !== null && sweep.best !== undefined;
		fill(this.best, has ? [el("b", { title: String(sweep.best) }, format.number(sweep.best, 5)),
			el("a", { href: link({ sweep: this.model.name, trial: sweep.best_trial }) },
				`#${sweep.best_trial}`)] : el("span", { class: "muted" }, "none yet"),
		el("small", { class: "muted" }, sweep.primary_metric ? [`${sweep.primary_metric} `,
			el("span", { class: "goal", title: sweep.goal },
				icon(sweep.goal === "maximize" ? "up" : "down"))] : "no metric"));
	}

	drawButtons(sweep) {
		const button = (text, fn, kind = "") => el("button", { type: "button", class: kind, onclick: fn }, text);
		fill(this.buttons, this.mayAct && !sweep.ended ? [
			button("Enqueue…", () => actions.enqueue(this.model, this.model.bestRow)),
			button(sweep.held ? "Go on…" : "Hold…", () => actions.hold(this.model.sweep)),
			button("Limits…", () => actions.changeLimits(this.model.sweep)),
			button("Cancel…", () => actions.cancelSweep(this.model.sweep), "danger-quiet"),
		] : null);
	}

	drawNotices(sweep) {
		const list = notices(sweep);
		const key = JSON.stringify(list);
		if (key === this.noticeKey)
			return;
		this.noticeKey = key;
		fill(this.notice, list.map(([kind, text, action]) =>
			el("p", { class: `notice ${kind}` }, icon("warning"), el("span", {}, text),
				action ? el("a", { href: link({ sweep: this.model.name, query: { filter: action } }) },
					"show them") : null)));
	}
}

/* What a reader must be told: [[kind, text, filter], ...]. */
export function notices(sweep) {
	const list = [];
	const { Failed: failed = 0 } = sweep.counts;
	if (deadEngine(sweep))
		list.push(["warn", "No engine runs this sweep any more. hdrive resume goes on with it."]);
	if (sweep.held && !sweep.ended)
		list.push(["warn", "Held: nothing new begins until it is let go on. Trials that run go on."]);
	if (sweep.end_detail)
		list.push([sweep.state === "Failed" ? "bad" : "info", `${sweep.end_detail}.`.replace(/\.\.$/, ".")]);
	if (failed && failed >= ended(sweep) / 2)
		list.push(["bad", failed === ended(sweep) && failed === 1 ? "The only trial that ended failed." :
			failed === ended(sweep) ? `All ${format.grouped(failed)} trials that ended failed.` :
				`${format.grouped(failed)} of ${format.grouped(ended(sweep))} trials that ended failed.`,
		"state:failed"]);
	return list;
}
