/*
 * A sweep that is open: its model, filled from the server and kept up to date by
 * events. One at a time: the sweep's view, a trial's and a comparison share it.
 */
import { painted } from "./dom.js";
import { Model } from "./model.js";
import { get, path, report, stream } from "./source.js";

let current = null;

/*
 * The session of the sweep that an address names, as it is or new. Where the best
 * trials are what is seen first, they are asked for alone before all others.
 */
export function session({ sweep, tab, trial, compare, query }) {
	if (current && current.name === sweep)
		return current;
	close();
	current = new Session(sweep, !report && trial === null && !compare && !query.sort && !query.filter);
	return current;
}

export function close() {
	if (current)
		current.close();
	current = null;
}

class Session {
	constructor(name, bestFirst) {
		this.name = name;
		this.model = new Model(name);
		this.closed = false;
		this.waiting = [];
		this.asked = false;
		this.reloading = null;
		this.end = () => {};
		/*
		 * Resolved when there is a header to show, with columns of the best trials, and
		 * when there are all trials.
		 */
		this.known = this.loadSweep();
		this.best = bestFirst ? get(path`sweeps/${name}/columns?best=64`) : null;
		this.loaded = this.best ? this.best.then(painted, () => {}).then(() => this.loadColumns()) :
			this.loadColumns();
		this.known.catch(() => {});
		this.loaded.then(() => this.listen(), () => {});
	}

	async loadSweep() {
		const sweep = await get(path`sweeps/${this.name}`);
		if (!this.closed)
			this.model.setSweep(sweep);
	}

	async loadColumns() {
		const columns = await get(path`sweeps/${this.name}/columns`);
		if (!this.closed)
			this.model.load(columns);
	}

	listen() {
		if (this.closed || report)
			return;
		this.end = stream(() => {
			const { epoch, seq } = this.model.columns;
			return path`stream?sweep=${this.name}&since=${epoch === undefined ? seq : `${epoch}-${seq}`}`;
		}, {
			state: (state) => document.dispatchEvent(new CustomEvent("connection", { detail: state })),
			sweep: (sweep) => this.model.setSweep(sweep),
			trials: (event) => this.later(event),
			points: (event) => this.later(event),
			reset: () => this.reload(),
		});
	}

	/* What came is put into the model once a frame; a hidden page has no frames. */
	later(event) {
		this.waiting.push(event);
		if (this.asked || this.reloading)
			return;
		this.asked = true;
		if (document.hidden)
			setTimeout(() => this.flush(), 1000);
		else
			requestAnimationFrame(() => this.flush());
	}

	flush() {
		const columns = this.model.columns;
		/* What the columns were read with already is older than they are. */
		const events = this.waiting.filter((event) => event.seq > columns.seq);
		this.asked = false;
		this.waiting = [];
		if (this.closed || !events.length)
			return;
		columns.seq = Math.max(...events.map((event) => event.seq));
		/* A trial may have changed more than once: the last word counts. */
		const rows = new Map(events.flatMap((event) => event.rows || [])
			.map((row) => [row.number, row]));
		if (![...rows.values()].every((row) => this.isKnown(row))) {
			this.reload();
			return;
		}
		this.model.apply([...rows.values()]);
		const points = events.flatMap((event) => event.points || []);
		if (points.length)
			this.model.notify("points", points);
	}

	/* Whether the columns have a place for what a trial has: else they are others now. */
	isKnown(row) {
		const { parameters } = this.model.columns;
		return !row.values || (row.values.length === parameters.length && parameters.every((p, i) =>
			p.kind !== "choice" || row.values[i] === null || row.values[i] < p.values.length));
	}

	/* All anew: the server does not know what this page has. */
	reload() {
		if (!this.reloading)
			this.reloading = Promise.all([this.loadSweep(), this.loadColumns()])
				.catch(() => {})
				.finally(() => {
					this.reloading = null;
					this.flush();
				});
		return this.reloading;
	}

	close() {
		this.closed = true;
		this.end();
		this.model.listeners.clear();
	}
}
