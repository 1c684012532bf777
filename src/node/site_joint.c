/* SPDX-License-Identifier: Apache-2.0
 *
 * Where the notices of a joint site are from.
 */
#include "node/site_joint.h"

#include "ledger/checkpoint.h"

enum { HOUR_S = 3600 };

enum err
joint_open(struct db *noted)
{
	return db_exec(noted, "CREATE TABLE IF NOT EXISTS marks(digest BLOB"
	    " PRIMARY KEY, log TEXT, by TEXT, root BLOB, at INT)"
	    " WITHOUT ROWID;"
	    "CREATE TABLE IF NOT EXISTS held(log TEXT PRIMARY KEY, since INT)"
	    " WITHOUT ROWID");
}

/* --- logs --- */

struct wanted {
	uint32_t id;
	struct span origin; /* "": the one of this id */
	struct store_log found;
	bool is_found;
};

static bool
see_log(void *ctx, const struct store_log *log)
{
	struct wanted *w = ctx;

	if (w->origin.n == 0 ? log->id == w->id :
	    span_is_equal(log->origin, w->origin)) {
		w->found = *log;
		w->is_found = true;
	}
	return !w->is_found;
}

/* ERR_NOT_FOUND. */
static enum err
find_log(const struct joint *j, struct wanted *w)
{
	enum err e = store_scan_logs(j->store, see_log, w);

	return e != ERR_NONE || w->is_found ? e : ERR_NOT_FOUND;
}

enum err
joint_is_covered(const struct joint *j, const struct index_row *row,
    bool *out)
{
	struct wanted w = { .id = row->log };
	struct arena a = { 0 };
	struct store_head h;
	enum err e = find_log(j, &w);

	if (e == ERR_NONE && w.found.role == STORE_PRIVATE) {
		*out = true;
		return ERR_NONE;
	}
	if (e == ERR_NONE)
		e = store_get_head(j->store, row->log, &a, &h);
	if (e == ERR_NONE)
		*out = row->index < h.checkpoint_size;
	arena_release(&a);
	return e;
}

/* --- the mark of a notice --- */

static enum err
make_mark(const struct joint *j, const struct index_row *row, struct span iss,
    struct wall now, struct arena *a, struct site_mark *out)
{
	struct wanted w = { .id = row->log };
	struct registry_log of;
	struct checkpoint c;
	struct store_head h;
	enum err e = find_log(j, &w);

	if (e == ERR_NONE)
		e = store_get_head(j->store, row->log, a, &h);
	if (e == ERR_NONE && row->index >= h.checkpoint_size)
		e = ERR_NOT_FOUND;
	if (e == ERR_NONE)
		e = checkpoint_read(h.checkpoint, &c, NULL);
	if (e != ERR_NONE)
		return e;
	*out = (struct site_mark){ .log = arena_copy(a, w.found.origin),
		.root = c.root, .at_s = now.ms / 1000, .by = span_str("") };
	if (registry_log_find(j->registry, w.found.origin, &of) == ERR_NONE &&
	    !span_is_equal(of.team->id, iss))
		out->by = arena_copy(a, of.team->id);
	return ERR_NONE;
}

static enum err
read_mark(const struct joint *j, const struct digest *d, struct arena *a,
    struct site_mark *out)
{
	struct db_stmt *st = NULL;
	struct span root = { 0 };
	bool row = false;
	enum err e = db_prepare(j->noted, "SELECT log, by, root, at FROM marks"
	    " WHERE digest = ?1", &st);

	if (e == ERR_NONE) {
		db_bind_blob(st, 1, digest_span(d));
		e = db_step(st, &row);
	}
	if (e == ERR_NONE && row)
		root = db_span(st, 2);
	if (e == ERR_NONE && (!row || root.n != sizeof out->root.b))
		e = ERR_NOT_FOUND;
	if (e == ERR_NONE) {
		out->log = arena_copy(a, db_span(st, 0));
		out->by = arena_copy(a, db_span(st, 1));
		memcpy(out->root.b, root.p, sizeof out->root.b);
		out->at_s = db_int(st, 3);
	}
	db_finalize(st);
	return e;
}

static enum err
note_mark(const struct joint *j, const struct digest *d,
    const struct site_mark *m)
{
	struct db_stmt *st = NULL;
	enum err e = db_prepare(j->noted, "INSERT OR REPLACE INTO"
	    " marks(digest, log, by, root, at) VALUES(?1, ?2, ?3, ?4, ?5)",
	    &st);

	if (e == ERR_NONE) {
		db_bind_blob(st, 1, digest_span(d));
		db_bind_text(st, 2, m->log);
		db_bind_text(st, 3, m->by);
		db_bind_blob(st, 4, digest_span(&m->root));
		db_bind_int(st, 5, m->at_s);
		e = db_run(st);
	}
	db_finalize(st);
	return e;
}

enum err
joint_mark(const struct joint *j, const struct index_row *row, struct span iss,
    struct wall now, struct arena *a, struct site_mark *out)
{
	enum err e = read_mark(j, &row->digest, a, out);

	if (e != ERR_NOT_FOUND)
		return e;
	e = make_mark(j, row, iss, now, a, out);
	return e == ERR_NONE ? note_mark(j, &row->digest, out) : e;
}

/* --- how far a log is held --- */

/* Since when: from the first time on that it was asked for and there. */
static enum err
note_held(const struct joint *j, struct span log, int64_t now_s,
    int64_t *since_s)
{
	struct db_stmt *st = NULL;
	bool row = false;
	enum err e = db_prepare(j->noted, "INSERT OR IGNORE INTO"
	    " held(log, since) VALUES(?1, ?2)", &st);

	if (e == ERR_NONE) {
		db_bind_text(st, 1, log);
		db_bind_int(st, 2, now_s);
		e = db_run(st);
	}
	db_finalize(st);
	st = NULL;
	if (e == ERR_NONE)
		e = db_prepare(j->noted, "SELECT since FROM held"
		    " WHERE log = ?1", &st);
	if (e == ERR_NONE) {
		db_bind_text(st, 1, log);
		e = db_step(st, &row);
	}
	if (e == ERR_NONE)
		*since_s = row ? db_int(st, 0) : now_s;
	db_finalize(st);
	return e;
}

enum err
joint_held(const struct joint *j, const char *team, struct wall now,
    struct arena *a, struct site_held *out)
{
	const struct keyset_log *log = registry_log_in_use(j->registry,
	    span_str(team));
	int64_t now_s = now.ms / 1000;
	struct wanted w = { 0 };
	struct store_head h;
	enum err e;

	*out = (struct site_held){ .log = "" };
	if (log == NULL)
		return ERR_NONE;
	w.origin = log->origin;
	e = find_log(j, &w);
	if (e == ERR_NONE)
		e = store_get_head(j->store, w.found.id, a, &h);
	if (e == ERR_NOT_FOUND || (e == ERR_NONE && h.checkpoint_size == 0))
		return ERR_NONE;
	if (e != ERR_NONE)
		return e;
	out->log = arena_string(a, log->origin);
	out->is_held = true;
	out->is_disputed = (h.flags & STORE_FROZEN) != 0;
	out->is_whole = w.found.role == STORE_OWN ||
	    (h.size >= h.checkpoint_size && h.bodies_low >= h.size);
	out->until_s = w.found.role == STORE_OWN ? now_s :
						   (int64_t)h.cosigned_time_s;
	out->until_s -= out->until_s % HOUR_S;
	return note_held(j, log->origin, now_s, &out->since_s);
}
