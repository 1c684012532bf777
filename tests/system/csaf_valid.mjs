// SPDX-License-Identifier: Apache-2.0
//
// usage: node csaf_valid.mjs FOLDER FILE...
//
// Each file against the schema and all mandatory tests of CSAF 2.0, by the
// library that is installed in FOLDER. Tells what fails; ends with 1 then.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [, , folder, ...files] = process.argv;
const lib = join(folder, 'node_modules/@secvisogram/csaf-validator-lib');
const part = (name) => import(pathToFileURL(join(lib, name)).href);
const validate = (await part('validateStrict.js')).default;
const { csaf_2_0 } = await part('schemaTests.js');
const mandatory = await part('mandatoryTests.js');
let bad = files.length === 0 ? 1 : 0;
for (const file of files) {
	const document = JSON.parse(readFileSync(file, 'utf8'));
	const r = await validate([csaf_2_0, ...Object.values(mandatory)],
	    document);
	if (r.isValid)
		continue;
	bad = 1;
	for (const test of r.tests.filter((t) => !t.isValid))
		console.log(`${file}: ${test.name}: ${
		    JSON.stringify(test.errors)}`);
}
process.exit(bad);
