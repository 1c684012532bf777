/* SPDX-License-Identifier: Apache-2.0
 *
 * Records of other origins: a pushed run, or tiles for a large gap. Nothing
 * is stored before it leads to a checkpoint signed by the origin's log key.
 * Validation steps 3 to 6 of doc/protocol.md; a failure drops the link.
 */
#include "peer/intake.h"

#include "base/limits.h"
#include "ledger/checkpoint.h"
#include "ledger/leaf.h"
#include "ledger/tile.h"
#include "peer/former.h"
#include "peer/frozen.h"
#include "peer/load.h"
#include "peer/seek.h"

/* --- checkpoints --- */

/* Steps 3 and 4: the note is signed by the key of that log. */
static enum err
check_note(struct hub *h, struct span origin, struct span note,
    struct checkpoint *out, struct registry_log *found)
{
	struct note_key key;
	enum err e = registry_log_find(h->parts.registry, origin, found);

	if (e == ERR_NONE)
		e = note_key_registered(origin, NOTE_ED25519, &found->log->key, &key);
	if (e == ERR_NONE)
		e = checkpoint_check(note, &key, out, NULL);
	return e;
}

static enum err
view_of(struct hub *h, struct hub_log *l, const struct registry_log *found,
    uint64_t size, struct mirror_view *out)
{
	*out = (struct mirror_view){ .size = l->tree.size,
		.closed = found->log->closed,
		.closed_size = found->log->size };
	return log_root_at(h, l, size < l->tree.size ? size : l->tree.size,
	    &out->root_there);
}

static void
keep_checkpoint(struct hub_log *l, struct span note, uint64_t size)
{
	buf_clear(&l->checkpoint);
	buf_put(&l->checkpoint, note);
	l->checkpoint_size = size;
	if (size > l->newest)
		l->newest = size;
	l->dirty = true;
}

/* --- filling gaps --- */

void
intake_forget(struct hub *h, struct hub_peer *p)
{
	for (size_t i = 0; i < h->log_n; i++)
		if (h->log[i]->filler == p)
			h->log[i]->filler = NULL;
	frozen_forget(h, p);
}

/* `l` shows a size of which we have the records and no checkpoint. */
void
intake_note(struct hub *h, struct hub_log *log, struct hub_link *l)
{
	struct wire_records_want m = { log->stored.origin, log->tree.size };

	buf_clear(&h->scratch);
	wire_write_records_want(&m, &h->scratch);
	hub_send(h, l->peer, CLASS_RECORDS, WIRE_RECORDS_WANT,
	    buf_span(&h->scratch));
}

static void
want_records(struct hub *h, struct hub_log *log, struct hub_link *l)
{
	log->filler = l->peer;
	log->fill_from = log->tree.size;
	log->fill_until.ms = h->now.mono.ms + HUB_FILL_MS;
	intake_note(h, log, l);
}

/* The number under which a wanted tile is remembered as asked for. */
static uint64_t
tile_number(const struct tile *t)
{
	return (uint64_t)(t->entries ? 15 : t->level) << 56 | t->n << 9 |
	    t->width;
}

static void
want_tiles(struct hub *h, struct hub_log *log)
{
	struct tile t[HUB_TILES_ASKED];
	size_t n = climb_want(log->climb, t, HUB_TILES_ASKED);

	for (size_t i = 0; i < n && log->filler != NULL; i++) {
		struct wire_tile m = { .origin = log->stored.origin,
			.size = log->climb_size, .entries = t[i].entries,
			.level = (uint8_t)t[i].level, .n = t[i].n,
			.width = (uint16_t)t[i].width };
		uint64_t number = tile_number(&t[i]);

		if (ranges_has(&log->tiles_asked, number))
			continue;
		ranges_add(&log->tiles_asked, number, number);
		buf_clear(&h->scratch);
		wire_write_tile(&m, false, &h->scratch);
		hub_send(h, log->filler, CLASS_RECORDS, WIRE_TILE_WANT,
		    buf_span(&h->scratch));
	}
}

static void
drop_climb(struct hub_log *log)
{
	climb_free(log->climb);
	log->climb = NULL;
	ranges_clear(&log->tiles_asked);
	log->filler = NULL;
}

static void
start_climb(struct hub *h, struct hub_log *log, struct hub_link *l,
    const struct checkpoint *c, struct span note)
{
	if (log->climb != NULL && log->filler != NULL)
		return; /* one climb at a time; the next follows it */
	drop_climb(log);
	log->climb_compared = log->tree.size == 0;
	log->climb = climb_create(log->tree.size, c->size, &c->root);
	log->climb_size = c->size;
	buf_clear(&log->climb_note);
	buf_put(&log->climb_note, note);
	log->filler = l->peer;
	log->fill_until.ms = h->now.mono.ms + HUB_FILL_MS;
	want_tiles(h, log);
}

/* `l` holds `log` up to `size`, which is more than we do. */
void
intake_behind(struct hub *h, struct hub_log *log, struct hub_link *l,
    uint64_t size)
{
	if (size <= log->tree.size || log->filler != NULL ||
	    h->now.mono.ms < l->peer->unfit_until.ms)
		return;
	want_records(h, log, l);
}

/* It said that it holds more, and nothing came of it: others are asked, and it
 * not, for longer and longer. */
static void
unfit(struct hub *h, struct hub_peer *p)
{
	p->unfit_until.ms = h->now.mono.ms +
	    ((int64_t)HUB_UNFIT_MS << (p->unfit < 6 ? p->unfit : 6));
	p->unfit++;
}

void
intake_step(struct hub *h)
{
	for (size_t i = 2; i < h->log_n; i++) {
		struct hub_log *log = h->log[i];

		if (log->filler == NULL ||
		    h->now.mono.ms < log->fill_until.ms)
			continue;
		/* too slow: HEADS of the others will offer another way */
		unfit(h, log->filler);
		drop_climb(log);
		h->state_known = false;
		for (struct hub_link *l = h->links; l != NULL; l = l->next)
			l->heads_ever = false;
	}
}

/* --- records that come --- */

/* An open record means a body that is due here. */
static enum err
take_record(struct hub *h, struct hub_log *log, struct span record)
{
	uint64_t index = log->tree.size;
	struct leaf leaf;
	enum err e = leaf_parse(record, &leaf);

	if (e == ERR_NONE)
		e = log_append(h, log, record);
	if (e == ERR_NONE)
		seek_record(log, index, record);
	if (e == ERR_NONE && former_is(h, log)) {
		ranges_add(&log->missing, index, index);
		if (!leaf.sealed)
			ranges_add(&log->open, index, index);
	} else if (e == ERR_NONE && !leaf.sealed) {
		ranges_add(&log->missing, index, index);
		cadence_add(&log->cadence, false, h->now.mono);
	}
	return e;
}

/* Step 6: the records, from the frontier held, give the signed root
 * (ERR_PROOF). */
static enum err
recompute(const struct hub_log *log, const struct wire_push *m,
    const struct checkpoint *c)
{
	struct tree t = log->tree;
	struct digest root, leaf;
	struct reader r;

	reader_init(&r, m->records);
	for (uint64_t i = m->first; i < c->size; i++) {
		struct span record = reader_span8(&r, UINT8_MAX);
		struct leaf parsed;

		if (i < log->tree.size)
			continue;
		if (leaf_parse(record, &parsed) != ERR_NONE)
			return ERR_SYNTAX;
		leaf = leaf_hash(record);
		tree_append(&t, &leaf, NULL);
	}
	root = tree_root(&t);
	return digest_is_equal(&root, &c->root) ? ERR_NONE : ERR_PROOF;
}

static void
apply(struct hub *h, struct hub_log *log, const struct wire_push *m,
    const struct checkpoint *c)
{
	uint64_t held = log->tree.size;
	struct reader r;

	if (log->said_size <= held) {
		log->late_from = held;
		log->late_s = log->said_s;
	}
	reader_init(&r, m->records);
	for (uint64_t i = m->first; i < c->size; i++) {
		struct span record = reader_span8(&r, UINT8_MAX);

		if (i >= held)
			hub_write(h, take_record(h, log, record));
	}
	if (log->filler != NULL)
		log->filler->unfit = 0;
	keep_checkpoint(log, m->note, c->size);
	if ((m->flags & WIRE_PUSH_WITNESS) != 0)
		log->witness = true;
	if (log->filler != NULL && log->climb == NULL)
		log->filler = NULL;
}

/* A checkpoint of our own log: proof that we are behind ourselves? */
static enum err
own_from_peer(struct hub *h, struct hub_link *l, const struct checkpoint *c,
    struct span note)
{
	struct hub_log *own = hub_own(h);
	struct digest root;
	enum err e;

	if (c->size <= own->tree.size) {
		e = log_root_at(h, own, c->size, &root);
		if (e != ERR_NONE)
			return ERR_NONE; /* our trouble, not the peer's */
		if (digest_is_equal(&root, &c->root))
			return ERR_NONE;
		frozen_contradicted(h, own, l, note, c->size);
	}
	if (c->size > h->best_size) {
		h->best_size = c->size;
		h->best_root = c->root;
	}
	if (start_proved_behind(&h->start, l->peer->team, c->size,
	    own->tree.size))
		hub_notify(h, HUB_STATE, span_str(l->peer->team),
		    own->stored.origin, c->size, ERR_RESTORED, h->start.why);
	return ERR_NONE;
}

static enum err
judge(struct hub *h, struct hub_link *l, struct hub_log *log,
    const struct wire_push *m, const struct checkpoint *c,
    const struct registry_log *found)
{
	struct mirror_offer offer = { c->size, c->root, m->first, m->count };
	struct mirror_view view;
	enum err e = view_of(h, log, found, c->size, &view);

	if (e != ERR_NONE)
		return ERR_NONE; /* our store's trouble */
	if (!frozen_takes(h, log, c->size, &c->root)) {
		if (frozen_is(h, log))
			frozen_tell(h, log, l);
		return ERR_NONE;
	}
	if (!budget_take(&log->budget, c->size, h->now.mono)) {
		if (!log->throttled)
			hub_notify(h, HUB_ALARM, span_str(l->peer->team),
			    log->stored.origin, c->size, ERR_LIMIT,
			    "the log grows faster than any should: what is "
			    "new of it waits");
		log->throttled = true;
		return ERR_NONE;
	}
	log->throttled = false;
	if (c->size > log->newest)
		log->newest = c->size;
	switch (mirror_judge(&view, &offer)) {
	case MIRROR_APPLY:
		if (log->climb != NULL)
			return ERR_NONE;
		e = recompute(log, m, c);
		if (e == ERR_NONE)
			apply(h, log, m, c);
		return e == ERR_PROOF ? frozen_suspect(h, log, l) : e;
	case MIRROR_WANT_RECORDS:
		if (log->filler == NULL)
			want_records(h, log, l);
		return ERR_NONE;
	case MIRROR_WANT_TILES:
		start_climb(h, log, l, c, m->note);
		return ERR_NONE;
	case MIRROR_CONTRADICTS:
		frozen_contradicted(h, log, l, m->note, c->size);
		return ERR_NONE;
	case MIRROR_KNOWN:
		if (log->filler == l->peer && log->climb == NULL &&
		    c->size <= log->fill_from) {
			unfit(h, l->peer); /* it holds no more than we did */
			log->filler = NULL;
		}
		if (c->size > log->checkpoint_size && log->climb == NULL)
			keep_checkpoint(log, m->note, c->size);
		return ERR_NONE;
	case MIRROR_BEYOND:
		break;
	}
	return ERR_NONE;
}

enum err
intake_push(struct hub *h, struct hub_link *l, struct span in)
{
	struct registry_log found;
	struct checkpoint c;
	struct wire_push m;
	struct hub_log *log;
	enum err e = wire_parse_push(in, &m);

	if (e != ERR_NONE)
		return e;
	log = hub_find_log(h, m.origin);
	if (log != NULL && log->stored.role == STORE_PRIVATE)
		return ERR_AUDIENCE;
	if (registry_log_find(h->parts.registry, m.origin, &found) !=
	    ERR_NONE)
		return ERR_NONE; /* its keyset is on its way */
	e = check_note(h, m.origin, m.note, &c, &found);
	if (e != ERR_NONE || c.size < m.first + m.count)
		return e != ERR_NONE ? e : ERR_SYNTAX;
	if (log == hub_own(h))
		return own_from_peer(h, l, &c, m.note);
	if (!start_may_write(&h->start) || (log == NULL && c.size == 0))
		return ERR_NONE;
	log = load_mirror(h, m.origin);
	if (log == NULL)
		return ERR_NONE;
	seek_hear(h, log, l->peer, c.size);
	return judge(h, l, log, &m, &c, &found);
}

/* --- tiles that come --- */

static void
finish_climb(struct hub *h, struct hub_log *log, struct hub_peer *from)
{
	struct wire_head head = { log->stored.origin, log->climb_size,
		tree_root(&log->tree) };
	struct buf out;

	keep_checkpoint(log, buf_span(&log->climb_note), log->climb_size);
	drop_climb(log);
	/* the origin may now send bodies for what we hold */
	buf_init(&out, 512);
	buf_put_u16(&out, 1);
	wire_write_head(&head, &out);
	hub_send_later(h, from, CLASS_RECORDS, WIRE_HEADS, buf_span(&out));
	buf_release(&out);
}

/* ERR_CONFLICT: a record is not that which is held. */
static enum err
take_bundle(struct hub *h, struct hub_log *log, const struct wire_tile *m)
{
	struct tree_source source = log_source(h, log);
	uint64_t index = m->n * TILE_WIDTH, held = log->tree.size;
	struct span rest = m->bytes, record;
	struct digest ours, leaf;
	enum err e = ERR_NONE;

	if (index > held)
		return ERR_STATE;
	for (; e == ERR_NONE && rest.n != 0; index++) {
		e = tile_bundle_step(&rest, &record);
		if (e == ERR_NONE && index >= held) {
			e = take_record(h, log, record);
			continue;
		}
		if (e == ERR_NONE)
			e = source.leaf(source.ctx, index, &ours);
		leaf = leaf_hash(record);
		if (e == ERR_NONE && !digest_is_equal(&ours, &leaf))
			e = ERR_CONFLICT;
	}
	return e;
}

/* What leads to the signed root must go on from what is held. ERR_CONFLICT:
 * it does not. */
static enum err
compare_climb(struct hub *h, struct hub_log *log)
{
	struct tree_source source = log_source(h, log);
	uint64_t first, end;
	enum err e = log->climb_compared ? ERR_STATE :
	    climb_compare(log->climb, &source, &first, &end);

	log->climb_compared = log->climb_compared || e == ERR_NONE;
	return e == ERR_CONFLICT ? e : ERR_NONE;
}

enum err
intake_tile(struct hub *h, struct hub_link *l, struct span in)
{
	struct wire_tile m;
	struct hub_log *log;
	struct tile t;
	enum err e = wire_parse_tile(in, true, &m);

	if (e != ERR_NONE)
		return e;
	log = hub_find_log(h, m.origin);
	t = (struct tile){ m.entries, m.level, m.n, m.width };
	if (log != NULL && log->fork != NULL) {
		frozen_tile(h, log, l, &t, &m);
		return ERR_NONE;
	}
	if (log == NULL || log->climb == NULL || log->filler != l->peer ||
	    m.size != log->climb_size || !hub_stage(h))
		return ERR_NONE; /* late: asked for under another plan */
	if (m.bytes.n == 0) {
		drop_climb(log); /* it cannot serve: another will */
		return ERR_NONE;
	}
	e = climb_accept(log->climb, &t, m.bytes, NULL);
	if (e == ERR_STATE)
		return ERR_NONE;
	if (e == ERR_NONE)
		e = compare_climb(h, log);
	if (e == ERR_NONE && m.entries)
		e = take_bundle(h, log, &m);
	if (e == ERR_CONFLICT) {
		frozen_differs(h, log, l, buf_span(&log->climb_note),
		    log->climb_size);
		return ERR_NONE;
	}
	if (e != ERR_NONE) {
		drop_climb(log);
		return e == ERR_STATE ? ERR_NONE : e;
	}
	log->fill_until.ms = h->now.mono.ms + HUB_FILL_MS;
	if (climb_is_done(log->climb) && log->tree.size == log->climb_size)
		finish_climb(h, log, l->peer);
	else
		want_tiles(h, log);
	return ERR_NONE;
}
