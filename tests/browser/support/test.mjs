// How the tests of the page are said: a name that is a claim, and what it does
// with pages that it opens. Each ends with its pages held to the rules of all.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';

import * as browser from './browser.mjs';
import { root } from './packages.mjs';

const word = process.env.SCRIPT ?? '';
// Claims that take long are no part of the short form.
const long = process.env.PAGE !== 'short' ? []
	: readFileSync(join(root, 'tests/browser/long'), 'utf8').split('\n');
const seconds = 240;

// body(visit, own): visit() opens a page; own() gives back a server or a sweep, which
// is stopped when the pages are closed.
export function claim(name, body) {
	if (!name.includes(word) || long.includes(name))
		return;
	it(name, { timeout: 1000 * seconds }, async () => {
		const pages = [];
		// A page at SERVER's address, or of a file.
		const visit = async (server, path = '', options = {}) => {
			const page = await browser.open([server.origin], options);
			pages.push(page);
			await page.goto(server.address);
			if (path)
				await page.goto(server.origin + path);
			return page;
		};
		const owned = [];
		const own = (thing) => {
			owned.push(thing);
			return thing;
		};
		const failures = [];

		try {
			await body(visit, own);
		} catch (error) {
			failures.push(error);
			let number = 0;
			for (const page of pages) {
				const file = `failed-${name.replace(/\W+/g, '-')}-${number++}`;
				await browser.shot(page, file).catch(() => {});
			}
		}
		for (const page of pages) {
			const problems = await page.finish();
			if (problems.length)
				failures.push(new Error(`the page has problems:\n${problems.join('\n')}`));
		}
		for (const thing of owned.reverse())
			await thing.stop();
		if (failures.length)
			throw failures.length === 1 ? failures[0]
				: new Error(failures.map((error) => error.stack).join('\n'));
	});
}

export { assert };
