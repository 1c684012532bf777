/* SPDX-License-Identifier: Apache-2.0
 *
 * Passages that two records share. Only digests of runs of words are held, in
 * memory and for as long as the two are compared.
 */
#include "rules/guard_inside.h"

#include "base/limits.h"

#include <stdlib.h>

enum { WORDS_MAX = 16384 };

struct word {
	uint64_t hash;
	const char *path; /* of its text */
	size_t at, end;   /* in that text */
	struct span text;
};

struct words {
	struct arena *a;
	struct word *at;
	size_t n;
};

/* FNV-1a over lower case. */
static uint64_t
hash_of(struct span s)
{
	uint64_t h = UINT64_C(14695981039346656037);

	for (size_t i = 0; i < s.n; i++)
		h = (h ^ guard_lower(s.p[i])) * UINT64_C(1099511628211);
	return h;
}

static void
take_words(void *ctx, const char *path, struct span text)
{
	struct words *w = ctx;
	const char *kept = NULL;
	size_t i = 0;

	while (i < text.n && w->n < WORDS_MAX) {
		size_t from = i;

		while (i < text.n && guard_is_word(text.p[i]))
			i++;
		if (i == from) {
			i++;
			continue;
		}
		if (kept == NULL)
			kept = arena_string(w->a, span_str(path));
		w->at[w->n++] = (struct word){
			hash_of(span_of(text.p + from, i - from)), kept, from,
			i, text
		};
	}
}

static struct words
words_of(struct json_val body, struct arena *a)
{
	struct words w = { .a = a };

	w.at = arena_alloc(a, WORDS_MAX * sizeof *w.at);
	guard_walk(body, a, take_words, &w);
	return w;
}

/* Do `n` words from `i` on stand in one text? */
static bool
is_run(const struct words *w, size_t i, size_t n)
{
	return i + n <= w->n && w->at[i].path == w->at[i + n - 1].path;
}

static uint64_t
run_hash(const struct words *w, size_t i)
{
	uint64_t h = UINT64_C(14695981039346656037);

	for (size_t k = 0; k < GUARD_RUN; k++)
		h = (h ^ w->at[i + k].hash) * UINT64_C(1099511628211);
	return h;
}

size_t
guard_windows(struct json_val body, struct arena *a,
    struct span out[GUARD_WINDOWS])
{
	struct words w = words_of(body, a);
	size_t n = 0, all = 0, step, seen = 0;

	for (size_t i = 0; i + GUARD_WINDOW <= w.n; i += GUARD_WINDOW)
		all += is_run(&w, i, GUARD_WINDOW);
	step = (all + GUARD_WINDOWS - 1) / GUARD_WINDOWS;
	for (size_t i = 0; i + GUARD_WINDOW <= w.n && n < GUARD_WINDOWS;
	     i += GUARD_WINDOW) {
		struct word *first = &w.at[i];

		if (!is_run(&w, i, GUARD_WINDOW) || seen++ % step != 0)
			continue;
		out[n++] = span_of(first->text.p + first->at,
		    w.at[i + GUARD_WINDOW - 1].end - first->at);
	}
	return n;
}

static int
compare(const void *a, const void *b)
{
	uint64_t x, y;

	memcpy(&x, a, sizeof x);
	memcpy(&y, b, sizeof y);
	return x < y ? -1 : x > y;
}

bool
guard_copied(struct json_val body, struct json_val other, struct arena *a,
    struct guard *g)
{
	struct words mine = words_of(body, a), theirs = words_of(other, a);
	uint64_t *run = arena_alloc(a, (theirs.n + 1) * sizeof *run);
	size_t n = 0;

	for (size_t i = 0; is_run(&theirs, i, 1); i++)
		if (is_run(&theirs, i, GUARD_RUN))
			run[n++] = run_hash(&theirs, i);
	qsort(run, n, sizeof *run, compare);
	for (size_t i = 0; is_run(&mine, i, 1); i++) {
		uint64_t h;

		if (!is_run(&mine, i, GUARD_RUN))
			continue;
		h = run_hash(&mine, i);
		if (bsearch(&h, run, n, sizeof *run, compare) == NULL)
			continue;
		guard_add(g, GUARD_COPY, mine.at[i].path, mine.at[i].at,
		    mine.at[i + GUARD_RUN - 1].end - mine.at[i].at);
		return true;
	}
	return false;
}
