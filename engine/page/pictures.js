/*
 * The tabs of a sweep, in the order in which they stand and as the number keys call
 * them. A row: the name in the address, the name that is read, mount(element, model)
 * as model.js says.
 */
import * as curves from "./curves.js";
import * as details from "./details.js";
import * as history from "./history.js";
import * as importance from "./picture/importance.js";
import * as parallel from "./picture/parallel.js";
import * as scatter from "./picture/scatter.js";
import * as scatter3d from "./picture/scatter3d.js";
import * as slice from "./picture/slice.js";
import * as timeline from "./picture/timeline.js";

export const PICTURES = [
	["curves", "Curves", curves.mount],
	["history", "History", history.mount],
	["parallel", "Parallel", parallel.mount],
	["scatter", "Scatter", scatter.mount],
	["scatter3d", "Scatter 3-D", scatter3d.mount],
	["slice", "Slice", slice.mount],
	["importance", "Importance", importance.mount],
	["timeline", "Timeline", timeline.mount],
	["details", "Details", details.mount],
];
