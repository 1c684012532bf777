/* SPDX-License-Identifier: Apache-2.0
 *
 * Compiling templates: braces into steps, each with its place in the markup.
 */
#include "site/template_inside.h"

#include "base/limits.h"
#include "base/mem.h"

#include <stdlib.h>

struct open_section {
	struct span name;
	size_t step;
	struct markup markup;
};

struct compiler {
	const struct template_source *from;
	struct template *t;
	size_t cap;
	struct fault *f;
	unsigned parts; /* how deep */
	unsigned files; /* how many in all */
};

/* One file. */
struct reading {
	struct compiler *c;
	const char *name;
	struct span text;
	struct markup markup;
	struct open_section open[LIMIT_TEMPLATE_DEPTH];
	size_t open_n;
};

static enum err
refuse(const struct reading *r, enum err e, size_t at, const char *rule)
{
	char field[sizeof r->c->f->field];
	unsigned line = 1;

	for (size_t i = 0; i < at && i < r->text.n; i++)
		line += r->text.p[i] == '\n';
	snprintf(field, sizeof field, "%.80s:%u", r->name, line);
	return fault_at(r->c->f, e, at, field, "%s", rule);
}

static struct step *
add(struct compiler *c, enum step_do what)
{
	struct template *t = c->t;
	struct step *s;

	if (t->n == c->cap) {
		size_t cap = c->cap == 0 ? 32 : c->cap * 2;

		t->step = mem_grow(t->step, cap * sizeof *t->step);
		c->cap = cap;
	}
	s = &t->step[t->n++];
	*s = (struct step){ .what = what };
	return s;
}

static bool
is_name(struct span s)
{
	if (span_is_str(s, "."))
		return true;
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = s.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
		    c == '_' || (c == '.' && i != 0 && i + 1 != s.n &&
		    s.p[i - 1] != '.')))
			return false;
	}
	return s.n != 0 && s.n <= LIMIT_TEMPLATE_NAME;
}

static enum err compile_file(struct compiler *c, const char *name,
    const struct markup *within);

/* --- what stands between braces --- */

static enum err
put_value(struct reading *r, struct span name, size_t at)
{
	enum template_place place;
	const char *rule;
	struct step *s;

	if (!is_name(name))
		return refuse(r, ERR_SYNTAX, at, "no name of a value");
	if (!markup_place(&r->markup, &place, &rule))
		return refuse(r, ERR_RULE, at, rule);
	s = add(r->c, STEP_VALUE);
	s->place = place;
	s->text = name;
	return ERR_NONE;
}

static enum err
open_section(struct reading *r, bool inverted, struct span name, size_t at)
{
	struct open_section *o = &r->open[r->open_n];

	if (!is_name(name))
		return refuse(r, ERR_SYNTAX, at, "no name of a section");
	if (r->open_n == LIMIT_TEMPLATE_DEPTH)
		return refuse(r, ERR_LIMIT, at, "too many sections are open");
	*o = (struct open_section){ name, r->c->t->n, r->markup };
	r->open_n++;
	add(r->c, inverted ? STEP_INVERTED : STEP_SECTION)->text = name;
	return ERR_NONE;
}

static enum err
close_section(struct reading *r, struct span name, size_t at)
{
	struct template *t = r->c->t;
	struct open_section *o;

	if (r->open_n == 0 ||
	    !span_is_equal(r->open[r->open_n - 1].name, name))
		return refuse(r, ERR_SYNTAX, at,
		    "this section is not the one that is open");
	o = &r->open[--r->open_n];
	/* what follows must mean the same whether it was filled or not */
	if (memcmp(&o->markup, &r->markup, sizeof o->markup) != 0)
		return refuse(r, ERR_RULE, at,
		    "a section must end where in the markup it began");
	add(r->c, STEP_END)->other = o->step;
	t->step[o->step].other = t->n - 1;
	return ERR_NONE;
}

static enum err
put_part(struct reading *r, struct span name, size_t at)
{
	char file[LIMIT_TEMPLATE_NAME + 1];

	if (name.n == 0 || name.n > LIMIT_TEMPLATE_NAME)
		return refuse(r, ERR_SYNTAX, at, "no name of a template");
	if (r->markup.state != MARKUP_TEXT && r->markup.state != MARKUP_LITERAL)
		return refuse(r, ERR_RULE, at,
		    "another template may stand in text only");
	if (r->c->parts == LIMIT_TEMPLATE_DEPTH ||
	    r->c->files == LIMIT_TEMPLATE_PARTS)
		return refuse(r, ERR_LIMIT, at,
		    "templates stand in each other too deeply or too often");
	memcpy(file, name.p, name.n);
	file[name.n] = '\0';
	return compile_file(r->c, file, &r->markup);
}

/* An unknown thing in braces in words is a mistake of who wrote them. */
static bool
are_words(struct span s)
{
	struct span name = { 0 };
	bool in = false;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '{' && !in) {
			in = true;
			name = span_of(s.p + i + 1, 0);
		} else if (s.p[i] == '}' && in && is_name(name)) {
			in = false;
		} else if (s.p[i] == '{' || s.p[i] == '}') {
			return false;
		} else if (in) {
			name.n++;
		}
	}
	return !in && s.n != 0 && s.n <= LIMIT_TEMPLATE_WORDS;
}

static enum err
put_words(struct reading *r, struct span count, struct span one,
    struct span many, size_t at)
{
	enum template_place place;
	const char *rule;
	struct step *s;

	if (!are_words(one) || (count.n != 0 &&
	    (!are_words(many) || !is_name(count))))
		return refuse(r, ERR_SYNTAX, at,
		    "no words, or no names in their braces");
	if (!markup_place(&r->markup, &place, &rule))
		return refuse(r, ERR_RULE, at, rule);
	if (place == PLACE_URL || place == PLACE_URL_PART)
		return refuse(r, ERR_RULE, at, "words are no address");
	s = add(r->c, count.n == 0 ? STEP_WORDS : STEP_COUNTED);
	s->place = place;
	s->text = one;
	s->many = many;
	s->count = count;
	return ERR_NONE;
}

/* "n | one | many" */
static enum err
put_counted(struct reading *r, struct span inside, size_t at)
{
	struct span part[3] = { { 0 } };
	size_t n = 0;

	part[0] = span_of(inside.p, 0);
	for (size_t i = 0; i < inside.n; i++) {
		if (inside.p[i] != '|') {
			part[n].n++;
			continue;
		}
		if (++n == 3)
			break;
		part[n] = span_of(inside.p + i + 1, 0);
	}
	if (n != 2)
		return refuse(r, ERR_SYNTAX, at, "counted words are "
		    "{{* name | one | many}}");
	return put_words(r, span_trim(part[0]), span_trim(part[1]), span_trim(part[2]), at);
}

static enum err
put_braces(struct reading *r, struct span inside, size_t at)
{
	unsigned char first = inside.n != 0 ? inside.p[0] : 0;
	struct span rest = inside.n != 0 ?
	    span_trim(span_of(inside.p + 1, inside.n - 1)) : inside;

	switch (first) {
	case '!':
		return ERR_NONE;
	case '#':
		return open_section(r, false, rest, at);
	case '^':
		return open_section(r, true, rest, at);
	case '/':
		return close_section(r, rest, at);
	case '>':
		return put_part(r, rest, at);
	case '_':
		return put_words(r, span_str(""), rest, span_str(""), at);
	case '*':
		return put_counted(r, rest, at);
	case '{':
	case '&':
		return refuse(r, ERR_RULE, at, "nothing is put in raw");
	default:
		return put_value(r, span_trim(inside), at);
	}
}

/* --- files --- */

static size_t
find_pair(struct span s, size_t from, unsigned char c)
{
	for (size_t i = from; i + 1 < s.n; i++)
		if (s.p[i] == c && s.p[i + 1] == c)
			return i;
	return s.n;
}

static enum err
put_literal(struct reading *r, size_t from, size_t to)
{
	struct span literal = span_of(r->text.p + from, to - from);
	size_t at = 0;
	const char *rule;

	if (literal.n == 0)
		return ERR_NONE;
	if (!markup_read(&r->markup, literal, &at, &rule))
		return refuse(r, ERR_RULE, from + at, rule);
	add(r->c, STEP_LITERAL)->text = literal;
	return ERR_NONE;
}

static enum err
compile_text(struct reading *r)
{
	size_t at = 0, open, close;
	enum err e = ERR_NONE;

	while (e == ERR_NONE && at < r->text.n) {
		open = find_pair(r->text, at, '{');
		e = put_literal(r, at, open);
		if (e != ERR_NONE || open == r->text.n)
			break;
		close = find_pair(r->text, open + 2, '}');
		if (close == r->text.n)
			return refuse(r, ERR_SYNTAX, open, "{{ is not closed");
		/* words may end in the brace of a name */
		while (close + 2 < r->text.n && r->text.p[close + 2] == '}')
			close++;
		e = put_braces(r, span_of(r->text.p + open + 2,
		    close - open - 2), open);
		at = close + 2;
		if (r->c->t->n > LIMIT_TEMPLATE_STEPS)
			return refuse(r, ERR_LIMIT, open, "is too long");
	}
	return e;
}

static bool
form_of(const char *name, enum template_form *out)
{
	static const struct {
		const char *end;
		enum template_form form;
	} ends[] = { { ".html", TEMPLATE_HTML }, { ".xml", TEMPLATE_XML },
		{ ".atom", TEMPLATE_XML }, { ".cap", TEMPLATE_XML },
		{ ".txt", TEMPLATE_TEXT } };
	size_t n = strlen(name);

	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		size_t m = strlen(ends[i].end);

		if (n > m && strcmp(name + n - m, ends[i].end) == 0) {
			*out = ends[i].form;
			return true;
		}
	}
	return false;
}

static enum err
compile_file(struct compiler *c, const char *name, const struct markup *within)
{
	struct reading *r = mem_alloc(sizeof *r);
	enum template_form form = TEMPLATE_HTML;
	struct markup start;
	enum err e;

	r->c = c;
	r->name = name;
	c->parts++;
	c->files++;
	if (!form_of(name, &form)) {
		e = refuse(r, ERR_USAGE, 0, "is no .html, .xml or .txt");
		goto out;
	}
	markup_init(&r->markup, form);
	start = r->markup;
	if (within != NULL && within->state != start.state) {
		e = refuse(r, ERR_USAGE, 0, "is of another form than the one "
		    "it stands in");
		goto out;
	}
	e = c->from->find(c->from->ctx, name, &r->text);
	if (e != ERR_NONE)
		e = refuse(r, e, 0, "there is no such template");
	else if (r->text.n > LIMIT_TEMPLATE)
		e = refuse(r, ERR_LIMIT, 0, "is too long");
	if (e == ERR_NONE)
		e = compile_text(r);
	if (e == ERR_NONE && r->open_n != 0)
		e = refuse(r, ERR_SYNTAX, r->text.n, "a section is not closed");
	if (e == ERR_NONE && r->markup.state != start.state)
		e = refuse(r, ERR_RULE, r->text.n,
		    "ends inside a tag, comment or script");
out:
	c->parts--;
	free(r);
	return e;
}

enum err
template_compile(const struct template_source *from, const char *name,
    struct template **out, struct fault *f)
{
	struct fault none;
	struct compiler c = { .from = from, .f = f != NULL ? f : &none,
		.t = mem_alloc(sizeof *c.t) };
	enum err e = compile_file(&c, name, NULL);

	if (e == ERR_NONE)
		*out = c.t;
	else
		template_free(c.t);
	return e;
}

void
template_free(struct template *t)
{
	if (t == NULL)
		return;
	free(t->step);
	free(t);
}

void
template_words(const struct template *t, template_word_fn *fn, void *ctx)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->step[i].what == STEP_WORDS ||
		    t->step[i].what == STEP_COUNTED)
			fn(ctx, t->step[i].text, t->step[i].many);
}
