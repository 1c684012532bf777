/* SPDX-License-Identifier: Apache-2.0
 *
 * What was seen, by keyed numbers: which records hold the same observable, and
 * which of them nobody has compared yet.
 */
#include "index/inside.h"

#include "record/observable.h"

/* Two parts with a NUL between: a name holds none. */
static int64_t
finder_of(const struct index *ix, struct span observable, struct span exercise)
{
	struct buf b;
	int64_t f;

	buf_init(&b, LIMIT_PAYLOAD);
	buf_put(&b, exercise);
	buf_put_u8(&b, 0);
	buf_put(&b, observable);
	f = index_finder(ix, "thing", buf_span(&b));
	buf_release(&b);
	return f;
}

enum err
index_things_put(struct index *ix, int64_t k, struct span iss,
    struct json_val body, struct span exercise)
{
	struct observable *o = arena_alloc(&ix->turn,
	    LIMIT_OBSERVABLES * sizeof *o);
	size_t n = observables_of(body, &ix->turn, o);
	struct db_stmt *st;
	enum err e = ERR_NONE;

	for (size_t i = 0; e == ERR_NONE && i < n; i++) {
		e = index_statement(ix, S_THING_PUT, &st);
		if (e != ERR_NONE)
			return e;
		db_bind_int(st, 1, finder_of(ix, o[i].text, exercise));
		db_bind_text(st, 2, iss);
		db_bind_int(st, 3, k);
		e = db_run(st);
	}
	if (e != ERR_NONE || n == 0)
		return e;
	e = index_statement(ix, S_UNSEEN_PUT, &st);
	if (e != ERR_NONE)
		return e;
	db_bind_int(st, 1, k);
	return db_run(st);
}

enum err
index_unseen(struct index *ix, struct arena *a, struct index_row *out,
    uint64_t *number)
{
	struct db_stmt *st;
	bool row = false;
	enum err e = ix->db == NULL ? ERR_STATE :
	    index_statement(ix, S_UNSEEN, &st);

	if (e != ERR_NONE)
		return e;
	e = db_step(st, &row);
	if (e == ERR_NONE && !row)
		e = ERR_NOT_FOUND;
	if (e == ERR_NONE)
		e = index_row_of(ix, st, a, true, out);
	if (e == ERR_NONE)
		*number = (uint64_t)db_int(st, 18);
	db_reset(st);
	return e;
}

enum err
index_seen(struct index *ix, uint64_t number)
{
	struct db_stmt *st;
	enum err e = ix->db == NULL ? ERR_STATE :
	    index_statement(ix, S_SEEN, &st);

	if (e != ERR_NONE)
		return e;
	db_bind_int(st, 1, (int64_t)number);
	return db_run(st);
}

enum err
index_holders(struct index *ix, struct span observable, struct span exercise,
    struct span but, index_row_fn *fn, void *ctx)
{
	struct db_stmt *st;
	enum err e = ix->db == NULL ? ERR_STATE :
	    index_statement(ix, S_THING, &st);

	if (e != ERR_NONE)
		return e;
	db_bind_int(st, 1, finder_of(ix, observable, exercise));
	db_bind_text(st, 2, but);
	return index_give(ix, st, fn, ctx);
}
