// What is changed from the page, where the server was told to let it be.
import { phone } from '../support/browser.mjs';
import { at, count, go } from '../support/page.mjs';
import { running } from '../support/fixtures.mjs';
import { serve, until } from '../support/hdrive.mjs';
import { assert, claim } from '../support/test.mjs';
import { inspect } from '../support/walk.mjs';

export function claims({ server, place, json }) {
	claim('without_leave_nothing_can_be_changed', async (visit) => {
		const page = await visit(server, at.trial('failing', 0));

		await page.locator('.notice.bad').waitFor();
		assert.equal(await page.getByRole('button', { name: /Retry|Cancel|Enqueue/ }).count(), 0);
		await page.goto(server.origin + at.sweep('empty'));
		await page.getByText(/No trials yet/).first().waitFor();
		assert.equal(await page.getByRole('button', { name: /Limits|Cancel|Enqueue/ }).count(), 0);
		const status = await page.evaluate(async () => (await fetch('/api/v1/sweeps/empty/cancel', {
			method: 'POST', body: '{}', headers: { 'Content-Type': 'application/json' },
		})).status);
		assert.equal(status, 403);
		page.expectProblem(/403/);
		assert.equal((await json(place, ['status', 'empty'])).state, 'Running');
	});

	claim('limits_are_changed_and_trials_enqueued_cancelled_and_retried', async (visit, own) => {
		const live = own(await running('acted', ['--max-failures', '9']));
		const acting = own(await serve(live.folder, ['--allow-actions']));
		const page = await visit(acting, at.sweep('acted'));
		const dialog = page.getByRole('dialog');

		await count(page, '2 trials').waitFor();
		await page.getByRole('button', { name: 'Limits…' }).click();
		await dialog.getByLabel('Trials in all').fill('12');
		await dialog.getByLabel('At once').fill('3');
		await dialog.getByRole('button', { name: 'Change' }).click();
		await dialog.waitFor({ state: 'hidden' });
		await until('the limits', async () => {
			const { max_total: total, max_concurrent: slots } = await live.status();
			return total === 12 && slots === 3;
		});
		await count(page, '3 trials').waitFor();

		// What is wrong is said where it was typed.
		await page.getByRole('button', { name: 'Limits…' }).click();
		await dialog.getByLabel('At once').fill('many');
		await dialog.getByRole('button', { name: 'Change' }).click();
		await dialog.getByRole('alert').getByText(/./).waitFor();
		await dialog.getByRole('button', { name: 'Never mind' }).click();

		await page.getByRole('button', { name: 'Enqueue…' }).click();
		await dialog.getByLabel(/^rate/).fill('0.125');
		await dialog.getByLabel(/^opt/).selectOption({ label: 'sgd' });
		await dialog.getByRole('button', { name: 'Enqueue' }).click();
		await dialog.waitFor({ state: 'hidden' });
		await live.end(0, 1);
		await count(page, '4 trials').waitFor();
		const { parameters } = await live.show(3);
		assert.deepEqual(parameters, { '--rate': 0.125, '--opt': 'sgd' });

		await page.goto(acting.origin + at.trial('acted', 0));
		await page.getByRole('button', { name: 'Retry…' }).click();
		await dialog.getByRole('button', { name: 'Retry trial 0' }).click();
		await dialog.waitFor({ state: 'hidden' });

		await page.goto(acting.origin + at.trial('acted', 1));
		await page.getByRole('button', { name: 'Cancel…' }).click();
		await dialog.getByRole('button', { name: 'Cancel trial 1' }).click();
		await page.locator('h1 + span').getByText('Canceled').waitFor();
		assert.equal((await live.show(1)).end_reason, 'user');
		await until('the second attempt', async () => (await live.show(0)).attempt === 2);

		await page.goto(acting.origin + at.sweep('acted'));
		await page.getByRole('button', { name: 'Cancel…' }).click();
		await dialog.getByRole('button', { name: 'Cancel the sweep' }).click();
		await page.locator('h1 + span').getByText('Canceled').waitFor();
		assert.equal((await live.status()).state, 'Canceled');
		await live.engine.ended;
	});

	claim('dialogs_keep_every_rule_and_fit_a_phone', async (visit, own) => {
		const live = own(await running('asked', ['--max-failures', '9']));
		const acting = own(await serve(live.folder, ['--allow-actions']));
		const dialogs = { Limits: at.sweep('asked'), Enqueue: at.sweep('asked'),
			Hold: at.sweep('asked'), Cancel: at.sweep('asked'), Retry: at.trial('asked', 0),
			'Cancel ': at.trial('asked', 1) };
		const found = [];

		await live.end(0, 1);
		await until('a third trial', async () => (await live.status()).trials === 3);
		for (const options of [{}, { viewport: phone, touch: true }]) {
			const page = await visit(acting, '', options);
			const dialog = page.getByRole('dialog');
			const look = async (name) => {
				await dialog.waitFor();
				found.push(...await inspect(page, `dialog-${name}${options.touch ? '-phone' : ''}`,
					{ themes: ['light', 'dark'], every: true }));
				await page.keyboard.press('Escape');
				await dialog.waitFor({ state: 'hidden' });
			};

			for (const [name, address] of Object.entries(dialogs)) {
				await go(page, address);
				await page.getByRole('button', { name: `${name.trim()}…` }).click();
				await look(`${name.trim()}${address === at.sweep('asked') ? '' : '-trial'}`);
			}
			await go(page, at.sweep('asked'));
			await page.keyboard.press('?');
			await look('keys');
		}
		assert.deepEqual(found, []);
	});
}
