/* SPDX-License-Identifier: Apache-2.0
 *
 * Searching the file of words.
 */
#include "site/finder.h"

#include "base/mem.h"

#include <stdlib.h>

static const char head[] = "almenara-search 1";
enum { WHOLE_LEAST = 3 }; /* bytes of a word that also finds what begins so */

/* --- reading --- */

static struct span
cut_at(struct span *rest, unsigned char end, bool *ok)
{
	const unsigned char *p = rest->n == 0 ? NULL :
	    memchr(rest->p, end, rest->n);
	struct span s = { rest->p, p == NULL ? rest->n :
					       (size_t)(p - rest->p) };

	*ok = *ok && p != NULL;
	*rest = p == NULL ? span_of(rest->p, 0) :
	    span_of(p + 1, rest->n - s.n - 1);
	return s;
}

/* A line names a notice and says what it is: none of ours is shorter than 64
 * bytes. More would be memory for nothing. */
enum { LINES_MOST = LIMIT_SITE_WORDS / 64 };

static bool
number(struct span s, uint64_t *out)
{
	uint64_t v = 0;

	if (s.n == 0 || s.n > 15)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		v = v * 10 + (uint64_t)(s.p[i] - '0');
	}
	*out = v;
	return true;
}

/* "" or " word word " */
static bool
is_words(struct span s)
{
	return s.n == 0 || (s.n > 2 && s.p[0] == ' ' && s.p[s.n - 1] == ' ');
}

static bool
read_line(struct span in, struct finder_line *out)
{
	uint64_t at, level;
	bool ok = true;
	struct span rest = in;
	struct span a = cut_at(&rest, '\t', &ok);
	struct span b = cut_at(&rest, '\t', &ok);

	out->state = cut_at(&rest, '\t', &ok);
	out->title = cut_at(&rest, '\t', &ok);
	out->words = cut_at(&rest, '\t', &ok);
	out->shown = rest;
	if (!ok || !number(a, &at) || !number(b, &level) ||
	    level > LEVEL_MAX || !is_words(out->title) ||
	    !is_words(out->words) || out->state.n > 2)
		return false;
	out->at_s = (int64_t)at;
	out->level = (int)level;
	return true;
}

enum err
finder_parse(struct span in, struct finder *out, struct fault *f)
{
	struct finder x = { 0 };
	struct span rest = in;
	uint64_t n = 0;
	bool ok = true;

	if (in.n > LIMIT_SITE_WORDS)
		return fault_at(f, ERR_LIMIT, 0, "file", "is too long");
	if (!span_is_str(cut_at(&rest, '\t', &ok), head) ||
	    !number(cut_at(&rest, '\t', &ok), &n) ||
	    !number(cut_at(&rest, '\n', &ok), &x.all) || !ok ||
	    n > rest.n || n > x.all || n > LINES_MOST)
		return fault_at(f, ERR_SYNTAX, 0, "head",
		    "is not that of a file of words");
	x.line = mem_array((size_t)n + 1, sizeof *x.line);
	for (; x.n < n && ok; x.n++) {
		struct finder_line *l = &x.line[x.n];
		struct span s = cut_at(&rest, '\n', &ok);

		ok = ok && read_line(s, l);
		x.bytes += ok ? l->title.n + l->words.n : 0;
	}
	if (!ok || rest.n != 0) {
		free(x.line);
		return fault_at(f, ERR_SYNTAX, in.n - rest.n, "line",
		    "is not one of a file of words");
	}
	*out = x;
	return ERR_NONE;
}

void
finder_release(struct finder *f)
{
	free(f->line);
	*f = (struct finder){ 0 };
}

/* --- asking --- */

static void
take_term(void *ctx, struct span word)
{
	struct finder_query *q = ctx;
	size_t n = word.n < FOLD_WORD_MAX ? word.n : FOLD_WORD_MAX;
	char *t;

	for (size_t i = 0; i < q->n; i++)
		if (q->length[i] == n + 1 &&
		    memcmp(q->term[i] + 1, word.p, n) == 0)
			return;
	if (q->n == LIMIT_WEB_TERMS) {
		q->is_cut = true;
		return;
	}
	t = q->term[q->n];
	t[0] = ' ';
	memcpy(t + 1, word.p, n);
	t[n + 1] = ' ';
	t[n + 2] = '\0';
	q->length[q->n++] = n + 1; /* the blank behind it is not counted */
}

void
finder_ask(struct finder_query *q, struct span text)
{
	fold_query(text, take_term, q);
}

uint64_t
finder_cost(const struct finder *f, const struct finder_query *q)
{
	return (uint64_t)f->n * sizeof *f->line + f->bytes * 2 * q->n;
}

/* 0: it is not there. */
static unsigned
weight(struct span in, const char *term, size_t n)
{
	if (memmem(in.p, in.n, term, n + 1) != NULL)
		return 2;
	return n > WHOLE_LEAST && memmem(in.p, in.n, term, n) != NULL ? 1 : 0;
}

/* In a title a word counts more than elsewhere. */
static unsigned
score(const struct finder_line *l, const struct finder_query *q)
{
	unsigned sum = 1;

	for (size_t i = 0; i < q->n; i++) {
		unsigned w = weight(l->title, q->term[i], q->length[i]);

		w = w != 0 ? w + 2 : weight(l->words, q->term[i],
					 q->length[i]);
		if (w == 0)
			return 0;
		sum += w;
	}
	return sum;
}

static int
better(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? 1 : *x > *y ? -1 : 0;
}

size_t
finder_find(const struct finder *f, const struct finder_query *q,
    uint32_t *out)
{
	uint64_t *found = mem_array(f->n + 1, sizeof *found);
	size_t n = 0;

	for (size_t i = 0; i < f->n; i++) {
		const struct finder_line *l = &f->line[i];
		unsigned s;

		if ((q->state[0] != '\0' && !span_is_str(l->state, q->state)) ||
		    l->level < q->level)
			continue;
		s = score(l, q);
		if (s != 0)
			found[n++] = (uint64_t)s << 32 |
			    (UINT32_MAX - (uint32_t)i);
	}
	if (q->by_match && n != 0)
		qsort(found, n, sizeof *found, better);
	for (size_t i = 0; i < n; i++)
		out[i] = UINT32_MAX - (uint32_t)(found[i] & UINT32_MAX);
	free(found);
	return n;
}

/* --- showing --- */

static struct span
text_at(struct json_val list, enum lang lang, struct arena *a)
{
	struct json_val v = json_first(list);
	struct span s = { 0 };

	for (int l = 0; l < (int)lang && v.type != JSON_ABSENT; l++)
		v = json_next(list, v);
	if (v.type == JSON_ABSENT || json_text(v, a, &s) != ERR_NONE)
		s = span_str("");
	return s;
}

enum err
finder_show(const struct finder_line *l, enum lang lang, struct arena *a,
    struct json_out *w)
{
	static const char *const texts[] = { "place", "team", "log" };
	static const char *const in_four[] = { "kind", "from", "level",
		"title", "tag" };
	static const char *const marks[] = { "withdrawn", "closed" };
	struct json_val root;
	struct span s;
	struct json doc;
	bool is = false;

	if (json_parse_arena(l->shown, 3, 128, a, &doc, NULL) != ERR_NONE)
		return ERR_SYNTAX;
	root = json_root(&doc);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		if (json_text(json_get(root, texts[i]), a, &s) != ERR_NONE)
			return ERR_SYNTAX;
		json_put_member_span(w, texts[i], s);
	}
	for (size_t i = 0; i < sizeof in_four / sizeof *in_four; i++)
		json_put_member_span(w, in_four[i], text_at(json_get(root,
		    in_four[i]), lang, a));
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
		if (json_bool(json_get(root, marks[i]), &is) != ERR_NONE)
			is = false;
		json_put_member_bool(w, marks[i], is);
	}
	model_time(w, "at", l->at_s);
	return ERR_NONE;
}
