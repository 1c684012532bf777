// SPDX-License-Identifier: Apache-2.0
//
// usage: node browser_seal.mjs MODULES CHROMIUM URL SCRIPT VECTORS WIRE
//
// The script of the report form, which the site at URL has as SCRIPT, in
// headless Chromium: its parts against VECTORS and WebCrypto, then a report that
// is sealed, with all that travelled in the file WIRE, then one that is not.
// Prints what is wrong, and the numbers of the reports.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { eye } from './browser_look.mjs';

const [, , modules, executablePath, base, script, file, wire] = process.argv;
const { chromium } = createRequire(join(modules, 'x.js'))('playwright-core');
const found = [];
const check = (good, what) => {
	if (!good)
		found.push(what);
};
const vectors = readFileSync(file, 'utf8').split('\n\n').map((part) =>
    Object.fromEntries(part.split('\n').filter((l) => /^[a-z]/.test(l))
	.map((l) => l.split(/ (.*)/s).slice(0, 2)))).filter((v) => v.name);

const browser = await chromium.launch({ executablePath,
	args: ['--no-sandbox', '--disable-gpu'] });

const { open: openSeen, go, look, keys } = eye(modules, browser, base);

async function open(path, before) {
	const context = await browser.newContext();
	context.setDefaultTimeout(120000);
	const tab = await context.newPage();

	tab.on('pageerror', (e) => found.push(`a script fails: ${e}`));
	tab.on('console', (m) => {
		if (m.type() === 'error' && !m.text().includes('status of 422'))
			found.push(`the browser says: ${m.text()}`);
	});
	context.on('request', (r) => check(new URL(r.url()).origin === base,
	    `asks another host: ${r.url()}`));
	await tab.addInitScript(() => addEventListener(
	    'securitypolicyviolation', (e) => console.error(
	    `policy: ${e.violatedDirective}`)));
	if (before)
		await tab.addInitScript(before);
	await tab.goto(base + path, { waitUntil: 'load' });
	return tab;
}

// --- its parts ---

const unit = await open('/en/report');
for (const v of vectors) {
	const said = await unit.evaluate(async ([script, v]) => {
		const { seal, base64url } = await import(script);
		const raw = (hex) => Uint8Array.from(hex?.match(/../g) ?? [],
		    (h) => parseInt(h, 16));
		const alg = { name: 'X25519' };
		const d = base64url(raw(v.ephemeral));
		const x = base64url(raw(v.sealed).slice(0, 32));
		const jwk = { kty: 'OKP', crv: 'X25519', x };
		try {
			const pair = {
				publicKey: await crypto.subtle.importKey('jwk',
				    jwk, alg, true, []),
				privateKey: await crypto.subtle.importKey('jwk',
				    { ...jwk, d }, alg, false, ['deriveBits']) };
			return Array.from(await seal(raw(v.receiver),
			    raw(v.info), raw(v.aad), raw(v.text), pair), (b) =>
			    b.toString(16).padStart(2, '0')).join('');
		} catch (e) {
			return e.name;
		}
	}, [script, v]);
	if (v.fails)
		check(!/^[0-9a-f]{32}/.test(said), `${v.name} gives ${said}`);
	else
		check(said === v.sealed, `${v.name} gives ${said}`);
}
check(vectors.length >= 8, `only ${vectors.length} vectors`);

const works = await unit.evaluate(async (script) => {
	const { work } = await import(script);
	const wrong = [];

	for (let k = 0; k < 40; k++) {
		const token = btoa(String(Math.random()).repeat(9)).slice(0, 54);
		const bits = k % 12 + 1, answer = work(token, bits);
		const d = new DataView(await crypto.subtle.digest('SHA-256',
		    new TextEncoder().encode(`${token}.${answer}`)));

		if (Math.clz32(d.getUint32(0)) < bits ||
		    !/^[0-9]{16}$/.test(answer))
			wrong.push(`${token} ${answer}`);
	}
	try {
		work('short', 1);
		wrong.push('a short token');
	} catch (e) {
		if (!(e instanceof RangeError))
			wrong.push(String(e));
	}
	return wrong;
}, script);
check(works.length === 0, `work: ${works}`);

const lengths = await unit.evaluate(async (script) => {
	const { filled } = await import(script);
	return ['', 'x', 'x'.repeat(900), 'x'.repeat(2000)].map((what) =>
	    filled({ topic: 'other', what }).length);
}, script);
check(lengths.join() === '1024,1024,1024,2048', `lengths ${lengths}`);

// --- a report that is sealed ---

const secrets = ['berenjena', 'segunda l', 'ana@example', 'desde el martes',
	'todavia si'];
// as text, and as other ways of writing bytes would show it
const shown = (bytes) => secrets.filter((s) => [s, encodeURIComponent(s),
	Buffer.from(s).toString('hex'), ...[0, 1, 2].map((k) =>
	    Buffer.from(' '.repeat(k) + s).toString('base64').slice(k && 4, -4)),
	Buffer.from(s, 'utf16le').toString('latin1')].some((x) =>
	    x.length > 3 && bytes.includes(x, 0, 'latin1')));

async function fill(tab) {
	await tab.check('[name=topic][value=weakness]');
	await tab.fill('#what', 'berenjena <b>&amp;\nsegunda línea "y" \\ más');
	await tab.fill('#contact', 'ana@example.org');
	await tab.fill('#when', 'desde el martes');
	await tab.fill('#ongoing', 'todavia si');
	await tab.check('[name=share]');
}

const words = (tab) => tab.locator('main').innerText();
const seen = await openSeen('seal', 'es');
const form = seen.tab;
// in all widths, by night too
const looks = async (name) => {
	seen.name = name;
	for (const view of ['wide', 'narrow', 'enlarged'])
		for (const scheme of ['light', 'dark'])
			await look(seen, { scheme, view, pseudo: false },
			    process.env.SCREENSHOTS);
};

await go(seen, '/es/report');
const bytes = seen.bytes;
await form.locator('#seal').waitFor({ state: 'visible' });
check(await form.locator('#seal-not').isHidden(), 'says it cannot seal');
await keys(seen);
await looks('seal-form');
await form.check('#seal-wish');
await form.click('main form button[type=submit]');
check(await form.locator('#sealed').isHidden(), 'an empty form goes on');
await fill(form);
await form.fill('#what', 'é'.repeat(4001));
await form.click('main form button[type=submit]');
check(await form.locator('#sealed').isHidden(), 'too long a text goes on');
await fill(form);
await form.click('main form button[type=submit]');
await form.locator('#sealed').waitFor({ state: 'visible' });
check((await words(form)).includes('berenjena <b>&amp;'),
    'does not show what was typed');
check(await form.evaluate(() => document.activeElement.id) === 'sealed',
    'the focus stays behind');
await looks('seal-check');
await form.click('#sealed button >> nth=1');
check(await form.inputValue('#what') !== '', 'what was typed is lost');
await form.click('main form button[type=submit]');

// something changes it on its way: told, nothing lost, and then it is taken
await form.route('**/es/report', (route) => route.continue({ postData: Buffer
    .from(route.request().postDataBuffer().toString('latin1').replace(
    /(name="sealed"\r\n\r\n.{40})(.)/, (_, a, b) => a + (b === 'A' ? 'B' :
	'A')), 'latin1') }), { times: 1 });
await form.click('#sealed button >> nth=0');
await form.locator('#sealed [role=status]:text("no se pudo abrir")').waitFor();
const sent = form.waitForRequest((r) => r.method() === 'POST');
await form.click('#sealed button >> nth=0');
const body = (await sent).postDataBuffer();
await form.locator('main .code').waitFor();
await looks('seal-receipt');
const number = (await form.locator('main b').first().innerText()).trim();
console.log(`# sealed ${number}`);

const travelled = readFileSync(wire);
check(travelled.includes(number), 'the wire was not kept');
check(shown(travelled).length === 0, `travelled: ${shown(travelled)}`);
const fields = [...body.toString('latin1').matchAll(/ name="([^"]*)"/g)]
    .map((m) => m[1]).sort().join();
check(fields === 'sealed,step,token,website,work', `sends ${fields}`);

// what was sent is worth nothing a second time
const again = await form.evaluate(async ([type, text]) => (await fetch(
    '/es/report', { method: 'POST', headers: { 'Content-Type': type },
    body: text })).status, [(await sent).headers()['content-type'],
    body.toString('latin1')]);
check(again === 422, `what was recorded is answered ${again}`);
const fresh = await form.evaluate(async ([type, text]) => {
	const token = (html) => html.match(/name="token" value="([^"]*)"/)[1];
	const other = token(await (await fetch('/es/report')).text());
	return (await fetch('/es/report', { method: 'POST', headers: {
	    'Content-Type': type }, body: text.replace(
	    /(name="token"\r\n\r\n)[^\r]*/, (_, a) => a + other) })).status;
}, [(await sent).headers()['content-type'], body.toString('latin1')]);
check(fresh === 422, `with another token it is answered ${fresh}`);

// --- a weakness, by its own form ---

const weak = await open('/es/report/vulnerability');
await weak.locator('#seal').waitFor({ state: 'visible' });
await weak.check('#seal-wish');
await weak.fill('#what', 'berenjena');
await weak.click('main form button[type=submit]');
check(await weak.locator('#sealed').isHidden(), 'goes on without a product');
await weak.fill('#product', 'Portal <7>');
await weak.fill('#credit', 'Eva');
await weak.click('main form button[type=submit]');
await weak.locator('#sealed').waitFor({ state: 'visible' });
check(await weak.locator('#sealed dt').count() === 3 &&
    (await words(weak)).includes('Portal <7>'), 'shows other answers');
await weak.click('#sealed button >> nth=0');
await weak.locator('main .code').waitFor();
console.log(`# weak ${(await weak.locator('main b').first().innerText())
    .trim()}`);
check(shown(readFileSync(wire)).length === 0, 'a weakness travelled');

// --- one that is not ---

const plain = await open('/es/report');
await fill(plain);
await plain.click('main form button[type=submit]');
await plain.locator('#early').waitFor({ state: 'hidden' });
const sized = (size) => ({ name: 'a', mimeType: 'text/plain',
	buffer: Buffer.alloc(size) });
const isFit = () => plain.locator('#files').evaluate((e) => e.checkValidity());
await plain.setInputFiles('#files', sized(20971521));
check(!await isFit(), 'too large a file is not told');
await plain.setInputFiles('#files', Array(6).fill(sized(1)));
check(!await isFit(), 'six files are not told');
await plain.click('main button[value=send]');
check(await plain.locator('#files').isVisible(), 'six files are sent');
await plain.setInputFiles('#files', Array(5).fill(sized(1)));
check(await isFit(), 'five small files are refused');
await plain.setInputFiles('#files', []);
await Promise.all([plain.waitForEvent('load'),
	plain.click('main button[value=send]')]);
console.log(`# open ${(await plain.locator('main b').first().innerText())
    .trim()}`);
// so that the eyes above are known to see
check(shown(readFileSync(wire)).length === secrets.length,
    'what is sent in the clear is not seen on the wire');

// sent before the work is done, it goes when it is, or when the wait is over
const slow = await open('/en/report', () => {
	const own = setTimeout;

	globalThis.Worker = class {
		postMessage() {}
	};
	globalThis.setTimeout = (f, ms, ...rest) => {
		if (ms < 5000)
			return own(f, ms, ...rest);
		globalThis.late = () => f(...rest);
	};
});
await slow.check('[name=topic]');
await slow.fill('#what', 'x');
await slow.click('main form button[type=submit]');
await slow.locator('#state').waitFor({ state: 'attached' });
await slow.click('main button[value=send]');
check((await slow.locator('#state').innerText()) !== '',
    'does not say why it waits');
check(slow.url().endsWith('/en/report') && await slow.locator('#early')
    .isVisible(), 'goes before the work is done');
await Promise.all([slow.waitForEvent('load'),
	slow.evaluate(() => globalThis.late())]);
check(/UY-/.test(await words(slow)), 'work that does not end is a dead end');

// --- a browser that cannot ---

const old = await open('/en/report', () => {
	SubtleCrypto.prototype.generateKey = () => Promise.reject(new Error());
});
await old.locator('#seal-not').waitFor({ state: 'visible' });
check(await old.locator('#seal').isHidden(), 'offers what it cannot do');
await fill(old);
await old.click('main form button[type=submit]');
check((await words(old)).includes('berenjena'), 'does not go on as before');

await browser.close();
found.push(...seen.faults.filter((f) => !f.includes('422')));
console.log(`# ${vectors.length} vectors, ${bytes} bytes for the form`);
for (const line of found)
	console.log(`# ${line}`);
process.exit(found.length === 0 ? 0 : 1);
