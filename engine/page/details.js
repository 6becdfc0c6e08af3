/* The tab of details: how the sweep was asked for, its tags, its folder. */
import { copyButton, el, fill } from "./dom.js";
import * as format from "./format.js";
import { get, path } from "./source.js";
import { apart } from "./text.js";

/* One word of a command line as a shell takes it. */
export function quoted(word) {
	return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/* Names and values, without those that have none; null when there are none at all. */
export function facts(rows) {
	const there = rows.filter(([, v]) => v !== null && v !== undefined && v !== "");
	return there.length ? el("dl", { class: "facts" }, there.map(([name, v]) =>
		[el("dt", {}, name), el("dd", {}, v)])) : null;
}

export function tagList(tags, hidden = /^_aml_/) {
	return facts(Object.entries(tags || {}).filter(([name]) => !hidden.test(name)));
}

/* A part with its title, and beside that a button to copy it; null when it is empty. */
export function block(title, ...children) {
	return children.flat().some(Boolean) ?
		el("section", { class: "block" }, el("h2", {}, title), children) : null;
}

export function copyBlock(title, text, kind = "") {
	return text ? el("section", { class: `block ${kind}` }, el("h2", {}, title, copyButton(() => text, "Copy")),
		el("pre", { class: kind === "wide" ? null : "wrap", tabindex: "0", role: "region", "aria-label": title },
			text)) : null;
}

export function mount(element, model) {
	let config = null, gone = false;
	element.classList.add("details");
	element.tabIndex = 0;

	function draw() {
		const s = model.sweep;
		if (!s)
			return;
		const command = (s.command || []).map(quoted).join(" ");
		fill(element, el("div", { class: "columns" },
			block("Sweep", facts([["id", s.id], ["sampler", s.sampler], ["policy", s.policy],
				["goal", `${s.goal} ${apart(s.primary_metric)}`], ["backend", s.backend], ["seed", s.seed],
				["at once", s.max_concurrent], ["trials at most", s.max_total],
				["time at most", s.max_duration ? format.duration(s.max_duration * 1000) : ""],
				["created", format.moment(Date.parse(s.created))], ["folder", s.folder],
				["configuration", s.config_path || config?.config_path]])),
			block("Parameters", model.columns.parameters.length ? facts(model.columns.parameters.map((p) =>
				[format.bare(p.name), `${p.expression} ${p.kind === "choice" ?
					p.values.map((v) => apart(format.value(v))).join(", ") : Number.isFinite(p.low) && Number.isFinite(p.high) ?
						`${format.number(p.low)} to ${format.number(p.high)}` : ""}` +
					(p.within ? ` · within ${apart(p.within)}` : "")])) : null),
			block("Tags", tagList(config?.tags)),
			block("Properties", tagList(config?.properties)),
			copyBlock("Command", command), copyBlock("Configuration", config?.config, "wide")));
	}

	draw();
	get(path`sweeps/${model.name}/config`).then((answer) => {
		config = answer;
		if (!gone)
			draw();
	}, () => {});
	return {
		update(kind) {
			if (kind === "sweep" || (kind === "data" && !element.childElementCount))
				draw();
		},
		resize() {},
		destroy() {
			gone = true;
			element.classList.remove("details");
		},
	};
}
