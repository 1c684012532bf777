/* SPDX-License-Identifier: Apache-2.0
 *
 * Who did what, to what, and what left for whom: the records of the audit
 * trail and the own entries of the shared log, by keyed numbers in the order
 * of time. Only places stand here; what they say is read from the logs.
 */
#include "index/inside.h"

#include "base/limits.h"

static const char *const finder_word[] = {
	[INDEX_TRACE_ALL] = "audit all",
	[INDEX_TRACE_OF] = "audit of",
	[INDEX_TRACE_ACTOR] = "audit actor",
	[INDEX_TRACE_ACT] = "audit act",
	[INDEX_TRACE_LEFT] = "left"
};

static int64_t
finder_of(const struct index *ix, enum index_trace_by by, struct span value)
{
	return index_finder(ix, finder_word[by], value);
}

/* --- taking --- */

static enum err
put(struct index *ix, int64_t k, enum index_trace_by by, struct span value)
{
	struct db_stmt *st;
	enum err e = index_statement(ix, S_FINDER, &st);

	if (e != ERR_NONE)
		return e;
	db_bind_int(st, 1, finder_of(ix, by, value));
	db_bind_int(st, 2, k);
	return db_run(st);
}

static enum err
put_member(struct index *ix, int64_t k, enum index_trace_by by,
    struct json_val body, const char *member)
{
	struct span text;

	if (json_text(json_get(body, member), &ix->turn, &text) != ERR_NONE)
		return ERR_NONE;
	return put(ix, k, by, text);
}

enum err
index_trace_put(struct index *ix, int64_t k, struct json_val body)
{
	enum err e = put(ix, k, INDEX_TRACE_ALL, span_str(""));

	if (e == ERR_NONE)
		e = put_member(ix, k, INDEX_TRACE_ACTOR, body, "actor");
	if (e == ERR_NONE)
		e = put_member(ix, k, INDEX_TRACE_ACT, body, "act");
	if (e == ERR_NONE)
		e = put_member(ix, k, INDEX_TRACE_OF, body, "object");
	/* the id of the record, in full */
	if (e == ERR_NONE)
		e = put_member(ix, k, INDEX_TRACE_OF, body, "subject");
	return e;
}

enum err
index_trace_put_left(struct index *ix, int64_t k, const struct entry *outer)
{
	enum err e = ERR_NONE;

	if (!outer->sealed)
		return put(ix, k, INDEX_TRACE_LEFT, span_str(""));
	for (size_t i = 0; e == ERR_NONE && i < outer->aud_n; i++)
		if (!span_is_str(outer->aud[i], ix->team))
			e = put(ix, k, INDEX_TRACE_LEFT, outer->aud[i]);
	return e;
}

/* --- asking --- */

/* The place in lists of the first entry of a second. */
static int64_t
place_of(int64_t s, int64_t other)
{
	if (s <= 0)
		return other;
	return s >= (int64_t)1 << 33 ? INT64_MAX : s << 29;
}

static void
bind(struct index *ix, struct db_stmt *st, const struct index_trace_ask *ask)
{
	int64_t below = place_of(ask->until_s, INT64_MAX);

	if (ask->before != 0 && ask->before < (uint64_t)below)
		below = (int64_t)ask->before;
	db_bind_int(st, 1, finder_of(ix, ask->by, ask->value));
	db_bind_int(st, 2, place_of(ask->from_s, 0));
	db_bind_int(st, 3, below);
	db_bind_int(st, 4, ask->and_n == 0 ? -1 :
		finder_of(ix, ask->and_by, ask->and_value));
	/* what is open has left for everybody */
	db_bind_int(st, 5, ask->by != INDEX_TRACE_LEFT ? -1 :
		finder_of(ix, ask->by, span_str("")));
}

static enum err
give(struct index *ix, int64_t k, index_trace_fn *fn, void *ctx, bool *more)
{
	struct db_stmt *st;
	bool row = false;
	enum err e = index_statement(ix, S_TRACE_AT, &st);

	if (e != ERR_NONE)
		return e;
	db_bind_int(st, 1, k);
	e = db_step(st, &row);
	if (e == ERR_NONE && row)
		*more = fn(ctx, (uint64_t)k, (uint32_t)db_int(st, 0),
		    (uint64_t)db_int(st, 1));
	db_reset(st);
	return e;
}

enum err
index_traces(struct index *ix, const struct index_trace_ask *ask,
    index_trace_fn *fn, void *ctx, struct index_traced *out)
{
	unsigned limit = ask->limit == 0 || ask->limit > LIMIT_LIST_ROWS ?
	    LIMIT_LIST_ROWS : ask->limit;
	struct index_traced seen = { 0 };
	struct db_stmt *st;
	bool row = true, more = true;
	enum err e = ix->db == NULL ? ERR_STATE :
	    index_statement(ix, S_TRACE, &st);

	if (e != ERR_NONE)
		return e;
	bind(ix, st, ask);
	while (more && seen.looked < INDEX_LOOK_MAX && seen.given < limit &&
	    (e = db_step(st, &row)) == ERR_NONE && row) {
		int64_t k = db_int(st, 0);

		seen.looked++;
		seen.next = (uint64_t)k;
		/* rows without the second property come too, so that the
		 * work of one call stays bounded */
		if (db_int(st, 1) == 0)
			continue;
		seen.given++;
		e = give(ix, k, fn, ctx, &more);
		if (e != ERR_NONE)
			break;
	}
	/* is there one more, so that `next` is worth asking? */
	if (e == ERR_NONE && more && row)
		e = db_step(st, &row);
	db_reset(st);
	if (!row)
		seen.next = 0;
	if (e == ERR_NONE && out != NULL)
		*out = seen;
	return e;
}
