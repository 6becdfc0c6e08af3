// page.mjs BUILD: how soon hdrive ui's page shows 10,000 trials with 1,000,000
// values, and how soon what an engine commits is to be seen. Figures to read: what
// is held is printed beside each, and the status is 1 when a median does not hold.
//
//   first paint   from the navigation of a browser that has nothing of the page to
//                 the frame that shows rows of the table
//   seen          from a commit in the store to the change of the page; the server
//                 looks every so often, so half of that is waiting
//   processor     what the page's thread computed for it, whatever else ran meanwhile:
//                 with the wall's time it tells a slow page from a busy machine
//   handling      what the page works for one event: its handler, and the frame
//                 that draws what came of it, layout and paint included
//
// PAGE_RUNS=N: of how many runs the medians are. PAGE_STORE=FOLDER: a store that
// is there already, its sweep being 'big'.
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

process.env.TEST_BUILD = resolve(process.argv[2] ?? 'build/release');
const { build, root } = await import('../browser/support/packages.mjs');
const { serve, stopAll } = await import('../browser/support/hdrive.mjs');
const { close, launch, open } = await import('../browser/support/browser.mjs');

const { tabs } = await import('../browser/support/page.mjs');
const runs = Number(process.env.PAGE_RUNS ?? 7);
const name = 'big';
let held = true;

function median(values) {
	const sorted = [...values].sort((a, b) => a - b);
	return sorted[Math.floor(sorted.length / 2)];
}

function print(what, values, most, unit = 'ms') {
	const middle = median(values);
	const holds = most === null ? '' : middle <= most ? `  holds (<= ${most})`
		: `  MORE than ${most}`;

	if (most !== null && middle > most)
		held = false;
	console.log(`${what.padEnd(34)} ${middle.toFixed(1).padStart(9)} ${unit}, ` +
		`${Math.min(...values).toFixed(1)} to ${Math.max(...values).toFixed(1)}${holds}`);
}

async function bigStore() {
	if (process.env.PAGE_STORE)
		return [process.env.PAGE_STORE, false];
	const folder = await mkdtemp(join(tmpdir(), 'hdrive-bench-'));
	await promisify(execFile)('/usr/bin/python3', [join(root, 'tests/bench/bigstore.py'),
		'--trials', '10000', '--values', '100', '--name', name, '--state', 'Running',
		join(build, 'hdrive'), join(folder, '.hdrive/hdrive.db')]);
	return [folder, true];
}

// Runs in the page before its scripts: when rows were first painted, when each
// event was handled, when the text that is waited for appeared.
function observe() {
	const now = () => performance.timeOrigin + performance.now();
	const bench = window.bench = { rows: null, handled: [], at: null };
	const afterFrame = (fn) => {
		const channel = new MessageChannel();
		channel.port1.onmessage = fn;
		channel.port2.postMessage(0);
	};
	const look = () => {
		if (document.querySelectorAll('main [role=row] [role=gridcell], main tbody tr').length < 5)
			requestAnimationFrame(look);
		else
			afterFrame(() => { bench.rows = performance.now(); });
	};
	requestAnimationFrame(look);

	const listen = EventSource.prototype.addEventListener;
	EventSource.prototype.addEventListener = function (event, fn, ...rest) {
		return listen.call(this, event, (message) => {
			const began = performance.now();
			let frame;

			requestAnimationFrame(() => {
				frame = performance.now();
				afterFrame(() => bench.handled.push([event,
					handler + performance.now() - frame]));
			});
			fn(message);
			const handler = performance.now() - began;
		}, ...rest);
	};
	// The best value, above everything, is another one after each commit.
	let best = null;
	new MutationObserver(() => {
		const text = document.querySelector('.best b')?.textContent;
		if (text && text !== best) {
			best = text;
			bench.at = now();
		}
	}).observe(document, { subtree: true, childList: true, characterData: true });
}

// A function that tells the milliseconds that the page's thread has computed.
async function thread(page) {
	const session = await page.context().newCDPSession(page);
	await session.send('Performance.enable', { timeDomain: 'threadTicks' });
	return async () => {
		const { metrics } = await session.send('Performance.getMetrics');
		return 1000 * metrics.find(({ name: key }) => key === 'TaskDuration').value;
	};
}

async function firstPaint(server) {
	const paints = [];
	const rows = [];
	const computed = [];

	for (let i = 0; i < runs; i++) {
		const page = await open([server.origin]);
		await page.addInitScript(observe);
		const processor = await thread(page);
		await page.goto(`${server.address}#/sweep/${name}`);
		await page.waitForFunction(() => window.bench.rows !== null);
		computed.push(await processor());
		const [paint, row] = await page.evaluate(() => [
			performance.getEntriesByName('first-contentful-paint')[0].startTime,
			window.bench.rows]);
		paints.push(paint);
		rows.push(row);
		const problems = await page.finish();
		if (problems.length)
			throw new Error(problems.join('\n'));
	}
	print('first contentful paint', paints, null);
	print('first paint with rows', rows, 300);
	print('first paint: processor', computed, null);
}

async function tabsOf(server) {
	const page = await open([server.origin]);
	await page.goto(`${server.address}#/sweep/${name}`);
	const all = await tabs(page);
	await page.finish();
	return all;
}

// Commits, as an engine would, one new best value a line that it reads.
const writer = `
import sqlite3, sys, time
db = sqlite3.connect(sys.argv[1], isolation_level=None)
sweep, key, number, count = db.execute("""
	SELECT s.key, t.key, t.number, t.intervals FROM sweep s JOIN trial t ON t.sweep = s.key
	WHERE s.name = 'big' AND t.intervals > 0 ORDER BY t.number DESC LIMIT 1""").fetchone()
name, = db.execute("SELECT n.key FROM name n JOIN sweep s ON s.metric = n.text"
	" WHERE s.key = ?", (sweep,)).fetchone()
goal, = db.execute("SELECT goal FROM sweep WHERE key = ?", (sweep,)).fetchone()
sequence, = db.execute("SELECT max(sequence) FROM metric WHERE trial = ?", (key,)).fetchone()
db.execute("UPDATE sweep SET state = 'Running', ended = NULL WHERE key = ?", (sweep,))
db.execute("UPDATE trial SET state = 'Running', ended = NULL WHERE key = ?", (key,))
print(goal, flush=True)
for line in sys.stdin:
	value = float(line)
	rank = -value if goal == 'maximize' else value
	count += 1
	sequence += 1
	now = int(time.time() * 1e6)
	db.execute("BEGIN IMMEDIATE")
	db.execute("INSERT INTO metric(trial, sequence, name, value, interval, source, time)"
		" VALUES(?, ?, ?, ?, ?, 0, ?)", (key, sequence, name, value, count, now))
	db.execute("UPDATE trial SET value = ?, best = ?, last = ?, rank = ?, intervals = ?,"
		" best_time = ? WHERE key = ?", (value, value, value, rank, count, now, key))
	db.execute("UPDATE sweep SET best = ?, best_trial = ? WHERE key = ?", (value, number, sweep))
	db.execute("COMMIT")
	print(time.time() * 1000, flush=True)
`;

async function startWriter(folder) {
	const child = spawn('/usr/bin/python3', ['-c', writer, join(folder, '.hdrive/hdrive.db')],
		{ stdio: ['pipe', 'pipe', 'inherit'] });
	const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
	const goal = (await lines.next()).value;
	let step = 0;

	return {
		child,
		// A value better than all before it, as the page writes it, and when it was there.
		async commit() {
			step++;
			const value = goal === 'maximize' ? 1e6 + 1000 * step : -(1e6 + 1000 * step);
			child.stdin.write(`${value}\n`);
			return Number((await lines.next()).value);
		},
	};
}

async function updates(server, folder, tab) {
	const page = await open([server.origin]);
	await page.addInitScript(observe);
	await page.goto(`${server.address}#/sweep/${name}/${tab}`);
	await page.waitForFunction(() => window.bench.rows !== null);
	const processor = await thread(page);
	const seen = [];
	const computed = [];

	for (let i = 0; i < runs; i++) {
		const before = await page.evaluate(() => {
			window.bench.at = null;
			return window.bench.handled.length;
		});
		const began = await processor();
		const commit = await writerOfAll.commit();
		await page.waitForFunction((n) => window.bench.at !== null &&
			window.bench.handled.length > n, before);
		seen.push(await page.evaluate(() => window.bench.at) - commit);
		// Pictures of all trials are drawn over some frames, a second at most later.
		await page.waitForTimeout(1200);
		computed.push(await processor() - began);
	}
	const handled = await page.evaluate(() => window.bench.handled);
	const problems = await page.finish();
	if (problems.length)
		throw new Error(problems.join('\n'));
	return { seen, computed, handled: handled.map(([, time]) => time) };
}

const [folder, made] = await bigStore();
let writerOfAll;
try {
	await launch();
	const server = await serve(folder);
	console.log(`10,000 trials, 1,000,000 values; medians of ${runs} runs`);
	await firstPaint(server);

	writerOfAll = await startWriter(folder);
	for (const tab of await tabsOf(server)) {
		const { seen, computed, handled } = await updates(server, folder, tab);
		print(`${tab}: a commit is seen after`, seen, null);
		print(`${tab}: handling an event`, handled, 50);
		print(`${tab}: processor for a commit`, computed, null);
	}
	await server.stop();

	let bytes = 0;
	const assets = join(build, 'page');
	for (const file of await readdir(assets)) {
		if (!file.endsWith('.gz'))
			bytes += (await stat(join(assets, file))).size;
	}
	print('assets', [bytes / 1000], 300, 'kB');
} finally {
	writerOfAll?.child.stdin.end();
	await close();
	await stopAll();
	if (made)
		await rm(folder, { recursive: true });
}
process.exitCode = held ? 0 : 1;
