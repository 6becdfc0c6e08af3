/*
 * Colours and marks. What the theme decides comes from the style sheet's
 * variables; the ramp and the categories are fixed and safe for the colour-blind:
 * viridis (S. van der Walt, N. Smith, 2015) and the eight of M. Okabe and K. Ito.
 */

const VIRIDIS = [
	[68, 1, 84], [71, 44, 122], [59, 81, 139], [44, 113, 142], [33, 144, 141],
	[39, 173, 129], [92, 200, 99], [170, 220, 50], [253, 231, 37],
];

/* On white, yellow and sky blue are too pale for a line: those are darker there. */
const CATEGORIES = {
	light: ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#b8860b", "#3a9bd1", "#5b4b9a", "#444444"],
	dark: ["#56b4e9", "#e69f00", "#2cc295", "#e58fc0", "#f0e442", "#4a90e2", "#ff8a5c", "#c9c9c9"],
};

const VARIABLES = ["text", "muted", "faint", "grid", "line", "surface", "raised", "sunken",
	"accent", "good", "bad", "warn", "live", "idle"];

/* How a state is drawn: never by colour alone. */
const STATES = {
	Completed: ["good", "circle"],
	Running: ["live", "triangle"],
	Starting: ["live", "triangle"],
	CancelRequested: ["warn", "triangle"],
	Paused: ["warn", "bars"],
	Queued: ["idle", "ring"],
	Canceled: ["warn", "square"],
	Failed: ["bad", "cross"],
};

let cached = null;

/*
 * The theme's colours as CSS texts, and `dark`; the same object until
 * themeChanged(), so reading one in an inner loop costs nothing.
 */
export function theme() {
	if (cached)
		return cached;
	const style = getComputedStyle(document.documentElement);
	cached = { dark: style.getPropertyValue("--dark").trim() === "1" };
	for (const name of VARIABLES)
		cached[name] = style.getPropertyValue(`--${name}`).trim();
	return cached;
}

export function themeChanged() {
	cached = null;
}

/* A point of viridis, 0 to 1, as [r, g, b]. */
export function viridis(t) {
	const at = Math.min(1, Math.max(0, t)) * (VIRIDIS.length - 1);
	const i = Math.min(VIRIDIS.length - 2, Math.floor(at));
	const f = at - i;
	return VIRIDIS[i].map((c, k) => Math.round(c + (VIRIDIS[i + 1][k] - c) * f));
}

/*
 * The colour of merit: 1 is the best and stands out most, 0 the worst and is
 * nearest to the background, in either theme. NaN (no value) is the faint grey.
 */
export function merit(t, alpha = 1) {
	if (Number.isNaN(t) || t === null || t === undefined)
		return theme().faint;
	const part = Math.min(1, Math.max(0, t));
	const [r, g, b] = viridis(theme().dark ? 0.2 + 0.8 * part : 0.9 * (1 - part));
	return alpha === 1 ? `rgb(${r},${g},${b})` : `rgba(${r},${g},${b},${alpha})`;
}

/* The i-th of a few things that differ in kind. */
export function categoryColour(i) {
	const list = theme().dark ? CATEGORIES.dark : CATEGORIES.light;
	return list[((i % list.length) + list.length) % list.length];
}

export function stateColour(state) {
	return theme()[(STATES[state] || ["muted"])[0]];
}

/* "circle", "ring", "triangle", "square", "cross" or "bars". */
export function stateShape(state) {
	return (STATES[state] || [0, "circle"])[1];
}

/* Draws a mark of about radius r; fill and stroke style are the caller's. */
export function mark(context, shape, x, y, r) {
	context.beginPath();
	switch (shape) {
	case "triangle":
		context.moveTo(x - r * 0.8, y - r);
		context.lineTo(x + r, y);
		context.lineTo(x - r * 0.8, y + r);
		context.closePath();
		context.fill();
		break;
	case "square":
		context.rect(x - r * 0.85, y - r * 0.85, r * 1.7, r * 1.7);
		context.fill();
		break;
	case "bars":
		context.rect(x - r * 0.8, y - r, r * 0.6, r * 2);
		context.rect(x + r * 0.2, y - r, r * 0.6, r * 2);
		context.fill();
		break;
	case "cross":
		context.moveTo(x - r * 0.8, y - r * 0.8);
		context.lineTo(x + r * 0.8, y + r * 0.8);
		context.moveTo(x + r * 0.8, y - r * 0.8);
		context.lineTo(x - r * 0.8, y + r * 0.8);
		context.stroke();
		break;
	case "ring":
		context.arc(x, y, r * 0.85, 0, 2 * Math.PI);
		context.stroke();
		break;
	default:
		context.arc(x, y, r, 0, 2 * Math.PI);
		context.fill();
	}
}

/* A canvas of the element's size, sharp on dense screens; returns its context. */
export function fit(canvas, width, height) {
	const ratio = Math.min(3, window.devicePixelRatio || 1);
	const w = Math.max(1, Math.round(width * ratio));
	const h = Math.max(1, Math.round(height * ratio));
	if (canvas.width !== w || canvas.height !== h) {
		canvas.width = w;
		canvas.height = h;
		canvas.style.width = `${width}px`;
		canvas.style.height = `${height}px`;
	}
	const context = canvas.getContext("2d");
	context.setTransform(ratio, 0, 0, ratio, 0, 0);
	return context;
}
