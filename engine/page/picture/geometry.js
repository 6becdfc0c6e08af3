/*
 * geometry.js - points and polygons on a plane, and three dimensions seen from a
 * place. Nothing here knows the page: node tests it.
 */

/* A number held between two others. */
export function clamp(x, low, high) {
	return Math.min(high, Math.max(low, x));
}

/* Whether a point lies within a polygon, [[x, y], ...], by crossings to its right. */
export function inside(polygon, x, y) {
	let within = false;
	for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i++) {
		const [xi, yi] = polygon[i], [xj, yj] = polygon[j];
		if (yi > y !== yj > y && x < (xj - xi) * (y - yi) / (yj - yi) + xi)
			within = !within;
	}
	return within;
}

/* The index of the point nearest to x, y that is nearer than `reach`; -1 for none. */
export function nearest(xs, ys, x, y, reach, allowed = null) {
	let best = -1, least = reach * reach;
	for (let i = 0; i < xs.length; i++) {
		const dx = xs[i] - x, dy = ys[i] - y;
		const d = dx * dx + dy * dy;
		if (d <= least && (!allowed || allowed[i])) {
			least = d;
			best = i;
		}
	}
	return best;
}

/*
 * The next point from point `from` towards (dx, dy), one of the four directions:
 * the nearest where what lies aside counts twice, and not aside more than ahead;
 * -1 for none.
 */
export function towards(xs, ys, from, dx, dy, allowed = null) {
	let best = -1, least = Infinity;
	for (let i = 0; i < xs.length; i++) {
		if (i === from || allowed && !allowed[i])
			continue;
		const px = xs[i] - xs[from], py = ys[i] - ys[from];
		const ahead = px * dx + py * dy, aside = Math.abs(px * dy - py * dx);
		if (!(ahead > 0) || aside > ahead * 1.0001)
			continue;
		const d = ahead + 2 * aside;
		if (d < least) {
			least = d;
			best = i;
		}
	}
	return best;
}

/*
 * The place in `order` (rows) of the line that passes nearest to height y, where a
 * line's height is between(row); -1 when none is nearer than `reach`. Of those
 * equally near the last one wins: it was drawn on top.
 */
export function nearestLine(order, between, y, reach, allowed = null) {
	let best = -1, least = reach;
	for (let i = 0; i < order.length; i++) {
		const row = order[i];
		if (allowed && !allowed[row])
			continue;
		const d = Math.abs(between(row) - y);
		if (d <= least) {
			least = d;
			best = i;
		}
	}
	return best;
}

/* Every n-th of a list, `count` in all and the last among them. */
export function sample(list, count) {
	if (list.length <= count)
		return list;
	const out = new list.constructor(count);
	for (let i = 0; i < count; i++)
		out[i] = list[Math.round((i + 1) * list.length / count) - 1];
	return out;
}

/*
 * How a point of the cube -0.5 to 0.5 is seen from `distance`, turned by `yaw`
 * about the upright axis and then by `pitch` towards the eye. A projected point is
 * [right, up, depth]: right and up in cube lengths at the middle's depth, depth
 * greater the nearer the point is.
 */
export function camera(yaw, pitch, distance = 3) {
	const cy = Math.cos(yaw), sy = Math.sin(yaw), cp = Math.cos(pitch), sp = Math.sin(pitch);
	return (x, y, z) => {
		const right = cy * x + sy * z, back = cy * z - sy * x;
		const up = cp * y - sp * back, depth = cp * back + sp * y;
		const near = distance / (distance - depth);
		return [right * near, up * near, depth];
	};
}

/*
 * Indices 0 to n-1 from the farthest to the nearest, by counting depths in 1024
 * steps: exact enough for points, and as quick as one look at each.
 */
export function farthestFirst(depths, out = new Uint32Array(depths.length)) {
	const steps = 1024, reach = 0.9;
	const starts = new Uint32Array(steps + 1);
	const step = (d) => {
		const s = Math.floor((d + reach) / (2 * reach) * steps);
		return clamp(s, 0, steps - 1) || 0;
	};
	for (let i = 0; i < depths.length; i++)
		starts[step(depths[i]) + 1]++;
	for (let s = 1; s <= steps; s++)
		starts[s] += starts[s - 1];
	for (let i = 0; i < depths.length; i++)
		out[starts[step(depths[i])]++] = i;
	return out;
}
