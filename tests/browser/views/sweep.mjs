// A sweep: its header, its tabs, and the table of trials.
import { at, column, count, numbers, rows, settled, tabs } from '../support/page.mjs';
import { assert, claim } from '../support/test.mjs';

const isSorted = (values, better) => values.every((v, i) => i === 0 || !better(v, values[i - 1]));
const numeric = async (page, name) => (await column(page, name)).filter((text) => /\d/.test(text))
	.map(Number);

export function claims({ server, place, json }) {
	claim('sweep_shows_where_it_stands', async (visit) => {
		const status = await json(place, ['status', 'finished']);
		const page = await visit(server, at.sweep('finished'));
		const head = page.getByLabel('The sweep at a glance');

		await page.getByRole('heading', { name: 'finished', level: 1 }).waitFor();
		await head.getByText(`#${status.best_trial}`, { exact: true }).waitFor();
		const text = await head.innerText();
		assert.match(text, /Completed/);
		assert.match(text, /40 \/ 40/);
		assert.ok(text.includes(status.best.toPrecision(5).replace(/0+$/, '')), text);
		assert.match(text, /policy bandit/);
		assert.match(await page.title(), /finished/);
	});

	claim('table_has_every_trial_the_best_first', async (visit) => {
		const status = await json(place, ['status', 'finished']);
		const page = await visit(server, at.sweep('finished'));

		await count(page, '40 trials').waitFor();
		assert.equal((await numbers(page))[0], status.best_trial);
		const values = await numeric(page, 'acc');
		assert.ok(values.length > 5);
		assert.ok(isSorted(values, (a, b) => a > b), values.join(' '));
		assert.equal(await page.locator('table.trials').getAttribute('aria-rowcount'), '41');
	});

	claim('table_is_sorted_by_a_click_on_a_head_and_stays_so', async (visit) => {
		const page = await visit(server, at.sweep('finished'));
		const head = (name) => page.getByRole('columnheader', { name, exact: true });

		await count(page, '40 trials').waitFor();
		await head('rate').getByRole('button').click();
		await page.locator('th[aria-sort=ascending]').getByText('rate').waitFor();
		await settled(page);
		assert.ok(isSorted(await numeric(page, 'rate'), (a, b) => a < b));
		await head('rate').getByRole('button').click();
		await page.locator('th[aria-sort=descending]').getByText('rate').waitFor();
		await settled(page);
		const seen = await numeric(page, 'rate');
		assert.ok(isSorted(seen, (a, b) => a > b));
		await page.reload();
		await page.locator('th[aria-sort=descending]').getByText('rate').waitFor();
		await count(page, '40 trials').waitFor();
		await settled(page);
		assert.deepEqual(await numeric(page, 'rate'), seen);
		await head('opt').getByRole('button').click();
		await settled(page);
		assert.equal((await column(page, 'opt'))[0], 'adam');
	});

	claim('table_is_filtered_by_what_is_typed', async (visit) => {
		const { children } = await json(place, ['show', 'finished']);
		const wanted = children.filter((t) => t.parameters['--opt'] === 'sgd' &&
			t.parameters['--units'] < 100 && t.end_reason === 'policy').map((t) => t.number);
		const page = await visit(server, at.sweep('finished'));
		const input = page.getByRole('searchbox', { name: 'Filter trials' });

		await count(page, '40 trials').waitFor();
		await page.keyboard.press('/');
		await page.keyboard.type('opt=sgd units<100 state:stopped');
		await count(page, `${wanted.length} of 40 trials`).waitFor();
		await settled(page);
		assert.deepEqual((await numbers(page)).sort((a, b) => a - b), wanted);
		// The address has it: it can be sent to somebody.
		await page.reload();
		await count(page, `${wanted.length} of 40 trials`).waitFor();
		await input.fill('rate<abc');
		await page.locator('#filter-error').getByText(/./).waitFor();
		await input.fill('rmsprop');
		await count(page, `${children.filter((t) => t.parameters['--opt'] === 'rmsprop').length}` +
			' of 40 trials').waitFor();
		await input.fill('no such text');
		await page.getByText(/No trial is let through/).waitFor();
		await input.press('Escape');
		await page.keyboard.press('Escape');
		await count(page, '40 trials').waitFor();
	});

	claim('table_is_filtered_by_state_with_a_click', async (visit) => {
		const { children } = await json(place, ['show', 'failing']);
		const failed = children.filter((t) => t.state === 'Failed').length;
		const page = await visit(server, at.sweep('failing'));

		await page.getByRole('group', { name: 'States' }).getByRole('button', { name: /Failed/ }).click();
		await count(page, `${failed} of 6 trials`).waitFor();
		await settled(page);
		assert.ok((await column(page, 'State')).every((text) => text === 'Failed'));
		await page.getByRole('group', { name: 'States' }).getByRole('button', { name: /Failed/ }).click();
		await count(page, '6 trials').waitFor();
	});

	claim('table_is_walked_by_keys', async (visit) => {
		const page = await visit(server, at.sweep('finished'));

		await count(page, '40 trials').waitFor();
		await page.keyboard.press('j');
		await page.keyboard.press('j');
		await page.keyboard.press('ArrowDown');
		await page.keyboard.press('k');
		await page.locator('tr.trial.cursor').waitFor();
		await settled(page);
		const all = await numbers(page);
		assert.equal(Number(await page.locator('tr.trial.cursor td.key').innerText()), all[1]);
		const active = await page.locator('table.trials').getAttribute('aria-activedescendant');
		assert.equal(await page.locator(`#${active} td.key`).innerText(), String(all[1]));
		await page.keyboard.press('End');
		await page.waitForFunction(() =>
			document.querySelector('tr.trial.cursor')?.getAttribute('aria-rowindex') === '41');
		await page.keyboard.press('Home');
		await page.keyboard.press('Enter');
		await page.getByRole('heading', { name: `Trial ${all[0]}`, level: 1 }).waitFor();
		await page.keyboard.press('Escape');
		await page.getByRole('heading', { name: 'finished', level: 1 }).waitFor();
		await page.keyboard.press('b');
		await page.getByRole('heading', { name: `Trial ${all[0]}`, level: 1 }).waitFor();
	});

	claim('trials_are_chosen_and_compared', async (visit) => {
		const page = await visit(server, at.sweep('finished'));

		await count(page, '40 trials').waitFor();
		await settled(page);
		const [first, second, third] = await numbers(page);
		await rows(page).nth(0).getByRole('checkbox').click();
		await page.getByRole('button', { name: 'Compare: choose one more' }).waitFor();
		await rows(page).nth(2).getByRole('checkbox').click({ modifiers: ['Shift'] });
		await page.getByRole('button', { name: 'Compare 3' }).click();
		await page.getByRole('heading', { name: 'Compare 3 trials' }).waitFor();
		const heads = page.getByRole('region', { name: 'Comparison' }).getByRole('columnheader');
		const texts = (await heads.allInnerTexts()).join(' ');
		for (const number of [first, second, third])
			assert.match(texts, new RegExp(`#${number}\\b`));
		await page.keyboard.press('Escape');
		await page.getByRole('button', { name: 'Compare 3' }).waitFor();
		await page.keyboard.press('Escape');
		await page.waitForFunction(() => !document.querySelector('tr.trial.chosen'));
		await page.keyboard.press('j');
		await page.keyboard.press('x');
		await page.keyboard.press('j');
		await page.keyboard.press('x');
		await page.keyboard.press('c');
		await page.getByRole('heading', { name: 'Compare 2 trials' }).waitFor();
	});

	claim('tabs_answer_to_clicks_arrows_and_numbers', async (visit) => {
		const page = await visit(server, at.sweep('finished'));
		const all = await tabs(page);
		const chosen = (id) => page.locator(`#tab-${id}[aria-selected=true]`);

		assert.ok(all.length >= 7, all.join());
		for (const id of [...all.slice(1), all[0]]) {
			await page.locator(`#tab-${id}`).click();
			await chosen(id).waitFor();
			assert.match(page.url(), new RegExp(`/finished/${id}`));
			assert.equal(await page.getByRole('tab', { selected: true }).count(), 1);
		}
		await page.locator(`#tab-${all[0]}`).click();
		await page.keyboard.press('ArrowRight');
		await chosen(all[1]).waitFor();
		await page.keyboard.press('End');
		await chosen(all.at(-1)).waitFor();
		await page.locator('h1').click();
		await page.keyboard.press('3');
		await chosen(all[2]).waitFor();
		await page.reload();
		await chosen(all[2]).waitFor();
	});

	claim('help_lists_the_keys', async (visit) => {
		const page = await visit(server, at.sweep('finished'));

		await count(page, '40 trials').waitFor();
		await page.keyboard.press('?');
		await page.getByRole('dialog', { name: 'Keyboard' }).getByText('next trial').waitFor();
		await page.keyboard.press('Escape');
		await page.getByRole('dialog').waitFor({ state: 'hidden' });
	});

	claim('theme_is_chosen_and_kept', async (visit) => {
		const page = await visit(server, at.sweep('finished'));
		const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
		const button = page.getByRole('button', { name: /^Theme:/ });

		await count(page, '40 trials').waitFor();
		const light = await background();
		await button.click();
		await button.click();
		await page.getByRole('button', { name: 'Theme: dark' }).waitFor();
		const dark = await background();
		assert.notEqual(dark, light);
		await page.reload();
		await count(page, '40 trials').waitFor();
		assert.equal(await background(), dark);
	});

	claim('empty_sweep_says_that_nothing_is_there_yet', async (visit) => {
		const page = await visit(server, at.sweep('empty'));

		await page.getByText(/No trials yet/).first().waitFor();
		await page.getByText('none yet').waitFor();
	});

	claim('sweep_that_is_not_there_is_said', async (visit) => {
		const page = await visit(server, at.sweep('nowhere'));

		await page.getByRole('alert').getByText('Not here').waitFor();
		await page.getByRole('link', { name: 'All sweeps' }).click();
		await page.getByRole('heading', { name: 'Sweeps' }).waitFor();
		// The browser itself reports the answer's status.
		page.expectProblem(/404/);
	});

	claim('parameters_of_other_branches_are_left_empty', async (visit) => {
		const { children } = await json(place, ['show', 'conditional']);
		const page = await visit(server, at.sweep('conditional', '', 'sort=number'));

		await count(page, '24 trials').waitFor();
		await settled(page);
		const [models, cs, trees] = await Promise.all(['model', 'C', 'trees'].map((n) => column(page, n)));
		const shown = await numbers(page);
		shown.forEach((number, i) => {
			const { parameters } = children.find((t) => t.number === number);
			assert.equal(models[i], parameters['--model']);
			assert.equal(/\d/.test(cs[i]), models[i] === 'svm', cs[i]);
			assert.equal(/\d/.test(trees[i]), models[i] === 'forest', trees[i]);
		});
		assert.ok(new Set(models).size === 3, models.join());
	});
}
