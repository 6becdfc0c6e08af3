/*
 * chosen.js - a picture whose axes and colour the reader chooses: the controls, the
 * axes, and asking for metrics that the model has not.
 */
import { apart } from "../text.js";
import { make } from "./stage.js";
import { Axis, worstSide } from "./axis.js";
import { choices, colourChoices, colouring, dimensionOf, fetchFor, firstChoices,
	} from "./dimension.js";
import { Picture } from "./picture.js";

export class Chosen extends Picture {
	/* `keys`: [[key in kept, name of the control], ...] of the axes. */
	chooseControls(keys) {
		const { stage, model, kept } = this;
		this.keys = keys.map(([key]) => key);
		this.selects = {};
		for (const [key, text] of [...keys, ["colour", "colour"]])
			this.selects[key] = stage.select(text, [], kept[key], (id) => {
				kept[key] = id;
				if (key !== "colour" && kept.brush)
					this.setBrush(null);
				this.data(false);
			});
		/* Where each axis lies, for those who look from outside. */
		this.lines = this.keys.map(() => make("div", "picture-line", { "aria-hidden": "true" }));
		stage.over.append(...this.lines);
	}

	chooseData() {
		const { kept, model, stage, keys, selects } = this;
		for (const key of [...keys, "colour"]) {
			const list = key === "colour" ? colourChoices(model) : choices(model);
			if (!list.some(([id]) => id === kept[key]))
				kept[key] = key === "x" ? firstChoices(model)[0] : "value";
			stage.options(selects[key], list, kept[key]);
			fetchFor(model, kept[key]).then((came) => {
				if (came && !stage.stop.signal.aborted)
					this.data(false);
			}, (error) => stage.say(error.message));
		}
		this.axes = keys.map((key) => this.axis(key));
		this.axes.forEach((axis, i) => {
			this.lines[i].dataset.axis = axis.dimension.name;
		});
		const hue = kept.colour === "state" ? null : this.axis("colour");
		this.colouring = colouring(model, kept.colour, hue);
		this.steps = Int16Array.from(model.columns.number, (_, row) => this.colouring.step(row));
		this.colouring.legend(stage);
	}

	axis(key) {
		const { kept, model } = this;
		const dimension = dimensionOf(model, kept[key]);
		return new Axis(model, dimension, { log: kept.logs?.[kept[key]],
			worst: worstSide(model, dimension) });
	}

	describe() {
		const names = this.axes.map((axis) => axis.dimension.name);
		const lacking = this.axes.find((axis) => !axis.count);
		const { selectedOptions } = this.selects.colour;
		this.stage.describe(`${this.kind} of ${names[1]} over ${names[0]}` +
			`${names[2] ? ` and ${names[2]}` : ""}, coloured by ${selectedOptions[0]?.text}`,
		lacking ? `No trial has ${apart(lacking.dimension.name)} yet` : "");
	}
}
