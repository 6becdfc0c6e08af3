/*
 * importance.js - which parameters matter, as bars: what sweeps/S/importance
 * answers, asked anew as more trials end. Elements alone: there is nothing to draw
 * that a list does not show.
 */
import * as format from "../format.js";
import { get, path } from "../source.js";
import { Stage, make } from "./stage.js";

/* Milliseconds between two questions at least. */
const PAUSE_MS = 5000;

class Importance {
	constructor(element, model) {
		this.model = model;
		this.stage = new Stage(element, "importance", model, "");
		this.ended = -1;
		const { stage } = this;
		this.list = make("ol", "picture-bars");
		this.hint = make("p", "picture-hint");
		stage.scroll.classList.add("tall");
		/* Nothing within takes the focus that scrolls it by keys. */
		stage.scroll.tabIndex = 0;
		stage.scroll.setAttribute("role", "region");
		stage.scroll.setAttribute("aria-label", "Importance of parameters");
		stage.plot.style.height = "auto";
		stage.plot.append(this.list, this.hint);
		stage.blank("Asking which parameters matter");
		this.ask();
	}

	update(kind) {
		/* The sweep's end too: the last trials may have ended within the pause. */
		if (kind === "data" || kind === "sweep")
			this.stage.paced("ask", PAUSE_MS, () => this.ask());
	}

	async ask() {
		const { model, stage } = this;
		let ended = 0;
		for (let row = 0; row < model.rows; row++)
			ended += model.isEnded(row) ? 1 : 0;
		if (ended === this.ended)
			return;
		this.ended = ended;
		stage.lasts.set("ask", performance.now());
		try {
			const answer = await get(path`sweeps/${model.name}/importance`,
				stage.stop.signal);
			if (!stage.stop.signal.aborted)
				this.show(answer);
		} catch (error) {
			if (stage.stop.signal.aborted)
				return;
			this.ended = -1;
			if (!this.list.children.length)
				stage.blank(error.message);
		}
	}

	show(answer) {
		const { stage, list } = this;
		const parameters = answer.parameters || [];
		const known = new Map([...list.children].map((li) => [li.dataset.axis, li]));
		list.replaceChildren(...parameters.map((p) => this.item(p, known.get(p.name))));
		list.hidden = !parameters.length;
		stage.blank(parameters.length ? "" : answer.note || "Too few trials have ended");
		this.hint.hidden = !parameters.length;
		this.hint.textContent = `How far each parameter alone sets the best ` +
			`${format.number((answer.quantile ?? 0.1) * 100)} % apart from all ` +
			`${format.count(answer.trials, "trial")} that ended with a value, as a part of 1 ` +
			`(${answer.method}). It says nothing of parameters that matter together.`;
		if (answer.note && parameters.length)
			this.hint.textContent += ` ${answer.note}`;
		stage.summary();
		stage.root.dataset.drawn = "yes";
	}

	item({ name, importance }, li) {
		if (!li) {
			li = make("li", "", { "data-axis": name });
			const bar = make("span", "track", { "aria-hidden": "true" });
			bar.append(make("div", "fill"));
			li.append(make("span", "name", { title: name }, format.bare(name)), bar,
				make("span", "part"));
			bar.firstChild.style.width = "0";
		}
		const percent = `${format.number(importance * 100, 3)} %`;
		li.querySelector(".part").textContent = percent;
		/* After it is in the document, so that it grows from where it was. */
		this.stage.frame(`bar ${name}`, () => {
			li.querySelector(".fill").style.width = `${Math.max(0, importance) * 100}%`;
		});
		return li;
	}

	destroy() {
		this.stage.destroy();
	}
}

export function mount(element, model) {
	const picture = new Importance(element, model);
	const handle = {
		update: (kind) => picture.update(kind),
		resize: () => {},
		destroy: () => picture.destroy(),
		locate: () => null,
	};
	picture.stage.root.picture = handle;
	return handle;
}
