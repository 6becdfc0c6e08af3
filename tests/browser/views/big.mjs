// Ten thousand trials with a million values: everything is there, and only what is
// in sight is made.
import { big } from '../support/fixtures.mjs';
import { serve } from '../support/hdrive.mjs';
import { at, column, numbers, picture, settled } from '../support/page.mjs';
import { assert, claim } from '../support/test.mjs';
import { viewsOf, walk } from '../support/walk.mjs';

const isSorted = (values, better) => values.every((v, i) => i === 0 || !better(v, values[i - 1]));

export function claims({ json }) {
	let made;
	const server = async () => {
		made ??= big().then(async (place) => ({ place, server: await serve(place) }));
		return made;
	};
	const whole = (page) => page.locator('.count').getByText(/^10.000 trials$/).waitFor();

	claim('table_of_ten_thousand_is_sorted_filtered_and_scrolled', async (visit) => {
		const { place, server: serving } = await server();
		const { best_trial: best } = await json(place, ['status', 'big']);
		const page = await visit(serving, at.sweep('big', 'history'));

		await whole(page);
		await settled(page);
		assert.equal((await numbers(page))[0], best);
		assert.equal(await page.locator('table.trials').getAttribute('aria-rowcount'), '10001');
		assert.ok(await page.locator('tr.trial').count() < 120, 'only rows in sight are elements');

		await page.locator('.trials-box').evaluate((box) => { box.scrollTop = box.scrollHeight; });
		await page.locator('tr.trial[aria-rowindex="10001"]').waitFor();
		await page.getByRole('columnheader', { name: 'lr', exact: true }).getByRole('button').click();
		await page.locator('th[aria-sort=ascending]').getByText('lr').waitFor();
		await settled(page);
		assert.ok(isSorted((await column(page, 'lr')).map(Number), (a, b) => a < b));
		await page.getByRole('searchbox', { name: 'Filter trials' }).fill('opt=adam depth<2 lr>0.01');
		await page.locator('.count').getByText(/^\d+ of 10.000 trials$/).waitFor();
		await settled(page);
		assert.ok((await column(page, 'opt')).every((text) => text === 'adam'));
		assert.ok((await column(page, 'lr')).every((text) => Number(text) > 0.0099));
	});

	claim('best_of_ten_thousand_are_there_before_all_are_read', async (visit) => {
		const { place, server: serving } = await server();
		const { best_trial: best } = await json(place, ['status', 'big']);
		const page = await visit(serving);
		let release;
		const held = new Promise((go) => { release = go; });

		await page.route(/\/columns$/, async (route) => {
			await held;
			await route.continue();
		});
		await page.evaluate((hash) => { location.hash = hash; }, at.sweep('big').slice(1));
		await page.locator('tr.trial').first().waitFor();
		const before = await numbers(page);
		const lr = await column(page, 'lr');
		assert.equal(before[0], best);
		assert.equal(await page.locator('.count').innerText(), 'Loading…');
		// What is done meanwhile stays done.
		await page.keyboard.press('j');
		await page.keyboard.press('j');
		await page.keyboard.press('x');
		await page.getByRole('button', { name: 'Compare: choose one more' }).waitFor();
		release();
		await whole(page);
		await settled(page);
		assert.deepEqual((await numbers(page)).slice(0, before.length), before);
		assert.deepEqual((await column(page, 'lr')).slice(0, lr.length), lr);
		assert.equal(await page.locator('tr.trial[aria-selected=true]').getAttribute('aria-rowindex'), '3');
		assert.equal(await page.locator('tr.cursor').getAttribute('aria-rowindex'), '3');
	});

	claim('pictures_of_ten_thousand_are_brushed', async (visit) => {
		const { server: serving } = await server();
		const page = await visit(serving, at.sweep('big', 'parallel'));
		const root = await picture(page, 'parallel');
		const axis = await root.locator('[data-axis="--lr"]').boundingBox();

		await whole(page);
		await page.mouse.move(axis.x + axis.width / 2, axis.y + 4);
		await page.mouse.down();
		await page.mouse.move(axis.x + axis.width / 2, axis.y + axis.height / 4);
		await page.mouse.move(axis.x + axis.width / 2, axis.y + axis.height / 3);
		await page.mouse.up();
		await page.locator('.count').getByText(/^[\d\s]+ of 10.000 trials$/).waitFor();
		await page.locator('[data-picture=parallel][data-drawn=yes]').waitFor();
	});

	claim('every_view_of_ten_thousand_is_clean', async (visit) => {
		const { place, server: serving } = await server();
		const { best_trial: best } = await json(place, ['status', 'big']);
		const page = await visit(serving);

		await walk(page, 'big', await viewsOf(page, 'big', [best, 1, 2, 3, 4, 5, 6, 7]),
			{ themes: ['light', 'dark'], every: true });
	});
}
