/* SPDX-License-Identifier: Apache-2.0
 *
 * For other sites of the state: shows what is at the highest level now, and
 * nothing while nothing is. Asks the host that it came from, and no other; what
 * it is told is shown as text. See doc/site.md.
 */
(function () {
	'use strict';

	var me = document.currentScript;
	var known = ['en', 'es', 'pt', 'fr'];
	var box = null, shown = '', base, lang;

	function element(tag, text, style) {
		var e = document.createElement(tag);

		e.textContent = text;
		for (var name in style)
			e.style[name] = style[name];
		return e;
	}

	function link(item) {
		var a = element('a', String(item.title), { color: '#0b4aa8' });
		var url = new URL(String(item.url), base);

		if (url.protocol === 'https:' || url.protocol === 'http:')
			a.href = url.href;
		a.lang = String(item.title_language || lang);
		return a;
	}

	function place() {
		var here = document.getElementById('almenara-banner');

		if (here)
			here.appendChild(box);
		else
			document.body.insertBefore(box, document.body.firstChild);
	}

	function show(feed) {
		var list = Array.isArray(feed.emergencies) ? feed.emergencies : [];
		var now = JSON.stringify(feed);

		if (now === shown)
			return;
		shown = now;
		if (box)
			box.remove();
		box = null;
		if (list.length === 0)
			return;
		box = element('section', '', { border: '3px solid #9c1220',
			background: '#fff', color: '#15202b',
			padding: '0.6rem 0.9rem', margin: '0.5rem' });
		box.lang = lang;
		box.setAttribute('aria-label', String(feed.heading));
		box.appendChild(element('h2', feed.heading + ' – ' + feed.from,
			{ color: '#9c1220', margin: '0', fontSize: '1.1rem' }));
		list.forEach(function (item) {
			var p = element('p', '', { margin: '0.3rem 0' });

			p.appendChild(link(item));
			box.appendChild(p);
		});
		place();
	}

	/* What cannot be asked leaves what was told last. */
	function ask() {
		if (document.visibilityState === 'hidden')
			return;
		fetch(base + lang + '/banner.json', { credentials: 'omit',
			referrerPolicy: 'no-referrer', redirect: 'error' })
			.then(function (r) {
				if (!r.ok)
					throw new Error(String(r.status));
				return r.json();
			}).then(show).catch(function () {});
	}

	function start() {
		ask();
		setInterval(ask, 60000);
		document.addEventListener('visibilitychange', ask);
	}

	if (!me || !window.fetch)
		return;
	base = new URL('./', me.src).href;
	lang = (me.getAttribute('data-lang') || document.documentElement.lang ||
		'en').slice(0, 2).toLowerCase();
	if (known.indexOf(lang) < 0)
		lang = 'en';
	if (document.body)
		start();
	else
		document.addEventListener('DOMContentLoaded', start);
})();
