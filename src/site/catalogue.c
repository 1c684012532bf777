/* SPDX-License-Identifier: Apache-2.0
 *
 * The words of the site.
 */
#include "site/catalogue.h"

#include "base/buf.h"
#include "base/limits.h"

enum err
catalogue_open(const struct embed_set *files, enum lang lang,
    struct catalogue *out, struct fault *f)
{
	struct catalogue c = { 0 };
	char name[16];
	const struct embed *file;
	enum err e;

	if (lang == LANG_EN) {
		*out = c;
		return ERR_NONE;
	}
	snprintf(name, sizeof name, "%s.mo", lang_tag(lang));
	file = embed_find(files, name);
	if (file == NULL)
		return fault_at(f, ERR_NOT_FOUND, 0, name, "no such words");
	e = mo_open(span_of(file->p, file->n), &c.mo, f);
	if (e != ERR_NONE)
		return e;
	c.has_mo = true;
	*out = c;
	return ERR_NONE;
}

struct catalogue
catalogue_pseudo(void)
{
	return (struct catalogue){ .is_pseudo = true };
}

/* Names in braces stay what they are. */
static struct span
disguise(struct span s, struct arena *a)
{
	static const char *const other[] = { ['a'] = "á", ['e'] = "ë",
		['i'] = "ï", ['o'] = "õ", ['u'] = "ü", ['n'] = "ñ",
		['c'] = "ç", ['A'] = "Å", ['E'] = "É", ['O'] = "Ø",
		['S'] = "Š", ['W'] = "Ŵ" };
	struct buf b;
	struct span out;
	bool in = false;

	buf_init(&b, s.n * 4 + 64);
	buf_put_str(&b, "[");
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = s.p[i];

		in = c == '{' || (in && c != '}');
		if (!in && c < sizeof other / sizeof *other &&
		    other[c] != NULL)
			buf_put_str(&b, other[c]);
		else
			buf_put_u8(&b, c);
	}
	for (size_t i = 0; i < s.n * 2 / 5; i += 2)
		buf_put_str(&b, "~ ");
	buf_put_str(&b, "]");
	out = arena_copy(a, buf_span(&b));
	buf_release(&b);
	return out;
}

struct span
catalogue_text(const struct catalogue *c, struct span english,
    struct arena *a)
{
	struct span s = { 0 };

	if (c != NULL && c->is_pseudo)
		return disguise(english, a);
	if (c != NULL && c->has_mo)
		s = mo_find(&c->mo, english, span_str(""));
	return s.n != 0 ? s : english;
}

struct span
catalogue_count(const struct catalogue *c, struct span one, struct span many,
    uint64_t n, struct arena *a)
{
	struct span s = { 0 };

	if (c != NULL && c->has_mo)
		s = mo_pick(mo_find(&c->mo, one, many), mo_form(&c->mo, n));
	if (s.n != 0)
		return s;
	s = n == 1 ? one : many;
	return c != NULL && c->is_pseudo ? disguise(s, a) : s;
}

bool
catalogue_has(const struct catalogue *c, struct span one, struct span many)
{
	struct span s;

	if (!c->has_mo)
		return true;
	s = mo_find(&c->mo, one, many);
	for (unsigned i = 0; many.n != 0 && i < c->mo.plural.forms; i++)
		if (mo_pick(s, i).n == 0)
			return false;
	return s.n != 0;
}
