/* SPDX-License-Identifier: Apache-2.0
 *
 * Making a hub, and what others may read of it.
 */
#include "peer/hub_inside.h"

#include "base/limits.h"
#include "base/mem.h"
#include "ledger/checkpoint.h"
#include "ledger/cosignature.h"
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
#include "peer/load.h"
#include "peer/own.h"
#include "peer/repair.h"
#include "peer/sweep.h"
#include "record/change.h"

#include <stdlib.h>

/* --- making --- */

static void
copy_config(struct hub *h, const struct hub_config *c)
{
	h->config = *c;
	h->config.team = arena_copy(&h->names, c->team);
	h->config.node = arena_copy(&h->names, c->node);
	h->config.origin = arena_copy(&h->names, c->origin);
	h->config.private_origin = arena_copy(&h->names, c->private_origin);
}

static bool
grow_tree(void *ctx, uint64_t index, struct span record)
{
	struct digest leaf = leaf_hash(record);
	struct tree *t = ctx;

	if (index != t->size)
		return false; /* a hole: the root will not match */
	tree_append(t, &leaf, NULL);
	return true;
}

/* Everything that start_check judges by; the records are all read. */
static enum err
look_around(struct hub *h, struct start_found *f)
{
	struct hub_log *own = hub_own(h);
	struct tree *t = arena_alloc(&h->turn, sizeof *t);
	struct sentinel_state s;
	enum err e;

	e = store_scan_records(h->parts.store, own->stored.id, 0,
	    own->tree.size, grow_tree, t);
	if (e != ERR_NONE)
		return e;
	f->frozen = (own->flags & STORE_FROZEN) != 0;
	f->size = own->tree.size;
	f->root = tree_root(t);
	f->head_root = own->root;
	f->fence_size = own->cosigned_size;
	f->restored = epoch_is_restored(h);
	f->sentinel_held = h->parts.sentinel != NULL &&
	    sentinel_read(h->parts.sentinel, &s) == ERR_NONE;
	if (!f->sentinel_held)
		return ERR_NONE;
	if (epoch_is_fresh(h, span_str(s.origin))) {
		/* the power went between the new log and its sentinel */
		s = (struct sentinel_state){ .root = tree_empty_root() };
		memcpy(s.origin, h->config.origin.p, h->config.origin.n);
		e = sentinel_write(h->parts.sentinel, &s);
		if (e != ERR_NONE)
			return e;
	}
	/* one that was made in place of a lost one says so */
	f->sentinel_held = s.origin[0] != '\0';
	f->sentinel_same_origin = span_is_str(h->config.origin, s.origin);
	f->sentinel_size = s.size;
	f->sentinel_root = s.root;
	if (s.size <= f->size && t->size == f->size)
		e = log_root_at(h, own, s.size, &f->root_at_sentinel);
	return e == ERR_NOT_FOUND ? ERR_NONE : e;
}

/* The power may have gone before the store had the newest checkpoint, which
 * the sentinel has. */
static void
adopt_checkpoint(struct hub *h)
{
	struct hub_log *own = hub_own(h);
	struct checkpoint c = { own->stored.origin, own->tree.size, own->root };
	struct registry_log found;
	struct sentinel_state s;
	struct buf text;
	bool good;

	if (!start_is(&h->start, START_ASK) ||
	    own->checkpoint_size >= own->tree.size ||
	    sentinel_read(h->parts.sentinel, &s) != ERR_NONE || !s.is_signed ||
	    s.size != c.size || !digest_is_equal(&s.root, &c.root) ||
	    registry_log_find(h->parts.registry, c.origin, &found) != ERR_NONE)
		return;
	buf_init(&text, CHECKPOINT_TEXT_MAX);
	checkpoint_write(&c, &text);
	good = sign_check(&found.log->key, buf_span(&text), s.signature);
	buf_release(&text);
	/* by another key: the keeper signs it anew */
	if (good && own_checkpoint(h, own, span_of(s.signature,
				       sizeof s.signature)) == ERR_NONE)
		h->released = own->checkpoint_size;
}

/* A store of an earlier moment may have one that the sentinel does not cover.
 * Nothing of that is shown. */
static void
cover_checkpoint(struct hub *h, const struct start_found *f)
{
	struct hub_log *own = hub_own(h);
	struct sentinel_state s = { .size = own->checkpoint_size };
	enum err e;

	if (!start_is(&h->start, START_ASK) || f->sentinel_size >= s.size)
		return;
	memcpy(s.origin, h->config.origin.p, h->config.origin.n);
	e = log_root_at(h, own, s.size, &s.root);
	if (e == ERR_NONE)
		e = sentinel_write(h->parts.sentinel, &s);
	if (e != ERR_NONE)
		start_halt(&h->start, "the sentinel could not be written");
}

enum err
hub_create(const struct hub_config *config, const struct hub_parts *parts,
    const struct hub_host *host, struct now now, struct hub **out)
{
	struct hub *h = mem_alloc(sizeof *h);
	struct start_found found = { 0 };
	enum err e;

	h->parts = *parts;
	h->host = *host;
	h->now = now;
	h->pending_tail = &h->pending;
	h->arrivals_tail = &h->arrivals;
	h->gathered_tail = &h->gathered;
	h->out_tail = &h->out;
	h->news_tail = &h->news;
	h->heartbeat_due = now.mono;
	h->witness_due = now.mono;
	buf_init(&h->scratch, LIMIT_FRAME);
	h->jobs = mem_array(HUB_JOBS, sizeof *h->jobs);
	sweep_create(h);
	copy_config(h, config);
	start_init(&h->start, config->ask_wait_ms, 0, now.mono);
	e = load_all(h);
	for (size_t i = 0; i < h->log_n; i++)
		h->log[i]->boot_size = h->log[i]->tree.size;
	if (e == ERR_NONE)
		e = embargoes_load(h);
	erasure_load(h);
	if (e == ERR_NONE)
		e = look_around(h, &found);
	if (e == ERR_NONE) {
		start_check(&h->start, &found);
		cover_checkpoint(h, &found);
		adopt_checkpoint(h);
		(void)registry_alarms(h->parts.registry, &h->alarms);
		epoch_judge(h);
	}
	arena_reset(&h->turn);
	if (e != ERR_NONE) {
		hub_free(h);
		return e;
	}
	*out = h;
	return ERR_NONE;
}

void
hub_free(struct hub *h)
{
	if (h == NULL)
		return;
	if (h->in_transaction)
		store_rollback(h->parts.store);
	own_refuse(h, ERR_CLOSED, "the node is stopping");
	fetch_release(h);
	sweep_free(h);
	if (h->opening.wanted)
		h->opening.done(h->opening.ctx, &(struct hub_appended){
			.err = ERR_CLOSED, .text = "the node is stopping" });
	while (h->links != NULL) {
		struct hub_link *l = h->links;

		h->links = l->next;
		free(l);
	}
	for (size_t i = 0; i < h->peer_n; i++) {
		delivery_release(&h->peer[i]->delivery);
		former_release(h->peer[i]);
		free(h->peer[i]);
	}
	free(h->peer);
	gather_drop(h);
	load_release(h);
	embargo_release(&h->embargo);
	circles_release(h);
	buf_release(&h->scratch);
	free(h->jobs);
	arena_release(&h->turn);
	arena_release(&h->names);
	free(h);
}

/* --- reading --- */

enum trust_state
hub_clock(const struct hub *h)
{
	return h->trust.state;
}

void
hub_clock_confirm(struct hub *h, struct now now)
{
	trust_confirm(&h->trust, now);
}

void
hub_set_cover(struct hub *h, uint8_t cover)
{
	h->cover = cover & WIRE_COVER_ALL;
}

const struct start *
hub_start(const struct hub *h)
{
	return &h->start;
}

size_t
hub_log_count(const struct hub *h)
{
	return h->log_n;
}

struct hub_log_info
hub_log(const struct hub *h, size_t i)
{
	const struct hub_log *l = h->log[i];
	struct mirror_view view = { .size = l->tree.size };
	struct hub_log_info info = { .id = l->stored.id,
		.role = l->stored.role, .origin = l->stored.origin,
		.team = h->config.team, .size = l->tree.size,
		.root = l->root, .checkpoint = buf_span(&l->checkpoint),
		.newest = l->newest, .disputed = l->disputed,
		.astray = l->astray,
		.bodies_missing = ranges_count(&l->missing) };
	struct registry_log found;

	if (l->stored.role == STORE_MIRROR &&
	    registry_log_find(h->parts.registry, l->stored.origin, &found) ==
		ERR_NONE) {
		info.team = found.team->id;
		view.closed = found.log->closed;
		view.closed_size = found.log->size;
	}
	info.state = mirror_find_state(&view, l->newest, frozen_is(h, l));
	return info;
}

size_t
hub_peer_count(const struct hub *h)
{
	return h->peer_n;
}

static bool
has_frozen_log(const struct hub *h, const struct hub_peer *p)
{
	for (size_t i = 2; i < h->log_n; i++) {
		struct registry_log found;

		if (frozen_is(h, h->log[i]) &&
		    registry_log_find(h->parts.registry,
			h->log[i]->stored.origin, &found) == ERR_NONE &&
		    span_is_str(found.team->id, p->team))
			return true;
	}
	return false;
}

struct hub_peer_info
hub_peer(const struct hub *h, size_t i, struct now now)
{
	const struct hub_peer *p = h->peer[i];
	uint64_t due = delivery_count(&p->delivery), from = 0;

	(void)ranges_min(&p->delivery.due, &from);
	for (size_t k = 0; k < p->debt_n; k++)
		due += former_due(&p->debt[k]);
	return (struct hub_peer_info){ .team = span_str(p->team),
		.node = span_str(p->node), .linked = p->link != NULL,
		.shuts_out = p->shuts_out,
		.silence = p->silence.state,
		.heard_ms_ago = p->silence.state == SILENCE_UNKNOWN ||
			p->silence.time_s == 0 ?
		    -1 :
		    now.mono.ms - p->silence.heard.ms,
		.frozen = has_frozen_log(h, p), .confirmed = p->confirmed,
		.clock_off = p->silence.clock_off, .degraded = p->degraded,
		.cover = p->cover,
		.due = due, .due_from = from, .receipts = p->receipts,
		.last_of = p->last_of,
		.theirs_due = p->theirs_due };
}

bool
hub_is_delivered(const struct hub *h, uint32_t log, struct span team,
    uint64_t index)
{
	const struct hub_peer *p = hub_find_peer(h, team);

	if (p != NULL && log == hub_own(h)->stored.id)
		return index < h->released &&
		    !ranges_has(&p->delivery.due, index);
	for (size_t i = 0; p != NULL && i < p->debt_n; i++)
		if (p->debt[i].log->stored.id == log)
			return index < p->debt[i].log->tree.size &&
			    !ranges_has(&p->debt[i].due, index);
	return false;
}

bool
hub_is_sent(const struct hub *h, struct span team, uint64_t index)
{
	const struct hub_peer *p = hub_find_peer(h, team);

	return p != NULL && ranges_has(&p->delivery.sent, index);
}

enum err
hub_read_entry(struct hub *h, uint32_t log, uint64_t index, struct arena *a,
    struct store_body *body, struct span *jws)
{
	struct hub_log *l = NULL;
	struct buf text;
	enum err e = store_get_body(h->parts.store, log, index, a, body);

	for (size_t i = 0; i < h->log_n; i++)
		if (h->log[i]->stored.id == log)
			l = h->log[i];
	if (l == NULL)
		return ERR_NOT_FOUND;
	if (e == ERR_DAMAGED)
		repair_lost(h, l, index);
	if (e != ERR_NONE)
		return e;
	if (body->opened.n == 0) {
		/* open entries are their own text */
		if (body->bytes.n == 0 || bodies_is_sealed(h, l, index))
			return ERR_DECRYPT;
		*jws = body->bytes;
		return ERR_NONE;
	}
	buf_init(&text, LIMIT_CONTAINER);
	e = own_unwrap(h, l, index, body->opened, &text);
	if (e == ERR_NONE)
		*jws = arena_copy(a, buf_span(&text));
	if (text.p != NULL)
		explicit_bzero(text.p, text.cap);
	buf_release(&text);
	return e;
}

/* --- witnessed checkpoints --- */

enum { WITNESSES_MAX = 64 }; /* signature lines of a note */

struct witness_line {
	struct span node;
	struct span sig;
};

/* The cosignatures of one size: the first above `above` that has `need`. */
struct witness_scan {
	struct arena *a;
	size_t need;
	uint64_t above;
	uint64_t size;
	size_t n;
	struct witness_line line[WITNESSES_MAX];
};

/* Keys are u64 size and the node's name: by size, ascending. */
static bool
see_cosignature(void *ctx, struct span key, struct span value)
{
	struct witness_scan *w = ctx;
	struct reader r;
	uint64_t size;

	reader_init(&r, key);
	size = reader_u64(&r);
	if (size <= w->above)
		return true;
	if (size != w->size) {
		if (w->n >= w->need)
			return false;
		w->size = size;
		w->n = 0;
		arena_reset(w->a);
	}
	if (w->n < WITNESSES_MAX)
		w->line[w->n++] = (struct witness_line){
			arena_copy(w->a, reader_rest(&r)),
			arena_copy(w->a, value)
		};
	return true;
}

/* The own log's note for an old size was kept with the cosignatures; one of
 * an epoch that was closed is of no use. */
static enum err
own_line(struct hub *h, uint64_t size, struct arena *a, struct span *text,
    struct buf *out)
{
	struct checkpoint c = { 0 };
	struct digest root;
	struct span note;
	struct buf b;
	enum err e;

	buf_init(&b, CHECKPOINT_TEXT_MAX);
	buf_put_u64(&b, size);
	e = store_get_item(h->parts.store, "note", buf_span(&b), a, &note);
	if (e == ERR_NONE)
		e = checkpoint_read(note, &c, NULL);
	if (e == ERR_NONE)
		e = log_root_at(h, hub_own(h), size, &root);
	if (e == ERR_NONE &&
	    (!span_is_equal(c.origin, hub_own(h)->stored.origin) ||
		c.size != size || !digest_is_equal(&c.root, &root)))
		e = ERR_NOT_FOUND;
	if (e == ERR_NONE) {
		buf_clear(&b);
		checkpoint_write(&c, &b);
		*text = arena_copy(a, buf_span(&b));
		buf_put(out, note);
	}
	buf_release(&b);
	return e;
}

/* By which of its node's keys is this line good? */
static bool
find_cosigner(const struct hub *h, const struct witness_line *line,
    struct span text, struct registry_key *out)
{
	struct registry_key key[LIMIT_KEYS_PER_NODE];
	size_t n = line->sig.n != COSIGNATURE_BYTES ? 0 :
	    registry_cosign_keys(h->parts.registry, line->node, key,
		LIMIT_KEYS_PER_NODE);

	for (size_t i = 0; i < n; i++) {
		struct sign_public public = jwk_sign_public(&key[i].key->key);

		if (cosignature_check(&public, text, line->sig.p)) {
			*out = key[i];
			return true;
		}
	}
	return false;
}

/* Add the lines that are good by the keys of today, one a team: a note with a
 * bad signature by a key that is known is refused as a whole, and keys come
 * and go after they signed. */
static size_t
add_witnesses(const struct hub *h, const struct witness_scan *w,
    struct span text, struct buf *note)
{
	const struct team *seen[WITNESSES_MAX];
	size_t n = 0;

	for (size_t i = 0; i < w->n; i++) {
		const struct witness_line *line = &w->line[i];
		struct registry_key found;
		struct sign_public public;
		struct note_key key;
		size_t j = 0;

		if (!find_cosigner(h, line, text, &found))
			continue;
		while (j < n && seen[j] != found.team)
			j++;
		public = jwk_sign_public(&found.key->key);
		if (j < n || note_key_registered(line->node, NOTE_COSIGNATURE, &public,
			&key) != ERR_NONE)
			continue;
		note_line_write(&key, line->sig, note);
		seen[n++] = found.team;
	}
	return n;
}

enum err
hub_find_witnessed(struct hub *h, uint64_t index, size_t need, struct arena *a,
    struct span *note, size_t *count)
{
	struct arena lines = { 0 }; /* of one size at a time */
	struct witness_scan w = { .a = &lines, .need = need, .above = index };
	struct span text;
	struct buf out, from;
	size_t n = 0;
	enum err e;

	buf_init(&out, LIMIT_NOTE);
	buf_init(&from, 8);
	do {
		w.n = n = 0;
		buf_clear(&from);
		buf_put_u64(&from, w.above + 1);
		e = store_scan_items_from(h->parts.store, "cosignature",
		    buf_span(&from), see_cosignature, &w);
		if (e == ERR_NONE &&
		    (w.n < need || w.size > hub_own(h)->checkpoint_size))
			e = ERR_NOT_FOUND;
		buf_clear(&out);
		if (e == ERR_NONE && own_line(h, w.size, a, &text, &out) ==
			ERR_NONE)
			n = add_witnesses(h, &w, text, &out);
		w.above = w.size;
	} while (e == ERR_NONE && n < need);
	if (e == ERR_NONE) {
		*note = arena_copy(a, buf_span(&out));
		*count = n;
	}
	arena_release(&lines);
	buf_release(&from);
	buf_release(&out);
	return e;
}

/* --- where a stolen key is cut --- */

struct cut_scan {
	struct hub *h;
	struct seen_cosignature *seen;
	size_t n, cap;
};

static bool
see_for_cut(void *ctx, struct span key, struct span value)
{
	struct cut_scan *w = ctx;
	const struct team *team = NULL;
	struct reader r;
	uint64_t size;

	reader_init(&r, key);
	size = reader_u64(&r);
	if (value.n != COSIGNATURE_BYTES ||
	    registry_node_find(w->h->parts.registry, reader_rest(&r),
		&team) == NULL)
		return true;
	if (w->n == w->cap) {
		w->cap = w->cap * 2 + 64;
		w->seen = mem_grow(w->seen, w->cap * sizeof *w->seen);
	}
	w->seen[w->n++] = (struct seen_cosignature){ size,
		cosignature_time(value.p), team->id };
	return true;
}

enum err
hub_cut(struct hub *h, size_t least, uint64_t time_s, uint64_t *size)
{
	struct cut_scan w = { .h = h };
	enum err e = store_scan_items(h->parts.store, "cosignature",
	    see_for_cut, &w);

	if (least > h->peer_n)
		least = h->peer_n;
	if (e == ERR_NONE)
		*size = change_cut(w.seen, w.n, least, time_s);
	free(w.seen);
	return e;
}
