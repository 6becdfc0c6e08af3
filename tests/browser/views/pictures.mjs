// The pictures: what is dragged over in one is what the table shows, what is pointed
// at in one stands out in the other, what is clicked opens.
import { drag } from '../support/browser.mjs';
import { at, count, locate, numbers, picture, rows, settled } from '../support/page.mjs';
import { assert, claim } from '../support/test.mjs';

const all = async (page) => (await numbers(page)).sort((a, b) => a - b);

// The count above the table, of those that are let through.
async function shown(page) {
	await page.locator('.count').getByText(/ of 40 trials/).waitFor();
	await settled(page);
	return Number((await page.locator('.count').innerText()).split(' ')[0]);
}

// Between the window's places, with the mouse.
async function dragBetween(page, from, to) {
	await page.mouse.move(from.x, from.y);
	await page.mouse.down();
	for (let i = 1; i <= 5; i++)
		await page.mouse.move(from.x + (to.x - from.x) * i / 5, from.y + (to.y - from.y) * i / 5);
	await page.mouse.up();
}

// A mouse that points at a trial and is seen to, in the table too.
async function pointsAt(page, root, number) {
	const place = await locate(root, number);
	await page.mouse.move(place.x - 3, place.y - 2);
	await page.mouse.move(place.x, place.y);
	return place;
}

export function claims({ server, place, json }) {
	const trials = async () => (await json(place, ['show', 'finished'])).children;
	const best = async () => (await json(place, ['status', 'finished'])).best_trial;

	claim('parallel_axis_is_brushed_and_the_table_follows', async (visit) => {
		const page = await visit(server, at.sweep('finished', 'parallel', 'sort=number'));
		const root = await picture(page, 'parallel');

		await drag(page, root.locator('[data-axis="--units"]'), [0.5, 0.02], [0.5, 0.45]);
		const left = await shown(page);
		const there = await all(page);
		assert.equal(there.length, left);
		// They are those above one value of the axis, and no other.
		const units = (await trials()).map((t) => t.parameters['--units']);
		const lowest = Math.min(...there.map((n) => units[n]));
		assert.ok(left > 0 && left < 40);
		assert.deepEqual(there, units.flatMap((u, n) => u >= lowest ? [n] : []));
		assert.equal(await root.getAttribute('data-shown'), String(left));

		// A second brush narrows it; the words above the table take one away.
		await drag(page, root.locator('[data-axis="acc"]'), [0.5, 0.01], [0.5, 0.3]);
		await page.waitForFunction((n) => parseInt(document.querySelector('.count').innerText) < n, left);
		await page.getByRole('button', { name: 'Clear brushes' }).click();
		await count(page, '40 trials').waitFor();
	});

	claim('a_state_has_the_word_in_pictures_that_it_has_in_the_table', async (visit) => {
		const page = await visit(server, at.sweep('finished', 'timeline'));
		const root = await picture(page, 'timeline');
		const texts = async (of) => (await of.allInnerTexts()).filter(Boolean).sort();
		const words = [...new Set((await trials()).map(({ state, end_reason: end }) =>
			state === 'Canceled' && end === 'policy' ? 'Stopped' : state))].sort();

		assert.ok(words.includes('Stopped'));
		assert.deepEqual(await texts(root.locator('.picture-legend span')), words);
		assert.deepEqual(await texts(page.locator('.state-filter > span:first-of-type')), words);
		assert.deepEqual(await texts(page.locator('.counts .said')), words);
		await page.keyboard.press('2');
		await page.locator('.legend').getByText('Stopped').waitFor();
		assert.deepEqual((await texts(page.locator('.legend > span'))).slice(0, -1), words);
	});

	claim('parallel_axes_are_moved_and_turned', async (visit) => {
		const page = await visit(server, at.sweep('finished', 'parallel'));
		const root = await picture(page, 'parallel');
		const order = () => root.locator('[data-axis-name]').evaluateAll((names) =>
			names.map((name) => [name.getBoundingClientRect().left, name.dataset.axisName])
				.sort((a, b) => a[0] - b[0]).map(([, name]) => name));
		const before = await order();
		assert.deepEqual(before, ['--rate', '--opt', '--units', 'acc']);

		const name = await root.locator('[data-axis-name="--rate"]').boundingBox();
		const target = await root.locator('[data-axis-name="--units"]').boundingBox();
		await dragBetween(page, { x: name.x + name.width / 2, y: name.y + 5 },
			{ x: target.x + target.width / 2, y: name.y + 5 });
		await settled(page);
		assert.deepEqual(await order(), ['--opt', '--units', '--rate', 'acc']);

		const number = await best();
		const high = (await locate(root, number)).y;
		await root.locator('[data-axis-name="acc"]').click();
		await settled(page);
		assert.ok((await locate(root, number)).y > high + 50, 'the axis is turned about');
		await page.getByRole('button', { name: 'Reset axes' }).click();
		await settled(page);
		assert.deepEqual(await order(), before);
	});

	claim('parallel_axis_is_brushed_by_keys', async (visit) => {
		const page = await visit(server, at.sweep('finished', 'parallel'));
		const root = await picture(page, 'parallel');

		await root.locator('[data-axis-name="--units"]').focus();
		await page.keyboard.press('ArrowUp');
		const first = await shown(page);
		await page.keyboard.press('ArrowDown');
		await page.keyboard.press('ArrowDown');
		assert.match(await root.locator('[data-axis-name="--units"]').getAttribute('aria-label'), /brushed/);
		await page.keyboard.press('Escape');
		await count(page, '40 trials').waitFor();
		assert.ok(first > 0 && first < 40);
	});

	for (const name of ['parallel', 'scatter', 'scatter3d', 'timeline']) {
		claim(`${name}_points_out_a_trial_and_opens_it`, async (visit) => {
			const number = await best();
			const page = await visit(server, at.sweep('finished', name));
			const root = await picture(page, name);

			await count(page, '40 trials').waitFor();
			const place = await pointsAt(page, root, number);
			await page.locator('tr.trial.hover').getByText(String(number), { exact: true }).waitFor();
			await root.getByText(`Trial ${number}, Completed, the best`).first().waitFor();
			// An axis is there to be brushed: of that picture a key opens.
			if (name === 'parallel') {
				await root.getByRole('application').focus();
				await page.keyboard.press('End');
				await page.keyboard.press('Home');
				await page.keyboard.press('Enter');
			} else {
				await page.mouse.click(place.x, place.y);
			}
			await page.getByRole('heading', { name: `Trial ${number}`, level: 1 }).waitFor();
		});
	}

	claim('table_points_out_a_trial_in_the_picture', async (visit) => {
		const page = await visit(server, at.sweep('finished', 'scatter'));
		const root = await picture(page, 'scatter');
		const front = () => root.locator('canvas').evaluateAll((canvases) =>
			canvases.map((canvas) => canvas.toDataURL()).join());

		await count(page, '40 trials').waitFor();
		await settled(page);
		const before = await front();
		await rows(page).nth(2).hover();
		await page.locator('tr.trial.hover').waitFor();
		await settled(page);
		assert.notEqual(await front(), before);
	});

	claim('scatter_is_brushed_by_a_rectangle_and_a_lasso', async (visit) => {
		const number = await best();
		const page = await visit(server, at.sweep('finished', 'scatter', 'sort=number'));
		const root = await picture(page, 'scatter');

		const place = await locate(root, number);
		await dragBetween(page, { x: place.x - 25, y: place.y - 9 }, { x: place.x + 25, y: place.y + 25 });
		await shown(page);
		const there = await all(page);
		assert.ok(there.includes(number));
		// Everybody in it is seen in it, and nobody else.
		for (const { number: n, best: value } of await trials()) {
			if (value === null)
				continue;
			const { x, y } = await locate(root, n);
			const inside = x > place.x - 25 && x < place.x + 25 && y > place.y - 9 && y < place.y + 25;
			assert.equal(there.includes(n), inside, `trial ${n}`);
		}
		await page.getByRole('button', { name: 'Clear brush' }).click();
		await count(page, '40 trials').waitFor();

		await page.getByRole('button', { name: 'Lasso' }).click();
		await page.mouse.move(place.x - 20, place.y - 5);
		await page.mouse.down();
		for (const [x, y] of [[0, -8], [20, -5], [20, 20], [-20, 20], [-20, -5]])
			await page.mouse.move(place.x + x, place.y + y, { steps: 3 });
		await page.mouse.up();
		await shown(page);
		assert.ok((await all(page)).includes(number));
		await page.keyboard.press('Escape');
		await count(page, '40 trials').waitFor();
	});

	claim('scatter_takes_other_axes', async (visit) => {
		const number = await best();
		const page = await visit(server, at.sweep('finished', 'scatter'));
		const root = await picture(page, 'scatter');
		const before = await locate(root, number);

		await root.locator('label', { hasText: /^x/ }).locator('select').selectOption({ label: 'units' });
		await settled(page);
		assert.notDeepEqual(await locate(root, number), before);
		await root.locator('label', { hasText: /^colour/ }).locator('select').selectOption({ label: 'opt' });
		await settled(page);
		await root.getByText('rmsprop').first().waitFor();
	});

	claim('scatter_asks_for_a_metric_that_is_not_the_primary_one', async (visit) => {
		const number = await best();
		const page = await visit(server, at.sweep('finished', 'scatter'));
		const root = await picture(page, 'scatter');
		const value = (await locate(root, number)).y;

		await root.getByLabel('y', { exact: true }).selectOption({ label: 'last loss' });
		// The best in acc has the least loss: it lies at the other end.
		await page.waitForFunction(([n, high]) => {
			const place = document.querySelector('[data-picture=scatter]').picture.locate(n);
			return place && place.y > high + 100;
		}, [number, value]);
		await root.getByRole('application', { name: /last loss over/ }).waitFor();
	});

	claim('scatter_of_three_is_turned_by_mouse_and_keys', async (visit) => {
		const number = await best();
		const page = await visit(server, at.sweep('finished', 'scatter3d'));
		const root = await picture(page, 'scatter3d');
		const before = await locate(root, number);

		await drag(page, root.getByRole('application'), [0.3, 0.5], [0.6, 0.6]);
		await settled(page);
		const turned = await locate(root, number);
		assert.notDeepEqual(turned, before);
		await page.keyboard.press('ArrowLeft');
		await settled(page);
		assert.notDeepEqual(await locate(root, number), turned);
		await page.getByRole('button', { name: 'Turn back' }).click();
		await settled(page);
		const back = await locate(root, number);
		assert.ok(Math.hypot(back.x - before.x, back.y - before.y) < 2);
	});

	claim('slice_has_a_panel_a_parameter_and_brushes_all', async (visit) => {
		const page = await visit(server, at.sweep('finished', 'slice', 'sort=number'));
		const root = await picture(page, 'slice');

		assert.deepEqual(await root.locator('[data-axis]').evaluateAll((panels) =>
			panels.map((panel) => panel.dataset.axis)), ['--rate', '--opt', '--units']);
		await drag(page, root.locator('[data-axis="--units"]'), [0.2, 0.02], [0.6, 0.95]);
		const left = await shown(page);
		const there = await all(page);
		const units = (await trials()).map((t) => t.parameters['--units']);
		const kept = there.map((n) => units[n]);
		assert.equal(there.length, left);
		assert.deepEqual(there, units.flatMap((u, n) =>
			u >= Math.min(...kept) && u <= Math.max(...kept) ? [n] : []));
		await page.getByRole('button', { name: 'Clear brush' }).click();
		await count(page, '40 trials').waitFor();
	});

	claim('importance_adds_up_and_names_every_parameter', async (visit) => {
		const page = await visit(server, at.sweep('finished', 'importance'));
		const root = await picture(page, 'importance');
		const items = root.getByRole('listitem');

		await items.first().waitFor();
		const texts = await items.allInnerTexts();
		assert.deepEqual(texts.map((text) => /rate|opt|units/.exec(text)[0]).sort(), ['opt', 'rate', 'units']);
		const parts = texts.map((text) => parseFloat(/([\d.]+)\s*%/.exec(text)[1]));
		assert.ok(Math.abs(parts.reduce((a, b) => a + b) - 100) < 0.5, parts.join());
		assert.ok(parts[0] >= parts[1] && parts[1] >= parts[2]);
		await root.getByText('PED-ANOVA').waitFor();
	});

	claim('importance_of_too_few_says_so', async (visit) => {
		const page = await visit(server, at.sweep('empty', 'importance'));

		await picture(page, 'importance', false);
		await page.locator('.picture-empty').getByText(/trial/).waitFor();
	});

	claim('timeline_is_zoomed_and_moved', async (visit) => {
		const number = await best();
		const page = await visit(server, at.sweep('finished', 'timeline'));
		const root = await picture(page, 'timeline');
		const before = await locate(root, number);

		await page.getByRole('button', { name: '+', exact: true }).click();
		await settled(page);
		const near = await locate(root, number);
		assert.ok(!near || near.x !== before.x);
		await page.getByRole('button', { name: 'All', exact: true }).click();
		await settled(page);
		const back = await locate(root, number);
		assert.ok(Math.abs(back.x - before.x) < 2);
	});

	claim('brushes_of_two_pictures_are_held_together', async (visit) => {
		const page = await visit(server, at.sweep('finished', 'parallel'));
		const root = await picture(page, 'parallel');

		await drag(page, root.locator('[data-axis="--units"]'), [0.5, 0.02], [0.5, 0.6]);
		const first = await shown(page);
		await page.locator('#tab-history').click();
		const plot = page.locator('[data-picture=history]');
		await plot.waitFor();
		await settled(page);
		await drag(page, plot, [0.2, 0.05], [0.7, 0.9]);
		await page.waitForFunction((n) => parseInt(document.querySelector('.count').innerText) < n, first);
		assert.equal(await page.locator('.brush').count(), 2);
		await page.locator('.brush').first().click();
		await page.locator('.brush').first().click();
		await count(page, '40 trials').waitFor();
	});
}
