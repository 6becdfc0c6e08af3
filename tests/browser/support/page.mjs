// What the tests know of the page: its addresses, and where things stand in it.
// They are looked for as a reader finds them, by role and text, where that will do.

export const still = ['finished', 'failing', 'conditional', 'hostile', 'empty'];

export const at = {
	list: () => '/#/',
	sweep: (name, tab = '', query = '') =>
		`/#/sweep/${encodeURIComponent(name)}${tab && `/${tab}`}${query && `?${query}`}`,
	trial: (name, number) => `/#/sweep/${encodeURIComponent(name)}/trial/${number}`,
	compare: (name, numbers) => `/#/sweep/${encodeURIComponent(name)}/compare/${numbers.join(',')}`,
};

// The rows of the table of trials that are in sight.
export function rows(page) {
	return page.locator('tr.trial:visible');
}

// Trial numbers of the rows in sight, from above.
export async function numbers(page) {
	return (await rows(page).locator('td.key').allInnerTexts()).map(Number);
}

// The texts of a column of the table, from above; of rows in sight.
export async function column(page, name) {
	return page.evaluate((wanted) => {
		const heads = [...document.querySelectorAll('table.trials th')]
			.map((head) => head.innerText.trim());
		const index = heads.indexOf(wanted);

		if (index < 0)
			throw new Error(`no column '${wanted}' among ${JSON.stringify(heads)}`);
		return [...document.querySelectorAll('tr.trial:not([hidden])')]
			.map((row) => row.children[index].innerText.trim());
	}, name);
}

// "12 of 40 trials" or "40 trials", above the table.
export function count(page, text) {
	return page.locator('.count').getByText(text, { exact: true });
}

// The names that the tabs have in addresses, in their order.
export async function tabs(page) {
	await page.getByRole('tab').first().waitFor();
	return page.getByRole('tab').evaluateAll((all) => all.map((tab) => tab.id.replace('tab-', '')));
}

// Until what was asked for is drawn: nothing says that it loads any more, no picture
// has more to draw, and two frames have come and gone.
export async function settled(page) {
	await page.waitForFunction(() => {
		const main = document.querySelector('main');
		return main && main.innerText.trim() && !/Loading…/.test(main.innerText) &&
			!main.querySelector('[data-drawn]:not([data-drawn=yes])');
	});
	await page.evaluate(() => new Promise((done) =>
		requestAnimationFrame(() => requestAnimationFrame(done))));
}

// To another address of the same page, as a link would.
export async function go(page, hash) {
	await page.evaluate((to) => { location.hash = to; }, hash.replace(/^\/?#/, ''));
	await settled(page);
}

// The picture that is shown, once it is drawn with the trials that there are.
export async function picture(page, name, some = true) {
	if (some)
		await page.locator('tr.trial').first().waitFor();
	const root = page.locator(`[data-picture=${name}]`);
	await root.waitFor();
	await page.locator(`[data-picture=${name}][data-drawn=yes]`).waitFor();
	return root;
}

// Where a picture shows a trial: { x, y } in the window.
export function locate(root, number) {
	return root.evaluate((element, n) => element.picture.locate(n), number);
}
