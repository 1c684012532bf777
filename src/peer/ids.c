/* SPDX-License-Identifier: Apache-2.0
 *
 * Which document has a name: (team, id, revision) is the name of one, that at
 * the first place, by the order of the team's logs in its keyset and then by
 * index; and a revision names the one before it in `replaces`. Both hold
 * whatever arrives first, so each arrival may change what was judged before.
 *
 * A row of "id": the digest, u32 log, u64 index, and what it replaces. A row
 * of no log is left where a revision waits for the one before it.
 */
#include "peer/ids.h"

#include "base/limits.h"
#include "peer/bodies.h"
#include "peer/carrying.h"
#include "peer/judge.h"
#include "peer/rejudge.h"

static const char id_taken[] = "another document has this id and revision";
static const char not_named[] = "it does not name the revision before it";

enum { NO_LOG = -1, REPLACES_MAX = 64 };

struct id_row {
	struct digest d;
	uint32_t log;
	uint64_t index;
	struct span replaces; /* digests */
};

static void
put_key(const struct entry *e, uint64_t rev, struct buf *out)
{
	buf_init(out, 64);
	buf_put_mem(out, e->id.b, sizeof e->id.b);
	buf_put_u32(out, (uint32_t)rev);
	buf_put(out, e->iss);
}

static enum err
read_row(struct hub *h, const struct entry *e, uint64_t rev,
    struct id_row *out)
{
	struct span held;
	struct reader r;
	struct buf key;
	enum err err;

	put_key(e, rev, &key);
	err = store_get_item(h->parts.store, "id", buf_span(&key), &h->turn,
	    &held);
	buf_release(&key);
	if (err != ERR_NONE)
		return err;
	reader_init(&r, held);
	reader_copy(&r, out->d.b, sizeof out->d.b);
	out->log = reader_u32(&r);
	out->index = reader_u64(&r);
	out->replaces = reader_rest(&r);
	return ERR_NONE;
}

static void
write_row(struct hub *h, const struct entry *e, uint64_t rev,
    const struct digest *d, uint32_t log, uint64_t index)
{
	struct buf key, value;

	put_key(e, rev, &key);
	buf_init(&value, 64 + REPLACES_MAX * sizeof *d);
	buf_put(&value, digest_span(d));
	buf_put_u32(&value, log);
	buf_put_u64(&value, index);
	for (size_t i = 0; rev == e->rev && i < e->replaces_n; i++)
		buf_put(&value, digest_span(&e->replaces[i]));
	hub_write(h, store_put_item(h->parts.store, "id", buf_span(&key),
			 buf_span(&value)));
	buf_release(&key);
	buf_release(&value);
}

/* --- order --- */

size_t
ids_epoch(const struct hub *h, const struct hub_log *l)
{
	struct registry_log found;
	const struct keyset *k;

	if (l == NULL || registry_log_find(h->parts.registry,
			     l->stored.origin, &found) != ERR_NONE)
		return SIZE_MAX;
	k = registry_keyset(h->parts.registry, found.team->id);
	return (size_t)(found.log - k->logs);
}

static bool
is_before(const struct hub *h, const struct id_row *r,
    const struct hub_log *log, uint64_t index)
{
	if (r->log == log->stored.id)
		return r->index < index;
	return ids_epoch(h, hub_find_log_id(h, r->log)) < ids_epoch(h, log);
}

/* --- what was judged before --- */

void
ids_revise(struct hub *h, const struct hub_log *log, uint64_t index,
    enum store_body_state state, const char *why)
{
	struct store_body body;
	struct body_meta m;
	struct buf meta;

	if (store_get_body(h->parts.store, log->stored.id, index, &h->turn,
		&body) != ERR_NONE ||
	    bodies_parse_meta(body.meta, &m) != ERR_NONE ||
	    body.state == state || !hub_stage(h))
		return;
	buf_init(&meta, STORE_META_MAX + 256);
	buf_put_format(&meta, "%c %.*s|%s", bodies_mark(m.urgent, m.key),
	    SPAN_FMT(m.aud), why);
	body.state = state;
	body.meta = buf_span(&meta);
	hub_write(h, store_put_body(h->parts.store, log->stored.id, index,
			 &body));
	buf_release(&meta);
	hub_notify_later(h, HUB_CHANGED, span_str(""), log->stored.origin,
	    index, why);
}

bool
ids_may_change(struct span why)
{
	return span_is_str(why, id_taken) || span_is_str(why, not_named) ||
	    span_is_str(why, judged_no_key) ||
	    span_is_str(why, carrying_no_key);
}

static bool
has_digest(struct span list, const struct digest *d)
{
	for (size_t at = 0; at + sizeof d->b <= list.n; at += sizeof d->b)
		if (memcmp(list.p + at, d->b, sizeof d->b) == 0)
			return true;
	return false;
}

/* The revision behind this one is here: does it name this one? */
static void
look_behind(struct hub *h, const struct entry *e, const struct digest *d)
{
	struct hub_log *log;
	struct store_body body;
	struct body_meta m;
	struct id_row next;
	bool good;

	if (read_row(h, e, e->rev + 1, &next) != ERR_NONE ||
	    (log = hub_find_log_id(h, next.log)) == NULL ||
	    store_get_body(h->parts.store, next.log, next.index, &h->turn,
		&body) != ERR_NONE ||
	    bodies_parse_meta(body.meta, &m) != ERR_NONE)
		return;
	good = has_digest(next.replaces, d);
	if (!good && body.state == STORE_BODY_HELD)
		ids_revise(h, log, next.index, STORE_BODY_QUARANTINED,
		    not_named);
	else if (good && body.state == STORE_BODY_QUARANTINED &&
	    span_is_str(m.why, not_named))
		rejudge_one(h, log, next.index); /* what comes after the name */
}

/* Does it name the revision before it, if that is here? */
static const char *
look_before(struct hub *h, const struct entry *e)
{
	struct digest none = { 0 };
	struct id_row before;

	if (e->rev == 0)
		return NULL;
	if (read_row(h, e, e->rev - 1, &before) != ERR_NONE) {
		write_row(h, e, e->rev - 1, &none, (uint32_t)NO_LOG, 0);
		return NULL;
	}
	if (before.log == (uint32_t)NO_LOG)
		return NULL;
	for (size_t i = 0; i < e->replaces_n; i++)
		if (digest_is_equal(&e->replaces[i], &before.d))
			return NULL;
	return not_named;
}

const char *
ids_claim(struct hub *h, const struct hub_log *log, uint64_t index,
    const struct entry *e, const struct digest *d)
{
	const struct hub_log *other;
	struct id_row r;
	enum err err = read_row(h, e, e->rev, &r);
	bool first = err == ERR_NOT_FOUND;
	bool same;

	if (err != ERR_NONE && !first)
		return NULL; /* our store's trouble */
	same = !first && r.log != (uint32_t)NO_LOG &&
	    digest_is_equal(&r.d, d);
	other = first ? NULL : hub_find_log_id(h, r.log);
	if (other != NULL && !same) {
		if (is_before(h, &r, log, index))
			return id_taken;
		ids_revise(h, other, r.index, STORE_BODY_QUARANTINED,
		    id_taken);
	}
	if (!same || !is_before(h, &r, log, index))
		write_row(h, e, e->rev, d, log->stored.id, index);
	if (!first && !same)
		look_behind(h, e, d);
	return look_before(h, e);
}

void
ids_put(struct hub *h, const struct hub_log *log, uint64_t index,
    const struct entry *e, const struct digest *d)
{
	write_row(h, e, e->rev, d, log->stored.id, index);
}

void
ids_give_up(struct hub *h, const struct hub_log *log, uint64_t index,
    const struct entry *e)
{
	struct digest none = { 0 };
	struct id_row r;

	if (read_row(h, e, e->rev, &r) == ERR_NONE &&
	    r.log == log->stored.id && r.index == index)
		write_row(h, e, e->rev, &none, (uint32_t)NO_LOG, 0);
}
