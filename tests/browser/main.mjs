// The page in a real browser. All claims share one browser, and those that only
// look share one server; run by tests/browser/run.sh.
import { after, describe } from 'node:test';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { close, launch } from './support/browser.mjs';
import { removeFolders, still } from './support/fixtures.mjs';
import { json, serve, stopAll } from './support/hdrive.mjs';
import { root } from './support/packages.mjs';

const views = join(root, 'tests/browser/views');

const [place] = await Promise.all([still(), launch()]);
const world = { place, json, server: await serve(place) };
const modules = [];
for (const file of (await readdir(views)).sort())
	modules.push(await import(join(views, file)));

// Half of them wait for something.
describe('the page', { concurrency: 4 }, () => {
	after(async () => {
		await close();
		await stopAll();
		await removeFolders();
	});
	for (const { claims } of modules)
		claims(world);
});
