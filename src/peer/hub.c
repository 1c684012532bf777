/* SPDX-License-Identifier: Apache-2.0
 *
 * The turn: the one place where things become durable and are let go, in the
 * order that must hold.
 */
#include "peer/hub_inside.h"

#include "base/limits.h"
#include "base/mem.h"
#include "ledger/checkpoint.h"
#include "ledger/leaf.h"
#include "peer/bodies.h"
#include "peer/circles.h"
#include "peer/embargoes.h"
#include "peer/epoch.h"
#include "peer/erasure.h"
#include "peer/fetch.h"
#include "peer/former.h"
#include "peer/frozen.h"
#include "peer/gather.h"
#include "peer/intake.h"
#include "peer/keywant.h"
#include "peer/links.h"
#include "peer/load.h"
#include "peer/own.h"
#include "peer/receipts.h"
#include "peer/rejudge.h"
#include "peer/repair.h"
#include "peer/seek.h"
#include "peer/serve.h"
#include "peer/sweep.h"

#include <stdlib.h>

/* --- staging --- */

bool
hub_stage(struct hub *h)
{
	if (!hub_stage_lazy(h))
		return false;
	h->must_commit = true;
	return true;
}

bool
hub_stage_lazy(struct hub *h)
{
	enum err e;

	if (h->in_transaction)
		return !h->write_failed;
	if (!start_may_write(&h->start) || h->write_failed)
		return false;
	e = store_begin(h->parts.store);
	if (e != ERR_NONE) {
		hub_write(h, e);
		return false;
	}
	h->in_transaction = true;
	if (!h->lazy)
		h->lazy_due.ms = h->now.mono.ms + HUB_LAZY_MS;
	h->lazy = true;
	return true;
}

void
hub_write(struct hub *h, enum err e)
{
	if (e == ERR_NONE || h->write_failed)
		return;
	h->write_failed = true;
	h->write_err = e;
}

void
hub_notify(struct hub *h, enum hub_event_type type, struct span team,
    struct span origin, uint64_t index, enum err err, const char *text)
{
	struct hub_event e = { type, team, origin, index, err,
		text != NULL ? text : "" };

	h->host.notify(h->host.ctx, &e);
}

void
hub_notify_later(struct hub *h, enum hub_event_type type, struct span team,
    struct span origin, uint64_t index, const char *text)
{
	struct hub_news *n = arena_alloc(&h->turn, sizeof *n);

	n->event = (struct hub_event){ type, arena_copy(&h->turn, team),
		arena_copy(&h->turn, origin), index, ERR_NONE,
		arena_string(&h->turn, span_str(text)) };
	*h->news_tail = n;
	h->news_tail = &n->next;
}

/* --- logs --- */

struct hub_log *
hub_find_log(const struct hub *h, struct span origin)
{
	for (size_t i = 0; i < h->log_n; i++)
		if (span_is_equal(h->log[i]->stored.origin, origin))
			return h->log[i];
	return NULL;
}

struct hub_log *
hub_find_log_id(const struct hub *h, uint32_t id)
{
	for (size_t i = 0; i < h->log_n; i++)
		if (h->log[i]->stored.id == id)
			return h->log[i];
	return NULL;
}

struct source_ctx {
	struct hub *h;
	struct hub_log *l;
};

struct leaf_out {
	struct digest *out;
	bool found;
};

static bool
take_leaf(void *ctx, uint64_t index, struct span record)
{
	struct leaf_out *o = ctx;

	(void)index;
	*o->out = leaf_hash(record);
	o->found = true;
	return false;
}

static enum err
source_leaf(void *ctx, uint64_t index, struct digest *out)
{
	struct source_ctx *s = ctx;
	struct leaf_out o = { out, false };
	enum err e = store_scan_records(s->h->parts.store, s->l->stored.id,
	    index, 1, take_leaf, &o);

	return e != ERR_NONE ? e : o.found ? ERR_NONE : ERR_NOT_FOUND;
}

static enum err
source_node(void *ctx, unsigned level, uint64_t n, struct digest *out)
{
	struct source_ctx *s = ctx;

	return store_get_node(s->h->parts.store, s->l->stored.id, level, n,
	    out);
}

struct tree_source
log_source(struct hub *h, struct hub_log *l)
{
	struct source_ctx *s = arena_alloc(&h->turn, sizeof *s);

	*s = (struct source_ctx){ h, l };
	return (struct tree_source){ source_leaf, source_node, s };
}

struct tree_source
hub_tree_source(struct hub *h, size_t i)
{
	return log_source(h, h->log[i]);
}

enum err
log_root_at(struct hub *h, struct hub_log *l, uint64_t size,
    struct digest *out)
{
	struct hub_root *slot = &h->roots[size % HUB_ROOTS];
	struct tree_source source;
	enum err e;

	if (size == l->tree.size) {
		if (l->dirty) /* the head is written at the turn's end */
			l->root = tree_root(&l->tree);
		*out = l->root;
		return ERR_NONE;
	}
	if (l == hub_own(h) && slot->size == size && size != 0) {
		*out = slot->root;
		return ERR_NONE;
	}
	source = log_source(h, l);
	e = tree_root_at(&source, size, out);
	if (e == ERR_NONE && l == hub_own(h))
		*slot = (struct hub_root){ size, *out };
	return e;
}

enum err
log_append(struct hub *h, struct hub_log *l, struct span record)
{
	struct digest leaf = leaf_hash(record);
	struct tree_done done = { 0 };
	enum err e = ERR_NONE;

	if (!hub_stage(h))
		return ERR_STATE;
	e = store_put_record(h->parts.store, l->stored.id, l->tree.size,
	    record);
	if (e != ERR_NONE)
		return e;
	tree_append(&l->tree, &leaf, &done);
	for (size_t i = 0; e == ERR_NONE && i < done.count; i++)
		e = store_put_node(h->parts.store, l->stored.id,
		    done.node[i].level, done.node[i].n, &done.node[i].hash);
	l->dirty = true;
	return e;
}

void
log_write_head(struct hub *h, struct hub_log *l)
{
	struct store_head head = { .size = l->tree.size,
		.checkpoint = buf_span(&l->checkpoint),
		.checkpoint_size = l->checkpoint_size,
		.cosigned_size = l->cosigned_size,
		.cosigned_time_s = l->cosigned_time_s, .flags = l->flags };
	struct buf frontier;
	uint64_t low;

	if (l->dirty)
		l->root = tree_root(&l->tree);
	head.root = l->root;
	head.bodies_low = ranges_min(&l->missing, &low) ? low : l->tree.size;
	buf_init(&frontier, TREE_BYTES);
	tree_write(&l->tree, &frontier);
	head.frontier = buf_span(&frontier);
	if (hub_stage(h))
		hub_write(h,
		    store_put_head(h->parts.store, l->stored.id, &head));
	buf_release(&frontier);
	l->dirty = false;
	l->dirty_lazy = false;
	h->state_known = false;
	if (l == hub_own(h))
		h->roots[l->tree.size % HUB_ROOTS] =
		    (struct hub_root){ l->tree.size, l->root };
}

void
log_write_head_lazy(struct hub *h, struct hub_log *l)
{
	l->dirty_lazy = true;
	(void)hub_stage_lazy(h); /* if not now, in a later turn */
}

/* --- sending --- */

void
hub_send(struct hub *h, struct hub_peer *p, unsigned klass, uint8_t type,
    struct span payload)
{
	struct hub_link *l = p->link;

	if (l == NULL)
		return;
	if (h->host.send(h->host.ctx, l->conn, klass, type, payload) !=
	    ERR_NONE)
		links_close(h, l, ERR_BUSY, "the queue to the peer is full",
		    false);
}

void
hub_send_later(struct hub *h, struct hub_peer *p, unsigned klass,
    uint8_t type, struct span payload)
{
	struct hub_frame_out *f = arena_alloc(&h->turn, sizeof *f);

	*f = (struct hub_frame_out){ p, klass, type,
		arena_copy(&h->turn, payload), NULL };
	*h->out_tail = f;
	h->out_tail = &f->next;
}

static void
flush_out(struct hub *h)
{
	for (struct hub_news *n = h->news; n != NULL; n = n->next)
		h->host.notify(h->host.ctx, &n->event);
	h->news = NULL;
	h->news_tail = &h->news;
	for (struct hub_frame_out *f = h->out; f != NULL; f = f->next)
		hub_send(h, f->peer, f->klass, f->type, f->payload);
	h->out = NULL;
	h->out_tail = &h->out;
}

/* What the receiver has made durable, or found wanting, no longer fills the
 * window. */
static void
return_credit(struct hub *h)
{
	for (struct hub_link *l = h->links, *next; l != NULL; l = next) {
		struct wire_credit m = { l->owe_bodies, l->owe_bytes };

		next = l->next;
		if (l->owe_bodies == 0)
			continue;
		l->owe_bodies = 0;
		l->owe_bytes = 0;
		if (l->peer->link != l)
			continue;
		buf_clear(&h->scratch);
		wire_write_credit(&m, &h->scratch);
		hub_send(h, l->peer, CLASS_CONTROL, WIRE_CREDIT,
		    buf_span(&h->scratch));
	}
}

/* --- failing --- */

static void
drop_turn(struct hub *h)
{
	h->arrivals = NULL;
	h->arrivals_tail = &h->arrivals;
	h->arrival_n = 0;
	h->out = NULL;
	h->out_tail = &h->out;
	h->news = NULL;
	h->news_tail = &h->news;
}

static void
close_all(struct hub *h, enum err why, const char *text)
{
	while (h->links != NULL)
		links_close(h, h->links, why, text, true);
}

/* See the disk again. The own checkpoint that was let go stands in the
 * sentinel, and may not have been stored yet. */
static enum err
load_again(struct hub *h)
{
	struct hub_log *own = hub_own(h);
	uint64_t released = h->released;
	struct span note = arena_copy(&h->turn, own_note(h, released));
	enum err e = load_all(h);

	h->released = released;
	if (e != ERR_NONE || note.n == 0 || own->checkpoint_size >= released)
		return e;
	buf_clear(&own->checkpoint);
	buf_put(&own->checkpoint, note);
	own->checkpoint_size = released;
	own->newest = released;
	own->dirty_lazy = true;
	return ERR_NONE;
}

/* Why the turn's writes did not come to be, for people. */
static const char *
why_failed(const struct hub *h, enum err e)
{
	struct registry_log found;

	if (e == ERR_CLOSED || e == ERR_TIMEOUT)
		return "the keeper process does not answer";
	if (registry_log_find(h->parts.registry, h->log[0]->stored.origin,
	    &found) == ERR_NOT_FOUND)
		return "no keyset of this team is among the documents: put "
		    "its card beside them, almenara network join, and start "
		    "again";
	return "writing to the store failed; it is not repeated";
}

/* The turn's writes did not come to be: forget them. */
void
hub_failed(struct hub *h, enum err e)
{
	bool was_ready = start_is(&h->start, START_READY);

	store_rollback(h->parts.store);
	h->in_transaction = false;
	h->must_commit = false;
	h->write_failed = false;
	h->lazy = false;
	drop_turn(h);
	gather_drop(h);
	if (e == ERR_FULL) {
		start_full(&h->start);
		h->probe_due.ms = h->now.mono.ms + HUB_PROBE_MS;
	} else {
		start_halt(&h->start, why_failed(h, e));
	}
	/* memory is ahead of what is durable, which alone may be shown */
	if (load_again(h) != ERR_NONE)
		start_halt(&h->start, "the store cannot be read");
	own_refuse(h, e == ERR_FULL ? ERR_FULL : ERR_STATE, h->start.why);
	close_all(h, e, "cannot write");
	if (was_ready || e != ERR_FULL)
		hub_notify(h, HUB_STATE, span_str(""),
		    hub_own(h)->stored.origin, 0, e, h->start.why);
}

bool
hub_commit(struct hub *h)
{
	enum err e;

	if (!h->in_transaction && !h->write_failed)
		return true;
	for (size_t i = 0; i < h->log_n; i++)
		if (h->log[i]->dirty_lazy)
			log_write_head(h, h->log[i]);
	e = h->write_failed ? h->write_err : ERR_NONE;
	if (e == ERR_NONE)
		e = store_commit(h->parts.store);
	if (e != ERR_NONE) {
		hub_failed(h, e);
		return false;
	}
	h->in_transaction = false;
	h->must_commit = false;
	h->lazy = false;
	for (size_t i = 0; i < h->peer_n; i++) {
		h->peer[i]->durable_receipts = h->peer[i]->receipts;
		h->peer[i]->durable_last = h->peer[i]->last_receipt;
	}
	return true;
}

/* --- the turn --- */

static void
write_heads(struct hub *h)
{
	for (size_t i = 0; i < h->log_n; i++) {
		struct hub_log *l = h->log[i];

		if (l->dirty)
			log_write_head(h, l);
		if (l->dirty_lazy)
			(void)hub_stage_lazy(h);
		if (l->fresh_dirty)
			receipts_save_fresh(h, l);
	}
}

struct stage {
	struct hub *h;
	struct keeper_job *jobs;
	size_t own; /* of the jobs; those of bodies follow */
};

/* The keeper has done some, and goes on with the next meanwhile. */
static void
stage_step(void *ctx, size_t first, size_t n)
{
	struct stage *s = ctx;
	size_t upto = first + n;

	if (first < s->own && upto >= s->own)
		own_stage(s->h, s->jobs);
	if (upto > s->own)
		bodies_stage(s->h, s->jobs + s->own, upto - s->own);
}

/* Steps 1 and 2. False if the turn has failed. */
static bool
make_durable(struct hub *h, struct keeper_job *jobs)
{
	struct stage s = { h, jobs, own_jobs(h, jobs, HUB_JOBS / 2) };
	size_t n = s.own + bodies_jobs(h, jobs + s.own, HUB_JOBS - s.own);
	enum err e = keeper_run_steps(h->parts.keeper, jobs, n, stage_step,
	    &s);

	if (e == ERR_NONE)
		bodies_stage(h, jobs + s.own, SIZE_MAX);
	for (size_t i = 0; i < n; i++)
		buf_release(&jobs[i].out);
	if (e != ERR_NONE) {
		hub_failed(h, e);
		return false;
	}
	receipts_mark(h);
	write_heads(h);
	if (!h->in_transaction && !h->write_failed)
		return true;
	return (!h->must_commit && !h->write_failed && !h->stopping &&
		   h->now.mono.ms < h->lazy_due.ms) ||
	    hub_commit(h);
}

/* Step 4: the sentinel has the checkpoint, then the log may be shown. */
static enum err
write_sentinel(struct hub *h, struct span sig)
{
	struct hub_log *own = hub_own(h);
	struct sentinel_state s = { .size = own->checkpoint_size,
		.root = own->root, .is_signed = true };
	enum err e;

	if (sig.n != sizeof s.signature)
		return ERR_SIGNATURE;
	memcpy(s.signature, sig.p, sig.n);
	memcpy(s.origin, h->config.origin.p, h->config.origin.n);
	e = sentinel_write(h->parts.sentinel, &s);
	if (e == ERR_NONE)
		h->released = own->checkpoint_size;
	return e;
}

/* Steps 3 and 4. False if the turn has failed. */
static bool
sign_durable(struct hub *h, struct keeper_job *jobs)
{
	struct receipts_plan *plan;
	struct span sig = span_str("");
	bool checkpoint;
	enum err e;
	size_t n;

	plan = receipts_plan(h, jobs, 0, HUB_JOBS, &n);
	checkpoint = n != 0 && jobs[0].what == KEEPER_SIGN_CHECKPOINT &&
	    jobs[0].key == KEEPER_LOG;
	e = keeper_run(h->parts.keeper, jobs, n);
	if (e == ERR_NONE && checkpoint)
		e = jobs[0].result;
	if (e == ERR_NONE && checkpoint)
		sig = arena_copy(&h->turn, buf_span(&jobs[0].out));
	if (e == ERR_NONE)
		receipts_done(h, plan, jobs);
	for (size_t i = 0; i < n; i++)
		buf_release(&jobs[i].out);
	/* what was staged lazily may have failed: the next commit says so */
	if (e == ERR_NONE && checkpoint)
		e = write_sentinel(h, sig);
	/* full or not: what is durable but cannot be released stops here */
	if (e != ERR_NONE)
		hub_failed(h, e == ERR_FULL ? ERR_IO : e);
	return e == ERR_NONE;
}

/* Is there room on the disk again? Something small is written to find out. */
static void
probe_room(struct hub *h)
{
	struct store *s = h->parts.store;
	unsigned char room[4096] = { 0 };

	if (!start_is(&h->start, START_FULL) ||
	    h->now.mono.ms < h->probe_due.ms)
		return;
	h->probe_due.ms = h->now.mono.ms + HUB_PROBE_MS;
	if (store_begin(s) != ERR_NONE)
		return;
	if (store_put_item(s, "probe", span_str("room"),
		span_of(room, sizeof room)) != ERR_NONE) {
		store_rollback(s);
		return;
	}
	if (store_commit(s) != ERR_NONE)
		return;
	start_room(&h->start);
	close_all(h, ERR_NONE, "there is room again");
	hub_notify(h, HUB_STATE, span_str(""), hub_own(h)->stored.origin, 0,
	    ERR_NONE, "there is room on the disk again");
}

static void
step_silence(struct hub *h)
{
	for (size_t i = 0; i < h->peer_n; i++) {
		struct hub_peer *p = h->peer[i];

		if (p->listed &&
		    silence_step(&p->silence, h->config.silent_ms,
			h->config.unreachable_ms, h->now.mono))
			hub_notify(h, HUB_SILENCE, span_str(p->team),
			    span_str(""), 0, ERR_NONE,
			    silence_name(p->silence.state));
	}
}

static void
step_clock(struct hub *h)
{
	enum trust_state was = h->trust.state;
	size_t peers = 0;

	for (size_t i = 0; i < h->peer_n; i++)
		peers += h->peer[i]->listed;
	if (!trust_step(&h->trust, peers, h->now))
		return;
	if (h->trust.state == TRUST_JUMPED)
		hub_notify(h, HUB_ALARM, span_str(""), span_str(""), 0,
		    ERR_STATE, "the clock of this node has jumped: what waits "
		    "for a time is not done until somebody says that it is "
		    "right (almenara clock accept) or peers agree with it");
	else if (was == TRUST_JUMPED || h->embargo.n != 0)
		hub_notify(h, HUB_CLOCK, h->config.team, span_str(""), 0,
		    ERR_NONE, "peers agree with the clock of this node: what "
		    "waits for a time goes on");
}

void
hub_turn(struct hub *h, struct now now)
{
	h->now = now;
	probe_room(h);
	if (start_step(&h->start, now.mono))
		hub_notify(h, HUB_STATE, span_str(""),
		    hub_own(h)->stored.origin, 0, ERR_NONE,
		    machine_name(&h->start.machine));
	step_silence(h);
	step_clock(h);
	erasure_step(h);
	embargoes_step(h);
	links_step(h);
	intake_step(h);
	frozen_step(h);
	rejudge_step(h);
	bodies_step(h);
	repair_step(h);
	fetch_step(h);
	sweep_step(h);
	former_step(h);
	seek_step(h);
	circles_step(h);
	keywant_step(h);
	gather_step(h);
	if (make_durable(h, h->jobs) && sign_durable(h, h->jobs)) {
		own_release(h);
		flush_out(h);
		return_credit(h);
		for (size_t i = 0; i < h->peer_n; i++)
			serve_pump(h, h->peer[i]);
	}
	drop_turn(h);
	epoch_step(h);
	memset(h->read, 0, sizeof h->read);
	arena_reset(&h->turn);
}

static void
sooner(struct mono *t, struct mono other)
{
	if (other.ms < t->ms)
		*t = other;
}

struct mono
hub_wake(const struct hub *h)
{
	struct mono t = { h->now.mono.ms + 1000 };

	if (h->pending != NULL && start_is(&h->start, START_READY))
		return h->now.mono;
	if (h->opens_n != 0 && start_may_write(&h->start))
		return h->now.mono;
	if (rejudge_is_due(h) && start_may_write(&h->start))
		return h->now.mono;
	if (start_is(&h->start, START_ASK) || h->opening.wanted)
		sooner(&t, (struct mono){ h->now.mono.ms + 20 });
	if (h->lazy)
		sooner(&t, h->lazy_due);
	if (h->gathered != NULL)
		sooner(&t, h->gather_due);
	for (size_t i = 0; i < h->peer_n; i++)
		sooner(&t, links_dial_due(h, h->peer[i]));
	if (h->erasure.is_due && start_may_write(&h->start))
		sooner(&t, h->erasure.at);
	sooner(&t, receipts_wake(h));
	sooner(&t, repair_wake(h));
	sooner(&t, fetch_wake(h));
	sooner(&t, sweep_wake(h));
	sooner(&t, keywant_wake(h));
	return t;
}

/* What a peer asks costs reads of the disk, what it tells costs signatures to
 * verify: more than a fast catch-up needs is a flood, and costs it the link.
 * A body that was wanted is not counted (bodies_take). */
static bool
is_flood(struct hub *h, struct hub_link *l, uint8_t type)
{
	static const uint8_t costs[WIRE_TYPE_COUNT] = {
		[WIRE_RECORDS_WANT] = 1, [WIRE_TILE_WANT] = 1,
		[WIRE_BODY_WANT] = 1, [WIRE_DOC_WANT] = 1, [WIRE_DOCS] = 1,
		[WIRE_HEADS] = 1, [WIRE_OFFER] = 1, [WIRE_EQUIVOCATION] = 1,
		[WIRE_BLOB_WANT] = 1, [WIRE_PUSH] = 1, [WIRE_TILE] = 1,
		[WIRE_BODY] = 1, [WIRE_DOC] = LIMIT_DOCUMENT_QUESTIONS };
	unsigned cost = type < WIRE_TYPE_COUNT ? costs[type] : 0;

	if (cost == 0)
		return false;
	if (h->now.mono.ms - l->asked_since.ms > 10000) {
		l->asked_since = h->now.mono;
		l->questions = 0;
	}
	l->questions += cost;
	return l->questions > LIMIT_QUESTIONS;
}

bool
hub_frame(struct hub *h, struct hub_link *l, uint8_t type,
    struct span payload, struct now now)
{
	static enum err (*const take[WIRE_TYPE_COUNT])(struct hub *h,
	    struct hub_link *l, struct span in) = {
		[WIRE_HELLO] = links_take_hello,
		[WIRE_DOCS] = links_take_docs,
		[WIRE_DOC_WANT] = links_take_doc_want,
		[WIRE_DOC] = links_take_doc,
		[WIRE_HEADS] = links_take_heads,
		[WIRE_RECORDS_WANT] = serve_records,
		[WIRE_PUSH] = intake_push,
		[WIRE_TILE_WANT] = serve_tile,
		[WIRE_TILE] = intake_tile,
		[WIRE_BODY] = bodies_take,
		[WIRE_BODY_WANT] = serve_body,
		[WIRE_BODY_NONE] = bodies_take_none,
		[WIRE_RECEIPT] = receipts_take,
		[WIRE_COSIGNATURE] = receipts_take_cosignature,
		[WIRE_HEARTBEAT] = receipts_take_heartbeat,
		[WIRE_OFFER] = bodies_take_offer,
		[WIRE_EQUIVOCATION] = frozen_take,
		[WIRE_BLOB_WANT] = fetch_serve,
		[WIRE_BLOB] = fetch_take,
	};
	struct wire_credit credit;
	enum err e = ERR_NONE;

	h->now = now;
	if (!l->hello && type != WIRE_HELLO && type != WIRE_BYE) {
		links_close(h, l, ERR_STATE, "a frame before HELLO", true);
		return false;
	}
	if (is_flood(h, l, type)) {
		links_close(h, l, ERR_LIMIT, "too many questions", true);
		return false;
	}
	/* what has come is dealt with before more is taken */
	if (type == WIRE_BODY && h->arrival_n >= HUB_ARRIVALS) {
		hub_turn(h, now);
		for (struct hub_link *x = h->links; x != l; x = x->next)
			if (x == NULL)
				return false;
	}
	if (type == WIRE_BYE) {
		links_bye(h, l, payload);
		return false;
	}
	if (type == WIRE_CREDIT) {
		e = wire_parse_credit(payload, &credit);
		if (e == ERR_NONE)
			delivery_credit(&l->peer->delivery, credit.bodies,
			    credit.bytes);
	} else if (type < WIRE_TYPE_COUNT && take[type] != NULL) {
		e = take[type](h, l, payload);
	} else {
		e = ERR_UNSUPPORTED;
	}
	for (struct hub_link *x = h->links; x != NULL; x = x->next) {
		if (x != l)
			continue;
		if (e == ERR_NONE)
			return true;
		links_close(h, l, e, wire_type_name(type), true);
		return false;
	}
	return false; /* closed by what the frame said */
}

struct hub_peer *
hub_find_peer(const struct hub *h, struct span team)
{
	for (size_t i = 0; i < h->peer_n; i++)
		if (span_is_str(team, h->peer[i]->team))
			return h->peer[i];
	return NULL;
}

struct hub_peer *
hub_find_node(const struct hub *h, struct span node)
{
	for (size_t i = 0; i < h->peer_n; i++)
		if (span_is_str(node, h->peer[i]->node))
			return h->peer[i];
	return NULL;
}

void
hub_stop(struct hub *h, struct now now)
{
	h->stopping = true;
	hub_turn(h, now);
	if (h->in_transaction)
		(void)hub_commit(h);
	own_refuse(h, ERR_CLOSED, "the node is stopping");
	close_all(h, ERR_CLOSED, "the node is stopping");
}
