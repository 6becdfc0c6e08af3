// Through every view of a sweep, looking for what none may have.
import { accessibility, shot, widthToScroll } from './browser.mjs';
import { at, go, tabs } from './page.mjs';
import { assert } from './test.mjs';

// Elements that only a text read as markup could have made.
async function madeOfTexts(page) {
	return page.evaluate(() => [...document.querySelectorAll(
		'img, main script, main b b, u, i > i, [onerror], iframe, object')]
		.map((element) => element.outerHTML.slice(0, 200)));
}

// Texts in which what turns or hides others is not written out.
async function turning(page) {
	return page.evaluate(() => {
		const found = [];
		const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
		while (walker.nextNode()) {
			const { parentElement, data } = walker.currentNode;
			if (!parentElement.closest('script') &&
				/[\u061c\u200b\u200e\u200f\u2028-\u202e\u2066\u2067\ufeff]/.test(data))
				found.push(JSON.stringify(data.slice(0, 100)));
		}
		return found;
	});
}

async function look(page, name, { axe, rules }) {
	const found = [];

	if (axe)
		found.push(...await accessibility(page, rules));
	const made = await madeOfTexts(page);
	if (made.length)
		found.push(`elements of texts: ${made.join(' ')}`);
	const turned = await turning(page);
	if (turned.length)
		found.push(`texts that turn others: ${turned.join(' ')}`);
	const out = await widthToScroll(page);
	if (out > 0)
		found.push(`the page is ${out} px wider than the window`);
	await shot(page, name);
	return found.map((line) => `${name}: ${line}`);
}

// [[name, address], ...] of all views of SWEEP, of its trials NUMBERS too.
export async function viewsOf(page, sweep, numbers) {
	await go(page, at.sweep(sweep));
	return [
		...(await tabs(page)).map((tab) => [tab, at.sweep(sweep, tab)]),
		...numbers.length ? [['trial', at.trial(sweep, numbers[0])]] : [],
		...numbers.length > 1 ? [['compare', at.compare(sweep, numbers)]] : [],
	];
}

// What is seen now, looked at in each of THEMES; lines of what was found. `every`: by
// all of axe's rules in each of them.
export async function inspect(page, name, { themes = ['light'], axe = true, every = false } = {}) {
	const found = [];

	for (const [i, theme] of themes.entries()) {
		await page.emulateMedia({ colorScheme: theme });
		await page.evaluate(() => new Promise((done) =>
			requestAnimationFrame(() => requestAnimationFrame(done))));
		// The elements are the same in another theme: only the colours differ.
		const rules = i > 0 && !every ? ['color-contrast'] : null;
		found.push(...await look(page, `${name}-${theme}`, { axe, rules }));
	}
	return found;
}

// Goes through VIEWS in each of THEMES; asserts that nothing was found.
export async function walk(page, sweep, views, { label = '', ...how } = {}) {
	const found = [];

	for (const [view, hash] of views) {
		await go(page, hash);
		found.push(...await inspect(page, `${sweep}-${view}${label && `-${label}`}`, how));
	}
	assert.deepEqual(found, []);
}
