// The page in a real browser. All claims share one browser, and those that only
// look share one server; run by tests/browser/run.sh.
import { after, describe } from 'node:test';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { close, launch } from './support/browser.mjs';
import { removeFolders, still } from './support/fixtures.mjs';
import { serve, stopAll } from './support/hdrive.mjs';
import { root } from './support/packages.mjs';

const views = join(root, 'tests/browser/views');

after(async () => {
	await close();
	await stopAll();
	await removeFolders();
});

const [place] = await Promise.all([still(), launch()]);
const world = { place, server: await serve(place) };

for (const file of (await readdir(views)).sort()) {
	const { claims } = await import(join(views, file));
	describe(file, { concurrency: 3 }, () => claims(world));
}
