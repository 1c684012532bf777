// SPDX-License-Identifier: Apache-2.0
//
// One page in a real browser, and what is wrong with it: what axe-core finds,
// what is wider than the window, what goes to another host or against the
// policy, what a first view weighs, what keys do not reach. Each finding is a
// line in `faults` of the page.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const views = {
	wide: { width: 1280, height: 900, deviceScaleFactor: 1 },
	narrow: { width: 320, height: 700, deviceScaleFactor: 1 },
	// 1280 by 900 pixels, enlarged to 400 %
	enlarged: { width: 320, height: 225, deviceScaleFactor: 4 } };
const most = 30 * 1024;
const heard = /^securitypolicyviolation: /;

// Each word as catalogue_pseudo writes it: longer, accented, in brackets.
const disguise = () => {
	const walk = document.createTreeWalker(document.body, 4);
	const other = { a: 'á', e: 'ë', i: 'ï', o: 'õ', u: 'ü', n: 'ñ', c: 'ç',
		A: 'Å', E: 'É', O: 'Ø', S: 'Š', W: 'Ŵ' };
	for (let n; (n = walk.nextNode());)
		if (n.data.trim() !== '')
			n.data = `[${n.data.replace(/[aeiouncAEOSW]/g,
			    (x) => other[x])}${'~ '.repeat(Math.ceil(
			    n.data.trim().length / 5))}]`;
};

const isSeen = (e) => {
	const r = e.getBoundingClientRect();
	return r.width > 1 && r.height > 1 && r.right > 0 && r.bottom > 0 &&
	    e.checkVisibility({ visibilityProperty: true });
};

// What can be worked with, in words by which it is known again.
const workable = () => [...document.querySelectorAll('a[href], button, ' +
    'input:not([type=hidden]), select, textarea, summary')].filter((e) =>
	e.checkVisibility() && !e.closest('[aria-hidden], .trap'));

export function eye(modules, browser, base) {
	const axe = readFileSync(createRequire(join(modules, 'x.js'))
	    .resolve('axe-core/axe.min.js'), 'utf8');

	// A page of its own, with nothing kept from others.
	async function open(name, lang) {
		const context = await browser.newContext({ locale: lang,
			viewport: null });
		context.setDefaultTimeout(120000); // for a busy machine
		const tab = await context.newPage();
		const wire = await context.newCDPSession(tab);
		const page = { name, lang, tab, wire, context, faults: [],
			bytes: 0, request: context.request };
		const fault = (why) => {
			const line = `${page.name}: ${why}`;
			if (!page.faults.includes(line))
				page.faults.push(line);
		};
		page.fault = fault;
		await wire.send('Network.enable');
		wire.on('Network.loadingFinished', (e) => {
			page.bytes += e.encodedDataLength;
		});
		context.on('request', (r) => {
			if (new URL(r.url()).origin !== base)
				fault(`asks another host: ${r.url()}`);
		});
		tab.on('pageerror', (e) => fault(`a script fails: ${e}`));
		tab.on('console', (m) => {
			if (heard.test(m.text()) || (m.type() === 'error' &&
			    !(page.status >= 400 && m.text().includes(
			    `status of ${page.status}`))))
				fault(`the browser says: ${m.text()}`);
		});
		tab.on('response', (r) => {
			if (r.request().isNavigationRequest())
				page.status = r.status();
			else if (!r.ok() && r.status() !== 304)
				fault(`${r.url()} answers ${r.status()}`);
		});
		await tab.addInitScript(() => addEventListener(
		    'securitypolicyviolation', (e) => console.error(
		    `securitypolicyviolation: ${e.violatedDirective} ${
			e.blockedURI}`)));
		await resize(page, 'wide');
		return page;
	}

	const resize = (page, view) =>
	    page.wire.send('Emulation.setDeviceMetricsOverride',
	        { mobile: false, ...views[view] });
	const scripts = (page, are) =>
	    page.wire.send('Emulation.setScriptExecutionDisabled',
	        { value: !are });

	// The first view: what came over the wire for it.
	async function go(page, path, status = 200) {
		page.bytes = 0;
		const answer = await page.tab.goto(base + path,
		    { waitUntil: 'load' });
		if (answer.status() !== status)
			page.fault(`answers ${answer.status()}`);
		if (page.bytes > most || page.bytes === 0)
			page.fault(`${page.bytes} bytes on the wire`);
		return page.bytes;
	}

	// Looks at what is there now. The pseudo-language stays in the page.
	async function look(page, { scheme, view, pseudo }, shot) {
		const { tab } = page;
		const was = page.name;

		page.name = `${was}-${page.lang}-${scheme}-${view}${
			pseudo ? '-qps' : ''}${page.off ? '-off' : ''}`;
		await tab.emulateMedia({ colorScheme: scheme });
		await resize(page, view);
		if (page.off)
			await scripts(page, true); // for axe-core alone
		if (pseudo && !page.disguised)
			await tab.evaluate(disguise);
		page.disguised ||= pseudo;
		const wide = await tab.evaluate(() => Math.max(
		    document.documentElement.scrollWidth,
		    document.body.scrollWidth) - window.innerWidth);
		if (wide > 0)
			page.fault(`is ${wide} pixels too wide`);
		// by the inspector, which no policy concerns
		if (!await tab.evaluate(() => 'axe' in globalThis))
			await tab.evaluate(axe);
		const found = await tab.evaluate(async (values) => {
			const r = await globalThis.axe.run(document, {
				runOnly: { type: 'tag', values },
				rules: { 'target-size': { enabled: true } },
				resultTypes: ['violations'] });
			return { violations: r.violations,
				ran: Object.values(r).filter(Array.isArray)
				    .flat().map((v) => v.id) };
		}, rules);
		for (const rule of ['color-contrast', 'target-size', 'label'])
			if (!found.ran.includes(rule))
				page.fault(`axe-core did not try ${rule}`);
		for (const v of found.violations)
			for (const n of v.nodes.slice(0, 3))
				page.fault(`${v.id}: ${n.target}: ${
					n.failureSummary.replace(/\s+/g, ' ')}`);
		if (shot)
			await tab.screenshot({ path: join(shot,
			    `${page.name}.png`), fullPage: true });
		if (page.off)
			await scripts(page, false);
		page.name = was;
	}

	// From the first key to the last: the way past the menus, each thing
	// that can be worked with, and that it is seen where one is.
	async function keys(page) {
		const { tab } = page;
		await tab.evaluate(`globalThis.eye = { isSeen: ${isSeen},
		    workable: ${workable} }`);
		const at = () => tab.evaluate(() => {
			const { isSeen, workable } = globalThis.eye;
			const all = workable(), e = document.activeElement;
			const s = getComputedStyle(e);
			return { n: all.indexOf(e), text: e.className ||
				e.name || e.textContent.trim().slice(0, 40),
				isSkip: e.matches('.skip'), isSeen: isSeen(e),
				isMarked: (s.outlineStyle !== 'none' &&
				    parseFloat(s.outlineWidth) > 0) ||
				    s.boxShadow !== 'none',
				radio: e.type === 'radio' ? e.name : '',
				top: e === document.body };
		});
		const todo = await tab.evaluate(() => globalThis.eye.workable()
		    .map((e) => ({ text: e.textContent.trim() || e.name,
			radio: e.type === 'radio' ? e.name : '' })));
		const got = new Set(), radios = new Set();

		await leave(page);
		for (let k = 0; k <= todo.length; k++) {
			await tab.keyboard.press('Tab');
			const e = await at();
			if (e.top)
				break;
			if (k === 0 && !e.isSkip && await tab.locator('nav')
			    .count() > 0)
				page.fault('keys do not find a way past the menus');
			if (!e.isSeen)
				page.fault(`keys go to what is not seen: ${
					e.text}`);
			if (!e.isMarked)
				page.fault(`keys go unmarked to: ${e.text}`);
			got.add(e.n);
			if (e.radio)
				radios.add(e.radio);
		}
		todo.forEach((e, n) => {
			if (!got.has(n) && !radios.has(e.radio))
				page.fault(`keys do not reach: ${e.text}`);
		});
		if (await tab.locator('.skip').count() > 0)
			await skips(page);
		await leave(page);
	}

	// keys go on from where the focus was last
	const leave = (page) => page.tab.evaluate(() => {
		document.body.tabIndex = -1;
		document.body.focus();
		document.body.removeAttribute('tabindex');
		document.activeElement.blur();
		getSelection().removeAllRanges();
		scrollTo(0, 0);
	});

	async function skips(page) {
		const { tab } = page;

		await tab.locator('.skip').focus();
		await tab.keyboard.press('Enter');
		await tab.keyboard.press('Tab');
		if (!await tab.evaluate(() => {
			const main = document.querySelector('main');
			const e = document.activeElement;
			return e === document.body || main.contains(e) ||
			    (main.compareDocumentPosition(e) & 4) !== 0;
		}))
			page.fault('the way past the menus leads nowhere');
	}

	return { open, go, look, keys, scripts };
}
