/* SPDX-License-Identifier: Apache-2.0
 *
 * What is worked out of the rows of a record: its newest revision and what
 * the own team owes for it.
 */
#include "index/inside.h"

#include <stdio.h>
#include <string.h>

static void
bind_chain(struct db_stmt *st, const struct chain *c)
{
	db_bind_text(st, 1, span_str(c->id));
	db_bind_text(st, 2, span_str(c->iss));
	db_bind_int(st, 3, c->home);
}

struct newest {
	int64_t k, rank, idx;
	char d[INDEX_D + 1];
	char kind[ENTRY_KIND_MAX + 1];
	int64_t level;
	uint32_t flags;
	char phase[32];
	bool owes; /* its kind asks for an answer */
};

static void
copy_text(char *out, size_t size, struct span s)
{
	snprintf(out, size, "%.*s", SPAN_FMT(s));
}

static enum err
find_newest(struct index *ix, const struct chain *c, struct newest *out,
    bool *there)
{
	const struct kind *kind;
	struct db_stmt *st;
	enum err e = index_statement(ix, S_NEWEST, &st);

	if (e != ERR_NONE)
		return e;
	bind_chain(st, c);
	e = db_step(st, there);
	if (e != ERR_NONE || !*there)
		return e;
	out->k = db_int(st, 0);
	out->rank = db_int(st, 1);
	out->idx = db_int(st, 2);
	copy_text(out->d, sizeof out->d, db_span(st, 3));
	copy_text(out->kind, sizeof out->kind, db_span(st, 4));
	out->level = db_int(st, 5);
	out->flags = (uint32_t)db_int(st, 6);
	copy_text(out->phase, sizeof out->phase, db_span(st, 7));
	db_reset(st);
	kind = kind_find(ix->schema, span_str(out->kind));
	out->owes = kind != NULL && kind->answers;
	return ERR_NONE;
}

/* Is there a row? Resets the statement. */
static enum err
is_there(struct db_stmt *st, bool *out)
{
	enum err e = db_step(st, out);

	db_reset(st);
	return e;
}

static enum err
find_revs(struct index *ix, const struct chain *c, int64_t *out)
{
	struct db_stmt *st;
	bool row = false;
	enum err e = index_statement(ix, S_REVS, &st);

	if (e != ERR_NONE)
		return e;
	bind_chain(st, c);
	e = db_step(st, &row);
	if (e != ERR_NONE)
		return e;
	*out = row ? db_int(st, 0) : 0;
	db_reset(st);
	return ERR_NONE;
}

static enum err
find_acked(struct index *ix, const char *d, bool *out)
{
	struct db_stmt *st;
	enum err e = index_statement(ix, S_ACKED, &st);

	if (e != ERR_NONE)
		return e;
	db_bind_text(st, 1, span_str(d));
	db_bind_text(st, 2, span_str(ix->team));
	return is_there(st, out);
}

/* Has the own team acknowledged any revision? */
static enum err
find_acted(struct index *ix, const struct chain *c, bool *out)
{
	struct db_stmt *st;
	enum err e = index_statement(ix, S_ACTED, &st);

	if (e != ERR_NONE)
		return e;
	bind_chain(st, c);
	db_bind_text(st, 4, span_str(ix->team));
	return is_there(st, out);
}

static enum err
find_replaced(struct index *ix, const struct chain *c,
    const struct newest *n, bool *out)
{
	struct db_stmt *st;
	enum err e = index_statement(ix, S_REPLACED, &st);

	if (e != ERR_NONE)
		return e;
	bind_chain(st, c);
	db_bind_int(st, 4, n->rank);
	db_bind_int(st, 5, n->idx);
	return is_there(st, out);
}

static enum err
put_head(struct index *ix, const struct chain *c, const struct newest *n,
    uint32_t flags, int64_t revs)
{
	bool notice = (n->flags & INDEX_NOTICE) != 0;
	bool stands = notice && (flags & INDEX_REPLACED) == 0 &&
	    (n->flags & INDEX_ENDED) == 0;
	struct db_stmt *st;
	enum err e = index_statement(ix, S_HEAD_PUT, &st);

	if (e != ERR_NONE)
		return e;
	bind_chain(st, c);
	db_bind_int(st, 4, n->k);
	db_bind_text(st, 5, span_str(n->kind));
	db_bind_int(st, 6, n->level);
	db_bind_int(st, 7, flags);
	db_bind_text(st, 8, span_str(n->phase));
	db_bind_int(st, 9, revs);
	db_bind_int(st, 10, notice);
	db_bind_int(st, 11, stands);
	db_bind_int(st, 12, (flags & INDEX_OWED) != 0);
	return db_run(st);
}

/* A record of the shared logs is not what it was. */
static void
note_change(struct index *ix, const struct chain *c)
{
	if (c->home || ix->has_forgotten)
		return;
	for (size_t i = 0; i < ix->changed_n; i++)
		if (strcmp(ix->changed[i].id, c->id) == 0 &&
		    strcmp(ix->changed[i].iss, c->iss) == 0)
			return;
	if (ix->changed_n < INDEX_CHANGES)
		ix->changed[ix->changed_n++] = *c;
	else
		ix->has_forgotten = true;
}

enum err
index_changes(struct index *ix, index_row_fn *fn, void *ctx)
{
	bool is_whole = !ix->has_forgotten;
	struct db_stmt *st;
	enum err e = ix->db == NULL ? ERR_STATE :
	    index_statement(ix, S_ID_NEWEST, &st);

	for (size_t i = 0; e == ERR_NONE && is_whole && i < ix->changed_n;
	     i++) {
		bind_chain(st, &ix->changed[i]);
		e = index_give(ix, st, fn, ctx);
	}
	if (e != ERR_NONE)
		return e;
	ix->changed_n = 0;
	ix->has_forgotten = false;
	return is_whole ? ERR_NONE : ERR_LIMIT;
}

enum err
index_view(struct index *ix, const struct chain *c)
{
	struct newest n = { 0 };
	struct db_stmt *st;
	bool there = false, acked = false, acted = true, replaced = false;
	uint32_t flags = INDEX_NEWEST;
	int64_t revs = 0;
	enum err e = index_statement(ix, S_HEAD_DROP, &st);

	if (e != ERR_NONE)
		return e;
	note_change(ix, c);
	bind_chain(st, c);
	e = db_run(st);
	if (e == ERR_NONE)
		e = find_newest(ix, c, &n, &there);
	/* answers are looked up by what they are about */
	if (e != ERR_NONE || !there || (n.flags & INDEX_ANSWER) != 0)
		return e;
	e = find_revs(ix, c, &revs);
	if (e == ERR_NONE)
		e = find_acked(ix, n.d, &acked);
	if (e == ERR_NONE)
		e = find_replaced(ix, c, &n, &replaced);
	if (e == ERR_NONE && (n.flags & INDEX_ENDED) != 0)
		e = find_acted(ix, c, &acted);
	if (e != ERR_NONE)
		return e;
	flags |= (n.flags & INDEX_EXERCISE) | (revs > 1 ? INDEX_UPDATED : 0) |
	    (acked ? INDEX_ACKNOWLEDGED : 0) |
	    (replaced ? INDEX_REPLACED : 0);
	/* a withdrawal is to be read by those who have answered before */
	if (n.owes && !acked && acted && !replaced &&
	    (n.flags & INDEX_MINE) == 0)
		flags |= INDEX_OWED;
	return put_head(ix, c, &n, flags, revs);
}

/* All records with an entry of digest `d` (reversed text). */
static enum err
view_by_d(struct index *ix, struct span d)
{
	struct chain *list;
	struct db_stmt *st;
	size_t n = 0;
	bool row = true;
	enum err e = index_statement(ix, S_BY_D, &st);

	if (e != ERR_NONE)
		return e;
	/* one digest is one text: one issuer and id, twice at the most */
	list = arena_alloc(&ix->turn, 4 * sizeof *list);
	db_bind_text(st, 1, d);
	while ((e = db_step(st, &row)) == ERR_NONE && row && n < 4) {
		copy_text(list[n].id, sizeof list[n].id, db_span(st, 0));
		copy_text(list[n].iss, sizeof list[n].iss, db_span(st, 1));
		list[n++].home = db_int(st, 2) != 0;
	}
	db_reset(st);
	for (size_t i = 0; e == ERR_NONE && i < n; i++)
		e = index_view(ix, &list[i]);
	return e;
}

enum err
index_view_touched(struct index *ix, int64_t k, struct span re)
{
	struct span list[ENTRY_REPLACES_MAX];
	struct db_stmt *st;
	size_t n = 0;
	bool row = true;
	enum err e = index_statement(ix, S_LINKS_OF, &st);

	if (e != ERR_NONE)
		return e;
	db_bind_int(st, 1, k);
	while ((e = db_step(st, &row)) == ERR_NONE && row &&
	    n < ENTRY_REPLACES_MAX)
		list[n++] = arena_copy(&ix->turn, db_span(st, 0));
	db_reset(st);
	for (size_t i = 0; e == ERR_NONE && i < n; i++)
		e = view_by_d(ix, list[i]);
	if (e == ERR_NONE && re.n != 0)
		e = view_by_d(ix, re);
	return e;
}
