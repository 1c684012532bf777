/* SPDX-License-Identifier: Apache-2.0
 *
 * Receipts that were verified and wait to be written down. A notice to many
 * brings as many receipts within a few milliseconds; each transaction of its
 * own would cost more than its receipt. They wait for those that are still to
 * come, or for whatever else is written, and not for long. Until then nothing
 * knows of them: no board, no HELLO, no person.
 */
#include "peer/gather.h"

#include "base/mem.h"
#include "peer/receipts.h"

#include <stdlib.h>

struct hub_gathered {
	struct hub_peer *peer;
	uint64_t seq;
	struct receipt r; /* ranges owned, no text */
	struct hub_gathered *next;
	size_t n;
	unsigned char jws[];
};

/* Takes the ranges of `r`. */
void
gather_put(struct hub *h, struct hub_peer *p, uint64_t seq, struct span jws,
    struct receipt *r)
{
	struct hub_gathered *g = mem_alloc(sizeof *g + jws.n);

	g->peer = p;
	g->seq = seq;
	g->r = *r;
	g->r.log = g->r.by = span_str("");
	*r = (struct receipt){ 0 };
	g->n = jws.n;
	memcpy(g->jws, jws.p, jws.n);
	if (h->gathered == NULL)
		h->gather_due.ms = h->now.mono.ms + HUB_GATHER_MS;
	*h->gathered_tail = g;
	h->gathered_tail = &g->next;
	h->gathered_n++;
}

static void
take_all(struct hub *h, bool keep)
{
	struct hub_gathered *g = h->gathered, *next;

	h->gathered = NULL;
	h->gathered_tail = &h->gathered;
	h->gathered_n = 0;
	for (; g != NULL; g = next) {
		next = g->next;
		if (keep)
			receipts_keep(h, g->peer, g->seq,
			    span_of(g->jws, g->n), &g->r);
		receipt_release(&g->r);
		free(g);
	}
}

/* A link over which an urgent body was sent, and no receipt came since. */
static bool
is_awaited(const struct hub *h, const struct hub_peer *p)
{
	if (p->link == NULL || ranges_is_empty(&p->delivery.urgent) ||
	    ranges_is_empty(&p->delivery.sent))
		return false;
	for (const struct hub_gathered *g = h->gathered; g != NULL;
	     g = g->next)
		if (g->peer == p)
			return false;
	return true;
}

static bool
may_wait(const struct hub *h)
{
	if (h->must_commit || h->pending != NULL || h->arrivals != NULL ||
	    h->stopping || h->gathered_n >= HUB_GATHER ||
	    h->now.mono.ms >= h->gather_due.ms)
		return false;
	for (size_t i = 0; i < h->peer_n; i++)
		if (is_awaited(h, h->peer[i]))
			return true;
	return false;
}

/* In a turn, before its transaction is closed. */
void
gather_step(struct hub *h)
{
	if (h->gathered != NULL && !may_wait(h))
		take_all(h, true);
}

/* After a failed write; the peers send them again. */
void
gather_drop(struct hub *h)
{
	take_all(h, false);
}
