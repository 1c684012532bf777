/* SPDX-License-Identifier: Apache-2.0
 *
 * The file by which a joint site is searched, and searching it. Who writes the
 * site makes it of the notices that stand on its pages and of nothing else, so
 * that no search can tell that there are others; it is a file of the site like
 * any, and a copy of the site is searched as well as the site. Pure.
 *
 *	almenara-search 1 TAB lines TAB all notices
 *	time TAB level TAB state TAB words TAB words TAB what is shown
 *
 * One line for each notice, the newest first: as many as LIMIT_SITE_WORDS
 * holds. Words are folded (schema/fold.h), each between blanks: those of the
 * title, then those of all else in the four languages. What is shown is JSON.
 */
#ifndef SITE_FINDER_H
#define SITE_FINDER_H

#include "base/limits.h"
#include "schema/fold.h"
#include "site/model.h"

#define FINDER_FILE "search.words"

/* Lines that were made before, so that with one more notice not all are made
 * again. Caller frees. */
struct finder_memory;
struct finder_memory *finder_memory_create(void);
void finder_memory_free(struct finder_memory *y); /* accepts NULL */

/* Append the file for `n` notices, newest first. m->a is reset. */
void finder_write(const struct site_model *m, struct finder_memory *y,
    const struct site_notice *const *notice, size_t n, struct buf *out);

/* --- searching --- */

struct finder_line {
	int64_t at_s;
	int level;          /* 0: none */
	struct span state;  /* "" or two letters */
	struct span title, words;
	struct span shown;  /* JSON, not looked at */
};

struct finder {
	struct finder_line *line;
	size_t n;
	uint64_t all;   /* notices of the site: more than `n` if too many */
	size_t bytes;   /* of words */
};

/* Read the file; `out` borrows `in`, caller frees with finder_release. Errors
 * with place and rule in `f`: ERR_SYNTAX, ERR_LIMIT. */
MUST enum err finder_parse(struct span in, struct finder *out,
    struct fault *f);
void finder_release(struct finder *f);

/* What is asked for: all of the terms, as words or as their beginnings. */
struct finder_query {
	char term[LIMIT_WEB_TERMS][FOLD_WORD_MAX + 3]; /* between blanks */
	size_t length[LIMIT_WEB_TERMS];
	size_t n;
	bool is_cut;       /* there were more */
	char state[3];     /* "": any */
	int level;         /* at least; 0: any */
	bool by_match;     /* best first; else newest first */
};

/* Take the words of `text` into the query. */
void finder_ask(struct finder_query *q, struct span text);

/* How many bytes it would look at, at most. */
uint64_t finder_cost(const struct finder *f, const struct finder_query *q);

/* The lines that fit, in order, into `out`, which has room for f->n; how
 * many. */
size_t finder_find(const struct finder *f, const struct finder_query *q,
    uint32_t *out);

/* What a page of results says of a line, as members. ERR_SYNTAX. */
MUST enum err finder_show(const struct finder_line *l, enum lang lang,
    struct arena *a, struct json_out *w);

#endif
