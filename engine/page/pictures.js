/*
 * The tabs of a sweep, in the order in which they stand and as the number keys call
 * them. A row: the name in the address, the name that is read, mount(element, model)
 * as model.js says.
 */
import * as curves from "./curves.js";
import * as details from "./details.js";
import * as history from "./history.js";

export const PICTURES = [
	["curves", "Curves", curves.mount],
	["history", "History", history.mount],
	["details", "Details", details.mount],
];
