// Every view of every kind of sweep: no markup made of texts, nothing that axe-core
// finds serious, nothing wider than the window, and a picture of each.
import { phone } from '../support/browser.mjs';
import { at } from '../support/page.mjs';
import { claim } from '../support/test.mjs';
import { viewsOf, walk } from '../support/walk.mjs';

const trials = { finished: [0, 1, 2, 3], failing: [0, 2], conditional: [0, 1, 2], hostile: [0, 1],
	empty: [] };

export function claims({ server }) {
	for (const [sweep, numbers] of Object.entries(trials)) {
		claim(`every_view_of_a_sweep_that_is_${sweep}_is_clean`, async (visit) => {
			const page = await visit(server);
			const themes = sweep === 'finished' ? ['light', 'dark'] : ['light'];

			await walk(page, sweep, await viewsOf(page, sweep, numbers), { themes });
		});
	}

	claim('the_list_is_clean_in_both_themes', async (visit) => {
		await walk(await visit(server), 'all', [['list', at.list()]], { themes: ['light', 'dark'] });
	});

	claim('every_view_fits_a_phone', async (visit) => {
		const page = await visit(server, '', { viewport: phone, touch: true });

		await walk(page, 'finished', [['list', at.list()], ...await viewsOf(page, 'finished', [0, 1, 2])],
			{ label: 'phone', themes: ['light', 'dark'], every: true });
	});

	claim('every_view_keeps_every_rule_in_the_dark', async (visit) => {
		const page = await visit(server);

		for (const [sweep, numbers] of Object.entries(trials))
			await walk(page, sweep, await viewsOf(page, sweep, numbers),
				{ themes: ['dark'], every: true });
	});

	claim('hostile_texts_fit_a_dark_phone', async (visit) => {
		const page = await visit(server, '', { viewport: phone, touch: true, theme: 'dark' });

		await walk(page, 'hostile', await viewsOf(page, 'hostile', [0, 1]),
			{ themes: ['dark'], label: 'phone', axe: false });
	});
}
