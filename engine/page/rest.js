/*
 * What is not seen first, as a script of its own: the pictures, a trial, a
 * comparison. later.js brings it.
 */
export { compareView } from "./compare.js";
export { trialView } from "./trial.js";

import * as curves from "./curves.js";
import * as details from "./details.js";
import * as history from "./history.js";
import * as importance from "./picture/importance.js";
import * as parallel from "./picture/parallel.js";
import * as scatter from "./picture/scatter.js";
import * as scatter3d from "./picture/scatter3d.js";
import * as slice from "./picture/slice.js";
import * as timeline from "./picture/timeline.js";

/* mount(element, model), as model.js says, by a picture's name in the address. */
export const mounts = {
	curves: curves.mount,
	history: history.mount,
	parallel: parallel.mount,
	scatter: scatter.mount,
	scatter3d: scatter3d.mount,
	slice: slice.mount,
	importance: importance.mount,
	timeline: timeline.mount,
	details: details.mount,
};
