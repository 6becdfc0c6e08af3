// One trial, and several beside each other.
import { at, settled } from '../support/page.mjs';
import { assert, claim } from '../support/test.mjs';

export function claims({ server, place, json }) {
	claim('trial_shows_all_there_is_of_it', async (visit) => {
		const { best_trial: best } = await json(place, ['status', 'finished']);
		const page = await visit(server, at.trial('finished', best));
		const main = page.getByRole('main');

		await page.getByRole('heading', { name: `Trial ${best}`, level: 1 }).waitFor();
		await main.getByText('rank 1, the best').waitFor();
		await main.getByRole('figure').nth(1).waitFor();
		const figures = (await main.getByRole('figure').allInnerTexts()).join(' ');
		assert.match(figures, /acc/);
		assert.match(figures, /loss/);
		assert.match(figures, /12 values/);
		await main.getByRole('log').getByText(/"acc"/).waitFor();
		await main.getByRole('button', { name: 'stderr' }).click();
		await main.getByRole('log').getByText(`this is the error stream of ${best}`).waitFor();
		await main.getByText(/train\.py finished --rate/).waitFor();
	});

	claim('files_of_a_trial_are_walked_and_saved', async (visit) => {
		const { best_trial: best } = await json(place, ['status', 'finished']);
		const page = await visit(server, at.trial('finished', best));

		await page.getByRole('button', { name: 'outputs' }).click();
		const saved = page.waitForEvent('download');
		await page.getByRole('link', { name: 'model.txt' }).click();
		const stream = await (await saved).createReadStream();
		let text = '';
		for await (const part of stream)
			text += part;
		assert.equal(text, `weights of ${best}\n`);
		await page.getByRole('button', { name: '..' }).click();
		await page.getByRole('button', { name: 'outputs' }).waitFor();
	});

	claim('trial_that_a_policy_stopped_says_why', async (visit) => {
		const { children } = await json(place, ['show', 'finished']);
		const stopped = children.find((t) => t.end_reason === 'policy');
		const page = await visit(server, at.trial('finished', stopped.number));

		await page.locator('.notice').getByText(/best/).first().waitFor();
		assert.match(await page.locator('h1 + span').innerText(), /Stopped/);
		await page.getByText(/What the policy decided/).click();
		await page.getByRole('region', { name: 'Decisions' }).getByText('bandit').first().waitFor();
	});

	claim('trial_that_failed_shows_its_error', async (visit) => {
		const page = await visit(server, at.trial('failing', 0));

		await page.locator('.notice.bad').waitFor();
		await page.getByText('exit code 1').first().waitFor();
		await page.getByRole('button', { name: 'stderr' }).click();
		await page.getByRole('log').getByText("ValueError: no file 'data-0.csv'").waitFor();
	});

	claim('trials_are_gone_through_by_keys', async (visit) => {
		const page = await visit(server, at.trial('finished', 5));

		await page.getByRole('heading', { name: 'Trial 5', level: 1 }).waitFor();
		await page.getByText('rank').first().waitFor();
		await page.keyboard.press('j');
		await page.getByRole('heading', { name: 'Trial 6', level: 1 }).waitFor();
		await page.keyboard.press('k');
		await page.getByRole('heading', { name: 'Trial 5', level: 1 }).waitFor();
		await page.keyboard.press('ArrowLeft');
		await page.getByRole('heading', { name: 'Trial 4', level: 1 }).waitFor();
		await page.getByRole('link', { name: 'Next trial' }).click();
		await page.getByRole('heading', { name: 'Trial 5', level: 1 }).waitFor();
		await page.getByRole('navigation', { name: 'Where' }).getByRole('link', { name: 'finished' }).click();
		await page.getByRole('heading', { name: 'finished', level: 1 }).waitFor();
	});

	claim('trial_that_is_not_there_is_said', async (visit) => {
		const page = await visit(server, at.trial('finished', 4711));

		await page.getByText(/has no trial 4711/).waitFor();
	});

	claim('trial_shows_only_parameters_of_its_branch', async (visit) => {
		const { children } = await json(place, ['show', 'conditional']);
		const linear = children.find((t) => t.parameters['--model'] === 'linear');
		const page = await visit(server, at.trial('conditional', linear.number));
		const table = page.getByRole('region', { name: 'Parameters' });

		await table.getByRole('row', { name: /model.*linear/ }).waitFor();
		await table.getByRole('row', { name: /trees/ }).getByText('not there').first().waitFor();
	});

	claim('comparison_shows_what_differs', async (visit) => {
		const { children } = await json(place, ['show', 'finished']);
		const page = await visit(server, at.compare('finished', [2, 3, 4]));
		const table = page.getByRole('region', { name: 'Comparison' });

		await table.getByRole('row', { name: /\bacc\b/ }).waitFor();
		await settled(page);
		for (const number of [2, 3, 4]) {
			const { parameters } = children[number];
			await table.getByRole('row', { name: /\bunits\b/ })
				.getByText(String(parameters['--units']), { exact: true }).first().waitFor();
		}
		const all = await table.getByRole('row').count();
		await page.keyboard.press('d');
		await page.waitForFunction((n) =>
			document.querySelectorAll('.comparison tr').length < n, all);
		await page.getByLabel('Metric', { exact: true }).selectOption('loss');
		await page.locator('.chart canvas').first().waitFor();
		await table.getByRole('link', { name: '#3' }).click();
		await page.getByRole('heading', { name: 'Trial 3', level: 1 }).waitFor();
	});
}
