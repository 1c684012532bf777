/* SPDX-License-Identifier: Apache-2.0
 *
 * Bodies that were here and cannot be read any more: a bit of the disk has
 * turned. They are found when somebody reads them, and once after each start
 * by reading all in small slices. One holder after the other is asked for
 * them, and whoever holds them proves by the record that they are right. A
 * sealed one of the own log can be opened again if its team is among its own
 * readers, as everything that the node releases is; the private log is held
 * by nobody else.
 */
#include "peer/repair.h"

#include "peer/bodies.h"

enum {
	REPAIR_MS = 500,    /* and the next holder is asked */
	SCRUB_MS = 100,     /* between slices .. */
	SCRUB_SLICE = 128,  /* .. of so many bodies */
	LOST_MAX = 4096     /* remembered per log: more are found later */
};

void
repair_lost(struct hub *h, struct hub_log *log, uint64_t index)
{
	bool is_shared = log->stored.role != STORE_PRIVATE;

	if (ranges_has(&log->lost, index) ||
	    ranges_count(&log->lost) >= LOST_MAX)
		return;
	ranges_add(&log->lost, index, index);
	hub_notify(h, HUB_ALARM, span_str(""), log->stored.origin, index,
	    ERR_DAMAGED, is_shared ?
		"a body is damaged on this disk; asking other nodes for it" :
		"a body of the private log is damaged on this disk");
}

/* --- looking through all --- */

struct scrub {
	struct hub *h;
	struct hub_log *log;
};

static bool
see_body(void *ctx, uint64_t index, const struct store_body *body)
{
	struct scrub *s = ctx;

	/* a row with a meta text was never here: bodies.c asks for it */
	if (body->state == STORE_BODY_DAMAGED && body->meta.n == 0)
		repair_lost(s->h, s->log, index);
	return true;
}

static void
scrub_step(struct hub *h)
{
	struct hub_log *log;
	struct scrub s;

	if (h->scrub_log >= h->log_n || h->now.mono.ms < h->scrub_due.ms)
		return;
	log = h->log[h->scrub_log];
	h->scrub_due.ms = h->now.mono.ms + SCRUB_MS;
	if (h->scrub_at >= log->tree.size) {
		h->scrub_log++;
		h->scrub_at = 0;
		return;
	}
	s = (struct scrub){ h, log };
	/* what cannot be read now is read when somebody wants it */
	(void)!store_scan_bodies(h->parts.store, log->stored.id, h->scrub_at,
	    SCRUB_SLICE, true, see_body, &s);
	h->scrub_at += SCRUB_SLICE;
}

/* --- asking --- */

/* The n-th of the links that are up, round and round. */
static struct hub_link *
holder(struct hub *h, unsigned n)
{
	unsigned count = 0;

	for (struct hub_link *l = h->links; l != NULL; l = l->next)
		count += l->hello && l->peer->link == l;
	if (count == 0)
		return NULL;
	n %= count;
	for (struct hub_link *l = h->links; l != NULL; l = l->next)
		if (l->hello && l->peer->link == l && n-- == 0)
			return l;
	return NULL;
}

/* Still damaged? What has come meanwhile, and is durable, reads well again. */
static bool
is_lost(struct hub *h, struct hub_log *log, uint64_t index)
{
	struct store_body body;
	enum err e = store_get_body(h->parts.store, log->stored.id, index,
	    &h->turn, &body);

	if (e == ERR_DAMAGED || (e == ERR_NONE &&
		(body.state == STORE_BODY_DAMAGED ||
		    bodies_check(h, log, index, body.bytes) != ERR_NONE)))
		return true;
	ranges_remove(&log->lost, index, index);
	return false;
}

static void
ask(struct hub *h, struct hub_log *log)
{
	struct wire_indices m = { .origin = log->stored.origin };
	struct hub_link *l = holder(h, log->lost_turn++);
	struct ranges none = { 0 };
	uint64_t x = UINT64_MAX;

	while (m.count < WIRE_WANTS_MAX &&
	    ranges_find_down(&log->lost, &none, x, &x)) {
		if (is_lost(h, log, x))
			m.index[m.count++] = x;
		if (x == 0)
			break;
		x--;
	}
	if (l == NULL || m.count == 0)
		return;
	buf_clear(&h->scratch);
	wire_write_indices(&m, &h->scratch);
	hub_send(h, l->peer, CLASS_RECORDS, WIRE_BODY_WANT,
	    buf_span(&h->scratch));
}

void
repair_step(struct hub *h)
{
	if (!start_is(&h->start, START_READY))
		return;
	scrub_step(h);
	for (size_t i = 0; i < h->log_n; i++) {
		struct hub_log *log = h->log[i];

		if (log->stored.role == STORE_PRIVATE ||
		    ranges_is_empty(&log->lost) ||
		    h->now.mono.ms < log->lost_due.ms)
			continue;
		log->lost_due.ms = h->now.mono.ms + REPAIR_MS;
		ask(h, log);
	}
}

struct mono
repair_wake(const struct hub *h)
{
	struct mono t = { h->now.mono.ms + 1000 };

	if (!start_is(&h->start, START_READY))
		return t;
	return h->scrub_log < h->log_n ? h->scrub_due : t;
}
