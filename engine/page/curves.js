/*
 * The tab of curves: a metric of the best trials, of those that run, or of those
 * that were chosen, as they come.
 */
import { categoryColour, merit, theme } from "./colour.js";
import { LineChart } from "./chart.js";
import { append, robustRange } from "./curvedata.js";
import { el, fill, say, toggleButton } from "./dom.js";
import * as format from "./format.js";
import { get, path, report } from "./source.js";
import { apart } from "./text.js";
import { trialLines } from "./tip.js";

/* Milliseconds between two answers with whole curves: points come by events. */
const AGAIN_MS = 3000;
const POINTS = 300;

const kept = new WeakMap();

export function mount(element, model) {
	if (!kept.has(model))
		kept.set(model, { which: "best:100", metric: "", logX: false, logY: false, smoothing: 0, all: false });
	const wish = kept.get(model);
	let curves = [], loadedFor = "", timer = 0, asked = null, gone = false, seq = 0;

	const metric = el("select", { "aria-label": "Metric", onchange: () => change("metric", metric.value) });
	const which = el("select", { "aria-label": "Trials", onchange: () => change("which", which.value) },
		[["best:100", "best 100"], ["best:10", "best 10"], ["running", "running"], ["chosen", "chosen"]]
			.map(([value, text]) => el("option", { value }, text)));
	const smoothing = el("input", { type: "range", min: "0", max: "0.95", step: "0.05",
		"aria-label": "Smoothing", oninput: () => {
			wish.smoothing = Number(smoothing.value);
			say(smoothingText, wish.smoothing ? wish.smoothing.toFixed(2) : "none");
			draw();
		} });
	const smoothingText = el("span", { class: "muted slider-text" }, "none");
	const toggle = (key, text, title) => toggleButton(wish, key, text, { title, then: () => draw() });
	const allButton = toggle("all", "Full range", "show outlying values too");
	const note = el("span", { class: "muted note" });
	const message = el("p", { class: "empty", hidden: true });
	const holder = el("div", { class: "plot" });
	const bar = el("div", { class: "bar-controls" },
		el("label", {}, "metric ", metric), el("label", {}, "of ", which),
		el("label", {}, "smooth ", smoothing, smoothingText),
		toggle("logX", "log x"), toggle("logY", "log y"), allButton, note);
	fill(element, el("div", { class: "picture-frame" }, bar, holder, message));
	const chart = new LineChart(holder, {
		label: "Curves of a metric by step",
		describe: (curve, x, y) => {
			const row = model.row(curve.trial);
			const c = model.columns;
			return [`#${curve.trial}${row < 0 ? "" : ` · ${format.stateText(c.state[row], c.end[row])}`}`,
				[wish.metric || c.metric, format.number(y)], ["step", format.number(x, 9)],
				...(row < 0 ? [] : trialLines(model, row, 6))];
		},
		onhover: (curve) => model.setHover(curve ? curve.trial : null),
		onclick: (curve) => model.open(curve.trial),
	});

	function change(key, value) {
		wish[key] = value;
		curves = [];
		loadedFor = "";
		chart.resetZoom();
		load();
	}

	function updateControls() {
		const { names, metric: primary } = model.columns;
		const all = [primary, ...names.filter((n) => n !== primary)].filter(Boolean);
		if (!all.includes(wish.metric))
			wish.metric = primary || all[0] || "";
		if ([...metric.options].map((o) => o.value).join("\n") !== all.join("\n"))
			fill(metric, all.map((name) => el("option", { value: name }, name)));
		metric.value = wish.metric;
		which.value = wish.which;
		smoothing.value = wish.smoothing;
	}

	function wantedTrials() {
		if (wish.which !== "chosen")
			return wish.which;
		return [...model.selected].sort((a, b) => a - b).slice(0, 100).join(",");
	}

	async function load() {
		clearTimeout(timer);
		timer = 0;
		updateControls();
		const trials = wantedTrials();
		if (!model.rows || !trials) {
			curves = [];
			draw();
			return;
		}
		asked?.abort();
		asked = new AbortController();
		const key = `${wish.metric}\n${trials}`;
		try {
			const answer = await get(`${path`sweeps/${model.name}/curves?metric=${wish.metric}`}` +
				`&trials=${trials}&points=${POINTS}`, asked.signal);
			if (gone)
				return;
			curves = answer.curves;
			curves.forEach((curve) => {
				curve.attempt = attemptOf(curve);
			});
			seq = answer.seq;
			loadedFor = key;
			fault = "";
		} catch (error) {
			if (gone || error.name === "AbortError")
				return;
			fault = error.message;
			curves = loadedFor === key ? curves : [];
		}
		asked = null;
		draw();
	}

	let fault = "";

	function attemptOf(curve) {
		const row = model.row(curve.trial);
		return row < 0 ? undefined : model.columns.attempt[row];
	}

	/* What an attempt logged is void when another one begins: all of it comes again. */
	function forgetAttempts() {
		for (const curve of curves)
			if (curve.attempt !== attemptOf(curve)) {
				curve.attempt = attemptOf(curve);
				curve.x = [];
				curve.y = [];
			}
	}

	function again() {
		if (!timer && !gone && !report)
			timer = setTimeout(load, AGAIN_MS);
	}

	/* A few differ by hue; of many the best of those shown stands out most. */
	function colourOf(curve, low) {
		if (curves.length <= 8)
			return categoryColour(curves.indexOf(curve));
		const row = model.row(curve.trial);
		if (row >= 0 && wish.which !== "running" && !model.isEnded(row))
			return theme().live;
		const at = row < 0 ? NaN : model.merits().at[row];
		return merit(low < 1 ? (at - low) / (1 - low) : at);
	}

	function draw() {
		if (gone)
			return;
		updateControls();
		const at = model.merits().at;
		const key = (curve) => {
			const row = model.row(curve.trial);
			return row < 0 || Number.isNaN(at[row]) ? -1 : at[row];
		};
		/* The best lies on top of the others. */
		const some = curves.filter((curve) => curve.x.length && isVisible(curve));
		const low = Math.min(1, ...some.map(key).filter((m) => m >= 0));
		const list = some
			.map((curve) => ({ ...curve, colour: colourOf(curve, low),
				width: curves.length <= 8 ? 1.8 : curve.trial === bestTrial() ? 2.4 : 1.2 }))
			.sort((a, b) => key(a) - key(b));
		const range = robustRange(list, wish.metric === model.columns.metric ? model.maximize :
			!/loss|err|mse|mae/i.test(wish.metric));
		allButton.hidden = !range;
		chart.set(list, { logX: wish.logX, logY: wish.logY, smoothing: wish.smoothing,
			range: wish.all || wish.logY ? null : range });
		say(note, list.length ? format.count(list.length, "curve") : "");
		showMessage(list);
		hover();
	}

	function bestTrial() {
		return model.bestRow < 0 ? -1 : model.columns.number[model.bestRow];
	}

	function isVisible(curve) {
		const row = model.row(curve.trial);
		return row < 0 || model.visible[row] === 1;
	}

	function showMessage(list) {
		message.hidden = list.length > 0;
		if (list.length)
			return;
		say(message, fault ? fault : !model.rows ? "No trials yet." :
			!model.columns.names.length ? noMetric(model) :
				wish.which === "chosen" && !model.selected.size ?
					"Choose trials in the table (the box, or x) to see their curves." :
					asked ? "Loading…" :
						curves.some((c) => c.x.length) ? "No curve of these is let through by the filter." :
							wish.which === "running" ? "No running trial has logged this metric yet." :
								"No trial has logged this metric yet.");
	}

	function hover() {
		if (model.hovered === null)
			chart.highlight(chart.held ?? null);
		else
			chart.highlight(chart.curves.findIndex((curve) => curve.trial === model.hovered));
	}

	updateControls();
	draw();
	load();

	return {
		update(kind, detail) {
			if (kind === "points") {
				const fresh = wish.metric === model.columns.metric;
				const others = append(fresh ? curves : [], detail);
				if (fresh)
					draw();
				if (others.size || !fresh)
					again();
			} else if (kind === "data") {
				forgetAttempts();
				if (!loadedFor && !asked)
					load();
				else if (model.columns.seq > seq)
					again();
				draw();
			} else if (kind === "selection") {
				if (wish.which === "chosen")
					load();
			} else if (kind === "hover") {
				hover();
			} else if (kind === "filter" || kind === "theme") {
				draw();
			}
		},
		resize() {},
		destroy() {
			gone = true;
			clearTimeout(timer);
			asked?.abort();
			chart.destroy();
		},
	};
}

/* Why there is nothing to draw in a sweep whose trials say nothing. */
export function noMetric(model) {
	const { metric } = model.columns;
	const name = apart(metric);
	return metric ? `No trial has logged '${name}' yet. A script prints ${name}=0.93, or logs it.` :
		"This sweep has no metric.";
}
