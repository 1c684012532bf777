/* SPDX-License-Identifier: Apache-2.0
 *
 * The file of words, from the notices of the site.
 */
#include "site/finder.h"

#include "base/mem.h"
#include "schema/level.h"
#include "schema/show.h"

#include <stdlib.h>

enum { TEXTS = 256 };

struct words {
	struct arena *a;
	struct span *word;
	size_t n, room;
	struct span text[TEXTS]; /* taken already: a language that a notice */
	size_t texts;            /* does not speak gives the same again */
};

static void
add_word(void *ctx, struct span word)
{
	struct words *w = ctx;

	if (w->n == w->room) {
		w->room = w->room == 0 ? 256 : 2 * w->room;
		w->word = mem_grow(w->word, w->room * sizeof *w->word);
	}
	w->word[w->n++] = arena_copy(w->a, word);
}

static void
add_text(struct words *w, struct span text)
{
	for (size_t i = 0; i < w->texts; i++)
		if (span_is_equal(w->text[i], text))
			return;
	if (w->texts < TEXTS)
		w->text[w->texts++] = arena_copy(w->a, text);
	fold_text(text, add_word, w);
}

static void
add_field(void *ctx, const struct field *fd, struct span value)
{
	(void)fd;
	add_text(ctx, value);
}

static int
by_bytes(const void *a, const void *b)
{
	return span_compare(*(const struct span *)a, *(const struct span *)b);
}

/* Each once, by the alphabet: no text can be made of them again. */
static void
put_words(struct words *w, struct buf *out)
{
	if (w->n != 0) {
		qsort(w->word, w->n, sizeof *w->word, by_bytes);
		buf_put_u8(out, ' ');
	}
	for (size_t i = 0; i < w->n; i++) {
		if (i != 0 && span_is_equal(w->word[i - 1], w->word[i]))
			continue;
		buf_put(out, w->word[i]);
		buf_put_u8(out, ' ');
	}
	w->n = w->texts = 0;
}

static const struct choice *
state_of(const struct site_model *m, const struct site_notice *n)
{
	const struct choices *states = choices_find(m->schema, "states");

	return states == NULL ? NULL : choice_find(states, span_str(n->state));
}

static void
put_title_words(const struct site_model *m, const struct site_notice *n,
    struct words *w, struct buf *out)
{
	struct json_val title = json_get(n->body, "title");
	struct span s;

	for (struct json_val v = json_first(title); v.type != JSON_ABSENT;
	    v = json_next(title, v))
		if (json_text(v, m->a, &s) == ERR_NONE)
			add_text(w, s);
	put_words(w, out);
}

static void
put_other_words(const struct site_model *m, const struct site_notice *n,
    struct words *w, struct buf *out)
{
	const struct choice *state = state_of(m, n);
	struct show how = { .schema = m->schema };

	for (int l = 0; l < LANG_COUNT; l++) {
		how.lang = (enum lang)l;
		show_fields(&how, n->kind, n->body, m->a, add_field, w);
		add_text(w, span_str(n->kind->names.in[l]));
		if (state != NULL)
			add_text(w, span_str(state->names.in[l]));
	}
	add_text(w, n->iss);
	put_words(w, out);
}

static void
put_in_four(const char *key, struct json_out *w, const struct names *names)
{
	json_put_key(w, key);
	json_put_open(w, '[');
	for (int l = 0; l < LANG_COUNT; l++)
		json_put_str(w, names->in[l]);
	json_put_close(w, ']');
}

static void
put_titles(const struct site_model *m, const struct site_notice *n,
    struct json_out *w)
{
	struct span tag[LANG_COUNT] = { 0 };

	json_put_key(w, "title");
	json_put_open(w, '[');
	for (int l = 0; l < LANG_COUNT; l++)
		json_put_span(w, site_title(n, (enum lang)l, m->a, &tag[l]));
	json_put_close(w, ']');
	json_put_key(w, "tag");
	json_put_open(w, '[');
	for (int l = 0; l < LANG_COUNT; l++)
		json_put_span(w, tag[l]);
	json_put_close(w, ']');
}

static void
put_shown(const struct site_model *m, const struct site_notice *n,
    struct buf *out)
{
	const struct level *level = level_find(schema_levels(m->schema),
	    n->level);
	const struct choice *state = state_of(m, n);
	char place[SITE_PLACE];
	struct json_out w;

	site_place(n, place);
	json_out_init(&w, out);
	json_put_open(&w, '{');
	json_put_member_str(&w, "place", place);
	json_put_member_span(&w, "team", n->iss);
	json_put_member_span(&w, "log", n->mark.log);
	put_in_four("kind", &w, &n->kind->names);
	if (state != NULL)
		put_in_four("from", &w, &state->names);
	if (level != NULL)
		put_in_four("level", &w, &level->names);
	put_titles(m, n, &w);
	json_put_member_bool(&w, "withdrawn", n->stand == SITE_WITHDRAWN);
	json_put_member_bool(&w, "closed", n->stand == SITE_CLOSED);
	json_put_close(&w, '}');
}

static void
put_line(const struct site_model *m, const struct site_notice *n,
    struct words *w, struct buf *out)
{
	buf_put_format(out, "%lld\t%d\t%s\t", (long long)n->iat_s, n->level,
	    n->state);
	put_title_words(m, n, w, out);
	buf_put_u8(out, '\t');
	put_other_words(m, n, w, out);
	buf_put_u8(out, '\t');
	put_shown(m, n, out);
	buf_put_u8(out, '\n');
}

/* --- lines that were made before --- */

struct line {
	struct digest of;
	unsigned char *p; /* NULL: the place is free */
	size_t n;
	bool is_used;
};

struct finder_memory {
	struct line *at; /* open addressing */
	size_t places, n;
};

struct finder_memory *
finder_memory_create(void)
{
	return mem_alloc(sizeof(struct finder_memory));
}

void
finder_memory_free(struct finder_memory *y)
{
	if (y == NULL)
		return;
	for (size_t i = 0; i < y->places; i++)
		free(y->at[i].p);
	free(y->at);
	free(y);
}

/* All that a line is made of, but for the words of the program. */
static struct digest
digest_of(const struct site_notice *n)
{
	struct digest d;
	struct buf b;

	buf_init(&b, 1024);
	buf_put(&b, digest_span(&n->digest));
	buf_put_mem(&b, n->id.b, sizeof n->id.b);
	buf_put_span16(&b, n->iss);
	buf_put_span16(&b, span_str(n->state));
	buf_put_span16(&b, n->mark.log);
	buf_put_u8(&b, (uint8_t)n->stand);
	d = hash_sha256(buf_span(&b));
	buf_release(&b);
	return d;
}

static struct line *
place_of(const struct finder_memory *y, const struct digest *d)
{
	size_t i = ((size_t)d->b[0] | (size_t)d->b[1] << 8 |
	    (size_t)d->b[2] << 16 | (size_t)d->b[3] << 24) & (y->places - 1);

	while (y->at[i].p != NULL && !digest_is_equal(&y->at[i].of, d))
		i = (i + 1) & (y->places - 1);
	return &y->at[i];
}

/* Room for `n`; those that the last file did not have are let go. */
static void
make_room(struct finder_memory *y, size_t n)
{
	struct finder_memory next = { .places = 1024 };

	while (next.places < 2 * n + 2)
		next.places *= 2;
	next.at = mem_array(next.places, sizeof *next.at);
	for (size_t i = 0; i < y->places; i++) {
		struct line *l = &y->at[i];

		if (l->p == NULL)
			continue;
		if (l->is_used && next.n < n) {
			l->is_used = false;
			*place_of(&next, &l->of) = *l;
			next.n++;
		} else {
			free(l->p);
		}
	}
	free(y->at);
	*y = next;
}

/* Its line, made now if there is none. False: it is too long. */
static bool
line_of(const struct site_model *m, struct finder_memory *y,
    const struct site_notice *n, struct words *w, struct span *out)
{
	struct digest d = digest_of(n);
	struct line *l = place_of(y, &d);
	struct buf b;

	if (l->p == NULL) {
		buf_init(&b, LIMIT_SITE_PAGE);
		put_line(m, n, w, &b);
		arena_reset(m->a);
		if (buf_check(&b) != ERR_NONE) {
			buf_release(&b);
			return false;
		}
		*l = (struct line){ d, mem_copy(b.p, b.n), b.n, false };
		y->n++;
		buf_release(&b);
	}
	l->is_used = true;
	*out = span_of(l->p, l->n);
	return true;
}

void
finder_write(const struct site_model *m, struct finder_memory *y,
    const struct site_notice *const *notice, size_t n, struct buf *out)
{
	enum { HEAD = 64 };
	struct words w = { .a = m->a };
	size_t lines = 0;
	struct span one;
	struct buf all;

	make_room(y, 2 * n);
	buf_init(&all, LIMIT_SITE_WORDS);
	for (; lines < n; lines++) {
		if (!line_of(m, y, notice[lines], &w, &one) ||
		    all.n + one.n > LIMIT_SITE_WORDS - HEAD)
			break;
		buf_put(&all, one);
	}
	buf_put_format(out, "almenara-search 1\t%zu\t%zu\n", lines, n);
	buf_put(out, buf_span(&all));
	buf_release(&all);
	free(w.word);
}
