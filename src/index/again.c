/* SPDX-License-Identifier: Apache-2.0
 *
 * What is made anew: after an erasure the words alone, while all other rows
 * stay; and whether a file that was begun anew has come to its end once. Both
 * stand in `meta`, written with their effect, so a crash goes on.
 */
#include "index/inside.h"

enum { LOOK = 1024 }; /* rows that one step looks at */

static const char wordless[] = "wordless", whole[] = "whole";

enum err
index_meta_get(struct index *ix, const char *name, int64_t *out)
{
	struct db_stmt *st;
	bool row = false;
	enum err e = index_statement(ix, S_META_GET, &st);

	if (e != ERR_NONE)
		return e;
	db_bind_text(st, 1, span_str(name));
	e = db_step(st, &row);
	if (e == ERR_NONE && row)
		*out = db_int(st, 0);
	db_reset(st);
	return e;
}

static enum err
meta_put(struct index *ix, const char *name, int64_t v)
{
	struct db_stmt *st;
	enum err e = index_statement(ix, S_META_PUT, &st);

	if (e != ERR_NONE)
		return e;
	db_bind_text(st, 1, span_str(name));
	db_bind_int(st, 2, v);
	return db_run(st);
}

enum err
index_meta_load(struct index *ix)
{
	int64_t ended = 0;
	enum err e;

	ix->wordless = 0;
	e = index_meta_get(ix, wordless, &ix->wordless);
	if (e == ERR_NONE)
		e = index_meta_get(ix, whole, &ended);
	ix->is_whole = ended != 0;
	return e;
}

enum err
index_whole_put(struct index *ix)
{
	return meta_put(ix, whole, 1);
}

bool
index_is_whole(const struct index *ix)
{
	return ix->is_whole;
}

/* --- words --- */

static enum err
words_from(struct index *ix, int64_t k)
{
	enum err e = meta_put(ix, wordless, k);

	if (e == ERR_NONE)
		ix->wordless = k;
	return e;
}

/* Pages that are freed so are overwritten: secure_delete (index.c). */
enum err
index_words_forget(struct index *ix)
{
	enum err e = db_exec(ix->db,
	    "INSERT INTO words(words) VALUES('delete-all')");

	if (e == ERR_NONE)
		e = meta_put(ix, "stale", 0);
	return e != ERR_NONE ? e : words_from(ix, INT64_MAX);
}

/* An erased row says nothing; its place must not be read for it. */
static bool
has_words(struct db_stmt *st)
{
	return (db_int(st, 3) & INDEX_NOTICE) != 0 &&
	    db_int(st, 4) != STORE_BODY_ERASED;
}

enum err
index_words_step(struct index *ix, const struct index_source *source,
    unsigned most)
{
	struct db_stmt *st;
	int64_t k = ix->wordless;
	unsigned looked = 0, n = 0;
	bool row = true;
	enum err e = index_statement(ix, S_WORDLESS, &st);

	if (e != ERR_NONE)
		return e;
	db_bind_int(st, 1, k);
	db_bind_int(st, 2, LOOK);
	while (n < most && (e = db_step(st, &row)) == ERR_NONE && row) {
		struct found f = { .at = { (uint32_t)db_int(st, 1),
			(uint64_t)db_int(st, 2) },
			.state = (enum store_body_state)db_int(st, 4) };

		looked++;
		k = db_int(st, 0);
		if (!has_words(st))
			continue;
		n++;
		e = index_take_words(ix, source, &f, k);
		if (e != ERR_NONE)
			break;
	}
	db_reset(st);
	return e != ERR_NONE ? e : words_from(ix, row || looked == LOOK ? k : 0);
}

bool
index_has_words(const struct index *ix, int64_t *since_s)
{
	if (ix->wordless != 0)
		*since_s = ix->wordless >> INDEX_IAT_SHIFT;
	return ix->wordless == 0;
}

void
index_shred(struct index *ix)
{
	struct db_stmt *st = NULL;
	bool row = false;

	if (db_prepare(ix->db, "PRAGMA wal_checkpoint(TRUNCATE)", &st) !=
	    ERR_NONE)
		return;
	if (db_step(st, &row) == ERR_NONE && row && db_int(st, 0) == 0)
		ix->must_shred = false;
	db_finalize(st);
}
