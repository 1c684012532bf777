/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading catalogues of words.
 */
#include "site/mo_inside.h"

#include "base/limits.h"

enum { HEADER = 28 };

static uint32_t
number(const struct mo *m, size_t at)
{
	const unsigned char *p = m->text.p + at;

	return m->swapped ? (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
		(uint32_t)p[2] << 8 | p[3] :
	    (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 |
		(uint32_t)p[1] << 8 | p[0];
}

static struct span
entry(const struct mo *m, uint32_t table, uint32_t i)
{
	size_t at = table + (size_t)i * 8;

	return span_of(m->text.p + number(m, at + 4), number(m, at));
}

static bool
is_inside(const struct mo *m, uint32_t table, uint32_t i)
{
	size_t at = table + (size_t)i * 8;
	uint32_t n = number(m, at), from = number(m, at + 4);

	return from < m->text.n && n < m->text.n - from &&
	    m->text.p[from + n] == '\0';
}

struct span
mo_name(const struct mo *m, uint32_t i)
{
	return entry(m, m->names, i);
}

/* The first part of a name, which is what they are in order of. */
static struct span
first_of(struct span s)
{
	const unsigned char *end = s.n == 0 ? NULL : memchr(s.p, '\0', s.n);

	return span_of(s.p, end != NULL ? (size_t)(end - s.p) : s.n);
}

static enum err
check_entries(const struct mo *m, struct fault *f)
{
	struct span name;

	for (uint32_t i = 0; i < m->count; i++) {
		if (!is_inside(m, m->names, i) || !is_inside(m, m->words, i))
			return fault_at(f, ERR_SYNTAX, m->names +
			    (size_t)i * 8, NULL, "text outside of the file");
		name = mo_name(m, i);
		if (first_of(name).n + 1 == name.n)
			return fault_at(f, ERR_SYNTAX, m->names +
			    (size_t)i * 8, NULL, "a form for many is empty");
		if (i != 0 && span_compare(first_of(mo_name(m, i - 1)),
		    first_of(name)) >= 0)
			return fault_at(f, ERR_SYNTAX, m->names +
			    (size_t)i * 8, NULL, "names are not in order");
	}
	return ERR_NONE;
}

/* The line "Plural-Forms:" of the header, which is the words for "". */
static enum err
read_plural(struct mo *m, struct fault *f)
{
	static const char want[] = "Plural-Forms:";
	struct span head = m->count != 0 && mo_name(m, 0).n == 0 ?
	    entry(m, m->words, 0) : span_str("");
	enum err e = ERR_SYNTAX;

	m->plural.forms = 1;
	while (head.n != 0) {
		const unsigned char *end = memchr(head.p, '\n', head.n);
		size_t n = end != NULL ? (size_t)(end - head.p) : head.n;

		if (n >= sizeof want - 1 &&
		    memcmp(head.p, want, sizeof want - 1) == 0) {
			e = plural_parse(span_of(head.p + sizeof want - 1,
			    n - (sizeof want - 1)), &m->plural);
			return e == ERR_NONE ? e : fault_at(f, e, 0,
			    "Plural-Forms", "the rule cannot be read");
		}
		head = span_of(head.p + n, head.n - n);
		if (head.n != 0) {
			head.p++;
			head.n--;
		}
	}
	return ERR_NONE;
}

enum err
mo_open(struct span text, struct mo *out, struct fault *f)
{
	struct mo m = { .text = text };
	uint32_t magic;
	enum err e;

	if (text.n > LIMIT_MO)
		return fault_at(f, ERR_LIMIT, 0, NULL, "the file is too long");
	if (text.n < HEADER)
		return fault_at(f, ERR_SYNTAX, text.n, NULL, "too short");
	magic = number(&m, 0);
	if (magic != 0x950412de && magic != 0xde120495)
		return fault_at(f, ERR_SYNTAX, 0, NULL, "no catalogue");
	m.swapped = magic != 0x950412de;
	if (number(&m, 4) >> 16 > 1)
		return fault_at(f, ERR_UNSUPPORTED, 4, NULL,
		    "another version of the format");
	m.count = number(&m, 8);
	m.names = number(&m, 12);
	m.words = number(&m, 16);
	if (m.count > LIMIT_MO_WORDS)
		return fault_at(f, ERR_LIMIT, 8, NULL, "too many words");
	if (m.names > text.n || m.words > text.n ||
	    (size_t)m.count * 8 > text.n - m.names ||
	    (size_t)m.count * 8 > text.n - m.words)
		return fault_at(f, ERR_SYNTAX, 12, NULL,
		    "a table outside of the file");
	e = check_entries(&m, f);
	if (e == ERR_NONE)
		e = read_plural(&m, f);
	if (e == ERR_NONE)
		*out = m;
	return e;
}

struct span
mo_find(const struct mo *m, struct span name, struct span many)
{
	uint32_t low = 0, high = m->count;

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;
		struct span here = mo_name(m, mid);
		int c = span_compare(first_of(here), name);

		if (c == 0) {
			/* counted words and others are two things */
			struct span rest = span_of(here.p + name.n,
			    here.n - name.n);

			if (many.n == 0 ? rest.n != 0 : rest.n == 0 ||
			    !span_is_equal(span_of(rest.p + 1, rest.n - 1),
				many))
				return span_str("");
			return entry(m, m->words, mid);
		}
		if (c < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return span_str("");
}

unsigned
mo_form(const struct mo *m, uint64_t n)
{
	return plural_form(&m->plural, n);
}

struct span
mo_pick(struct span words, unsigned i)
{
	struct span s = first_of(words);

	while (i-- > 0 && s.n < words.n) {
		words = span_of(words.p + s.n + 1, words.n - s.n - 1);
		s = first_of(words);
	}
	return s;
}
