// SPDX-License-Identifier: Apache-2.0
//
// usage: node feeds_read.mjs FOLDER SITE URL
//
// The feeds of the site in SITE as a program of others reads them, by the
// library that is installed in FOLDER: each entry has an id, a title, a time
// and an address under URL whose page is there; Atom and JSON Feed of a
// language have the same. Tells what is wrong; ends with 1 then.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const [, , folder, site, url] = process.argv;
const { parseFeed } = await import(pathToFileURL(createRequire(
    join(folder, 'x.js')).resolve('feedsmith')).href);
let bad = 0;

function wrong(file, why) {
	console.log(`# ${file}: ${why}`);
	bad = 1;
}

// What all kinds of feed say of an entry
const entry = (e) => ({ id: e.id, title: e.title?.value ?? e.title,
	at: e.updated ?? e.date_modified ?? e.date_published,
	page: e.url ?? e.links?.find((l) => l.rel === 'alternate')?.href });

function read(file, format) {
	const r = parseFeed(readFileSync(join(site, file), 'utf8'));
	const all = (r.feed.entries ?? r.feed.items ?? []).map(entry);

	if (r.format !== format)
		wrong(file, `is ${r.format}`);
	if (!(r.feed.title?.value ?? r.feed.title) || all.length === 0)
		wrong(file, 'says nothing');
	for (const { id, title, at, page } of all) {
		if (!id || !title || Number.isNaN(Date.parse(at)))
			wrong(file, `an entry lacks something: ${id}`);
		if (!page?.startsWith(url) || !existsSync(join(site,
		    page.slice(url.length), 'index.html')))
			wrong(file, `leads to nothing: ${page}`);
	}
	return all.map((e) => `${e.id} ${Date.parse(e.at)}`).join('\n');
}

for (const lang of ['en', 'es', 'pt', 'fr'])
	if (read(`${lang}/feed.atom`, 'atom') !==
	    read(`${lang}/feed.json`, 'json'))
		wrong(lang, 'Atom and JSON Feed are not the same');
read('cap/index.atom', 'atom');
process.exit(bad);
