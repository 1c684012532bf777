/* SPDX-License-Identifier: Apache-2.0
 *
 * Lists and numbers.
 */
#include "index/inside.h"

#include "base/limits.h"

struct listing {
	struct index *ix;
	const struct index_filter *f;
	index_row_fn *fn;
	void *ctx;
	struct arena a;
	unsigned given, limit, looked;
	uint64_t last; /* looked at */
	bool stopped;  /* by the caller */
	bool full;
};

static bool
passes(const struct index_filter *f, const struct index_row *r)
{
	const uint32_t done = INDEX_ENDED | INDEX_REPLACED;

	if (f->kind.n != 0 && !span_is_equal(f->kind, r->kind))
		return false;
	if (f->team.n != 0 && !span_is_equal(f->team, r->iss))
		return false;
	if (f->mine && (r->flags & INDEX_MINE) == 0)
		return false;
	if (f->quarantined)
		return r->state == STORE_BODY_QUARANTINED;
	/* an older revision has words too, but is not what stands */
	if ((r->flags & INDEX_NEWEST) == 0)
		return false;
	if (!f->any && (r->flags & (f->cases ? INDEX_CASE : INDEX_NOTICE)) == 0)
		return false;
	if (f->embargoed && (r->flags & INDEX_EMBARGOED) == 0)
		return false;
	if (f->unacknowledged)
		return (r->flags & INDEX_OWED) != 0;
	return f->ended || (r->flags & done) == 0;
}

static enum err
look_at(struct listing *l, int64_t k)
{
	struct index_row r;
	struct db_stmt *st;
	bool row = false;
	enum err e = index_statement(l->ix, S_ROW, &st);

	l->looked++;
	l->last = (uint64_t)k;
	if (e != ERR_NONE)
		return e;
	db_bind_int(st, 1, k);
	e = db_step(st, &row);
	if (e == ERR_NONE && row)
		e = index_row_of(l->ix, st, &l->a, false, &r);
	if (e == ERR_NONE && row && passes(l->f, &r)) {
		l->given++;
		l->stopped = !l->fn(l->ctx, &r);
	}
	db_reset(st);
	arena_reset(&l->a);
	l->full = l->given == l->limit || l->looked == INDEX_LOOK_MAX;
	return e;
}

static enum err
look_at_all(struct listing *l, struct db_stmt *places)
{
	bool row = true;
	enum err e = ERR_NONE;

	while (!l->stopped && !l->full && (e = db_step(places, &row)) ==
	    ERR_NONE && row)
		e = look_at(l, db_int(places, 0));
	/* is there one more, so that `next` is worth asking? */
	if (e == ERR_NONE && l->full && !l->stopped) {
		e = db_step(places, &row);
		l->full = row;
	}
	db_reset(places);
	return e;
}

static enum statement
pick(const struct index_filter *f)
{
	if (f->quarantined)
		return S_LIST_BAD;
	if (f->unacknowledged)
		return S_LIST_OWED;
	if (f->kind.n != 0)
		return S_LIST_KIND;
	if (f->team.n != 0 || f->mine)
		return S_LIST_TEAM;
	return f->ended ? S_LIST_ALL : S_LIST_STANDS;
}

static enum err
list_places(struct listing *l, int64_t before)
{
	enum statement s = pick(l->f);
	struct db_stmt *st;
	enum err e = index_statement(l->ix, s, &st);

	if (e != ERR_NONE)
		return e;
	db_bind_int(st, 1, before);
	if (s == S_LIST_KIND)
		db_bind_text(st, 2, l->f->kind);
	else if (s == S_LIST_TEAM)
		db_bind_text(st, 2, l->f->team.n != 0 ? l->f->team :
		    span_str(l->ix->team));
	return look_at_all(l, st);
}

static enum err
search_places(struct listing *l, int64_t before)
{
	struct buf q;
	struct db_stmt *st;
	unsigned words = 0;
	enum err e;

	buf_init(&q, LIMIT_PAYLOAD);
	e = l->f->stricter ? index_question_stricter(l->ix, l->f->search,
	    l->f->than, &q, &words) :
	    index_question(l->ix, l->f->search, &q, &words);
	if (e == ERR_NONE && (words != 0 || l->f->stricter))
		e = index_statement(l->ix, S_SEARCH, &st);
	if (e == ERR_NONE && (words != 0 || l->f->stricter)) {
		db_bind_text(st, 1, buf_span(&q));
		db_bind_int(st, 2, before);
		e = look_at_all(l, st);
	}
	buf_release(&q);
	return e;
}

enum err
index_inbox(struct index *ix, const struct index_filter *filter,
    index_row_fn *fn, void *ctx, uint64_t *next)
{
	struct listing l = { .ix = ix, .f = filter, .fn = fn, .ctx = ctx };
	int64_t before = filter->before == 0 || filter->before > INT64_MAX ?
	    INT64_MAX : (int64_t)filter->before;
	enum err e;

	if (ix->db == NULL)
		return ERR_STATE;
	/* lists of all kinds have notices alone */
	if (filter->cases && filter->kind.n == 0)
		return ERR_USAGE;
	l.limit = filter->limit == 0 || filter->limit > LIMIT_LIST_ROWS ?
	    LIMIT_LIST_ROWS : filter->limit;
	e = (filter->search.n != 0 || filter->stricter) &&
		!filter->quarantined ?
	    search_places(&l, before) : list_places(&l, before);
	arena_release(&l.a);
	if (e == ERR_NONE && next != NULL)
		*next = l.full ? l.last : 0;
	return e;
}

/* `before` counts for the statement that asks for it. */
static enum err
home(struct index *ix, enum statement s, const char *kind, uint64_t before,
    index_row_fn *fn, void *ctx)
{
	struct db_stmt *st;
	enum err e = ix->db == NULL ? ERR_STATE : index_statement(ix, s, &st);

	if (e != ERR_NONE)
		return e;
	db_bind_text(st, 1, span_str(kind));
	if (s == S_LIST_HEADS_ALL)
		db_bind_int(st, 2, (int64_t)before);
	return index_give(ix, st, fn, ctx);
}

enum err
index_home(struct index *ix, const char *kind, index_row_fn *fn, void *ctx)
{
	return home(ix, S_LIST_HEADS, kind, 0, fn, ctx);
}

enum err
index_home_all(struct index *ix, const char *kind, uint64_t before,
    index_row_fn *fn, void *ctx)
{
	return home(ix, S_LIST_HEADS_ALL, kind, before, fn, ctx);
}

enum err
index_drafts(struct index *ix, index_row_fn *fn, void *ctx)
{
	return index_home(ix, "draft", fn, ctx);
}

enum err
index_persons(struct index *ix, index_row_fn *fn, void *ctx)
{
	return index_home(ix, "person", fn, ctx);
}

enum err
index_person_by_user(struct index *ix, struct span user, struct arena *a,
    struct index_row *out)
{
	struct db_stmt *st;
	enum err e = ix->db == NULL ? ERR_STATE :
	    index_statement(ix, S_PERSON, &st);

	if (e != ERR_NONE)
		return e;
	db_bind_int(st, 1, index_finder(ix, "login", user));
	return index_one(ix, st, a, out);
}

enum err
index_newest_real(struct index *ix, int level, struct arena *a,
    struct index_row *out)
{
	struct db_stmt *st;
	enum err e = ix->db == NULL ? ERR_STATE :
	    index_statement(ix, S_NEWEST_REAL, &st);

	if (e != ERR_NONE)
		return e;
	db_bind_int(st, 1, level);
	return index_one(ix, st, a, out);
}

/* --- numbers --- */

static enum err
count_levels(struct index *ix, enum statement s, uint64_t *all,
    uint64_t by_level[6])
{
	struct db_stmt *st;
	bool row = true;
	enum err e = index_statement(ix, s, &st);

	while (e == ERR_NONE && (e = db_step(st, &row)) == ERR_NONE && row) {
		int64_t level = db_int(st, 0);
		uint64_t n = (uint64_t)db_int(st, 1);

		by_level[level >= 0 && level <= 5 ? level : 0] += n;
		*all += n;
	}
	return e;
}

static enum err
count_one(struct index *ix, enum statement s, const char *name,
    uint64_t *out)
{
	struct db_stmt *st;
	bool row = false;
	enum err e = index_statement(ix, s, &st);

	if (e != ERR_NONE)
		return e;
	if (name != NULL)
		db_bind_text(st, 1, span_str(name));
	e = db_step(st, &row);
	if (e == ERR_NONE && row)
		*out = (uint64_t)db_int(st, 0);
	db_reset(st);
	return e;
}

enum err
index_count(struct index *ix, struct index_counts *out)
{
	struct index_counts c = { 0 };
	enum err e = ix->db == NULL ? ERR_STATE :
	    count_levels(ix, S_COUNT_LEVEL, &c.notices, c.by_level);

	if (e == ERR_NONE)
		e = count_levels(ix, S_COUNT_OWED, &c.owed, c.owed_by_level);
	if (e == ERR_NONE)
		e = count_one(ix, S_COUNT_EXERCISE, NULL, &c.exercises);
	if (e == ERR_NONE)
		e = count_one(ix, S_COUNT_ENTRY, NULL, &c.entries);
	if (e == ERR_NONE)
		e = count_one(ix, S_COUNT_BAD, NULL, &c.quarantined);
	if (e == ERR_NONE)
		e = count_one(ix, S_META_GET, "stale", &c.stale);
	if (e == ERR_NONE)
		*out = c;
	return e;
}
