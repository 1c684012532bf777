/* SPDX-License-Identifier: Apache-2.0
 *
 * Making a hub, and what others may read of it.
 */
#include "peer/hub_internal.h"

#include "base/limits.h"
#include "base/mem.h"
#include "ledger/checkpoint.h"
#include "ledger/cosignature.h"
#include "ledger/leaf.h"

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
	f->size = own->tree.size;
	f->root = tree_root(t);
	f->head_root = own->root;
	f->fence_size = own->cosigned_size;
	f->sentinel_held = h->parts.sentinel != NULL &&
	    sentinel_read(h->parts.sentinel, &s) == ERR_NONE;
	if (!f->sentinel_held)
		return ERR_NONE;
	f->sentinel_same_origin = span_is_str(h->config.origin, s.origin);
	f->sentinel_size = s.size;
	f->sentinel_root = s.root;
	if (s.size <= f->size && t->size == f->size)
		e = log_root_at(h, own, s.size, &f->root_at_sentinel);
	return e == ERR_NOT_FOUND ? ERR_NONE : e;
}

/* The power may have gone between a checkpoint and its sentinel. Nothing is
 * shown that the sentinel does not cover. */
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
	h->out_tail = &h->out;
	h->news_tail = &h->news;
	h->heartbeat_due = now.mono;
	h->witness_due = now.mono;
	buf_init(&h->scratch, LIMIT_FRAME);
	h->jobs = mem_array(HUB_JOBS, sizeof *h->jobs);
	copy_config(h, config);
	start_init(&h->start, config->ask_wait_ms, 0, now.mono);
	e = load_all(h);
	if (e == ERR_NONE)
		e = look_around(h, &found);
	if (e == ERR_NONE) {
		start_check(&h->start, &found);
		cover_checkpoint(h, &found);
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
	while (h->links != NULL) {
		struct hub_link *l = h->links;

		h->links = l->next;
		free(l);
	}
	for (size_t i = 0; i < h->peer_n; i++) {
		delivery_release(&h->peer[i]->delivery);
		free(h->peer[i]);
	}
	free(h->peer);
	load_release(h);
	buf_release(&h->scratch);
	free(h->jobs);
	arena_release(&h->turn);
	arena_release(&h->names);
	free(h);
}

/* --- reading --- */

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
		.newest = l->newest,
		.bodies_missing = ranges_count(&l->missing) };
	struct registry_log found;

	if (l->stored.role == STORE_MIRROR &&
	    registry_log_find(h->parts.registry, l->stored.origin, &found) ==
		ERR_NONE) {
		info.team = found.team->id;
		view.closed = found.log->closed;
		view.closed_size = found.log->size;
	}
	info.state = mirror_find_state(&view, l->newest,
	    (l->flags & STORE_FROZEN) != 0);
	return info;
}

size_t
hub_peer_count(const struct hub *h)
{
	return h->peer_n;
}

struct hub_peer_info
hub_peer(const struct hub *h, size_t i, struct now now)
{
	const struct hub_peer *p = h->peer[i];

	return (struct hub_peer_info){ .team = span_str(p->team),
		.node = span_str(p->node), .linked = p->link != NULL,
		.silence = p->silence.state,
		.heard_ms_ago = p->silence.state == SILENCE_UNKNOWN ||
			p->silence.time_s == 0 ?
		    -1 :
		    now.mono.ms - p->silence.heard.ms,
		.clock_off = p->silence.clock_off, .degraded = p->degraded,
		.due = delivery_count(&p->delivery), .receipts = p->receipts,
		.theirs_due = p->theirs_due };
}

bool
hub_is_delivered(const struct hub *h, struct span team, uint64_t index)
{
	const struct hub_peer *p = hub_find_peer(h, team);

	return p != NULL && index < h->released &&
	    !ranges_has(&p->delivery.due, index);
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

struct witness_scan {
	struct hub *h;
	struct arena *a;
	size_t need;
	uint64_t size;      /* being counted */
	size_t count;
	struct buf lines;
	uint64_t best_size; /* the largest with enough */
	struct buf best;
};

static void
settle_size(struct witness_scan *w)
{
	if (w->count < w->need)
		return;
	w->best_size = w->size;
	buf_clear(&w->best);
	buf_put(&w->best, buf_span(&w->lines));
}

/* Keys are u64 size and the node's name: by size, ascending. */
static bool
see_cosignature(void *ctx, struct span key, struct span value)
{
	struct witness_scan *w = ctx;
	struct registry_key found;
	struct note_key note;
	struct sign_public public;
	struct reader r;
	uint64_t size;

	reader_init(&r, key);
	size = reader_u64(&r);
	if (size != w->size) {
		settle_size(w);
		w->size = size;
		w->count = 0;
		buf_clear(&w->lines);
	}
	if (registry_cosign_find(w->h->parts.registry, reader_rest(&r), NULL,
		&found) != ERR_NONE)
		return true;
	public = jwk_sign_public(&found.key->key);
	if (note_key_registered(reader_rest(&r), NOTE_COSIGNATURE, &public, &note) ==
	    ERR_NONE) {
		note_line_write(&note, value, &w->lines);
		w->count++;
	}
	return true;
}

/* The own log's note for an old size was kept with the cosignatures. */
static enum err
own_line(struct hub *h, uint64_t size, struct buf *out)
{
	struct buf key;
	struct span note;
	enum err e;

	buf_init(&key, 8);
	buf_put_u64(&key, size);
	e = store_get_item(h->parts.store, "note", buf_span(&key), &h->turn,
	    &note);
	if (e == ERR_NONE)
		buf_put(out, note);
	buf_release(&key);
	return e;
}

enum err
hub_find_witnessed(struct hub *h, size_t i, size_t need, struct arena *a,
    struct span *note)
{
	struct witness_scan w = { .h = h, .a = a, .need = need };
	struct buf out;
	enum err e;

	if (i != 0)
		return ERR_NOT_FOUND; /* others' cosignatures go to origins */
	buf_init(&w.lines, LIMIT_NOTE);
	buf_init(&w.best, LIMIT_NOTE);
	buf_init(&out, LIMIT_NOTE);
	e = store_scan_items(h->parts.store, "cosignature", see_cosignature,
	    &w);
	settle_size(&w);
	if (e == ERR_NONE && w.best.n == 0)
		e = ERR_NOT_FOUND;
	if (e == ERR_NONE)
		e = own_line(h, w.best_size, &out);
	if (e == ERR_NONE) {
		buf_put(&out, buf_span(&w.best));
		*note = arena_copy(a, buf_span(&out));
	}
	buf_release(&w.lines);
	buf_release(&w.best);
	buf_release(&out);
	return e;
}
