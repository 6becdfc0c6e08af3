/* Two to eight trials side by side: what differs, and their curves in one chart. */
import { LineChart } from "./chart.js";
import { categoryColour } from "./colour.js";
import { append } from "./curvedata.js";
import { el, fill, say, stateChip } from "./dom.js";
import * as format from "./format.js";
import { link } from "./route.js";
import { session } from "./session.js";
import { get, path } from "./source.js";
import { failure, MOST_COMPARED } from "./sweep.js";

export function compareView(root, route) {
	const { known, loaded, model } = session(route);
	const numbers = [...new Set(route.compare)].slice(0, MOST_COMPARED);
	let metric = "", curves = [], gone = false, differing = false;

	const select = el("select", { "aria-label": "Metric", onchange: () => {
		metric = select.value;
		load();
	} });
	const holder = el("div", { class: "plot" });
	const legend = el("span", { class: "legend" });
	const only = el("input", { type: "checkbox", onchange: () => {
		differing = only.checked;
		draw();
	} });
	const box = el("div", { class: "scroll card", tabindex: "0", role: "region", "aria-label": "Comparison" });
	const none = el("p", { class: "empty", hidden: true });
	root.className = "compare";
	fill(root, el("div", { class: "head" }, el("h1", {}, `Compare ${numbers.length} trials`),
		el("label", { class: "check" }, only, " only what differs")),
	el("section", { class: "card picture-panel" }, el("div", { class: "picture-frame" },
		el("div", { class: "bar-controls" }, el("label", {}, "metric ", select), legend), holder, none)), box);
	const chart = new LineChart(holder, { label: "Curves of the trials compared",
		describe: (curve, x, y) => [`#${curve.trial}`, [metric, format.number(y, 6)], ["step", format.number(x, 9)]],
		onhover: (curve) => model.setHover(curve ? curve.trial : null),
		onclick: (curve) => open(curve.trial) });

	function open(number) {
		location.hash = link({ sweep: model.name, trial: number });
	}

	const missing = { status: 404, message: `Sweep '${model.name}' has none of these trials.` };
	const rows = () => numbers.map((n) => model.row(n)).filter((row) => row >= 0);

	async function load() {
		const answer = await get(`${path`sweeps/${model.name}/curves?metric=${metric}`}` +
			`&trials=${numbers.join(",")}&points=300`).catch(() => fromBest());
		if (gone)
			return;
		curves = answer.curves;
		drawCurves();
	}

	/* A report has curves of the best only: those of them that are asked for. */
	async function fromBest() {
		const answer = await get(`${path`sweeps/${model.name}/curves?metric=${metric}`}` +
			"&trials=best:100").catch(() => ({ curves: [] }));
		return { curves: answer.curves.filter((curve) => numbers.includes(curve.trial)) };
	}

	function drawCurves() {
		const list = curves.filter((c) => c.x.length).map((curve) => ({ ...curve, width: 1.8,
			colour: categoryColour(numbers.indexOf(curve.trial)) }));
		none.hidden = list.length > 0;
		say(none, "None of these trials has logged this metric.");
		chart.set(list);
	}

	function line(name, cells, kind = "number", title = "") {
		const texts = cells.map((cell) => cell instanceof Node ? cell.textContent : cell);
		const differs = new Set(texts).size > 1;
		if (differing && !differs)
			return null;
		return el("tr", { class: differs ? "differs" : null }, el("th", { scope: "row", title }, name),
			cells.map((cell, i) => el("td", { class: kind, "data-trial": numbers[i] }, cell === "" ?
				el("span", { class: "muted" }, "–") : cell)));
	}

	function draw() {
		const c = model.columns;
		const list = rows();
		if (!model.rows)
			return;
		if (!list.length) {
			fail(missing);
			return;
		}
		const best = list.reduce((a, b) => model.better(c.value[b], c.value[a]) ? b : a);
		const names = [c.metric, ...c.names.filter((n) => n !== c.metric)].filter(Boolean);
		if (select.options.length !== names.length)
			fill(select, names.map((name) => el("option", { value: name }, name)));
		const key = (row) => {
			const swatch = el("i", { class: "swatch" });
			swatch.style.background = categoryColour(numbers.indexOf(c.number[row]));
			return [swatch, el("a", { href: link({ sweep: model.name, trial: c.number[row] }) }, `#${c.number[row]}`)];
		};
		fill(legend, list.map((row) => el("span", {}, key(row))));
		fill(box, el("table", { class: "comparison" },
			el("thead", {}, el("tr", {}, el("th", { scope: "col" }, el("span", { class: "said" }, "What")),
				list.map((row) => el("th", { scope: "col", class: "number" }, key(row))))),
			el("tbody", {},
				line("State", list.map((row) => stateChip(c.state[row], c.end[row]))),
				line(c.metric || "value", list.map((row) => el("span", { class: row === best ? "winner" : null,
					title: format.exact(c.value[row]) }, format.number(c.value[row], 6)))),
				c.parameters.map((parameter, p) => line(format.bare(parameter.name), list.map((row) => {
					const v = model.parameter(p, row);
					return v === null ? "" : format.value(v);
				}), "number", parameter.name)),
				line("last", list.map((row) => format.number(c.last[row], 6))),
				line("intervals", list.map((row) => String(c.intervals[row] ?? ""))),
				line("took", list.map((row) => format.duration(model.duration(row)))),
				line("ended by", list.map((row) => c.end[row])))));
	}

	function begin() {
		if (metric || !model.rows || gone)
			return;
		metric = model.columns.metric || model.columns.names[0] || "";
		draw();
		if (metric)
			load();
	}

	function fail(error) {
		if (gone)
			return;
		destroy();
		fill(root, failure(error));
	}

	const leave = model.subscribe((kind, detail) => {
		if (kind === "data")
			metric ? draw() : begin();
		else if (kind === "points" && metric === model.columns.metric) {
			append(curves, detail);
			if (detail.some(([trial]) => numbers.includes(trial)))
				drawCurves();
		} else if (kind === "hover") {
			for (const cell of box.querySelectorAll("td"))
				cell.classList.toggle("hover", Number(cell.dataset.trial) === model.hovered);
		}
	});
	const onTheme = () => {
		draw();
		drawCurves();
	};
	document.addEventListener("themechange", onTheme);
	known.catch(fail);
	loaded.then(() => model.rows || fail(missing), (error) => model.sweep && fail(error));
	box.addEventListener("mouseover", (event) => {
		const at = event.target.closest("td")?.dataset.trial;
		model.setHover(at === undefined ? null : Number(at));
		chart.highlight(chart.curves.findIndex((curve) => curve.trial === model.hovered));
	});
	begin();

	function destroy() {
		gone = true;
		leave();
		document.removeEventListener("themechange", onTheme);
		chart.destroy();
	}

	return {
		title: `Compare · ${model.name}`,
		keys: [
			[["d"], "only what differs", () => only.click(), "Comparison"],
			[["Escape"], "back to the sweep", () => {
				location.hash = link({ sweep: model.name });
			}, "Comparison"],
		],
		destroy,
	};
}
