/* SPDX-License-Identifier: Apache-2.0
 *
 * Filling a compiled template.
 */
#include "site/template_inside.h"

#include "base/limits.h"
#include "site/catalogue.h"

#include <strings.h>

/* --- escaping --- */

/* U+0000..1F but tab and line break, U+007F..9F, and what turns the direction
 * of writing: U+200E, 200F, 202A..202E, 2066..2069, 061C. Bytes taken. */
static size_t
steers(const unsigned char *p, size_t n)
{
	if (p[0] < 0x20 || p[0] == 0x7f)
		return p[0] == '\t' || p[0] == '\n' ? 0 : 1;
	if (n >= 2 && p[0] == 0xc2 && p[1] >= 0x80 && p[1] <= 0x9f)
		return 2;
	if (n >= 2 && p[0] == 0xd8 && p[1] == 0x9c)
		return 2;
	if (n < 3 || p[0] != 0xe2)
		return 0;
	if (p[1] == 0x80 && (p[2] == 0x8e || p[2] == 0x8f ||
	    (p[2] >= 0xaa && p[2] <= 0xae)))
		return 3;
	return p[1] == 0x81 && p[2] >= 0xa6 && p[2] <= 0xa9 ? 3 : 0;
}

static const char *
reference(unsigned char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&#34;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

/* How many bytes at the beginning stand for themselves. */
static size_t
harmless(bool is_line, struct span v)
{
	size_t n = 0;

	while (n < v.n && steers(v.p + n, v.n - n) == 0 && (is_line ?
	    v.p[n] != '\n' : reference(v.p[n]) == NULL))
		n++;
	return n;
}

static void
put_escaped(enum template_place place, struct span v, struct buf *out)
{
	bool is_line = place == PLACE_LINE;

	while (v.n != 0) {
		size_t n = harmless(is_line, v), bad;

		buf_put(out, span_of(v.p, n));
		v = span_of(v.p + n, v.n - n);
		if (v.n == 0)
			return;
		bad = steers(v.p, v.n);
		if (bad != 0)
			buf_put_str(out, "\xef\xbf\xbd");
		else
			buf_put_str(out, is_line ? " " : reference(v.p[0]));
		n = bad != 0 ? bad : 1;
		v = span_of(v.p + n, v.n - n);
	}
}

static bool
is_unreserved(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || strchr("-._~", c) != NULL;
}

static void
put_percent(struct span v, bool whole, struct buf *out)
{
	for (size_t i = 0; i < v.n; i++) {
		unsigned char c = v.p[i];

		/* a slash in front could make another host of it */
		if (!whole && ((c == '/' && i != 0) || c == '@' || c == '+'))
			buf_put_u8(out, c);
		else if (c == '&' && whole)
			buf_put_str(out, "&amp;");
		else if (c != 0 && (is_unreserved(c) || (whole &&
		    strchr(":/?#[]@!$()*+,;=%", c) != NULL)))
			buf_put_u8(out, c);
		else
			buf_put_format(out, "%%%02X", c);
	}
}

/* Has it no scheme, or one that leads nowhere but to a page, a letter or a
 * call? What browsers skip (tabs, line breaks, blanks before) is refused. */
static bool
is_harmless(struct span v)
{
	static const char *const schemes[] = { "https:", "http:", "mailto:",
		"tel:" };
	size_t end = 0;

	for (size_t i = 0; i < v.n; i++)
		if (v.p[i] <= ' ' || v.p[i] == '\\' || v.p[i] == 0x7f)
			return false;
	if (v.n >= 2 && v.p[0] == '/' && v.p[1] == '/')
		return false;
	while (end < v.n && memchr(":/?#", v.p[end], 4) == NULL)
		end++;
	if (end == v.n || v.p[end] != ':')
		return true;
	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
		size_t n = strlen(schemes[i]);

		if (end + 1 == n && strncasecmp((const char *)v.p, schemes[i],
		    n) == 0)
			return true;
	}
	return false;
}

void
template_escape(enum template_place place, struct span value, struct buf *out)
{
	switch (place) {
	case PLACE_URL:
		if (is_harmless(value))
			put_percent(value, true, out);
		else
			buf_put_u8(out, '#');
		return;
	case PLACE_URL_PART:
		put_percent(value, false, out);
		return;
	case PLACE_TEXT:
	case PLACE_ATTRIBUTE:
	case PLACE_LINE:
		break;
	}
	put_escaped(place, value, out);
}

/* --- values --- */

struct filling {
	const struct template *t;
	const struct catalogue *words;
	struct arena *a;
	struct buf *out;
	struct json_val at[LIMIT_TEMPLATE_DEPTH * LIMIT_TEMPLATE_DEPTH + 1];
	size_t depth;
	size_t misses;
	struct span first;
};

static struct json_val
walk(struct json_val v, struct span name, struct arena *a)
{
	while (name.n != 0) {
		const unsigned char *dot = memchr(name.p, '.', name.n);
		size_t n = dot != NULL ? (size_t)(dot - name.p) : name.n;

		v = json_get(v, arena_string(a, span_of(name.p, n)));
		name = span_of(name.p + n, name.n - n);
		if (name.n != 0) {
			name.p++;
			name.n--;
		}
	}
	return v;
}

static struct json_val
look_up(const struct filling *f, struct span name)
{
	struct json_val v = { 0 };

	if (span_is_str(name, "."))
		return f->at[f->depth];
	for (size_t i = f->depth + 1; i-- > 0;) {
		v = walk(f->at[i], name, f->a);
		if (v.type != JSON_ABSENT)
			break;
	}
	return v;
}

static struct span
text_of(struct json_val v, struct arena *a)
{
	struct span s = { 0 };

	if (v.type == JSON_NUMBER)
		return json_raw(v);
	if (json_text(v, a, &s) != ERR_NONE)
		s = span_str("");
	return s;
}

static struct span
value_of(struct filling *f, struct span name)
{
	struct json_val v = look_up(f, name);

	if (v.type == JSON_ABSENT && f->misses++ == 0)
		f->first = name;
	return text_of(v, f->a);
}

static bool
is_there(struct json_val v, struct arena *a)
{
	switch (v.type) {
	case JSON_ABSENT:
	case JSON_NULL:
	case JSON_FALSE:
		return false;
	case JSON_TRUE:
	case JSON_OBJECT:
		return true;
	case JSON_ARRAY:
		return json_count(v) != 0;
	case JSON_NUMBER:
		return !span_is_str(json_raw(v), "0");
	case JSON_STRING:
		break;
	}
	return text_of(v, a).n != 0;
}

/* --- words --- */

/* Names in braces give values; a brace that the translation has too many
 * stays as it is. */
static void
put_words(struct filling *f, const struct step *s, struct span words)
{
	size_t from = 0;

	while (from < words.n) {
		struct span rest = span_of(words.p + from, words.n - from);
		const unsigned char *open = memchr(rest.p, '{', rest.n);
		const unsigned char *close = open == NULL ? NULL :
		    memchr(open, '}', rest.n - (size_t)(open - rest.p));
		size_t n = close == NULL ? rest.n : (size_t)(open - rest.p);

		template_escape(s->place, span_of(rest.p, n), f->out);
		if (close == NULL)
			return;
		template_escape(s->place, value_of(f, span_of(open + 1,
		    (size_t)(close - open) - 1)), f->out);
		from += (size_t)(close - rest.p) + 1;
	}
}

static void
put_step_words(struct filling *f, const struct step *s)
{
	uint64_t n = 0;

	if (s->what == STEP_WORDS) {
		put_words(f, s, catalogue_text(f->words, s->text, f->a));
		return;
	}
	if (json_u64(look_up(f, s->count), &n) != ERR_NONE && f->misses++ == 0)
		f->first = s->count;
	put_words(f, s, catalogue_count(f->words, s->text, s->many, n, f->a));
}

/* --- steps --- */

static void fill(struct filling *f, size_t from, size_t to);

static void
fill_one(struct filling *f, struct json_val item, size_t from, size_t to)
{
	if (f->depth + 1 == sizeof f->at / sizeof *f->at)
		return;
	f->at[++f->depth] = item;
	fill(f, from, to);
	f->depth--;
}

static void
fill_section(struct filling *f, size_t i)
{
	const struct step *s = &f->t->step[i];
	struct json_val v = look_up(f, s->text);

	if (!is_there(v, f->a))
		return;
	if (v.type == JSON_ARRAY) {
		for (struct json_val m = json_first(v);
		    m.type != JSON_ABSENT && !f->out->over;
		    m = json_next(v, m))
			fill_one(f, m, i + 1, s->other);
	} else if (v.type == JSON_OBJECT) {
		fill_one(f, v, i + 1, s->other);
	} else {
		fill(f, i + 1, s->other);
	}
}

/* As deep as sections stand in each other. */
static void
fill(struct filling *f, size_t from, size_t to)
{
	for (size_t i = from; i < to && !f->out->over; i++) {
		const struct step *s = &f->t->step[i];

		switch (s->what) {
		case STEP_LITERAL:
			buf_put(f->out, s->text);
			break;
		case STEP_VALUE:
			template_escape(s->place, value_of(f, s->text),
			    f->out);
			break;
		case STEP_WORDS:
		case STEP_COUNTED:
			put_step_words(f, s);
			break;
		case STEP_SECTION:
			fill_section(f, i);
			i = s->other;
			break;
		case STEP_INVERTED:
			if (!is_there(look_up(f, s->text), f->a))
				fill(f, i + 1, s->other);
			i = s->other;
			break;
		case STEP_END:
			break;
		}
	}
}

enum err
template_render(const struct template *t, struct json_val root,
    const struct catalogue *words, struct arena *a, struct buf *out,
    size_t *misses, struct span *first)
{
	struct filling *f = arena_alloc(a, sizeof *f);

	f->t = t;
	f->words = words;
	f->a = a;
	f->out = out;
	f->at[0] = root;
	fill(f, 0, t->n);
	if (misses != NULL)
		*misses = f->misses;
	if (first != NULL)
		*first = f->first;
	return buf_check(out);
}
