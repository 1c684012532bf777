/* SPDX-License-Identifier: Apache-2.0
 *
 * One record: by the tail of its id or of a digest, and what belongs to it.
 */
#include "index/inside.h"

#include "base/limits.h"

#include <stdio.h>

enum { TAIL_LEAST = 4, CANDIDATES = 16 };

/* --- by a tail --- */

struct tail {
	char id[INDEX_ID_TEXT + 2]; /* reversed; "" if it cannot be one */
	char d[ENTRY_DIGEST_TEXT + 2];
};

static int
hex_char(unsigned char c)
{
	if (c >= 'A' && c <= 'F')
		c = (unsigned char)(c + 32);
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ? c : 0;
}

static void
tail_id(struct span s, char out[INDEX_ID_TEXT + 2])
{
	size_t n = 0;

	for (size_t i = s.n; i > 0; i--) {
		int c = hex_char(s.p[i - 1]);

		if (s.p[i - 1] == '-')
			continue;
		if (c == 0 || n == INDEX_ID_TEXT) {
			n = 0;
			break;
		}
		out[n++] = (char)c;
	}
	out[n < TAIL_LEAST ? 0 : n] = '\0';
}

static void
tail_d(struct span s, char out[ENTRY_DIGEST_TEXT + 2])
{
	size_t n = s.n > ENTRY_DIGEST_TEXT ? 0 : s.n;

	for (size_t i = 0; i < n; i++) {
		unsigned char c = s.p[s.n - 1 - i];

		if (hex_char(c) == 0 && c != '-' && c != '_' &&
		    !(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z'))
			n = 0;
		else
			out[i] = (char)c;
	}
	out[n] = '\0';
}

/* What begins with `text` is from it up to this; 'z' + 1 ends both
 * alphabets. `last` has room for one more character. */
static void
bind_range(struct db_stmt *st, const char *text, char *last)
{
	size_t n = strlen(text);

	memcpy(last, text, n);
	last[n] = '{';
	db_bind_text(st, 1, span_of(text, n));
	db_bind_text(st, 2, span_of(last, n + 1));
}

static void
bind_scope(struct db_stmt *st, enum index_scope scope)
{
	db_bind_int(st, 3, scope == INDEX_DRAFTS || scope == INDEX_AT_HOME);
	db_bind_int(st, 4, scope == INDEX_NOTICES);
	db_bind_text(st, 5, span_str(scope == INDEX_DRAFTS ? "draft" : ""));
}

static enum err
newest_of(struct index *ix, const struct chain *c, struct arena *a,
    struct index_row *out)
{
	static const enum statement way[] = { S_ID_NEWEST, S_ID_LAST };
	struct db_stmt *st;
	enum err e = ERR_NOT_FOUND;

	for (size_t i = 0; e == ERR_NOT_FOUND && i < 2; i++) {
		e = index_statement(ix, way[i], &st);
		if (e != ERR_NONE)
			return e;
		db_bind_text(st, 1, span_str(c->id));
		db_bind_text(st, 2, span_str(c->iss));
		db_bind_int(st, 3, c->home);
		e = index_one(ix, st, a, out);
	}
	return e;
}

struct candidates {
	struct chain chain[CANDIDATES + 1];
	int64_t k[CANDIDATES + 1]; /* by digest */
	size_t n;
};

static enum err
find_ids(struct index *ix, enum index_scope scope, struct tail *t,
    struct candidates *out)
{
	char last[sizeof t->id + 1];
	struct db_stmt *st;
	bool row = true;
	enum err e = index_statement(ix, S_FIND_ID, &st);

	if (e != ERR_NONE || t->id[0] == '\0')
		return e;
	bind_range(st, t->id, last);
	bind_scope(st, scope);
	while ((e = db_step(st, &row)) == ERR_NONE && row &&
	    out->n <= CANDIDATES) {
		struct chain *c = &out->chain[out->n++];

		snprintf(c->id, sizeof c->id, "%.*s", SPAN_FMT(db_span(st, 0)));
		snprintf(c->iss, sizeof c->iss, "%.*s",
		    SPAN_FMT(db_span(st, 1)));
		c->home = db_int(st, 2) != 0;
	}
	db_reset(st);
	return e;
}

static enum err
find_digests(struct index *ix, enum index_scope scope, struct tail *t,
    struct candidates *out)
{
	char last[sizeof t->d + 1];
	struct db_stmt *st;
	bool row = true;
	enum err e = index_statement(ix, S_FIND_D, &st);

	if (e != ERR_NONE || t->d[0] == '\0')
		return e;
	bind_range(st, t->d, last);
	bind_scope(st, scope);
	while ((e = db_step(st, &row)) == ERR_NONE && row &&
	    out->n <= CANDIDATES)
		out->k[out->n++] = db_int(st, 0);
	db_reset(st);
	return e;
}

static enum err
candidate(struct index *ix, const struct candidates *c, size_t i,
    struct arena *a, struct index_row *out)
{
	struct db_stmt *st;
	enum err e;

	if (c->k[i] == 0)
		return newest_of(ix, &c->chain[i], a, out);
	e = index_statement(ix, S_ROW, &st);
	if (e != ERR_NONE)
		return e;
	db_bind_int(st, 1, c->k[i]);
	return index_one(ix, st, a, out);
}

static enum err
tell_all(struct index *ix, const struct candidates *c, struct arena *a,
    index_row_fn *fn, void *ctx)
{
	struct index_row r;
	enum err e = ERR_NONE;

	for (size_t i = 0; fn != NULL && i < c->n && i < CANDIDATES; i++) {
		e = candidate(ix, c, i, a, &r);
		if (e != ERR_NONE || !fn(ctx, &r))
			break;
	}
	return e != ERR_NONE ? e : ERR_CONFLICT;
}

enum err
index_find(struct index *ix, enum index_scope scope, struct span tail,
    struct arena *a, struct index_row *out, index_row_fn *fn, void *ctx)
{
	struct candidates c = { 0 };
	struct tail t;
	enum err e;

	if (ix->db == NULL)
		return ERR_STATE;
	if (tail.n < TAIL_LEAST || tail.n > 64)
		return ERR_USAGE;
	tail_id(tail, t.id);
	tail_d(tail, t.d);
	e = find_ids(ix, scope, &t, &c);
	/* a word that could be both is taken for an id */
	if (e == ERR_NONE && c.n == 0)
		e = find_digests(ix, scope, &t, &c);
	if (e != ERR_NONE || c.n == 0)
		return e != ERR_NONE ? e : ERR_NOT_FOUND;
	return c.n > 1 ? tell_all(ix, &c, a, fn, ctx) :
	    candidate(ix, &c, 0, a, out);
}

enum err
index_draft(struct index *ix, struct span tail, struct arena *a,
    struct index_row *out, index_row_fn *fn, void *ctx)
{
	return index_find(ix, INDEX_DRAFTS, tail, a, out, fn, ctx);
}

enum err
index_by_digest(struct index *ix, const struct digest *d, struct arena *a,
    struct index_row *out)
{
	char text[INDEX_D + 1];
	struct db_stmt *st;
	enum err e = ix->db == NULL ? ERR_STATE :
	    index_statement(ix, S_FIRST_D, &st);

	if (e != ERR_NONE)
		return e;
	index_write_d(d, false, text);
	db_bind_text(st, 1, span_str(text));
	return index_one(ix, st, a, out);
}

/* --- what belongs to a record --- */

static bool
is_marked(const struct index_row *row)
{
	return (row->flags & (INDEX_EXERCISE | INDEX_PRIVATE)) ==
	    INDEX_EXERCISE;
}

static enum err
chain_statement(struct index *ix, enum statement s, const struct chain *c,
    struct db_stmt **out)
{
	enum err e = index_statement(ix, s, out);

	if (e != ERR_NONE)
		return e;
	db_bind_text(*out, 1, span_str(c->id));
	db_bind_text(*out, 2, span_str(c->iss));
	db_bind_int(*out, 3, c->home);
	return ERR_NONE;
}

static enum err
give_chain(struct index *ix, enum statement s, const struct chain *c,
    index_row_fn *fn, void *ctx)
{
	struct db_stmt *st;
	enum err e = fn == NULL ? ERR_NONE : chain_statement(ix, s, c, &st);

	return fn == NULL || e != ERR_NONE ? e : index_give(ix, st, fn, ctx);
}

struct readers {
	struct span *team;
	size_t n, cap;
	bool open;
};

/* As many as fit; sorted and each once from time to time. */
static void
add_readers(struct readers *r, struct span lines, struct arena *a)
{
	size_t from = 0;

	for (size_t i = 0; i < lines.n; i++) {
		if (lines.p[i] != '\n')
			continue;
		if (r->n == r->cap)
			r->n = entry_sort_teams(r->team, r->n);
		if (r->n < r->cap)
			r->team[r->n++] = arena_copy(a,
			    span_of(lines.p + from, i - from));
		from = i + 1;
	}
}

static enum err
read_audience(struct index *ix, struct db_stmt *st, struct readers *r,
    struct arena *a)
{
	struct position at = { (uint32_t)db_int(st, 0),
		(uint64_t)db_int(st, 1) };
	uint32_t flags = (uint32_t)db_int(st, 2);
	struct span lines;
	enum err e;

	if ((flags & (INDEX_OPEN | INDEX_PRIVATE)) == INDEX_OPEN) {
		r->open = true;
		return ERR_NONE;
	}
	e = index_unwrap(ix, at, 'a', db_span(st, 3), a, &lines);
	if (e == ERR_NONE)
		add_readers(r, lines, a);
	return e;
}

static enum err
find_audience(struct index *ix, const struct chain *c, struct arena *a,
    struct index_audience *out)
{
	struct readers r = { .cap = 2 * LIMIT_RECIPIENTS };
	struct db_stmt *st;
	bool row = true;
	enum err e = chain_statement(ix, S_AUDIENCE, c, &st);

	if (e != ERR_NONE)
		return e;
	r.team = arena_alloc(a, r.cap * sizeof r.team[0]);
	while ((e = db_step(st, &row)) == ERR_NONE && row) {
		e = read_audience(ix, st, &r, a);
		if (e != ERR_NONE)
			break;
	}
	db_reset(st);
	if (e != ERR_NONE)
		return e;
	out->open = r.open;
	out->team = r.team;
	out->n = entry_sort_teams(r.team, r.n);
	return ERR_NONE;
}

enum err
index_notice(struct index *ix, const struct index_row *row,
    const struct index_notice *want, struct arena *a,
    struct index_audience *audience)
{
	struct chain c = { .home = (row->flags & INDEX_PRIVATE) != 0 };
	enum err e;

	if (ix->db == NULL)
		return ERR_STATE;
	if (row->iss.n == 0)
		return ERR_NOT_FOUND; /* unreadable: no record can be named */
	index_write_id(&row->id, is_marked(row), c.id);
	snprintf(c.iss, sizeof c.iss, "%.*s", SPAN_FMT(row->iss));
	e = give_chain(ix, S_CHAIN, &c, want->revision, want->ctx);
	if (e == ERR_NONE)
		e = give_chain(ix, S_ANSWERS, &c, want->answer, want->ctx);
	if (e == ERR_NONE)
		e = give_chain(ix, S_OTHERS, &c, want->other, want->ctx);
	if (e == ERR_NONE && audience != NULL)
		e = find_audience(ix, &c, a, audience);
	return e;
}

enum err
index_copies(struct index *ix, const struct digest *d, index_row_fn *fn,
    void *ctx)
{
	char text[INDEX_D + 1];
	struct db_stmt *st;
	enum err e = ix->db == NULL ? ERR_STATE :
	    index_statement(ix, S_COPIES, &st);

	if (e != ERR_NONE)
		return e;
	index_write_d(d, false, text);
	db_bind_text(st, 1, span_str(text));
	return index_give(ix, st, fn, ctx);
}

enum err
index_originals(struct index *ix, const struct index_row *row,
    index_row_fn *fn, void *ctx)
{
	struct chain c = { .home = (row->flags & INDEX_PRIVATE) != 0 };

	if (ix->db == NULL)
		return ERR_STATE;
	index_write_id(&row->id, is_marked(row), c.id);
	snprintf(c.iss, sizeof c.iss, "%.*s", SPAN_FMT(row->iss));
	return give_chain(ix, S_ORIGINALS, &c, fn, ctx);
}
