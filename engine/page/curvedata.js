/*
 * Curves as a chart library wants them: one table with a row for each x and a
 * column for each curve. Nothing here knows the page, so node tests it as it is.
 */

/* More rows than there are pixels cost time and show nothing. */
const MOST_ROWS = 1500;

/*
 * An average that forgets: each value weighs (1 - factor), what was before factor;
 * corrected at the beginning, as of D. Kingma and J. Ba, "Adam" (2015), section 3.
 * Factor 0 is the values themselves.
 */
export function smoothed(y, factor) {
	if (!factor)
		return y;
	let sum = 0, weight = 1;
	return y.map((v) => {
		if (v === null || !Number.isFinite(v))
			return v;
		sum = factor * sum + (1 - factor) * v;
		weight *= factor;
		return sum / (1 - weight);
	});
}

/*
 * [[x, y of curve 0, y of curve 1, ...], ...], ascending in x, null where a curve
 * has no point. When the curves have too many x of their own, these are drawn
 * together to a grid, on which each curve keeps its last point of a cell.
 */
export function joined(curves, options = {}) {
	const { most = MOST_ROWS, factor = 0, logX = false, logY = false } = options;
	const keep = (x, y) => y !== null && Number.isFinite(y) && (!logY || y > 0) && (!logX || x > 0);
	let places = new Set();
	for (const curve of curves)
		for (let i = 0; i < curve.x.length; i++)
			if (keep(curve.x[i], curve.y[i]))
				places.add(curve.x[i]);
	let snap = (x) => x;
	if (places.size > most) {
		const all = [...places];
		const low = all.reduce((a, b) => Math.min(a, b));
		const high = all.reduce((a, b) => Math.max(a, b));
		snap = grid(low, high, most, logX);
		places = new Set(all.map(snap));
	}
	const xs = [...places].sort((a, b) => a - b);
	const at = new Map(xs.map((x, i) => [x, i]));
	const rows = xs.map((x) => {
		const row = new Array(curves.length + 1).fill(null);
		row[0] = x;
		return row;
	});
	curves.forEach((curve, c) => {
		const y = smoothed(curve.y, factor);
		for (let i = 0; i < curve.x.length; i++)
			if (keep(curve.x[i], y[i]))
				rows[at.get(snap(curve.x[i]))][c + 1] = y[i];
	});
	return rows;
}

/* A function to the nearest of n places from low to high, in equal steps or ratios. */
function grid(low, high, n, isLog) {
	const to = isLog ? Math.log : (v) => v;
	const back = isLog ? Math.exp : (v) => v;
	const step = (to(high) - to(low)) / (n - 1);
	return (x) => back(to(low) + Math.round((to(x) - to(low)) / step) * step);
}

/*
 * New points [[trial, x, y], ...] behind the curves that they belong to; returns
 * the trials that no curve is of.
 */
export function append(curves, points) {
	const byTrial = new Map(curves.map((curve) => [curve.trial, curve]));
	const others = new Set();
	for (const [trial, x, y] of points) {
		const curve = byTrial.get(trial);
		if (!curve) {
			others.add(trial);
			continue;
		}
		const last = curve.x.length ? curve.x[curve.x.length - 1] : -Infinity;
		if (x === last) {
			curve.y[curve.y.length - 1] = y;
		} else if (x > last) {
			curve.x.push(x);
			curve.y.push(y);
			curve.count++;
		}
	}
	return others;
}

/*
 * The range of y in which the curves differ: what lies far off on the bad side (the
 * first losses of all, one that diverged) is cut when it would take most of the
 * height. [low, high], or null for all of it.
 */
export function robustRange(curves, maximize) {
	const all = [];
	for (const curve of curves)
		for (const y of curve.y)
			if (y !== null && Number.isFinite(y))
				all.push(maximize ? -y : y);
	if (all.length < 20)
		return null;
	all.sort((a, b) => a - b);
	const low = all[0];
	const bulk = all[Math.floor(0.97 * (all.length - 1))];
	const high = all[all.length - 1];
	const span = bulk - low;
	if (span <= 0 || high <= bulk + 3 * span)
		return null;
	const range = [low - 0.05 * span, bulk + 0.15 * span];
	return maximize ? [-range[1], -range[0]] : range;
}
