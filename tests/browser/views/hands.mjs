// Every view of every kind of sweep is clicked, brushed and gone through by keys.
// What a picture alone can do is in pictures.mjs; this is what all of them can.
import { join } from 'node:path';

import { drag } from '../support/browser.mjs';
import { big, running } from '../support/fixtures.mjs';
import { hdrive, serve, until } from '../support/hdrive.mjs';
import { at, go, locate, numbers, rows, settled } from '../support/page.mjs';
import { assert, claim } from '../support/test.mjs';

const tabs = ['curves', 'history', 'parallel', 'scatter', 'scatter3d', 'slice', 'importance',
	'timeline', 'details'];
// Where trials are seen, and where the keyboard goes to.
const pointed = ['history', 'parallel', 'scatter', 'scatter3d', 'slice', 'timeline'];
const keyed = ['history', 'parallel', 'scatter', 'scatter3d', 'slice', 'timeline'];

const grouped = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, '.');

// A sweep that is looked at: its page, its name, how many trials it has, its best one.
class Hands {
	constructor(page, sweep, total, best) {
		Object.assign(this, { page, sweep, total, best });
		this.root = page.locator('.picture-panel');
	}

	picture(name) {
		return this.page.locator(`[data-picture=${name}]`);
	}

	async see(tab) {
		await go(this.page, at.sweep(this.sweep, tab));
		await this.page.locator(`#tab-${tab}[aria-selected=true]`).waitFor();
		await this.whole();
		await settled(this.page);
	}

	// All trials are let through, or some of them.
	async whole() {
		await this.page.locator('.count').getByText(new RegExp(`^${grouped(this.total)} trials$`)).waitFor();
	}

	async part() {
		await this.page.locator('.count')
			.getByText(new RegExp(`^[\\d\\u2009]+ of ${grouped(this.total)} trials$`)).waitFor();
		return Number((await this.page.locator('.count').innerText()).split(' of ')[0].replace(/\D/g, ''));
	}

	async opened(number) {
		await this.page.getByRole('heading', { name: `Trial ${number}`, level: 1, exact: true }).waitFor();
	}

	// ---- clicks ----

	async click(tab) {
		await this.see(tab);
		const place = await locate(this.picture(tab), this.best);
		await this.page.mouse.move(place.x - 3, place.y - 2);
		await this.page.mouse.move(place.x, place.y);
		// Where many lie on each other it is one of them.
		const number = this.total < 100 && tab !== 'parallel' ? this.best : '\\d+';
		await this.root.locator('.tip:visible').getByText(new RegExp(`^(#|Trial )${number}\\b`)).waitFor();
		await this.page.mouse.click(place.x, place.y);
		await this.page.getByRole('heading', { name: new RegExp(`^Trial ${number}$`), level: 1 }).waitFor();
	}

	async clickCurve() {
		await this.see('curves');
		const box = await this.page.locator('.chart').boundingBox();
		const tip = this.page.locator('.chart .tip:visible b');
		await this.page.mouse.move(box.x + box.width / 2 - 9, box.y + box.height / 2);
		await this.page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
		await tip.waitFor();
		const [, number] = /#(\d+)/.exec(await tip.innerText());
		await this.page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
		await this.opened(number);
	}

	// ---- brushes ----

	async brush(tab, element, from, to) {
		await this.see(tab);
		await drag(this.page, element, from, to);
		// A table follows a frame behind: what it says under way is not yet the choice.
		await settled(this.page);
		const left = await this.part();
		assert.ok(left < this.total, `${tab}: ${left} of ${this.total}`);
		// In another picture it is the same choice.
		await this.page.locator('#tab-importance').click();
		assert.equal(await this.part(), left);
		await this.page.locator('.brush').click();
		await this.whole();
		return left;
	}

	async brushes() {
		const { page } = this;
		const strips = this.picture('parallel').locator('[data-axis]');
		const count = await this.see('parallel').then(() => strips.count());

		assert.ok(await this.brush('history', this.picture('history'), [0.07, 0.03], [0.3, 0.95]) >= 0);
		// The lower half of the metric's axis, and the upper, have everything that has a value.
		const low = await this.brush('parallel', strips.nth(count - 1), [0.5, 0.51], [0.5, 0.999]);
		const high = await this.brush('parallel', strips.nth(count - 1), [0.5, 0.001], [0.5, 0.49]);
		assert.ok(low + high >= 1 && low + high <= this.total, `${low} and ${high}`);
		await this.brush('scatter', this.picture('scatter').getByRole('application'), [0.3, 0.05], [0.75, 0.8]);
		await this.brush('slice', this.picture('slice').locator('[data-axis]').first(), [0.35, 0.02], [0.7, 0.95]);

		// What a drag turns, zooms or moves.
		await this.see('scatter3d');
		const before = await locate(this.picture('scatter3d'), this.best);
		await drag(page, this.picture('scatter3d').getByRole('application'), [0.3, 0.5], [0.6, 0.6]);
		await settled(page);
		assert.notDeepEqual(await locate(this.picture('scatter3d'), this.best), before);
		await this.see('timeline');
		const seen = async () => this.picture('timeline').locator('canvas').first()
			.evaluate((canvas) => canvas.toDataURL());
		const whole = await seen();
		await page.keyboard.down('Control');
		await drag(page, this.picture('timeline').getByRole('application'), [0.4, 0.3], [0.6, 0.3]);
		await page.keyboard.up('Control');
		await until('the timeline is zoomed', async () => await seen() !== whole);
		await page.getByRole('button', { name: 'All', exact: true }).click();
		await this.see('curves');
		await drag(page, page.locator('.chart'), [0.3, 0.4], [0.7, 0.6]);
		await page.locator('.zoom-out').click();
		await page.locator('.zoom-out').waitFor({ state: 'hidden' });
	}

	// ---- keys ----

	async keys(tab) {
		const { page } = this;
		await this.see(tab);
		await page.mouse.move(0, 0);
		await this.root.getByRole('application').first().focus();
		await page.keyboard.press('Home');
		await this.root.getByText(new RegExp(`^(Trial ${this.best},|#${this.best} ·)`)).first().waitFor();
		await page.keyboard.press(tab === 'parallel' ? 'ArrowDown' : tab === 'scatter3d' ? 'PageDown' : 'ArrowRight');
		await page.keyboard.press('Home');
		await page.keyboard.press(' ');
		await page.getByRole('button', { name: 'Compare: choose one more' }).waitFor();
		await page.keyboard.press(' ');
		await page.getByRole('button', { name: 'Compare: choose one more' }).waitFor({ state: 'hidden' });
		await page.keyboard.press('Enter');
		await this.opened(this.best);
	}

	async axisKeys() {
		const { page } = this;
		await this.see('parallel');
		await this.picture('parallel').locator('[data-axis-name]').last().focus();
		await page.keyboard.press('ArrowUp');
		const left = await this.part();
		assert.ok(left >= 1 && left < this.total);
		await page.keyboard.press('Escape');
		await this.whole();
	}

	// The table points out in pictures that have no focus of their own.
	async tableKeys(tab) {
		const { page } = this;
		await this.see(tab);
		await page.locator('h1').click();
		const ink = () => page.locator('.picture-panel canvas').evaluateAll((all) =>
			all.map((canvas) => canvas.toDataURL()).join());
		const before = await ink();
		await page.keyboard.press('j');
		await page.locator('tr.trial.cursor.hover').waitFor();
		await until(`${tab} shows what the table points at`, async () => await ink() !== before);
		const number = (await numbers(page))[0];
		await page.keyboard.press('Enter');
		await this.opened(number);
	}

	// ---- the table, a trial, a comparison ----

	async table() {
		const { page } = this;
		await this.see('details');
		const head = page.getByRole('columnheader', { name: 'Trial', exact: true });
		await head.getByRole('button').click();
		await page.locator('th[aria-sort=ascending]').getByText('Trial', { exact: true }).waitFor();
		await settled(page);
		assert.equal((await numbers(page))[0], 0);
		await page.getByRole('searchbox', { name: 'Filter trials' }).fill('0..1');
		assert.equal(await this.part(), 2);
		await page.keyboard.press('Escape');
		await page.keyboard.press('Escape');
		await this.whole();
		await page.keyboard.press('End');
		await page.waitForFunction((n) => document.querySelector('tr.trial.cursor')
			?.getAttribute('aria-rowindex') === String(n + 1), this.total);
		await rows(page).filter({ has: page.locator('td.key', { hasText: /^\d+/ }) }).last()
			.locator('td.state').click();
		await page.getByRole('heading', { name: /^Trial \d+$/, level: 1 }).waitFor();
	}

	async trial() {
		const { page } = this;
		await go(page, at.trial(this.sweep, 0));
		await this.opened(0);
		await page.keyboard.press('j');
		await this.opened(1);
		await page.keyboard.press('k');
		await this.opened(0);
		await page.getByRole('link', { name: 'Next trial' }).click();
		await this.opened(1);
		const chosen = () => page.locator('.log-box [aria-pressed=true]').innerText();
		const before = await chosen();
		await page.keyboard.press('l');
		await until('the other log', async () => await chosen() !== before);
		await page.keyboard.press('b');
		await this.opened(this.best);
		await page.keyboard.press('Escape');
		await page.getByRole('heading', { name: this.sweep, level: 1 }).waitFor();
	}

	async compare() {
		const { page } = this;
		await this.see('details');
		await page.locator('h1').click();
		for (const key of ['j', 'x', 'j', 'x', 'c'])
			await page.keyboard.press(key);
		await page.getByRole('heading', { name: 'Compare 2 trials' }).waitFor();
		const table = page.getByRole('region', { name: 'Comparison' });
		await table.getByRole('row').nth(1).waitFor();
		const all = await table.getByRole('row').count();
		await page.keyboard.press('d');
		await until('fewer rows', async () => await table.getByRole('row').count() < all);
		await page.getByLabel('only what differs').click();
		await until('all rows', async () => await table.getByRole('row').count() === all);
		const link = table.getByRole('link').first();
		const number = (await link.innerText()).slice(1);
		await link.click();
		await this.opened(number);
		await go(page, at.sweep(this.sweep));
		await page.getByRole('button', { name: 'Choose none' }).click();
	}

	async all() {
		for (const tab of pointed)
			await this.click(tab);
		await this.clickCurve();
		await this.brushes();
		for (const tab of keyed)
			await this.keys(tab);
		await this.axisKeys();
		await this.tableKeys('curves');
		await this.table();
		await this.trial();
		await this.compare();
	}
}

export function claims({ server, place, json }) {
	for (const sweep of ['finished', 'failing', 'conditional']) {
		claim(`views_of_a_sweep_that_is_${sweep}_answer_to_hands`, async (visit) => {
			const { trials, best_trial: best } = await json(place, ['status', sweep]);
			await new Hands(await visit(server), sweep, trials, best).all();
		});
	}

	claim('views_of_a_report_answer_to_hands', async (visit) => {
		const { trials, best_trial: best } = await json(place, ['status', 'conditional']);
		const file = join(place, 'hands.html');
		await hdrive(place, ['-q', 'export', 'conditional', '--html', file]);
		const page = await visit({ origin: `file://${file}`, address: `file://${file}` }, '',
			{ offline: true });
		await page.getByRole('heading', { name: 'conditional', level: 1 }).waitFor();
		await new Hands(page, 'conditional', trials, best).all();
	});

	claim('views_of_ten_thousand_answer_to_hands', async (visit, own) => {
		const folder = await big();
		const { best_trial: best } = await json(folder, ['status', 'big']);
		await new Hands(await visit(own(await serve(folder))), 'big', 10000, best).all();
	});

	claim('views_of_a_sweep_that_runs_answer_to_hands', async (visit, own) => {
		const live = own(await running());
		const serving = own(await serve(live.folder));
		for (let i = 1; i <= 5; i++)
			await live.say(0, `acc=${i / 10} loss=${1 - i / 10}`);
		await live.end(0);
		await until('a third trial', async () => (await live.status()).trials === 3);
		await live.say(1, 'acc=0.125 loss=0.875');
		await live.say(2, 'acc=0.25 loss=0.75');
		await until('values', async () => (await live.show(2)).intervals === 1 &&
			(await live.show(1)).intervals === 1);
		const page = await visit(serving);
		const hands = new Hands(page, 'running', 3, 0);
		await hands.all();

		// A brush stays while trials come, and judges them.
		await hands.see('history');
		await drag(page, hands.picture('history'), [0.07, 0.02], [0.35, 0.3]);
		assert.equal(await hands.part(), 1);
		await live.end(1);
		hands.total = 4;
		assert.equal(await hands.part(), 1);
		await page.locator('.brush').click();
		await hands.whole();
	});

	claim('views_of_a_sweep_that_is_empty_take_hands_calmly', async (visit) => {
		const page = await visit(server);

		for (const tab of tabs) {
			await go(page, at.sweep('empty', tab));
			await page.getByText(/No trials yet/).first().waitFor();
			const panel = page.locator('.picture-panel');
			await panel.click();
			await drag(page, panel, [0.3, 0.4], [0.7, 0.8]);
			await page.mouse.dblclick(640, 400);
			const focus = panel.getByRole('application').first();
			if (await focus.count())
				await focus.focus();
			for (const key of ['Home', 'End', 'ArrowUp', 'ArrowLeft', 'PageDown', '+', '-', '0', ' ', 'Enter', 'j', 'x', 'c', 'b'])
				await page.keyboard.press(key);
			await settled(page);
			assert.match(page.url(), new RegExp(`/empty/${tab}`));
			assert.equal(await page.locator('.brush').count(), 0);
			await page.getByText(/No trials yet/).first().waitFor();
		}
		for (const address of [at.trial('empty', 0), at.compare('empty', [0, 1])]) {
			await go(page, address);
			await page.getByRole('alert').getByText(/has no(ne)? .*trial/).waitFor();
			await page.getByRole('link', { name: 'All sweeps' }).click();
			await page.getByRole('heading', { name: 'Sweeps' }).waitFor();
		}
	});
}
