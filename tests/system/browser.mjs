// SPDX-License-Identifier: Apache-2.0
//
// usage: node browser.mjs MODULES CHROMIUM URL FOLDER SHOTS base|some|full [PATH...]
//
// Every page of the site at URL, whose files are in FOLDER: those that its list
// and its map name, and those that they link. A page's kind is the form of what
// it holds, so that a new one is looked at by itself. Of each kind one page is
// seen in English, by day, 1280 pixels wide, and from there ("some") each other
// language, the pseudo-language, night, 320 pixels, 400 %, and no scripts, or
// ("full") all of these with each other. Before that the same eyes are shown
// pages with faults. With PATHs these pages alone, their names with "joint-"
// before. Prints what is wrong; ends with 1 if anything is.
import { readFileSync, mkdirSync, writeFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { eye } from './browser_look.mjs';
import { report, weakness } from './browser_form.mjs';

const [, , modules, executablePath, base, folder, shots, how, ...paths] =
    process.argv;
const { chromium } = createRequire(join(modules, 'x.js'))('playwright-core');
const langs = ['en', 'es', 'pt', 'fr'];
const own = 'https://cert.test.example';
const one = { scheme: 'light', view: 'wide', pseudo: false };

// How a page is looked at once it is there; the pseudo-language comes last.
function looks(lang, isOff) {
	const all = [];

	for (const pseudo of [false, true])
		for (const view of ['wide', 'narrow', 'enlarged'])
			for (const scheme of ['light', 'dark'])
				all.push({ scheme, view, pseudo });
	return all.filter((l) => {
		const away = (l.scheme !== 'light') + (l.view !== 'wide') +
		    l.pseudo + (lang !== 'en') + isOff;

		return how === 'full' || away <= (how === 'some' ? 1 : 0);
	});
}

// Where a picture of it goes: '' if there is to be none.
const few = Boolean(process.env.ALMENARA_FEW_PICTURES);
const picture = (l) => few && (l.scheme !== one.scheme || l.view !== one.view ||
    l.pseudo) ? '' : shots;

const browser = await chromium.launch({ executablePath,
	args: ['--no-sandbox', '--disable-gpu'] });
const { open, go, look, keys, scripts } = eye(modules, browser, base);
const found = [];
let seen = 0, heaviest = 0;
const done = async (page) => {
	found.push(...page.faults);
	await page.context.close();
};

// --- links ---

const linked = new Map(); // address without fragment: its ids and type

const local = (href) => href.startsWith(own) ? base + href.slice(own.length) :
    href;

async function fetched(page, url) {
	if (linked.has(url))
		return linked.get(url);
	const r = await page.request.get(url);
	const type = r.headers()['content-type'] ?? '';
	const text = type.startsWith('text/html') ? await r.text() : '';
	const it = { status: r.status(), isPage: text !== '',
		ids: [...text.matchAll(/ id="([^"]*)"/g)].map((m) => m[1]) };
	linked.set(url, it);
	return it;
}

// Each link of a page leads somewhere; the pages among these.
async function follow(page) {
	const hrefs = await page.tab.evaluate(() =>
	    [...document.querySelectorAll('[href], [src]')].map((e) =>
		e.href || e.src));
	const ids = await page.tab.evaluate(() =>
	    [...document.querySelectorAll('[id]')].map((e) => e.id));
	const here = page.tab.url().split('#')[0];
	const pages = [];

	for (const href of new Set(hrefs.map(local))) {
		const [url, id] = href.split('#');

		if (!url.startsWith(`${base}/`))
			continue;
		const it = url === here ? { status: 200, ids } :
		    await fetched(page, url);
		if (it.status !== 200)
			page.fault(`${url} answers ${it.status}`);
		else if (id && !it.ids.includes(id))
			page.fault(`${href} leads to nothing on its page`);
		if (it.isPage)
			pages.push(url.slice(base.length));
	}
	return pages;
}

// --- words ---

// What is the same as in English and is no content of the site's readers
const sentences = (page) => page.tab.evaluate(() => {
	const walk = document.createTreeWalker(document.body, 4);
	const all = [];

	for (let n; (n = walk.nextNode());)
		if (n.data.split(/\s+/).filter((w) => /^\p{L}{2,}/u
		    .test(w)).length >= 3 &&
		    n.parentElement.closest('[lang]').lang ===
		    document.documentElement.lang &&
		    !n.parentElement.closest('dd, pre, code, .name'))
			all.push(n.data.trim());
	return all;
});

// Right below a language each page is a kind of its own.
const form = async (page, path) => /^\/en\/[^/]*\/?$/.test(path) ? path :
    page.tab.evaluate(() => [...new Set([...document.querySelectorAll(
	'main *')].map((e) => `${e.tagName}.${e.className}`))].sort()
	.join(' '));
// How much a page says, but for what only a script can do and says of itself.
const said = (page) => page.tab.locator('main').evaluate((main) =>
    [...main.querySelectorAll('[data-scripted]')]
        .filter((e) => e.checkVisibility())
        .reduce((n, e) => n - e.innerText.length, main.innerText.length));
const nameOf = (path) => path.slice(1).replace(/\/$|index\.html$/g, '')
    .replace(/^(en|es|pt|fr)(\/|$)/, paths.length ? 'joint-' : '').replace(/[0-9a-f-]{28}([0-9a-f]{8})/,
    '$1').replace(/[^a-z0-9]+/gi, '-').replace(/^-|-$/g, '') || 'home';

// --- pages that the site has ---

const inLang = (path, lang) => path.replace(/^\/en(\/|$)/, `/${lang}$1`);

const kinds = new Map();

// A page, and if it is the first of its kind the same in all other ways. The
// pages that it links.
async function visit(path, status) {
	const name = nameOf(path) + (status === 200 ? '' : `-${status}`);
	const page = await open(name, 'en');
	const bytes = await go(page, path, status);
	const kind = await form(page, path);
	const isNew = !kinds.has(kind);
	const english = { texts: await sentences(page),
		length: await said(page) };
	const pages = await follow(page);

	heaviest = Math.max(heaviest, bytes);
	if (!isNew) {
		if (how === 'full')
			await look(page, one);
		await done(page);
		return pages;
	}
	kinds.set(kind, path);
	await keys(page);
	for (const l of looks('en', false)) {
		seen++;
		await look(page, l, picture(l));
	}
	await done(page);
	if (how !== 'base' && path.startsWith('/en/'))
		await otherwise(name, path, status, english);
	return pages;
}

async function otherwise(name, path, status, english) {
	for (const lang of langs)
		for (const off of how === 'full' ? [false, true] :
		    [lang === 'en']) {
			if (lang === 'en' && !off)
				continue;
			const page = await open(name, lang);
			page.off = off;
			await scripts(page, !off);
			await go(page, inLang(path, lang), status);
			if (lang !== 'en')
				await translated(page, english.texts);
			else if (await said(page) < english.length * 0.8)
				page.fault('says less without scripts');
			await follow(page);
			for (const l of looks(lang, off)) {
				seen++;
				await look(page, l, picture(l));
			}
			await done(page);
		}
}

async function translated(page, texts) {
	for (const s of await sentences(page))
		if (texts.includes(s))
			page.fault(`not translated: ${s}`);
}

// --- the form ---

// Fills a form in; each step of it is looked at.
async function fill(kind, form, lang, { byKeys, off = false, isShort } = {}) {
	const page = await open(kind, lang);
	let number;

	page.off = off;
	await scripts(page, !off);
	try {
		number = await form(page, go, { byKeys, isShort },
		    async (step) => {
			page.name = `${kind}-${step}`;
			await follow(page);
			if (byKeys)
				await keys(page);
			for (const l of looks(lang, off))
				if (!l.pseudo) {
					seen++;
					await look(page, l, picture(l));
				}
		});
	} catch (e) {
		page.fault(`the form stops: ${e.message.split('\n')[0]}`);
	}
	await done(page);
	return number;
}

// --- eyes that see ---

// What is to be said of a page that has just this in it
const faulty = {
	'label: ': '<p><input name="x"></p>',
	'color-contrast: ': '<p class="faint">Nobody can read this</p>',
	'pixels too wide': '<p class="wide">x</p>',
	'keys go unmarked to: bare': '<p><a href="./" class="bare">x</a></p>',
	'keys do not reach: Off': '<p><a href="./" tabindex="-1">Off</a></p>',
	'keys go to what is not seen': '<p><a href="./" class="out">Out</a></p>',
	'/en/nowhere/ answers 404': '<p><a href="/en/nowhere/">x</a></p>',
	'leads to nothing': '<p><a href="#nowhere">Nowhere</a></p>',
	'style-src': '<p style="color:red">Red</p>',
	'a script fails': '<script src="fails.js"></script>',
	'not translated: These': '<p>These words stay English</p>',
	'says less without scripts':
	    '<p id="more"></p><script src="more.js"></script>',
	'bytes on the wire': `<p hidden>${randomBytes(24000)
	    .toString('base64')}</p>`,
	'asks another host': '<meta http-equiv="refresh" ' +
	    'content="0;url=http://127.0.0.2:9/">',
};
const beside = {
	'style.css': '.faint{color:#bbb;background:#fff}' +
	    '.wide{width:2000px}.bare:focus-visible{outline:none}' +
	    '.out{position:absolute;left:-999px}',
	'fails.js': 'nothing.at.all;',
	'more.js': 'document.getElementById("more").textContent = ' +
	    '"more and more ".repeat(99);',
};

function write(path, html) {
	const at = join(folder, path);
	const page = readFileSync(join(folder, 'en/404.html'), 'utf8');

	mkdirSync(at);
	for (const [name, text] of Object.entries(beside))
		writeFileSync(join(at, name), text);
	writeFileSync(join(at, 'index.html'), page.replace('</head>',
	    '<link rel="stylesheet" href="style.css"></head>')
	    .replace('</main>', `${html}</main>`));
}

async function lookAtFaulty(path, want) {
	const page = await open('faulty', 'en');

	await go(page, path);
	if (want.startsWith('asks')) {
		for (let k = 0; k < 200 && page.faults.length === 0; k++)
			await sleep(100);
	} else {
		const length = await said(page);
		await follow(page);
		await keys(page);
		await translated(page, ['These words stay English']);
		await look(page, { ...one, view: 'narrow' });
		await scripts(page, false);
		await page.tab.reload();
		if (await said(page) < length * 0.8)
			page.fault('says less without scripts');
	}
	await page.context.close();
	return page.faults;
}

async function eyesSee() {
	let n = 0;

	for (const [want, html] of Object.entries(faulty)) {
		const path = `/en/faulty${n++}/`;
		write(path, html);
		const said = await lookAtFaulty(path, want);
		rmSync(join(folder, path), { recursive: true });
		if (said.length === 0 || said.some((s) => !s.includes(want)))
			found.push(`a page with "${want}": ${
				JSON.stringify(said)}`);
	}
	return n;
}

// --- all of it ---

const listed = () => readFileSync(join(folder, 'manifest.txt'), 'utf8')
    .split('\n').map((l) => l.slice(66)).filter((f) => f.endsWith('.html'))
    .map((f) => `/${f.replace(/(^|\/)index\.html$/, '$1')}`);
const mapped = () => [...readFileSync(join(folder, 'sitemap.xml'), 'utf8')
    .matchAll(/<loc>([^<]*)<\/loc>/g)].map((m) =>
	local(m[1]).slice(base.length));

async function finish(said) {
	await browser.close();
	for (const line of found)
		console.log(`# ${line}`);
	console.log(`# ${said}, ${seen} looks, ${linked.size} links, ${
		heaviest} bytes at most`);
	process.exit(found.length === 0 && seen >= kinds.size ? 0 : 1);
}

if (paths.length !== 0) {
	for (const path of paths)
		await visit(path, 200);
	if (kinds.size !== paths.length)
		found.push(`${kinds.size} kinds of ${paths.length} pages`);
	await finish(`${paths.length} pages`);
}
const faults = await eyesSee();
const pages = new Set([...listed().filter((p) => p !== '/'), ...mapped()]);
if (listed().length < 50 || mapped().length < 20)
	found.push('the lists of pages are too short');
pages.add('/index.html');
for (const p of pages) // more are added on the way
	if (!/^\/(es|pt|fr)\//.test(p))
		for (const more of await visit(p, 200))
			pages.add(more);
await visit('/en/no/such/page', 404);
await visit('/.no-page', 400);
const number = await fill('report', report, 'en', { byKeys: true });
for (const lang of how === 'base' ? [] : langs)
	for (const off of how === 'full' ? [false, true] : [lang === 'en'])
		await fill('report', report, lang, { off,
			isShort: how === 'some' && lang !== 'en' });
for (const lang of how === 'base' ? [] : langs)
	await fill('weakness', weakness, lang);
console.log(`# report ${number}`);
await finish(`${pages.size} pages of ${kinds.size} kinds, ${faults} faulty`);
