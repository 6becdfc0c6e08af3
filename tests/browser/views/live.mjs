// A sweep that runs: what comes is there without a reload, and a server that goes
// is said to be gone.
import { at, column, count, numbers, settled } from '../support/page.mjs';
import { running } from '../support/fixtures.mjs';
import { serve, until } from '../support/hdrive.mjs';
import { assert, claim } from '../support/test.mjs';
import { viewsOf, walk } from '../support/walk.mjs';

export function claims() {
	claim('values_and_trials_of_a_running_sweep_arrive', async (visit, own) => {
		const live = own(await running());
		const server = own(await serve(live.folder));
		const page = await visit(server, at.sweep('running', 'curves'));
		const head = page.getByLabel('The sweep at a glance');

		await count(page, '2 trials').waitFor();
		await live.say(0, 'acc=0.25');
		await head.getByText('0.25', { exact: true }).waitFor();
		await live.say(1, 'acc=0.5');
		await head.getByText('0.5', { exact: true }).waitFor();
		await head.getByText('#1', { exact: true }).waitFor();
		await page.waitForFunction(() => document.querySelector('tr.trial.best td.key')?.innerText === '1');
		await settled(page);
		assert.deepEqual(await column(page, 'acc'), ['0.5', '0.25']);
		await page.getByText('2 curves').waitFor();

		await live.end(0);
		await count(page, '3 trials').waitFor();
		await page.getByRole('row', { name: /Completed/ }).waitFor();
		await live.end(1, 3);
		await count(page, '4 trials').waitFor();
		await page.getByRole('row', { name: /Failed/ }).waitFor();
		await settled(page);
		assert.deepEqual((await numbers(page)).sort(), [0, 1, 2, 3]);

		// The end of the sweep too.
		await live.stop();
		await page.locator('h1 + span').getByText('Canceled').waitFor();
	});

	claim('views_of_a_running_sweep_are_clean', async (visit, own) => {
		const live = own(await running());
		const server = own(await serve(live.folder));
		const page = await visit(server);

		for (let i = 1; i <= 5; i++)
			await live.say(0, `acc=${i / 10} loss=${1 - i / 10}`);
		await until('five values', async () => (await live.show(0)).intervals === 5);
		await live.end(0);
		await until('a third trial', async () => (await live.status()).trials === 3);
		await walk(page, 'running', await viewsOf(page, 'running', [1, 0]));
	});

	claim('log_and_curves_of_a_running_trial_grow', async (visit, own) => {
		const live = own(await running());
		const server = own(await serve(live.folder));
		const page = await visit(server, at.trial('running', 0));
		const log = page.getByRole('log');

		await page.getByText('It has logged no metric yet.').waitFor();
		await live.say(0, 'first line');
		await log.getByText('first line').waitFor();
		await live.say(0, 'acc=0.125');
		await log.getByText('acc=0.125').waitFor();
		await page.getByRole('figure').getByText('1 value').waitFor();
		await live.say(0, 'acc=0.375');
		await page.getByRole('figure').getByText('2 values').waitFor();
		await live.say(0, 'last words');
		await live.end(0);
		await log.getByText('last words').waitFor();
		await page.locator('h1 + span').getByText('Completed').waitFor();
	});

	claim('pictures_take_in_what_comes', async (visit, own) => {
		const live = own(await running());
		const server = own(await serve(live.folder));
		const page = await visit(server, at.sweep('running', 'history'));
		const ink = () => page.locator('main canvas').evaluateAll((all) =>
			all.map((canvas) => canvas.toDataURL()).join());

		await live.say(0, 'acc=0.25');
		await live.say(1, 'acc=0.125');
		let value = 0.25;
		for (const tab of ['history', 'parallel', 'scatter', 'scatter3d', 'slice', 'timeline']) {
			await page.locator(`#tab-${tab}`).click();
			await settled(page);
			await page.locator('main canvas').first().waitFor();
			const before = await ink();
			value += 0.0625;
			await live.say(0, `acc=${value}`);
			await live.say(1, `acc=${value - 0.1}`);
			await until(`${tab} changes`, async () => await ink() !== before);
		}
	});

	claim('server_that_goes_and_comes_is_told', async (visit, own) => {
		const live = own(await running());
		const server = own(await serve(live.folder));
		const page = await visit(server, at.sweep('running'));

		await count(page, '2 trials').waitFor();
		await page.locator('.connection').getByText('live').waitFor();
		await server.stop('SIGKILL');
		await page.locator('#banner').getByText(/does not answer/).waitFor();
		// What was there stays.
		await count(page, '2 trials').waitFor();
		const again = own(await serve(live.folder, ['--port', server.port]));
		// It has another token: the page cannot go on by itself, and says how.
		await page.locator('#banner').getByText(/not valid any more/).waitFor();
		await page.goto(again.address + at.sweep('running').slice(1));
		await page.locator('.connection').getByText('live').waitFor();
		page.expectProblem(/ERR_|401|Unauthorized/);
	});

	claim('engine_that_died_is_said', async (visit, own) => {
		const live = own(await running());
		const server = own(await serve(live.folder));
		const page = await visit(server, at.sweep('running'));

		await count(page, '2 trials').waitFor();
		live.engine.kill('SIGKILL');
		await live.engine.ended;
		await page.getByText(/No engine runs this sweep/).waitFor();
	});
}
