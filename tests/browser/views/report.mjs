// A report: the page in one file, opened without a server or a network.
import { join } from 'node:path';

import { hdrive } from '../support/hdrive.mjs';
import { at, column, count, settled } from '../support/page.mjs';
import { assert, claim } from '../support/test.mjs';
import { viewsOf, walk } from '../support/walk.mjs';

const trials = { finished: [0, 1, 2], failing: [0, 2], conditional: [0, 1], hostile: [0, 1], empty: [] };

export function claims({ place }) {
	const report = async (sweep) => {
		const file = join(place, `${sweep}.html`);
		await hdrive(place, ['-q', 'export', sweep, '--html', file]);
		return { origin: `file://${file}`, address: `file://${file}` };
	};

	for (const [sweep, numbers] of Object.entries(trials)) {
		claim(`report_of_a_sweep_that_is_${sweep}_is_clean_offline`, async (visit) => {
			const page = await visit(await report(sweep), '', { offline: true });

			await page.getByRole('heading', { name: sweep, level: 1 }).waitFor();
			const views = await viewsOf(page, sweep, numbers);
			// Of the hostile one it is the words that are looked at, where there are most.
			if (sweep === 'hostile')
				await walk(page, sweep, views.filter(([view]) =>
					['parallel', 'details', 'trial', 'compare'].includes(view)),
				{ label: 'report', axe: false });
			else
				await walk(page, sweep, views, { label: 'report', themes: ['light', 'dark'], every: true });
		});
	}

	claim('report_shows_what_the_server_would', async (visit) => {
		const page = await visit(await report('finished'), at.sweep('finished').slice(1), { offline: true });

		await count(page, '40 trials').waitFor();
		await page.getByRole('searchbox', { name: 'Filter trials' }).fill('opt=sgd');
		await page.locator('.count').getByText(/ of 40 trials/).waitFor();
		await settled(page);
		assert.ok((await column(page, 'opt')).every((text) => text === 'sgd'));
		assert.equal(await page.getByRole('button', { name: /Limits|Retry|Enqueue/ }).count(), 0);
	});
}
