// Pages of a real browser that hold to what every page must: no error or warning
// on the console, nothing asked of anybody but the server, no dialog, nothing that
// the content security policy had to stop.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { axe, build, chromium, executablePath } from './packages.mjs';

export const screenshots = join(build, 'tests/browser/screenshots');
export const desktop = { width: 1280, height: 800 };
export const phone = { width: 390, height: 844 };

let browser;

export async function launch() {
	await mkdir(screenshots, { recursive: true });
	browser = await chromium.launch({
		executablePath,
		// As root there is no sandbox; what is opened is ours.
		args: ['--no-sandbox', '--disable-dev-shm-usage', '--force-color-profile=srgb'],
	});
	return browser;
}

export async function close() {
	await browser?.close();
}

// Runs in the page, before its scripts.
function observe() {
	window.seen = [];
	addEventListener('securitypolicyviolation', (event) => {
		window.seen.push(`policy: ${event.violatedDirective} ${event.blockedURI}`);
	});
}

function watch(page, problems, allowed) {
	page.on('console', (message) => {
		if (message.type() === 'error' || message.type() === 'warning')
			problems.push(`console: ${message.text()} (${message.location().url})`);
	});
	page.on('pageerror', (error) => problems.push(`error: ${error.stack ?? error}`));
	page.on('dialog', (dialog) => {
		problems.push(`dialog: ${dialog.message()}`);
		dialog.dismiss();
	});
	page.on('request', (request) => {
		const url = request.url();
		if (!allowed.some((start) => url.startsWith(start)))
			problems.push(`request: ${url}`);
	});
	page.on('popup', (popup) => problems.push(`popup: ${popup.url()}`));
}

// A page of a context of its own; `allowed` are the beginnings of the addresses
// that it may ask.
export async function open(allowed, options = {}) {
	const { theme = 'light', viewport = desktop, touch = false, ...rest } = options;
	const context = await browser.newContext({
		viewport, colorScheme: theme, reducedMotion: 'reduce', hasTouch: touch,
		locale: 'en-GB', timezoneId: 'UTC', ...rest,
	});
	const problems = [];

	context.setDefaultTimeout(20000);
	await context.addInitScript(observe);
	const page = await context.newPage();
	watch(page, problems, [...allowed, 'data:', 'blob:']);
	// What a test expects, as an error where the server has gone, is no problem; not
	// when the browser tells of it later than the page does, either.
	const expected = [];
	page.expectProblem = (pattern) => expected.push(pattern);
	page.finish = async () => {
		if (!page.isClosed())
			problems.push(...await page.evaluate(() => window.seen ?? []));
		await context.close();
		return problems.filter((problem) => !expected.some((pattern) => pattern.test(problem)));
	};
	return page;
}

// What axe-core finds serious or critical, a line each; by all of its rules, or by
// the names of some.
export async function accessibility(page, rules = null) {
	// Not by a script element, which the page's policy would refuse.
	if (!await page.evaluate(() => 'axe' in window)) {
		const { readFile } = await import('node:fs/promises');
		await page.evaluate(await readFile(axe, 'utf8'));
	}
	const violations = await page.evaluate(async (only) => {
		const found = await window.axe.run(document, {
			resultTypes: ['violations'],
			runOnly: only ?? ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
		});
		return found.violations.map(({ id, impact, help, nodes }) => ({
			id, impact, help, where: nodes.slice(0, 4).map((node) =>
				`${node.target.join(' ')}: ${node.any[0]?.message ?? ''}`),
		}));
	}, rules);
	return violations
		.filter(({ impact }) => impact === 'serious' || impact === 'critical')
		.map(({ id, impact, help, where }) =>
			`${impact} ${id}: ${help}\n    ${where.join('\n    ')}`);
}

// Whether something sticks out to the right, so that the whole page scrolls.
export async function widthToScroll(page) {
	return page.evaluate(() => {
		const { scrollWidth, clientWidth } = document.documentElement;
		return scrollWidth - clientWidth;
	});
}

export async function shot(page, name) {
	await page.screenshot({ path: join(screenshots, `${name}.png`) });
}

// Drag with the mouse within ELEMENT, between two places given as shares of its
// width and height.
export async function drag(page, element, [x0, y0], [x1, y1]) {
	await element.scrollIntoViewIfNeeded();
	const box = await element.boundingBox();
	const at = (x, y) => [box.x + x * box.width, box.y + y * box.height];

	await page.mouse.move(...at(x0, y0));
	await page.mouse.down();
	for (let i = 1; i <= 6; i++)
		await page.mouse.move(...at(x0 + (x1 - x0) * i / 6, y0 + (y1 - y0) * i / 6));
	await page.mouse.up();
}
