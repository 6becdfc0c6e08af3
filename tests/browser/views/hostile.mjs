// What programs and people wrote is text on the page, whatever it looks like.
import { legible } from '../../../engine/page/text.js';
import { at, column, count, picture, settled } from '../support/page.mjs';
import { assert, claim } from '../support/test.mjs';

export function claims({ server, place, json }) {
	claim('hostile_names_and_values_are_texts_in_the_table', async (visit) => {
		const { children } = await json(place, ['show', 'hostile']);
		const page = await visit(server, at.sweep('hostile', '', 'sort=number'));

		await count(page, '6 trials').waitFor();
		await settled(page);
		const name = '--<img src=x onerror=alert(1)>';
		for (const each of [name, '--\u202eturned', '--ad\u200bam'])
			assert.deepEqual((await column(page, legible(each.replace(/^-+/, '')))),
				children.map((t) => legible(t.parameters[each])));
		assert.ok((await column(page, 'long')).every((text) => text === 'w'.repeat(10000)));
		assert.ok(children.some((t) => /\u202e/.test(t.parameters[name])));
		assert.ok((await column(page, '<b>acc</b>')).length === 6);
	});

	claim('hostile_lines_tags_and_files_are_texts_of_a_trial', async (visit) => {
		const page = await visit(server, at.trial('hostile', 0));

		await page.getByRole('log').getByText(/a line with <img src=x onerror=alert\(1\)><\/script>/)
			.waitFor();
		assert.doesNotMatch(await page.getByRole('log').innerText(), /\x1b|\[31m/);
		await page.getByText('<b>tag</b>').waitFor();
		await page.getByRole('button', { name: 'outputs' }).click();
		const saved = page.waitForEvent('download');
		await page.getByRole('link', { name: '<img src=x onerror=alert(1)>.txt' }).click();
		// To be saved, never to be shown as what it calls itself.
		assert.match((await saved).suggestedFilename(), /\.txt$/);
		assert.equal(await page.locator('img, b b, main script').count(), 0);
	});

	claim('names_from_right_to_left_move_nothing_beside_them', async (visit) => {
		const page = await visit(server, at.sweep('hostile', 'parallel'));
		const root = await picture(page, 'parallel');

		await root.locator('[data-axis-name="--\u05e9\u05dd"]').focus();
		await page.keyboard.press('ArrowUp');
		const words = page.locator('.brush span');
		await words.filter({ hasText: '\u05e9\u05dd' }).waitFor();
		// Where the name's letters and those after it are.
		const [name, rest] = await words.evaluate((span) => {
			const { firstChild: text } = span;
			const end = text.data.indexOf('\u05dd') + 1;
			const box = (from, to) => {
				const range = document.createRange();
				range.setStart(text, from);
				range.setEnd(text, to);
				return range.getBoundingClientRect();
			};
			return [box(text.data.indexOf('\u05e9'), end), box(end + 1, text.length)];
		});
		assert.ok(name.width > 0 && rest.width > name.width);
		assert.ok(rest.left >= name.right - 1, `${name.right} ${rest.left}`);

		// Of a log each line is by itself.
		await page.goto(server.origin + at.trial('hostile', 0));
		await page.getByRole('log').getByText('\\u202eturned').waitFor();
	});

	claim('hostile_text_in_the_filter_finds_and_makes_nothing', async (visit) => {
		const page = await visit(server, at.sweep('hostile'));

		await count(page, '6 trials').waitFor();
		await page.getByRole('searchbox', { name: 'Filter trials' })
			.fill('"<img src=x onerror=alert(1)>"=<b>');
		await page.getByText(/No trial is let through/).waitFor();
		await page.reload();
		await page.getByText(/No trial is let through/).waitFor();
		assert.equal(await page.locator('img').count(), 0);
	});

	claim('hostile_addresses_are_said_to_be_nowhere', async (visit) => {
		const page = await visit(server, at.sweep('<img src=x onerror=alert(1)>'));

		await page.getByRole('alert').getByText('Not here').waitFor();
		await page.goto(`${server.origin}/#/sweep/%/trial/x`);
		await page.reload();
		await page.getByRole('alert').waitFor();
		assert.equal(await page.locator('img').count(), 0);
		page.expectProblem(/40[04]/);
	});
}
