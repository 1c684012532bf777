/* SPDX-License-Identifier: Apache-2.0
 *
 * The key of a circle that does not come. Its origin owes it like any other
 * body and sends it first, but who gets containers by other ways (the origin
 * is gone or cut off, others offer the newest that they hold) may never be
 * offered the older entry that hands out their key. So once a minute one
 * holder after the other is asked for the keys that bodies wait for: the
 * origin first, where it is linked. The entry is found by its digest among the
 * records before what waits, in slices.
 */
#include "peer/keywant.h"

#include "ledger/leaf.h"
#include "peer/circles.h"

enum {
	EACH_MS = 60000,
	NEXT_MS = 100,  /* the next slice, or the next key */
	SLICE = 4096    /* records looked through at a time */
};

struct key_row {
	struct hub *h;
	bool is_found;
	uint32_t log;
	uint64_t index;
};

/* The next key that is waited for and was not looked for in this round. */
static bool
see_row(void *ctx, struct span key, struct span value)
{
	struct key_row *x = ctx;
	struct hub_keywant *k = &x->h->keywant;
	struct digest id;
	struct reader r;

	reader_init(&r, key);
	reader_copy(&r, id.b, sizeof id.b);
	x->log = reader_u32(&r);
	x->index = reader_u64(&r);
	if (reader_check(&r, true) != ERR_NONE ||
	    (k->is_begun && digest_is_equal(&id, &k->id)) ||
	    store_get_item(x->h->parts.store, CIRCLE_PLACES, digest_span(&id),
		&x->h->turn, &value) == ERR_NONE)
		return true;
	k->id = id;
	x->is_found = true;
	return false;
}

static bool
next_key(struct hub *h)
{
	struct hub_keywant *k = &h->keywant;
	struct key_row x = { .h = h };

	if (store_scan_items_from(h->parts.store, CIRCLE_WAITS,
		k->is_begun ? digest_span(&k->id) : span_str(""), see_row,
		&x) != ERR_NONE || !x.is_found)
		return false;
	k->is_begun = true;
	k->is_looking = true;
	k->log = x.log;
	k->below = x.index;
	return true;
}

struct looking {
	const struct digest *id;
	bool is_found;
	uint64_t index;
};

static bool
see_record(void *ctx, uint64_t index, struct span record)
{
	struct looking *x = ctx;
	struct leaf leaf;

	if (leaf_parse(record, &leaf) != ERR_NONE ||
	    !digest_is_equal(&leaf.entry, x->id))
		return true;
	x->is_found = true;
	x->index = index;
	return false;
}

/* The origin, or else, each time, another one. */
static struct hub_link *
holder(struct hub *h, const struct hub_log *log)
{
	struct registry_log origin;
	unsigned count = 0, n;

	if (registry_log_find(h->parts.registry, log->stored.origin,
		&origin) == ERR_NONE)
		for (struct hub_link *l = h->links; l != NULL; l = l->next)
			if (l->hello && l->peer->link == l &&
			    span_is_str(origin.team->id, l->peer->team) &&
			    h->keywant.turn % 2 == 0)
				return l;
	for (struct hub_link *l = h->links; l != NULL; l = l->next)
		count += l->hello && l->peer->link == l;
	n = count == 0 ? 0 : h->keywant.turn / 2 % count;
	for (struct hub_link *l = h->links; l != NULL; l = l->next)
		if (l->hello && l->peer->link == l && n-- == 0)
			return l;
	return NULL;
}

static void
ask(struct hub *h, const struct hub_log *log, uint64_t index)
{
	struct wire_indices m = { .origin = log->stored.origin, .count = 1,
		.index = { index } };
	struct hub_link *l = holder(h, log);

	if (l == NULL)
		return;
	buf_clear(&h->scratch);
	wire_write_indices(&m, &h->scratch);
	hub_send(h, l->peer, CLASS_RECORDS, WIRE_BODY_WANT,
	    buf_span(&h->scratch));
}

static void
look(struct hub *h)
{
	struct hub_keywant *k = &h->keywant;
	struct looking x = { .id = &k->id };
	uint64_t from = k->below > SLICE ? k->below - SLICE : 0;
	const struct hub_log *log = NULL;

	for (size_t i = 0; i < h->log_n; i++)
		if (h->log[i]->stored.id == k->log)
			log = h->log[i];
	if (log != NULL && store_scan_records(h->parts.store, k->log, from,
		k->below - from, see_record, &x) == ERR_NONE && x.is_found)
		ask(h, log, x.index);
	k->below = from;
	k->is_looking = log != NULL && !x.is_found && from != 0;
}

void
keywant_step(struct hub *h)
{
	struct hub_keywant *k = &h->keywant;

	if (h->now.mono.ms < k->due.ms || !start_is(&h->start, START_READY))
		return;
	k->due.ms = h->now.mono.ms + NEXT_MS;
	if (k->is_looking) {
		look(h);
		return;
	}
	if (h->links != NULL && next_key(h))
		return;
	k->is_begun = false;
	k->turn++;
	k->due.ms = h->now.mono.ms + EACH_MS;
}

struct mono
keywant_wake(const struct hub *h)
{
	return start_is(&h->start, START_READY) ? h->keywant.due :
	    (struct mono){ h->now.mono.ms + 1000 };
}
