/*
 * lanes.js - attempts of trials as bars in lanes, a lane a slot. Nothing here knows
 * the page: node tests it.
 */

import { clamp } from "./geometry.js";

/* An attempt that another one followed: its bar says so instead of a state. */
export const EARLIER = "earlier attempt";

/*
 * Bars of the columns (api.md) and of `attempts`, [[trial, attempt, slot, started,
 * ended, reason], ...]: { bars, lanes } where a bar is { row, attempt, lane, from,
 * to, state, reason }, `to` null while it runs, and a lane is { slot, bars } with
 * indices of bars in the order of their starts; slot null for what has none.
 */
export function barsOf(model, attempts) {
	const { columns } = model;
	const bars = [], before = new Map();
	for (const [trial, attempt, slot, started, ended, reason] of attempts) {
		const row = model.row(trial);
		if (row < 0 || started === null)
			continue;
		const to = ended ?? started;
		bars.push({ row, attempt, slot, from: started, to, state: EARLIER, reason: reason || "" });
		before.set(row, Math.max(before.get(row) ?? -Infinity, to));
	}
	for (let row = 0; row < model.rows; row++) {
		const started = columns.started[row];
		if (started === null || started === undefined)
			continue;
		/* The last attempt began when the one before it was over, at the earliest. */
		const from = Math.max(started, before.get(row) ?? -Infinity);
		const to = columns.ended[row] ?? (model.isEnded(row) ? from : null);
		bars.push({ row, attempt: columns.attempt[row], slot: columns.slot[row], from,
			to: to === null ? null : Math.max(from, to), state: columns.state[row],
			reason: columns.end[row] || "" });
	}
	return { bars, lanes: lanesOf(bars) };
}

function lanesOf(bars) {
	const slots = new Map();
	bars.forEach((bar, i) => {
		const slot = bar.slot ?? null;
		if (!slots.has(slot))
			slots.set(slot, []);
		slots.get(slot).push(i);
	});
	const lanes = [...slots].filter(([slot]) => slot !== null).sort(([a], [b]) => a - b)
		.map(([slot, list]) => ({ slot, bars: list }));
	lanes.push(...packed(bars, slots.get(null) || []));
	lanes.forEach((lane, i) => {
		lane.bars.sort((a, b) => bars[a].from - bars[b].from || a - b);
		for (const bar of lane.bars)
			bars[bar].lane = i;
	});
	return lanes;
}

/* Those without a slot, each in the first lane that is free when it begins. */
function packed(bars, list) {
	const lanes = [], ends = [];
	for (const i of [...list].sort((a, b) => bars[a].from - bars[b].from)) {
		let k = ends.findIndex((end) => end <= bars[i].from);
		if (k < 0) {
			k = lanes.length;
			lanes.push({ slot: null, bars: [] });
		}
		lanes[k].bars.push(i);
		ends[k] = bars[i].to ?? Infinity;
	}
	return lanes;
}

/* From the first start to the last end, or to `now` while something runs. */
export function spanOf(bars, now) {
	let from = Infinity, to = -Infinity, running = false;
	for (const bar of bars) {
		from = Math.min(from, bar.from);
		to = Math.max(to, bar.to ?? bar.from);
		running ||= bar.to === null;
	}
	if (!bars.length)
		return null;
	return { from, to: Math.max(running ? Math.max(now, to) : to, from + 1), running };
}

/* A view of `whole` zoomed by a factor about a time that stays where it is. */
export function zoomed(view, whole, about, factor) {
	const least = Math.min(50, whole.to - whole.from);
	const length = clamp((view.to - view.from) * factor, least, whole.to - whole.from);
	const part = (about - view.from) / (view.to - view.from);
	return clamped({ from: about - part * length, to: about + (1 - part) * length }, whole);
}

export function clamped({ from, to }, whole) {
	const by = from < whole.from ? whole.from - from : to > whole.to ? whole.to - to : 0;
	return { from: from + by, to: to + by };
}
