// Curves, and the history of values.
import { drag } from '../support/browser.mjs';
import { at, count, rows, settled } from '../support/page.mjs';
import { assert, claim } from '../support/test.mjs';

// Until the lines are drawn, and how many the page says there are.
async function curves(page) {
	await page.locator('.chart canvas').first().waitFor();
	await page.getByText(/\d+ curves?$/).waitFor();
	await settled(page);
	return parseInt(await page.getByText(/\d+ curves?$/).innerText(), 10);
}

// What is drawn, as a picture.
const drawn = (page) => page.locator('.chart canvas').evaluateAll((all) =>
	all.map((canvas) => canvas.toDataURL()).join());

async function other(page, before) {
	await page.waitForFunction((old) => [...document.querySelectorAll('.chart canvas')]
		.map((canvas) => canvas.toDataURL()).join() !== old, before);
}

export function claims({ server }) {
	claim('curves_are_of_every_metric_and_as_many_as_wished', async (visit) => {
		const page = await visit(server, at.sweep('finished', 'curves'));

		assert.equal(await curves(page), 40);
		const before = await drawn(page);
		await page.getByLabel('Metric', { exact: true }).selectOption('loss');
		await other(page, before);
		await page.locator('select[aria-label=Trials]').selectOption('best:10');
		await page.getByText('10 curves').waitFor();
	});

	claim('curves_are_smoothed_and_shown_by_logarithm', async (visit) => {
		const page = await visit(server, at.sweep('finished', 'curves'));

		await curves(page);
		let before = await drawn(page);
		await page.getByLabel('Smoothing').fill('0.9');
		await other(page, before);
		before = await drawn(page);
		await page.getByRole('button', { name: 'log y' }).click();
		await other(page, before);
		assert.equal(await page.getByRole('button', { name: 'log y' }).getAttribute('aria-pressed'), 'true');
	});

	claim('curves_are_zoomed_by_a_drag_and_back_by_two_clicks', async (visit) => {
		const page = await visit(server, at.sweep('finished', 'curves'));

		await curves(page);
		await page.mouse.move(0, 0);
		const before = await drawn(page);
		await drag(page, page.locator('.chart'), [0.3, 0.5], [0.6, 0.5]);
		await page.mouse.move(0, 0);
		await other(page, before);
		const box = await page.locator('.chart').boundingBox();
		await page.mouse.dblclick(box.x + box.width / 2, box.y + box.height / 2);
		await page.mouse.move(0, 0);
		await page.waitForFunction((old) => [...document.querySelectorAll('.chart canvas')]
			.map((canvas) => canvas.toDataURL()).join() === old, before);
	});

	claim('curve_under_the_pointer_tells_its_trial_and_opens', async (visit) => {
		const page = await visit(server, at.sweep('finished', 'curves'));

		await curves(page);
		const box = await page.locator('.chart').boundingBox();
		const at50 = [box.x + box.width / 2, box.y + box.height / 2];
		await page.mouse.move(at50[0] - 5, at50[1]);
		await page.mouse.move(...at50);
		const tip = page.locator('.tip:visible');
		await tip.waitFor();
		const [, number] = /#(\d+)/.exec(await tip.innerText());
		assert.match(await tip.innerText(), /acc[^]*step[^]*rate/);
		await page.mouse.click(...at50);
		await page.getByRole('heading', { name: `Trial ${number}`, level: 1 }).waitFor();
	});

	claim('curves_follow_the_filter_and_the_choice', async (visit) => {
		const page = await visit(server, at.sweep('finished', 'curves'));

		await curves(page);
		await page.getByRole('searchbox', { name: 'Filter trials' }).fill('opt=adam');
		await page.waitForFunction(() => /^\d+ of 40 trials/.test(document.querySelector('.count').innerText));
		const left = parseInt(await page.locator('.count').innerText(), 10);
		await page.getByText(`${left} curves`).waitFor();
		await page.locator('select[aria-label=Trials]').selectOption('chosen');
		await page.getByText(/Choose trials in the table/).waitFor();
		await rows(page).nth(0).getByRole('checkbox').click();
		await page.getByText('1 curve', { exact: true }).waitFor();
	});

	claim('history_is_brushed_and_pointed_at', async (visit) => {
		const page = await visit(server, at.sweep('finished', 'history'));
		const plot = page.locator('[data-picture=history]');

		await count(page, '40 trials').waitFor();
		await plot.locator('canvas').first().waitFor();
		await settled(page);
		await drag(page, plot, [0.1, 0.03], [0.55, 0.5]);
		await page.waitForFunction(() => /^\d+ of 40 trials/.test(document.querySelector('.count').innerText));
		const left = parseInt(await page.locator('.count').innerText(), 10);
		assert.ok(left > 0 && left < 40, String(left));
		await page.locator('.brush').click();
		await count(page, '40 trials').waitFor();
		await page.getByText('best so far').waitFor();
	});

	claim('sweep_whose_trials_failed_says_so_in_its_pictures', async (visit) => {
		const page = await visit(server, at.sweep('failing', 'history'));

		await page.getByText('4 of 6 trials that ended failed.').waitFor();
		await page.getByRole('link', { name: 'show them' }).click();
		await count(page, '4 of 6 trials').waitFor();
	});
}
