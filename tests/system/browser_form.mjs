// SPDX-License-Identifier: Apache-2.0
//
// The report form as somebody fills it in: by keys alone or by pointing, with
// scripts or without. `each(name)` is called on every page on the way.
import { execFileSync } from 'node:child_process';

// Tab, until the field that `selector` names has the focus.
async function reach(page, selector) {
	const { tab } = page;

	for (let k = 0; k < 60; k++) {
		if (await tab.evaluate((s) =>
		    document.activeElement.matches(s), selector))
			return;
		await tab.keyboard.press('Tab');
	}
	throw new Error(`keys do not reach ${selector}`);
}

function hands(page, byKeys) {
	const { tab } = page;

	return {
		async type(selector, text) {
			if (!byKeys)
				return tab.fill(selector, text);
			await reach(page, selector);
			await tab.keyboard.type(text);
		},
		async choose(name) {
			if (!byKeys)
				return tab.locator(`[name=${name}]`).first()
				    .check();
			await reach(page, `[name=${name}]`);
			await tab.keyboard.press('Space');
		},
		async press(selector) {
			const next = tab.waitForEvent('load');

			if (byKeys) {
				await reach(page, selector);
				await tab.keyboard.press('Enter');
			} else {
				await tab.click(selector);
			}
			await next;
		},
	};
}

// What went wrong comes first for who hears the page too.
async function isTold(page) {
	if (page.status !== 422)
		page.fault(`an empty form is answered ${page.status}`);
	if (!await page.tab.evaluate(() =>
	    document.activeElement.id === 'problem'))
		page.fault('the focus is not on what is missing');
}

async function sees(page, what) {
	const text = await page.tab.locator('main').innerText();

	if (!text.includes(what))
		page.fault(`does not say "${what}"`);
}

const watch = (...words) => execFileSync(process.env.ALMENARA, ['reports',
	...words, '--node', process.env.CONTROL, '--no-input'],
    { timeout: 60000 });
const answer = (number) => watch('answer', number, '--text',
    'How many <computers>?', '--state', 'waiting');

// Sends a report and follows it; its number.
export async function report(page, go, { byKeys, isShort }, each) {
	const { tab, lang } = page;
	const { type, choose, press } = hands(page, byKeys);
	const what = `written with ${byKeys ? 'keys alone' : lang} <b>&amp;`;
	const button = (step) => `main button[value=${step}]`;

	await go(page, `/${lang}/report`);
	await each('form');
	await press('main form button');
	await isTold(page);
	await each('missing');
	await choose('topic');
	await type('#what', what);
	await type('#contact', 'ana@example.org');
	await press('main form button');
	await sees(page, what);
	await each('check');
	if (!isShort) {
		await press(button('change'));
		if (await tab.inputValue('#what') !== what)
			page.fault('what was typed is lost');
		await press('main form button');
	}
	await press(button('send'));
	await each('receipt');
	const number = (await tab.locator('main b').first().innerText()).trim();
	const code = (await tab.locator('.code').innerText()).trim();
	answer(number);
	await press('main a[href$="report/follow"]');
	await each('follow');
	if (!isShort) {
		await type('#code', 'AAAA');
		await press(button('look'));
		await each('mistyped');
		await tab.fill('#code', '');
	}
	await type('#code', code);
	await press(button('look'));
	await sees(page, number);
	await sees(page, 'How many <computers>?');
	await each('answer');
	if (isShort)
		return number;
	await type('#message', 'three & more');
	await press(button('write'));
	await sees(page, 'three & more');
	await each('messages');
	await press(button('withdraw'));
	await each('withdrawn');
	return number;
}

// Reports a weakness, and sees how far its coordination is.
export async function weakness(page, go, how, each) {
	const { tab, lang } = page;
	const { type, press } = hands(page, how.byKeys);

	await go(page, `/${lang}/report/vulnerability`);
	await press('main form button');
	await isTold(page);
	await each('missing');
	await type('#product', 'Portal <7>');
	await type('#what', `a hole & ${lang}`);
	await type('#credit', 'Ana');
	await press('main form button');
	await sees(page, 'Portal <7>');
	await each('check');
	await press('main button[value=send]');
	const number = (await tab.locator('main b').first().innerText()).trim();
	const code = (await tab.locator('.code').innerText()).trim();
	watch('state', number, '--stage', 'informed');
	await go(page, `/${lang}/report/follow`);
	await type('#code', code);
	await press('main button[value=look]');
	if (await tab.locator('[aria-current=step]').count() !== 1)
		page.fault('does not say how far it is');
	await each('stage');
}
