// The list of sweeps.
import { shot } from '../support/browser.mjs';
import { assert, claim } from '../support/test.mjs';

export function claims({ server }) {
	claim('list_shows_every_sweep', async (visit) => {
		const page = await visit(server);
		const text = await page.innerText('body');

		for (const name of ['finished', 'failing', 'conditional', 'hostile', 'empty'])
			assert.match(text, new RegExp(`\\b${name}\\b`));
		await shot(page, 'list-light');
	});
}
