/*
 * The tabs of a sweep, in the order in which they stand and as the number keys call
 * them: the name in the address, the name that is read. rest.js draws them.
 */
export const PICTURES = [
	["curves", "Curves"],
	["history", "History"],
	["parallel", "Parallel"],
	["scatter", "Scatter"],
	["scatter3d", "Scatter 3-D"],
	["slice", "Slice"],
	["importance", "Importance"],
	["timeline", "Timeline"],
	["details", "Details"],
];
