// The binary as a user has it: commands that end, and servers and sweeps that go
// on until the test ends them.
import { execFile, spawn } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { build } from './packages.mjs';

const program = join(build, 'hdrive');
const children = new Set();

const environment = { ...process.env, NO_COLOR: '1', LC_ALL: 'C.UTF-8' };
for (const name of Object.keys(environment)) {
	if (name.startsWith('HDRIVE_'))
		delete environment[name];
}

// What COMMAND prints; an error that says what it said where it fails.
export async function hdrive(folder, words) {
	const { stdout } = await promisify(execFile)(program, words, {
		cwd: folder, env: environment, maxBuffer: 1 << 28,
	});
	return stdout;
}

export async function json(folder, words) {
	return JSON.parse(await hdrive(folder, [...words, '--json']));
}

// A process that goes on; what it has printed is in its `out` and `err`.
export function start(folder, words, more = {}) {
	const child = spawn(program, words, {
		cwd: folder, env: { ...environment, ...more }, stdio: ['ignore', 'pipe', 'pipe'],
	});
	child.out = '';
	child.err = '';
	child.stdout.on('data', (data) => { child.out += data; });
	child.stderr.on('data', (data) => { child.err += data; });
	children.add(child);
	child.ended = new Promise((done) => {
		child.on('close', (code, signal) => {
			children.delete(child);
			done({ code, signal });
		});
	});
	return child;
}

export async function stop(child, signal = 'SIGTERM') {
	if (child.exitCode === null && child.signalCode === null)
		child.kill(signal);
	return child.ended;
}

export async function stopAll() {
	await Promise.all([...children].map((child) => stop(child, 'SIGKILL')));
}

// until CONDITION gives something true, which it returns; it says WHAT else.
export async function until(what, condition, seconds = 40) {
	const end = Date.now() + 1000 * seconds;
	for (;;) {
		const found = await condition();
		if (found)
			return found;
		if (Date.now() > end)
			throw new Error(`${what}: not within ${seconds} s`);
		await new Promise((done) => setTimeout(done, 20));
	}
}

// `hdrive ui` over the store of FOLDER: { url, token, address(path), ... }.
export async function serve(folder, words = []) {
	const child = start(folder, ['ui', ...words]);
	const printed = await until('the address of hdrive ui', () => {
		if (child.exitCode !== null)
			throw new Error(`hdrive ui ended with ${child.exitCode}: ${child.err}`);
		return /^(http:\/\/[^/]+)\/\?token=(\S+)$/m.exec(child.out);
	});
	const [, origin, token] = printed;
	return {
		child, origin, token, folder,
		port: new URL(origin).port,
		address: `${origin}/?token=${token}`,
		// An answer of the API, as any program gets it.
		async api(path, init = {}) {
			const answer = await fetch(`${origin}/api/v1/${path}`, {
				...init,
				headers: { Authorization: `Bearer ${token}`, ...init.headers },
			});
			return { status: answer.status, body: await answer.json() };
		},
		stop: (signal) => stop(child, signal),
	};
}
