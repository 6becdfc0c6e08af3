// The list of sweeps.
import { blank, running, study } from '../support/fixtures.mjs';
import { serve } from '../support/hdrive.mjs';
import { still } from '../support/page.mjs';
import { assert, claim } from '../support/test.mjs';

const names = (page) => page.locator('main tbody a.name').allInnerTexts();

export function claims({ server }) {
	claim('list_shows_every_sweep_with_its_state_and_best', async (visit) => {
		const page = await visit(server);
		const row = (name) => page.getByRole('row', { name: new RegExp(`^${name}\\b`) });

		await row('finished').waitFor();
		assert.deepEqual((await names(page)).sort(), [...still].sort());
		assert.match(await row('finished').innerText(), /Completed[^]*40 \/ 40[^]*acc 0\.8/);
		assert.match(await row('empty').innerText(), /0 \/ 10[^]*no value/);
		assert.match(await row('hostile').innerText(), /<b>acc<\/b> 0\.5/);
		assert.match(await row('finished').innerText(), /random · bandit/);
	});

	claim('list_is_searched', async (visit) => {
		const page = await visit(server);

		await page.locator('main tbody a.name').first().waitFor();
		await page.keyboard.press('/');
		await page.keyboard.type('fai');
		assert.deepEqual(await names(page), ['failing']);
		await page.getByRole('searchbox').fill('no such thing');
		assert.match(await page.innerText('main'), /No sweep has that/);
		await page.keyboard.press('Escape');
		await page.keyboard.press('Escape');
		await page.waitForFunction(() => document.querySelectorAll('main tbody tr').length === 5);
	});

	claim('list_opens_a_sweep_by_click_and_by_key', async (visit) => {
		const page = await visit(server);

		await page.locator('main tbody a.name').first().waitFor();
		const all = await names(page);
		await page.keyboard.press('j');
		await page.keyboard.press('j');
		await page.keyboard.press('Enter');
		await page.waitForURL(`**/#/sweep/${all[1]}*`);
		await page.goBack();
		await page.getByRole('link', { name: 'finished' }).click();
		await page.waitForURL('**/#/sweep/finished*');
		await page.getByRole('heading', { name: 'finished' }).waitFor();
	});

	claim('list_of_no_sweeps_says_how_to_begin', async (visit, own) => {
		const other = own(await serve(await blank()));
		const page = await visit(other);

		await page.getByText(/No sweeps yet/).waitFor();
		await study(other.folder, 'first');
		await page.getByRole('row', { name: /^first\b/ }).waitFor();
	});

	claim('list_gets_a_new_sweep_and_its_progress_by_itself', async (visit, own) => {
		const live = own(await running('first'));
		const other = own(await serve(live.folder));
		const page = await visit(other);
		const row = page.getByRole('row', { name: /^first\b/ });

		await row.waitFor();
		await live.say(0, 'acc=0.625');
		await live.end(0);
		await row.getByText('1 / 30').waitFor();
		await row.getByText('0.625').waitFor();

		await study(live.folder, 'second');
		await page.getByRole('row', { name: /^second\b/ }).waitFor();
		assert.deepEqual(await names(page), ['second', 'first']);
	});
}
