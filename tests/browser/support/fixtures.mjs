// Sweeps of every kind in stores of temporary folders, made by the binary.
import { execFile } from 'node:child_process';
import { appendFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { hdrive, json, start, stop, until } from './hdrive.mjs';
import { build, root } from './packages.mjs';

const here = join(root, 'tests/browser/fixtures');
const python = ['/usr/bin/python3', '-S', '-E', join(here, 'train.py')];
const folders = [];

export async function folder() {
	const made = await mkdtemp(join(tmpdir(), 'hdrive-browser-'));
	folders.push(made);
	return made;
}

export async function removeFolders() {
	for (const made of folders.splice(0))
		await rm(made, { recursive: true, force: true, maxRetries: 20 });
}

// As text of a parameter, a metric, a line, a file's name.
export const hostile = '<img src=x onerror=alert(1)></script>\u2028\u202egnp.exe\u2066\u200b\u05e9\u05dd 12';

async function submit(place, kind, more = []) {
	const text = await readFile(join(here, `${kind}.yml`), 'utf8');
	await writeFile(join(place, `${kind}.yml`), text.replace('WORD', 'w'.repeat(10000)));
	return hdrive(place, ['-q', 'submit', `${kind}.yml`, '--name', kind, '--seed',
		'11', '--no-snapshot', ...more, '--', ...python, kind]);
}

// One store with all that stands still: finished, failing, conditional, hostile,
// and a study that nobody asked yet, which is empty.
export async function still() {
	const place = await folder();
	// The first makes the store.
	await study(place, 'empty');
	await Promise.all(['finished', 'failing', 'conditional', 'hostile'].map(
		(kind) => submit(place, kind)));
	const { id } = await json(place, ['status', 'hostile']);
	await hdrive(place, ['run', 'update', '-r', `${id}_0`, '--add-tag',
		`<b>tag</b>=${hostile}`, '-o', 'none']);
	return place;
}

// A sweep whose trials print what a test tells them to, and when.
export async function running(name = 'running', more = []) {
	const place = await folder();
	const gate = join(place, 'gate');
	await mkdir(gate);
	const engine = start(place, ['-q', 'submit', join(here, 'running.yml'), '--name', name,
		'--seed', '5', '--no-snapshot', ...more, '--', ...python, 'told'],
	{ BROWSER_GATE: gate });
	await until('the first trial', () => json(place, ['status', name]).then(
		(status) => status.counts.Running > 0, () => false));
	return {
		folder: place, name, engine,
		// The trial may not have begun: it reads from the start.
		say: (trial, line) => appendFile(join(gate, String(trial)), `${line}\n`),
		end: (trial, code = 0) => appendFile(join(gate, String(trial)), `end ${code}\n`),
		status: () => json(place, ['status', name]),
		show: (trial) => json(place, ['show', name, String(trial)]),
		stop: () => stop(engine),
	};
}

// A store without a sweep.
export async function blank() {
	const place = await folder();
	await hdrive(place, ['experiment', 'create', '-n', 'none']);
	return place;
}

// One more in a store, of the kind that nobody asked yet.
export function study(place, name) {
	return hdrive(place, ['create', join(here, 'empty.yml'), '--name', name]);
}

// Ten thousand trials with a hundred values each.
export async function big() {
	const place = await folder();
	await promisify(execFile)('/usr/bin/python3', [join(root, 'tests/bench/bigstore.py'),
		'--name', 'big', '--trials', '10000', '--values', '100',
		join(build, 'hdrive'), join(place, '.hdrive/hdrive.db')]);
	return place;
}
