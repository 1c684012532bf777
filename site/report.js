// SPDX-License-Identifier: Apache-2.0
//
// The report form in a browser that runs scripts: does the work by which a
// report need not wait, and, if she wishes it, seals what was written to the
// key of the team before it leaves (HPKE, RFC 9180, base mode: X25519,
// HKDF-SHA256, AES-256-GCM). Without it the form works as well. Asks nobody but
// the host that it came from. See doc/reports.md.

const bytes = (text) => new TextEncoder().encode(text);

// --- work: SHA-256 (FIPS 180-4), as WebCrypto is slow for many short texts ---

const primes = [];
for (let n = 2; primes.length < 64; n++)
	if (primes.every((p) => n % p !== 0))
		primes.push(n);
const fraction = (x) => (x - Math.floor(x)) * 2 ** 32 | 0;
const rounds = Int32Array.from(primes, (p) => fraction(Math.cbrt(p)));
const start = Int32Array.from(primes.slice(0, 8), (p) => fraction(Math.sqrt(p)));
const w = new Int32Array(64);

// The state after the block of 16 words.
function compress(state, block) {
	let a = state[0], b = state[1], c = state[2], d = state[3];
	let e = state[4], f = state[5], g = state[6], h = state[7];

	w.set(block);
	for (let i = 16; i < 64; i++) {
		const x = w[i - 15], y = w[i - 2];

		w[i] = w[i - 16] + w[i - 7] +
		    ((x >>> 7 | x << 25) ^ (x >>> 18 | x << 14) ^ x >>> 3) +
		    ((y >>> 17 | y << 15) ^ (y >>> 19 | y << 13) ^ y >>> 10);
	}
	for (let i = 0; i < 64; i++) {
		const s = h + ((e >>> 6 | e << 26) ^ (e >>> 11 | e << 21) ^
		    (e >>> 25 | e << 7)) + (e & f ^ ~e & g) + rounds[i] + w[i] | 0;
		const t = ((a >>> 2 | a << 30) ^ (a >>> 13 | a << 19) ^
		    (a >>> 22 | a << 10)) + (a & b ^ a & c ^ b & c) | 0;

		h = g;
		g = f;
		f = e;
		e = d + s | 0;
		d = c;
		c = b;
		b = a;
		a = s + t | 0;
	}
	return [state[0] + a | 0, state[1] + b | 0, state[2] + c | 0,
		state[3] + d | 0, state[4] + e | 0, state[5] + f | 0,
		state[6] + g | 0, state[7] + h | 0];
}

// Up to four decimal digits as a word.
const digits = (n) => 0x30303030 + ((n / 1000 | 0) << 24 |
    (n / 100 | 0) % 10 << 16 | (n / 10 | 0) % 10 << 8 | n % 10);

// The number of 16 digits whose SHA-256 with the token begins with so many zero
// bits. Token, dot and nine digits fill the first block of the hash.
export function work(token, bits) {
	if (token.length !== 54)
		throw new RangeError('token');
	for (let front = 0;; front++) {
		const head = String(front).padStart(9, '0');
		const view = new DataView(bytes(`${token}.${head}`).buffer);
		const first = compress(start, Array.from({ length: 16 },
		    (_, i) => view.getInt32(4 * i)));
		const last = new Int32Array(16);

		last[15] = 8 * 71;
		for (let n = 0; n < 1e7; n++) {
			last[0] = digits(n / 1000 | 0);
			last[1] = digits(n % 1000) << 8 | 0x80;
			if (Math.clz32(compress(first, last)[0]) >= bits)
				return head + String(n).padStart(7, '0');
		}
	}
}

// The same beside the page, so that it stays usable meanwhile; or nothing, once
// it has waited as long as one who does no work.
const worked = (token, bits) => new Promise((resolve) => {
	const here = () => resolve(work(token, bits));

	setTimeout(resolve, 11000, '');
	try {
		const worker = new Worker(import.meta.url, { type: 'module' });

		worker.onerror = here;
		worker.onmessage = (e) => {
			worker.terminate();
			resolve(e.data);
		};
		worker.postMessage([token, bits]);
	} catch {
		here();
	}
});

// --- sealing ---

const subtle = globalThis.crypto?.subtle;
const curve = { name: 'X25519' };
const kem = [75, 69, 77, 0, 32]; // KEM 0x0020
const suite = [72, 80, 75, 69, 0, 32, 0, 1, 0, 2]; // HPKE 0x0020 0x0001 0x0002
const version = bytes('HPKE-v1');

const join = (...parts) => Uint8Array.from(parts.flatMap((p) => [...p]));

async function hmac(key, ...parts) {
	const k = await subtle.importKey('raw', key, { name: 'HMAC',
		hash: 'SHA-256' }, false, ['sign']);

	return new Uint8Array(await subtle.sign('HMAC', k, join(...parts)));
}

// An empty salt is one of zeros: HMAC fills a short key with them.
const extract = (salt, id, label, from) => hmac(salt ?? new Uint8Array(32),
    version, id, bytes(label), from);
const expand = async (from, id, label, info, n) => (await hmac(from, [0, n],
    version, id, bytes(label), info, [1])).slice(0, n);

// `text` sealed to `to`, the 32 bytes of a key; all are bytes. `pair` is the
// ephemeral key of tests. Fails if `to` is a point of small order.
export async function seal(to, info, aad, text, pair) {
	const theirs = await subtle.importKey('raw', to, curve, false, []);
	const { publicKey, privateKey } = pair ??
	    await subtle.generateKey(curve, false, ['deriveBits']);
	const enc = new Uint8Array(await subtle.exportKey('raw', publicKey));
	const dh = new Uint8Array(await subtle.deriveBits({ ...curve,
		public: theirs }, privateKey, 256));

	if (dh.every((b) => b === 0))
		throw new RangeError('key');
	const shared = await expand(await extract(null, kem, 'eae_prk', dh), kem,
	    'shared_secret', join(enc, to), 32);
	const context = join([0], await extract(null, suite, 'psk_id_hash', []),
	    await extract(null, suite, 'info_hash', info));
	const secret = await extract(shared, suite, 'secret', []);
	const key = await subtle.importKey('raw', await expand(secret, suite,
	    'key', context, 32), 'AES-GCM', false, ['encrypt']);
	const iv = await expand(secret, suite, 'base_nonce', context, 12);

	return join(enc, new Uint8Array(await subtle.encrypt({ name: 'AES-GCM',
		iv, additionalData: aad }, key, text)));
}

export const base64url = (b) => btoa(Array.from(b, (x) =>
    String.fromCharCode(x)).join('')).replace(/\+/g, '-').replace(/\//g, '_')
    .replace(/=+$/, '');
export const unbase64url = (s) => Uint8Array.from(atob(s.replace(/-/g, '+')
    .replace(/_/g, '/')), (c) => c.charCodeAt(0));

// Answers as they are sealed: their length says little of what was written.
export function filled(answers) {
	const text = bytes(JSON.stringify(answers));
	const all = new Uint8Array(Math.ceil(text.length / 1024) * 1024)
	    .fill(32);

	all.set(text);
	return all;
}

const canSeal = async () => {
	try {
		await subtle.generateKey(curve, false, ['deriveBits']);
		return true;
	} catch {
		return false;
	}
};

// --- the page where answers are checked: work instead of waiting ---

function help(form) {
	const early = document.getElementById('early');
	const state = document.getElementById('state');
	let isDone = false;
	const done = worked(form.token.value, Number(form.bits.value))
	    .then((answer) => {
		form.work.value = answer;
		early.hidden = isDone = true;
	});

	form.addEventListener('submit', (e) => {
		if (isDone || e.submitter?.value !== 'send')
			return;
		e.preventDefault();
		state.textContent = state.dataset.wait;
		done.then(() => form.requestSubmit(e.submitter));
	});
}

// --- files: what is too much is told before it is sent ---

function bound(input) {
	const { files, most } = input.dataset;

	input.addEventListener('change', () => {
		const sizes = [...input.files].map((f) => f.size);
		const isFit = sizes.length <= files &&
		    sizes.reduce((a, b) => a + b, 0) <= most;

		input.setCustomValidity(isFit ? '' : document
		    .getElementById('files-hint').textContent);
	});
}

// --- sealing, with answers checked in the browser ---

const names = ['topic', 'product', 'vendor', 'version', 'what', 'ongoing',
	'when', 'exploited', 'informed', 'publish', 'credit', 'contact', 'share',
	'named'];

// Lines and no other controls, nor what JSON may not have (RFC 7493).
const clean = (text) => text.replace(/\r\n?/g, '\n')
    .replace(/[^\n\t\P{Cc}]|\p{Noncharacter_Code_Point}/gu, '');

// What is asked, as the form says it, and what was answered.
function said(form, name) {
	const at = form.elements[name];
	const e = name === 'topic' ? [...at].find((r) => r.checked) : at;
	const own = e.closest('label')?.textContent.trim();

	if (name === 'topic')
		return [form.querySelector('legend').textContent, own];
	return e.type === 'checkbox' ? [own, '\u2713'] : [e.labels[0].textContent,
		e.value];
}

function sealing(form, box) {
	const section = document.getElementById('sealed');
	const list = section.querySelector('dl');
	const state = section.querySelector('[role=status]');
	const [send, change] = section.querySelectorAll('button');
	const wish = document.getElementById('seal-wish');
	const files = [...form.querySelectorAll('[type=file]')];
	let answers, done;

	const show = (isChecking) => {
		form.hidden = isChecking;
		section.hidden = !isChecking;
		state.textContent = '';
		(isChecking ? section : form.elements.what).focus();
	};
	const wished = () => {
		const { what, topic, product } = form.elements;

		for (const e of [what, product ?? topic[0]])
			e.required = wish.checked;
		for (const f of files)
			f.disabled = wish.checked;
		if (wish.checked)
			done ??= worked(form.token.value,
			    Number(form.bits.value));
		measure();
	};
	// as many bytes as the team takes
	const measure = () => {
		const { what } = form.elements;

		what.setCustomValidity(wish.checked && bytes(what.value)
		    .length > Number(box.dataset.most) ? box.dataset.long : '');
	};
	const fail = (why) => {
		state.textContent = why || box.dataset.failed;
		send.disabled = change.disabled = false;
	};
	const sent = async () => {
		const token = form.token.value, body = new FormData();
		const sealed = await seal(unbase64url(box.dataset.key),
		    bytes('almenara report/1'), bytes(`form ${token}`),
		    filled(answers));

		body.set('step', 'send');
		body.set('token', token);
		body.set('work', await done);
		body.set('website', form.elements.website.value);
		body.set('sealed', base64url(sealed));
		return fetch(form.action, { method: 'POST', body,
			redirect: 'error' });
	};

	wish.addEventListener('change', wished);
	form.elements.what.addEventListener('input', measure);
	form.addEventListener('submit', (e) => {
		if (!wish.checked)
			return;
		e.preventDefault();
		const data = new FormData(form);
		answers = Object.fromEntries(names.filter((n) => data.get(n))
		    .map((n) => [n, clean(data.get(n))]));
		const asked = Object.keys(answers).filter((n) =>
		    form.elements[n].type !== 'hidden');
		list.replaceChildren(...asked.flatMap((n) => {
			const [dt, dd] = [document.createElement('dt'),
				document.createElement('dd')];

			const text = document.createElement('pre');

			[dt.textContent, text.textContent] = said(form, n);
			dd.append(n === 'what' ? text : text.textContent);
			return [dt, dd];
		}));
		show(true);
	});
	change.addEventListener('click', () => show(false));
	send.addEventListener('click', async () => {
		send.disabled = change.disabled = true;
		state.textContent = state.dataset.wait;
		try {
			const r = await sent();
			const page = new DOMParser().parseFromString(
			    await r.text(), 'text/html');
			const main = page.querySelector('main');

			if (r.ok) {
				document.querySelector('main')
				    .replaceWith(document.adoptNode(main));
				main.tabIndex = -1;
				main.focus();
				return;
			}
			// a token is good once
			for (const n of ['token', 'bits'])
				form[n].value = page.querySelector(
				    `[name=${n}]`)?.value ?? form[n].value;
			done = worked(form.token.value, Number(form.bits.value));
			fail(page.querySelector('[role=alert] li')?.textContent);
		} catch {
			fail();
		}
	});
	box.hidden = false;
	wished();
}

// --- which page is it? ---

async function begin() {
	const form = document.querySelector('main form');
	const box = document.getElementById('seal');

	document.querySelectorAll('[data-most][type=file]').forEach(bound);
	if (form?.elements.work)
		help(form);
	else if (form && box && await canSeal())
		sealing(form, box);
	else if (box)
		document.getElementById('seal-not').hidden = false;
}

if (globalThis.document)
	begin();
else
	addEventListener('message', (e) => postMessage(work(...e.data)));
