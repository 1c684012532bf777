/* SPDX-License-Identifier: Apache-2.0
 *
 * From rows to values.
 */
#include "index/inside.h"

static struct span
keep_span(struct arena *a, struct span s, bool keep)
{
	return keep ? arena_copy(a, s) : s;
}

/* Texts of identity; a row of something unreadable has none. */
static enum err
read_names(struct db_stmt *st, struct index_row *out)
{
	struct span id = db_span(st, 4), re = db_span(st, 13);
	enum err e = index_parse_d(db_span(st, 3), &out->digest);

	if (e == ERR_NONE && id.n != 0)
		e = index_parse_id(id, &out->id);
	if (e == ERR_NONE && re.n != 0) {
		e = index_parse_d(re, &out->re);
		out->has_re = e == ERR_NONE;
	}
	return e == ERR_NONE ? e : ERR_DAMAGED;
}

enum err
index_row_of(const struct index *ix, struct db_stmt *st, struct arena *a,
    bool keep, struct index_row *out)
{
	struct index_row r = { 0 };
	struct position at;
	uint32_t own = (uint32_t)db_int(st, 12);
	int64_t tlp = db_int(st, 8);
	enum err e = read_names(st, &r);

	if (e != ERR_NONE)
		return e;
	r.at = (uint64_t)db_int(st, 0);
	r.log = (uint32_t)db_int(st, 1);
	r.index = (uint64_t)db_int(st, 2);
	r.iss = keep_span(a, db_span(st, 5), keep);
	r.rev = (uint64_t)db_int(st, 6);
	r.kind = keep_span(a, db_span(st, 7), keep);
	r.has_tlp = tlp >= 0 && tlp < TLP_COUNT;
	r.tlp = r.has_tlp ? (enum tlp)tlp : TLP_RED;
	r.level = (int)db_int(st, 9);
	r.iat_s = db_int(st, 10);
	r.exp_s = db_int(st, 11);
	r.state = (enum store_body_state)db_int(st, 14);
	r.flags = own | (uint32_t)db_int(st, 16);
	r.revisions = (unsigned)db_int(st, 17);
	r.brief = keep_span(a, db_span(st, 15), keep);
	at = (struct position){ r.log, r.index };
	/* only open text of the network stands as it is */
	if ((own & INDEX_OPEN) == 0 || (own & INDEX_PRIVATE) != 0 ||
	    r.tlp != TLP_CLEAR)
		e = index_unwrap(ix, at, 'b', db_span(st, 15), a, &r.brief);
	if (e == ERR_NONE)
		*out = r;
	return e;
}

enum err
index_give(struct index *ix, struct db_stmt *st, index_row_fn *fn, void *ctx)
{
	struct arena a = { 0 };
	struct index_row r;
	bool row = true;
	enum err e;

	while ((e = db_step(st, &row)) == ERR_NONE && row) {
		e = index_row_of(ix, st, &a, false, &r);
		if (e != ERR_NONE || !fn(ctx, &r))
			break;
		arena_reset(&a);
	}
	db_reset(st);
	arena_release(&a);
	return e;
}

enum err
index_one(struct index *ix, struct db_stmt *st, struct arena *a,
    struct index_row *out)
{
	bool row = false;
	enum err e = db_step(st, &row);

	if (e == ERR_NONE)
		e = row ? index_row_of(ix, st, a, true, out) : ERR_NOT_FOUND;
	db_reset(st);
	return e;
}
