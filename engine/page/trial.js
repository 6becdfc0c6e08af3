/*
 * A trial: its parameters against the best one's, its metrics, why it ended, its
 * attempts, command line, files, log and tags.
 */
import * as actions from "./actions.js";
import { LineChart } from "./chart.js";
import { categoryColour } from "./colour.js";
import { block, copyBlock, facts, quoted, tagList } from "./details.js";
import { el, fill, icon, say, stateChip } from "./dom.js";
import * as format from "./format.js";
import { filesBox } from "./files.js";
import { logBox } from "./log.js";
import { link } from "./route.js";
import { session } from "./session.js";
import { get, path } from "./source.js";
import { failure } from "./sweep.js";

/* What an end means, where there is no sentence of it. */
const ENDS = { exit: "its program ended", signal: "a signal ended it", policy: "the policy stopped it",
	user: "it was cancelled", timeout: "its time was up", lost: "it was lost",
	target: "the sweep reached its target" };

export function trialView(root, route) {
	const opened = session(route);
	const view = new TrialView(root, route, opened.model);
	opened.known.catch((error) => view.fail(error));
	/* Of a sweep without trials nothing else begins it. */
	opened.loaded.then(() => view.begin(), (error) => opened.model.sweep && view.fail(error));
	return view;
}

class TrialView {
	constructor(root, route, model) {
		this.root = root;
		this.model = model;
		this.number = route.trial;
		this.title = `#${route.trial} · ${model.name}`;
		this.trial = null;
		this.gone = false;
		this.charts = [];
		root.className = "trial-view";
		this.build();
		this.leave = model.subscribe((kind, detail) => this.changed(kind, detail));
		this.onTheme = () => this.drawCharts();
		document.addEventListener("themechange", this.onTheme);
		this.keys = this.keyRows();
		if (model.rows)
			this.begin();
	}

	build() {
		const { model, number } = this;
		this.state = el("span");
		this.buttons = el("div", { class: "buttons" });
		this.previous = el("a", { class: "button icon-only", "aria-label": "Previous trial" }, icon("left"));
		this.next = el("a", { class: "button icon-only", "aria-label": "Next trial" }, icon("right"));
		this.why = el("div", { class: "notices" });
		this.glance = el("dl", { class: "glance" });
		this.parameters = el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Parameters" });
		this.metrics = el("div", { class: "metrics" });
		this.side = el("div");
		this.log = logBox(model.name, number, () => this.isOver());
		this.files = filesBox(model.name, number);
		fill(this.root,
			el("section", { class: "sweep-head" },
				el("div", { class: "head" }, el("h1", {}, `Trial ${number}`), this.state,
					el("span", { class: "pager" }, this.previous, this.next), this.buttons),
				this.why, this.glance),
			el("div", { class: "trial-grid" },
				el("div", { class: "stack" },
					el("section", { class: "block card" }, el("h2", {}, "Parameters"), this.parameters),
					this.side,
					el("section", { class: "block card last" }, el("h2", {}, "Files"), this.files.element)),
				el("div", { class: "stack" },
					el("section", { class: "block card" }, el("h2", {}, "Metrics"), this.metrics),
					el("section", { class: "block card grow" }, el("h2", {}, "Log"), this.log.element))));
	}

	isOver() {
		const row = this.model.row(this.number);
		return row >= 0 && this.model.isEnded(row);
	}

	/* The sweep's trials are there. */
	begin() {
		if (this.begun || this.gone)
			return;
		this.begun = true;
		this.seenState = this.stateNow();
		if (this.model.row(this.number) < 0) {
			this.fail({ status: 404, message: `Sweep '${this.model.name}' has no trial ${this.number}.` });
			return;
		}
		this.log.begin(this.model.columns.state[this.model.row(this.number)] === "Failed");
		this.draw();
		this.load();
		this.loadMetrics();
	}

	changed(kind, detail) {
		if (this.gone)
			return;
		if (kind === "data") {
			if (!this.begun)
				return this.begin();
			const seen = this.stateNow();
			this.draw();
			if (seen !== this.seenState) {
				this.load();
				this.loadMetrics();
			}
			this.seenState = seen;
			this.log.update();
		} else if (kind === "sweep") {
			this.draw();
		} else if (kind === "points" && detail.some(([trial]) => trial === this.number)) {
			clearTimeout(this.metricTimer);
			this.metricTimer = setTimeout(() => this.loadMetrics(), 400);
		}
	}

	stateNow() {
		const { state, attempt } = this.model.columns;
		const row = this.model.row(this.number);
		return `${state[row]} ${attempt[row]}`;
	}

	/* What the columns do not have; in a report perhaps nobody has it. */
	async load() {
		const at = path`sweeps/${this.model.name}/trials/${this.number}`;
		const [trial, why] = await Promise.all([get(at).catch(() => null), get(`${at}/why`).catch(() => null)]);
		if (this.gone)
			return;
		this.trial = trial || this.trial;
		this.decisions = why?.decisions || [];
		this.whyText = why?.why || why?.text || "";
		this.draw();
		this.drawSide();
		this.files.load();
	}

	async loadMetrics() {
		const { name } = this.model;
		const answer = await get(`${path`sweeps/${name}/trials/${this.number}/metrics`}?points=300`)
			.catch(() => this.curvesInstead());
		if (this.gone)
			return;
		this.curves = answer.metrics;
		this.drawCharts();
	}

	/* A report has curves of the best trials, if not each trial's own. */
	async curvesInstead() {
		const metrics = [];
		for (const metric of this.model.columns.names) {
			const answer = await get(`${path`sweeps/${this.model.name}/curves?metric=${metric}`}` +
				"&trials=best:100").catch(() => null);
			const curve = answer?.curves.find((c) => c.trial === this.number);
			if (curve)
				metrics.push({ name: metric, count: curve.count, x: curve.x, y: curve.y });
		}
		return { metrics };
	}

	/* ---- drawing ---- */

	draw() {
		const { model } = this;
		const row = model.row(this.number);
		if (row < 0)
			return;
		const c = model.columns;
		fill(this.state, stateChip(c.state[row], c.end[row]));
		const go = (link_, at) => {
			link_.hidden = at < 0 || at >= model.rows;
			if (!link_.hidden)
				link_.href = link({ sweep: model.name, trial: c.number[at] });
		};
		go(this.previous, row - 1);
		go(this.next, row + 1);
		this.drawGlance(row);
		this.drawParameters(row);
		this.drawWhy(row);
		actions.allowed().then((yes) => this.gone || this.drawButtons(yes, row));
	}

	drawButtons(yes, row) {
		const over = this.model.isEnded(row);
		const key = `${yes}${over}`;
		if (key === this.buttonKey)
			return;
		this.buttonKey = key;
		const { name } = this.model;
		const button = (text, fn, kind = "") => el("button", { type: "button", class: kind, onclick: fn }, text);
		fill(this.buttons, yes ? [
			button("Enqueue again…", () => actions.enqueue(this.model, row)),
			over ? button("Retry…", () => actions.retryTrials(name, [this.number])) :
				button("Cancel…", () => actions.cancelTrials(name, [this.number]), "danger-quiet"),
		] : null);
	}

	drawGlance(row) {
		const { model, trial } = this;
		const c = model.columns;
		const fact = (name, main, small) => el("div", { class: "fact" }, el("dt", {}, name),
			el("dd", {}, main, small ? el("small", { class: "muted" }, small) : null));
		const rank = c.value[row] === null ? 0 :
			c.value.reduce((n, v) => n + (model.better(v, c.value[row]) ? 1 : 0), 1);
		const how = trial && trial.exit_code !== null && trial.exit_code !== undefined ?
			`exit code ${trial.exit_code}` : trial?.exit_signal ? `signal ${trial.exit_signal}` : "";
		fill(this.glance,
			fact(c.metric || "value", el("b", { title: String(c.value[row] ?? "") },
				format.number(c.value[row], 5) || "none"), rank ? [`rank ${format.grouped(rank)}`,
				row === model.bestRow ? ", the best" : ""] : null),
			c.intervals[row] ? fact("Intervals", format.grouped(c.intervals[row]),
				`last ${format.number(c.last[row])}`) : null,
			fact("Took", format.duration(model.duration(row)) || "not begun",
				c.started[row] ? `from ${format.moment(c.started[row])}` : null),
			fact("Attempt", String(c.attempt[row] ?? 1), [c.slot[row] !== null && c.slot[row] >= 0 ?
				`slot ${c.slot[row]}` : "", trial?.devices ? `, ${trial.devices}` : ""]),
			how ? fact("Program", how, trial.cpu_seconds !== null && trial.cpu_seconds !== undefined ?
				`${format.duration(trial.cpu_seconds * 1000)} of CPU, ${format.bytes(trial.max_rss || 0)}` : null) : null);
	}

	drawWhy(row) {
		const c = this.model.columns;
		const state = c.state[row];
		const detail = this.trial?.end_detail || this.whyText || "";
		if (!this.model.isEnded(row) || (state === "Completed" && !detail)) {
			fill(this.why);
			return;
		}
		const kind = state === "Failed" ? "bad" : state === "Canceled" ? "warn" : "info";
		fill(this.why, el("p", { class: `notice ${kind}` }, icon("warning"),
			el("span", {}, detail || ENDS[c.end[row]] || c.end[row])),
		(this.decisions || []).length ? el("details", { class: "decisions" },
			el("summary", {}, `What the policy decided (${this.decisions.length})`),
			el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Decisions" },
				rowsTable(this.decisions))) : null);
	}

	drawParameters(row) {
		const { model } = this;
		const c = model.columns;
		const best = model.bestRow;
		const against = best >= 0 && best !== row;
		const rows = c.parameters.map((parameter, p) => {
			const mine = model.parameter(p, row);
			const its = against ? model.parameter(p, best) : null;
			const differs = against && mine !== its;
			return el("tr", { class: differs ? "differs" : null },
				el("th", { scope: "row", title: parameter.name }, format.bare(parameter.name)),
				el("td", { class: "number", title: format.exact(mine) }, mine === null ?
					el("span", { class: "muted" }, "not there") : el("span", { class: "value" }, format.value(mine))),
				el("td", { class: "where" }, where(model.dimensions()[p], row, against ? best : -1)),
				against ? el("td", { class: "number muted", title: format.exact(its) },
					its === null ? "not there" : el("span", { class: "value" }, format.value(its))) : null);
		});
		const key = JSON.stringify([best, c.values.map((v) => v[row]), against && c.values.map((v) => v[best])]);
		if (key === this.parameterKey)
			return;
		this.parameterKey = key;
		fill(this.parameters, el("table", { class: "params" },
			el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "Name"),
				el("th", { scope: "col", class: "number" }, "This trial"),
				el("th", { scope: "col" }, el("span", { class: "said" }, "Where in its range")),
				against ? el("th", { scope: "col", class: "number" }, "The best, ",
					el("a", { href: link({ sweep: model.name, trial: c.number[best] }) }, `#${c.number[best]}`)) : null)),
			el("tbody", {}, rows)));
	}

	drawCharts() {
		if (!this.curves || this.gone)
			return;
		const names = this.curves.map((m) => m.name).join("\n");
		if (names !== this.chartNames) {
			this.chartNames = names;
			this.charts.forEach((chart) => chart.destroy());
			fill(this.metrics, this.curves.length ? null : el("p", { class: "empty small" },
				this.isOver() ? "It logged no metric." : "It has logged no metric yet."));
			this.charts = this.curves.map((metric) => this.newChart(metric));
		}
		this.curves.forEach((metric, i) => {
			say(this.charts[i].last, format.number(metric.y[metric.y.length - 1]));
			say(this.charts[i].count, format.count(metric.count, "value"));
			this.charts[i].set([{ ...metric, colour: categoryColour(0), width: 1.6 }]);
		});
	}

	newChart(metric) {
		const last = el("b"), count = el("span", { class: "muted" });
		const holder = el("div", { class: "plot small" });
		this.metrics.append(el("figure", {}, el("figcaption", {}, el("span", { title: metric.name }, metric.name),
			last, count), holder));
		const chart = new LineChart(holder, { label: `${metric.name} by step`,
			describe: (curve, x, y) => ["", ["step", format.number(x, 9)], ["value", format.number(y, 6)]] });
		Object.assign(chart, { last, count });
		return chart;
	}

	drawSide() {
		const { trial } = this;
		if (!trial)
			return;
		const command = (trial.arguments || []).map(quoted).join(" ");
		this.side.className = "block card side-card last";
		fill(this.side,
			copyBlock("Command", command), copyBlock("Folder", trial.folder),
			(trial.attempts || []).length ? block("Attempts before", el("div", { class: "scroll", tabindex: "0",
				role: "region", "aria-label": "Attempts" }, rowsTable(trial.attempts))) : null,
			block("Tags", tagList(trial.tags)),
			block("Properties", tagList(trial.properties)),
			block("Times", facts([["created", format.moment(Date.parse(trial.created))],
				["started", trial.started && format.moment(Date.parse(trial.started))],
				["ended", trial.ended && format.moment(Date.parse(trial.ended))]])));
	}

	fail(error) {
		if (this.gone)
			return;
		this.destroy();
		fill(this.root, failure(error));
	}

	keyRows() {
		const to = (by) => {
			const row = this.model.row(this.number) + by;
			if (row >= 0 && row < this.model.rows)
				location.replace(link({ sweep: this.model.name, trial: this.model.columns.number[row] }));
		};
		return [
			[["j", "ArrowRight", "n"], "next trial", () => to(1), "Trial"],
			[["k", "ArrowLeft", "p"], "previous trial", () => to(-1), "Trial"],
			[["b"], "the best trial", () => this.model.bestRow >= 0 && location.replace(link({
				sweep: this.model.name, trial: this.model.columns.number[this.model.bestRow] })), "Trial"],
			[["l"], "the other log: stdout, stderr", () => this.log.toggle(), "Trial"],
			[["Escape"], "back to the sweep", () => {
				location.hash = link({ sweep: this.model.name });
			}, "Trial"],
		];
	}

	destroy() {
		if (this.gone)
			return;
		this.gone = true;
		this.leave();
		clearTimeout(this.metricTimer);
		document.removeEventListener("themechange", this.onTheme);
		this.charts.forEach((chart) => chart.destroy());
		this.log.destroy();
	}
}

/* Objects as a table: a column for each member that any of them has a value of. */
export function rowsTable(objects) {
	const names = [...new Set(objects.flatMap((o) => Object.keys(o)
		.filter((k) => o[k] !== null && o[k] !== "")))];
	const text = (v) => typeof v === "string" && /^\d{4}-\d\d-\d\dT/.test(v) ? format.moment(Date.parse(v)) :
		v === null || v === undefined ? "" : format.value(v);
	return el("table", { class: "plain-table" },
		el("thead", {}, el("tr", {}, names.map((name) => el("th", { scope: "col" }, name.replaceAll("_", " "))))),
		el("tbody", {}, objects.map((o) => el("tr", {}, names.map((name) => el("td", {}, text(o[name])))))));
}

/* A line for the range of a parameter, a dot for this value, a tick for the best's. */
export function where(dimension, row, best) {
	if (dimension.kind !== "number" || dimension.get(row) === null || !(dimension.high > dimension.low))
		return null;
	const part = (r) => {
		const v = dimension.get(r);
		if (v === null)
			return null;
		const to = dimension.log && dimension.low > 0 ? Math.log : (n) => n;
		return (to(v) - to(dimension.low)) / (to(dimension.high) - to(dimension.low));
	};
	const dot = el("i", { class: "dot" });
	dot.style.left = `${100 * part(row)}%`;
	const line = el("span", { class: "range" }, dot);
	if (best >= 0 && part(best) !== null) {
		const tick = el("i", { class: "tick" });
		tick.style.left = `${100 * part(best)}%`;
		line.prepend(tick);
	}
	return line;
}
