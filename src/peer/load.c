/* SPDX-License-Identifier: Apache-2.0
 *
 * From the store into memory: at the start, and again after a commit that
 * failed, when memory has run ahead of the disk.
 */
#include "peer/load.h"

#include "base/limits.h"
#include "base/mem.h"
#include "base/reader.h"
#include "ledger/checkpoint.h"
#include "ledger/leaf.h"
#include "peer/bodies.h"
#include "peer/circles.h"
#include "peer/epoch.h"
#include "peer/erasure.h"
#include "peer/former.h"
#include "peer/frozen.h"
#include "peer/links.h"
#include "peer/rejudge.h"
#include "peer/seek.h"
#include "peer/sweep.h"
#include "record/receipt.h"

#include <stdio.h>
#include <stdlib.h>

void
log_release(struct hub_log *l)
{
	if (l == NULL)
		return;
	buf_release(&l->checkpoint);
	buf_release(&l->climb_note);
	climb_free(l->climb);
	ranges_release(&l->missing);
	ranges_release(&l->asked);
	ranges_release(&l->lost);
	ranges_release(&l->held_aud);
	ranges_release(&l->tiles_asked);
	ranges_release(&l->open);
	ranges_release(&l->given_up);
	frozen_release(l);
	seek_release(l);
	free(l);
}

void
load_release(struct hub *h)
{
	sweep_abandon(h);
	erasure_abandon(h);
	for (size_t i = 0; i < h->log_n; i++)
		log_release(h->log[i]);
	free(h->log);
	h->log = NULL;
	h->log_n = 0;
}

struct hub_log *
load_add(struct hub *h, const struct store_log *stored)
{
	struct hub_log *l = mem_alloc(sizeof *l);

	l->stored = *stored;
	buf_init(&l->checkpoint, LIMIT_NOTE);
	buf_init(&l->climb_note, LIMIT_NOTE);
	l->root = tree_empty_root();
	l->disputed = UINT64_MAX;
	h->log = mem_grow(h->log, (h->log_n + 1) * sizeof *h->log);
	h->log[h->log_n++] = l;
	return l;
}

/* --- one log --- */

struct hole_scan {
	struct ranges *held;
	struct ranges *missing;
	struct ranges *open;
	bool all;     /* sealed ones are due here too */
	uint64_t low; /* below it nothing is missing, and `held` is not known */
};

static bool
see_body(void *ctx, uint64_t index, const struct store_body *body)
{
	struct hole_scan *s = ctx;

	if (body->state != STORE_BODY_DAMAGED)
		ranges_add(s->held, index, index);
	return true;
}

static bool
see_record(void *ctx, uint64_t index, struct span record)
{
	struct hole_scan *s = ctx;
	struct leaf leaf;

	if (leaf_parse(record, &leaf) != ERR_NONE || (leaf.sealed && !s->all))
		return true;
	if (s->open != NULL && !leaf.sealed)
		ranges_add(s->open, index, index);
	if (index >= s->low && !ranges_has(s->held, index))
		ranges_add(s->missing, index, index);
	return true;
}

static enum err
load_holes(struct hub *h, struct hub_log *l, uint64_t low)
{
	struct ranges held = { 0 };
	bool former = former_is(h, l), ours = former || l == hub_own(h);
	struct hole_scan s = { &held, &l->missing, ours ? &l->open : NULL,
		former, low };
	enum err e = store_scan_bodies(h->parts.store, l->stored.id, low,
	    l->tree.size - low, false, see_body, &s);

	if (e == ERR_NONE)
		e = store_scan_records(h->parts.store, l->stored.id,
		    ours ? 0 : low, l->tree.size, see_record, &s);
	ranges_release(&held);
	return e;
}

struct receipt_scan {
	uint64_t *count;
	struct digest *last;
};

static bool
see_receipt(void *ctx, uint64_t seq, struct span jws)
{
	struct receipt_scan *s = ctx;

	*s->count = seq + 1;
	*s->last = hash_sha256(jws);
	return true;
}

/* How many receipts of ours went to `team` for its log, and the last. */
static enum err
load_receipts(struct hub *h, uint32_t log, struct span team, uint64_t *count,
    struct digest *last)
{
	struct receipt_scan s = { count, last };
	char key[LIMIT_TEAM_NAME + 16];
	struct span value;
	struct reader r;
	uint64_t from = 0;
	enum err e;

	/* the scan starts where the count was last written down */
	snprintf(key, sizeof key, "%u/%.*s", log, SPAN_FMT(team));
	e = store_get_item(h->parts.store, "receipts", span_str(key),
	    &h->turn, &value);
	if (e == ERR_NONE) {
		reader_init(&r, value);
		from = reader_u64(&r);
		from = from == 0 ? 0 : from - 1;
	} else if (e != ERR_NOT_FOUND) {
		return e;
	}
	*count = 0;
	return store_scan_receipts(h->parts.store, log, team, 0, from,
	    see_receipt, &s);
}

static enum err
load_mirror_marks(struct hub *h, struct hub_log *l)
{
	struct registry_log found;
	struct span value;
	struct reader r;
	enum err e;

	l->told_size = 0;
	l->told_missing = 0;
	e = store_get_item(h->parts.store, "fresh", l->stored.origin,
	    &h->turn, &value);
	if (e == ERR_NONE) {
		reader_init(&r, value);
		l->told_size = reader_u64(&r);
		l->told_missing = reader_u64(&r);
		e = ranges_parse(reader_rest(&r), SIZE_MAX, &l->held_aud);
	} else if (e == ERR_NOT_FOUND) {
		e = ERR_NONE;
	}
	if (e != ERR_NONE)
		return e;
	if (!ranges_is_empty(&l->held_aud) || l->told_size != l->tree.size ||
	    l->told_missing != ranges_count(&l->missing))
		cadence_add(&l->cadence, false, h->now.mono);
	if (registry_log_find(h->parts.registry, l->stored.origin, &found) !=
	    ERR_NONE)
		return ERR_NONE; /* its keyset has not come yet */
	return load_receipts(h, l->stored.id, found.team->id, &l->receipts,
	    &l->last_receipt);
}

static void
clear_log(struct hub_log *l)
{
	ranges_clear(&l->missing);
	ranges_clear(&l->asked);
	ranges_release(&l->held_aud);
	ranges_clear(&l->tiles_asked);
	ranges_clear(&l->open);
	climb_free(l->climb);
	l->climb = NULL;
	l->filler = NULL;
	l->offer_count = 0;
	l->receipts = 0;
	l->dirty = false;
	l->dirty_lazy = false;
	l->knows_early = false;
	l->fresh_dirty = false;
	l->witness = false;
	cadence_clear(&l->cadence);
}

enum err
load_log(struct hub *h, struct hub_log *l)
{
	struct store_head head;
	struct checkpoint c;
	enum err e;

	clear_log(l);
	e = store_get_head(h->parts.store, l->stored.id, &h->turn, &head);
	if (e == ERR_NONE)
		e = tree_parse(head.size, head.frontier, &l->tree);
	if (e != ERR_NONE)
		return e;
	l->root = head.root;
	buf_clear(&l->checkpoint);
	buf_put(&l->checkpoint, head.checkpoint);
	l->checkpoint_size = head.checkpoint_size;
	l->cosigned_size = head.cosigned_size;
	l->cosigned_time_s = head.cosigned_time_s;
	l->flags = head.flags;
	l->newest = head.checkpoint_size;
	if (head.checkpoint.n != 0 &&
	    checkpoint_read(head.checkpoint, &c, NULL) != ERR_NONE)
		return ERR_DAMAGED;
	if (l->stored.role == STORE_PRIVATE)
		return ERR_NONE;
	e = bodies_load(h, l);
	if (e == ERR_NONE)
		e = frozen_load(h, l);
	if (e == ERR_NONE)
		e = rejudge_load(h, l);
	if (e == ERR_NONE)
		e = load_holes(h, l, head.bodies_low < head.size ?
			head.bodies_low : head.size);
	if (e == ERR_NONE && l->stored.role == STORE_MIRROR)
		e = load_mirror_marks(h, l);
	if (e == ERR_NONE)
		e = seek_load(h, l);
	return e;
}

/* The mirror of `origin`, made if it is new. Needs a transaction then. NULL
 * if that is not possible now. */
struct hub_log *
load_mirror(struct hub *h, struct span origin)
{
	struct hub_log *l = hub_find_log(h, origin);
	struct store_log stored;
	enum err e;

	if (l != NULL)
		return l;
	if (!hub_stage(h))
		return NULL;
	e = store_add_log(h->parts.store, STORE_MIRROR, origin, &stored);
	if (e != ERR_NONE) {
		hub_write(h, e);
		return NULL;
	}
	l = load_add(h, &stored);
	seek_new(h, l);
	rejudge_begin(h, l);
	links_new_mirror(h, l);
	return l;
}

/* --- peers --- */

static void
refresh_peer(struct hub *h, struct hub_peer *p, const struct keyset_node *node)
{
	snprintf(p->node, sizeof p->node, "%.*s", SPAN_FMT(node->name));
	p->has_address = links_address(h, p).n != 0;
	p->listed = true;
	p->confirmed = registry_is_confirmed(h->parts.registry,
	    span_str(p->team));
}

static struct hub_peer *
add_peer(struct hub *h, struct span team)
{
	struct hub_peer *p = mem_alloc(sizeof *p);

	snprintf(p->team, sizeof p->team, "%.*s", SPAN_FMT(team));
	backoff_init(&p->backoff, h->config.dial_least_ms,
	    h->config.dial_most_ms, h->now.mono);
	silence_init(&p->silence, h->now.mono);
	h->peer = mem_grow(h->peer, (h->peer_n + 1) * sizeof *h->peer);
	h->peer[h->peer_n++] = p;
	return p;
}

struct due_scan {
	const struct hub_peer *peer;
	load_due_fn *fn;
	void *ctx;
};

static bool
see_due(void *ctx, uint64_t index, const struct store_body *body)
{
	static const struct body_meta unknown = { 0 };
	struct due_scan *s = ctx;
	struct body_meta m;

	/* never opened here: whoever has it has it by another way */
	if (body->state == STORE_BODY_SEALED ||
	    body->state == STORE_BODY_ERASED)
		return true;
	/* for whom it is cannot be read: it stays owed, never forgotten */
	if (bodies_parse_meta(body->meta, &m) != ERR_NONE)
		s->fn(s->ctx, index, &unknown);
	else if (body_meta_has(&m, span_str(s->peer->team)))
		s->fn(s->ctx, index, &m);
	return true;
}

/* "" if none was written yet. */
static enum err
read_board(struct hub *h, const struct hub_log *log, const struct hub_peer *p,
    struct reader *out)
{
	struct span value = span_str("");
	char key[LIMIT_TEAM_NAME + 16];
	enum err e;

	snprintf(key, sizeof key, "%u/%s", log->stored.id, p->team);
	e = store_get_item(h->parts.store, "board", span_str(key), &h->turn,
	    &value);
	reader_init(out, value);
	return e == ERR_NOT_FOUND ? ERR_NONE : e;
}

/* Of those that a peer gave us the board knows the last. */
static enum err
load_last_receipt(struct hub *h, struct hub_peer *p)
{
	struct receipt_scan s = { &p->receipts, &p->last_receipt };
	uint64_t count, of;
	struct reader r;
	enum err e = read_board(h, hub_own(h), p, &r);

	(void)reader_u64(&r);
	count = reader_u64(&r);
	of = reader_u64(&r);
	p->receipts = 0;
	if (e != ERR_NONE || reader_check(&r, false) != ERR_NONE || count == 0)
		return e;
	return store_scan_receipts(h->parts.store, hub_own(h)->stored.id,
	    span_str(p->team), of, count - 1, see_receipt, &s);
}

enum err
load_due(struct hub *h, const struct hub_log *log, const struct hub_peer *p,
    load_due_fn *fn, void *ctx)
{
	struct due_scan s = { p, fn, ctx };
	struct ranges due = { 0 };
	uint64_t from = 0;
	struct reader r;
	enum err e = read_board(h, log, p, &r);

	if (e == ERR_NONE && r.in.n != 0) {
		from = reader_u64(&r);
		(void)reader_u64(&r); /* receipts, and the last one's size */
		(void)reader_u64(&r);
		e = ranges_parse(reader_rest(&r), SIZE_MAX, &due);
	}
	/* urgency stands in the meta of each body that is still due */
	for (size_t i = 0; e == ERR_NONE && i < due.n; i++)
		e = store_scan_bodies(h->parts.store, log->stored.id,
		    due.v[i].first, due.v[i].last - due.v[i].first + 1, false,
		    see_due, &s);
	if (e == ERR_NONE && from < log->tree.size)
		e = store_scan_bodies(h->parts.store, log->stored.id, from,
		    log->tree.size - from, false, see_due, &s);
	ranges_release(&due);
	return e;
}

static void
add_due(void *ctx, uint64_t index, const struct body_meta *m)
{
	if (m->key)
		delivery_add_first(ctx, index);
	else
		delivery_add(ctx, index, m->urgent);
}

enum err
load_board(struct hub *h, struct hub_peer *p)
{
	enum err e;

	delivery_release(&p->delivery);
	e = load_due(h, hub_own(h), p, add_due, &p->delivery);
	if (e == ERR_NONE)
		e = load_last_receipt(h, p);
	p->durable_receipts = p->receipts;
	p->durable_last = p->last_receipt;
	return e == ERR_NONE ? former_load(h, p) : e;
}

void
load_peers(struct hub *h)
{
	const struct keyset_node **nodes = arena_alloc(&h->turn,
	    LIMIT_TEAMS * sizeof *nodes);
	size_t n = registry_nodes(h->parts.registry, nodes, LIMIT_TEAMS);
	const struct team *team;
	struct hub_peer *p;
	unsigned expected = 0;

	for (size_t i = 0; i < h->peer_n; i++)
		h->peer[i]->listed = false;
	for (size_t i = 0; i < n; i++) {
		if (registry_node_find(h->parts.registry, nodes[i]->name,
			&team) == NULL ||
		    span_is_equal(team->id, h->config.team) ||
		    !registry_is_good(h->parts.registry, team->id,
			h->now.wall))
			continue;
		p = hub_find_peer(h, team->id);
		if (p == NULL) {
			p = add_peer(h, team->id);
			hub_write(h, load_board(h, p));
		}
		/* one node a team: the first of its keyset */
		if (!p->listed)
			refresh_peer(h, p, nodes[i]);
		expected++;
	}
	h->start.expected = expected;
}

/* --- all --- */

struct log_scan {
	struct hub *h;
};

static bool
see_log(void *ctx, const struct store_log *stored)
{
	struct log_scan *s = ctx;

	struct store_log log = *stored;

	if (stored->role == STORE_PRIVATE ||
	    span_is_equal(stored->origin, s->h->config.origin))
		return true;
	log.role = STORE_MIRROR; /* also a former log of our own */
	load_add(s->h, &log);
	return true;
}

static enum err
find_or_make(struct hub *h, struct store_log *own, struct store_log *private)
{
	enum err e = store_add_log(h->parts.store, STORE_OWN,
	    h->config.origin, own);

	if (e == ERR_NONE)
		e = store_add_log(h->parts.store, STORE_PRIVATE,
		    h->config.private_origin, private);
	return e;
}

static enum err
own_logs(struct hub *h)
{
	struct store *s = h->parts.store;
	struct store_log own, private;
	enum err e = find_or_make(h, &own, &private);

	if (e == ERR_STATE) { /* they are new: that wants a transaction */
		e = store_begin(s);
		if (e == ERR_NONE)
			e = find_or_make(h, &own, &private);
		if (e == ERR_NONE)
			e = store_commit(s);
		else
			store_rollback(s);
	}
	if (e == ERR_NONE) {
		load_add(h, &own);
		load_add(h, &private);
	}
	return e;
}

enum err
load_all(struct hub *h)
{
	struct log_scan s = { h };
	enum err e = ERR_NONE;

	if (h->log_n == 0) {
		e = epoch_find_own(h);
		if (e == ERR_NONE)
			e = own_logs(h);
		if (e == ERR_NONE)
			e = store_scan_logs(h->parts.store, see_log, &s);
	}
	if (e == ERR_NONE)
		e = seek_find(h);
	for (size_t i = 0; e == ERR_NONE && i < h->log_n; i++) {
		e = load_log(h, h->log[i]);
		if (e != ERR_NOT_FOUND || i < 2)
			continue;
		/* a mirror begun in the transaction that failed */
		log_release(h->log[i]);
		h->log_n--;
		memmove(h->log + i, h->log + i + 1,
		    (h->log_n - i) * sizeof *h->log);
		i--;
		e = ERR_NONE;
	}
	memset(h->roots, 0, sizeof h->roots);
	h->state_known = false;
	if (e != ERR_NONE)
		return e;
	h->released = hub_own(h)->checkpoint_size;
	load_peers(h);
	for (size_t i = 0; e == ERR_NONE && i < h->peer_n; i++)
		e = load_board(h, h->peer[i]);
	return e == ERR_NONE ? circles_load(h) : e;
}
