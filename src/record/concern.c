/* SPDX-License-Identifier: Apache-2.0
 *
 * Whom a notice concerns.
 */
#include "record/concern.h"

#include "base/host.h"
#include "record/observable.h"

#include <stdio.h>
#include <string.h>

static struct span
text_of(struct json_val v, const char *member, struct arena *a)
{
	struct span s;

	return json_text(json_get(v, member), a, &s) == ERR_NONE ? s :
								   span_str("");
}

static void *
room(struct arena *a, struct json_val list, size_t size)
{
	size_t n = list.type == JSON_ARRAY ? json_count(list) : 0;

	return arena_alloc(a, ((n < CONCERN_MOST ? n : CONCERN_MOST) + 1) *
	    size);
}

/* --- products --- */

static bool
begins(struct span s, const char *with)
{
	size_t n = strlen(with);

	return s.n >= n && memcmp(s.p, with, n) == 0;
}

static struct span
part(struct span s, unsigned which)
{
	for (;;) {
		const unsigned char *end = s.n == 0 ? NULL :
		    memchr(s.p, ':', s.n);
		size_t n = end == NULL ? s.n : (size_t)(end - s.p);

		if (which-- == 0)
			return span_of(s.p, n);
		if (end == NULL)
			return span_str("");
		s = span_of(end + 1, s.n - n - 1);
	}
}

/* CPE 2.3 (NISTIR 7695) or the URI of 2.2, in lower case, without its first
 * parts: "vendor:product:version...". */
static struct span
cpe_rest(struct span s)
{
	size_t head = begins(s, "cpe:2.3:") ? 8 : begins(s, "cpe:/") ? 5 : 0;

	if (head == 0 || s.n < head + 2 || s.p[head + 1] != ':')
		return span_str("");
	return span_of(s.p + head + 2, s.n - head - 2);
}

static bool
is_any(struct span s)
{
	return s.n == 0 || span_is_str(s, "*") || span_is_str(s, "-");
}

static bool
cpe_fits(struct span a, struct span b)
{
	struct span va = part(a, 2), vb = part(b, 2);

	if (a.n == 0 || b.n == 0 || is_any(part(a, 0)) ||
	    !span_is_equal(part(a, 0), part(b, 0)))
		return false;
	if (!is_any(part(a, 1)) && !is_any(part(b, 1)) &&
	    !span_is_equal(part(a, 1), part(b, 1)))
		return false;
	return is_any(va) || is_any(vb) || span_is_equal(va, vb);
}

/* A package URL, in lower case, up to its version. */
static struct span
purl_rest(struct span s)
{
	size_t n = 0;

	if (!begins(s, "pkg:"))
		return span_str("");
	while (n < s.n && strchr("@?#", s.p[n]) == NULL)
		n++;
	return span_of(s.p, n);
}

static bool
is_word_char(unsigned char c)
{
	return c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
	    c == '.' || c == '+';
}

static bool
next_word(struct span *s, struct span *out)
{
	size_t i = 0, n = 0;

	while (i < s->n && !is_word_char(s->p[i]))
		i++;
	while (i + n < s->n && is_word_char(s->p[i + n]))
		n++;
	*out = span_of(s->p + i, n);
	*s = span_of(s->p + i + n, s->n - i - n);
	return n != 0;
}

static bool
has_word(struct span text, struct span word)
{
	struct span w;

	while (next_word(&text, &w))
		if (span_is_equal(w, word))
			return true;
	return false;
}

static bool
has_words(struct span text, struct span words)
{
	struct span w;
	bool any = false;

	while (next_word(&words, &w)) {
		if (!has_word(text, w))
			return false;
		any = true;
	}
	return any;
}

static struct span
words_of(struct json_val v, struct span cpe, struct arena *a)
{
	struct span vendor = text_of(v, "vendor", a);
	struct span family = text_of(v, "family", a);
	struct span name = text_of(v, "name", a);
	struct span cv = part(cpe, 0), cp = part(cpe, 1);
	size_t n = vendor.n + family.n + name.n + cv.n + cp.n + 8;
	char *text = arena_alloc(a, n);

	snprintf(text, n, "%.*s %.*s %.*s %.*s %.*s", SPAN_FMT(vendor),
	    SPAN_FMT(family), SPAN_FMT(name), SPAN_FMT(cv), SPAN_FMT(cp));
	return arena_lower(a, span_str(text));
}

static void
take_products(struct json_val list, struct arena *a, struct concern *c)
{
	c->product = room(a, list, sizeof *c->product);
	for (struct json_val v = json_first(list); v.type != JSON_ABSENT &&
	     c->product_n < CONCERN_MOST; v = json_next(list, v)) {
		struct concern_product *p = &c->product[c->product_n];
		struct span cpe = arena_lower(a, text_of(v, "cpe", a));

		/* a product that is not affected warns nobody */
		if (json_is_str(json_get(v, "state"), "not_affected"))
			continue;
		p->cpe = cpe_rest(cpe);
		p->purl = purl_rest(arena_lower(a, text_of(v, "purl", a)));
		p->words = words_of(v, p->cpe, a);
		c->product_n++;
	}
}

static bool
has_product(const struct concern *c, struct span own, struct arena *a)
{
	struct span s = arena_lower(a, own), cpe = cpe_rest(s), purl = purl_rest(s);
	struct span words = s;

	if (cpe.n != 0)
		words = span_of(cpe.p, part(cpe, 0).n + part(cpe, 1).n + 1);
	for (size_t i = 0; i < c->product_n; i++) {
		const struct concern_product *p = &c->product[i];

		if (purl.n != 0 || (cpe.n != 0 && p->cpe.n != 0)) {
			if ((purl.n != 0 && span_is_equal(purl, p->purl)) ||
			    (cpe.n != 0 && cpe_fits(cpe, p->cpe)))
				return true;
			continue;
		}
		if (has_words(p->words, words))
			return true;
	}
	return false;
}

/* --- observables and sectors --- */

static void
take_observables(struct json_val list, struct arena *a, struct concern *c)
{
	c->host = room(a, list, sizeof *c->host);
	c->net = room(a, list, sizeof *c->net);
	for (struct json_val v = json_first(list); v.type != JSON_ABSENT;
	     v = json_next(list, v)) {
		struct observable o = observable_make(text_of(v, "type", a),
		    text_of(v, "value", a), a);

		if (json_is_str(json_get(v, "role"), "benign"))
			continue;
		if (o.host.n != 0 && c->host_n < CONCERN_MOST)
			c->host[c->host_n++] = o.host;
		if (o.has_net && c->net_n < CONCERN_MOST)
			c->net[c->net_n++] = o.net;
	}
}

void
concern_make(struct json_val body, struct arena *a, struct concern *out)
{
	struct json_val sectors = json_get(body, "sectors");
	struct concern c = { .sector = room(a, sectors, sizeof *c.sector) };

	for (struct json_val v = json_first(sectors); v.type != JSON_ABSENT &&
	     c.sector_n < CONCERN_MOST; v = json_next(sectors, v))
		if (json_text(v, a, &c.sector[c.sector_n]) == ERR_NONE)
			c.sector_n++;
	take_products(json_get(body, "products"), a, &c);
	take_observables(json_get(body, "observables"), a, &c);
	*out = c;
}

/* "energy" and "energy/electricity", either way. */
static bool
is_same_sector(struct span a, struct span b)
{
	struct span s = a.n < b.n ? a : b, l = a.n < b.n ? b : a;

	return s.n != 0 && memcmp(s.p, l.p, s.n) == 0 &&
	    (s.n == l.n || l.p[s.n] == '/');
}

static bool
has_host(const struct concern *c, struct span top)
{
	char host[HOST_TEXT];

	if (host_parse(top, host) != ERR_NONE)
		return false;
	for (size_t i = 0; i < c->host_n; i++)
		if (host_is_under(c->host[i], span_str(host)))
			return true;
	return false;
}

static bool
has_net(const struct concern *c, struct span own)
{
	struct prefix p;

	if (prefix_parse(own, &p) != ERR_NONE)
		return false;
	for (size_t i = 0; i < c->net_n; i++)
		if (prefix_covers(&p, &c->net[i]) ||
		    prefix_covers(&c->net[i], &p))
			return true;
	return false;
}

unsigned
concern_match(const struct concern *c, struct json_val constituent,
    struct arena *a)
{
	struct span s = text_of(constituent, "sector", a);
	struct json_val list;
	unsigned why = 0;

	for (size_t i = 0; i < c->sector_n; i++)
		if (is_same_sector(s, c->sector[i]))
			why |= CONCERN_SECTOR;
	list = json_get(constituent, "products");
	for (struct json_val v = json_first(list); v.type != JSON_ABSENT &&
	     c->product_n != 0; v = json_next(list, v))
		if (json_text(v, a, &s) == ERR_NONE && has_product(c, s, a))
			why |= CONCERN_PRODUCT;
	list = json_get(constituent, "domains");
	for (struct json_val v = json_first(list); v.type != JSON_ABSENT &&
	     c->host_n != 0; v = json_next(list, v))
		if (json_text(v, a, &s) == ERR_NONE && has_host(c, s))
			why |= CONCERN_DOMAIN;
	list = json_get(constituent, "prefixes");
	for (struct json_val v = json_first(list); v.type != JSON_ABSENT &&
	     c->net_n != 0; v = json_next(list, v))
		if (json_text(v, a, &s) == ERR_NONE && has_net(c, s))
			why |= CONCERN_PREFIX;
	return why;
}

const char *
concern_word(enum concern_why why)
{
	switch (why) {
	case CONCERN_PRODUCT:
		return "product";
	case CONCERN_DOMAIN:
		return "domain";
	case CONCERN_PREFIX:
		return "network";
	case CONCERN_SECTOR:
		return "sector";
	case CONCERN_EARLIER:
		return "earlier";
	}
	return "";
}
