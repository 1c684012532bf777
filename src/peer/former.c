/* SPDX-License-Identifier: Apache-2.0
 *
 * Logs that this team signed before the present one. Here they are mirrors of
 * oneself: their records and bodies come back from peers, like anybody's, and
 * what others may still lack of them is offered. An offer by the team whose
 * log it is asks for a receipt too, so whoever holds a body says so again.
 */
#include "peer/former.h"

#include "base/mem.h"
#include "peer/bodies.h"
#include "peer/load.h"
#include "peer/receipts.h"
#include "record/name.h"

#include <stdlib.h>

enum {
	OFFER_MS = 60000,    /* between two offers of the same to a peer */
	OFFER_SOON_MS = 500, /* after something came back */
	OFFER_FRAMES = 16,   /* in one go */
	ASK_MS = 2000,       /* between questions while rounds are young */
	ASK_AGAIN_MS = 60000 /* and when all were asked for all */
};

bool
former_is(const struct hub *h, const struct hub_log *l)
{
	return l->stored.role == STORE_MIRROR && l != hub_own(h) &&
	    span_is_equal(name_log_team(l->stored.origin), h->config.team);
}

void
former_release(struct hub_peer *p)
{
	for (size_t i = 0; i < p->debt_n; i++)
		ranges_release(&p->debt[i].due);
	free(p->debt);
	p->debt = NULL;
	p->debt_n = 0;
}

/* What no checkpoint covers cannot be shown to anybody; but somebody may have
 * the checkpoint still, and give it back. */
uint64_t
former_due(const struct hub_debt *d)
{
	uint64_t n = 0, end = d->log->checkpoint_size;

	for (size_t i = 0; i < d->due.n && d->due.v[i].first < end; i++)
		n += (d->due.v[i].last < end ? d->due.v[i].last + 1 : end) -
		    d->due.v[i].first;
	return n;
}

static struct hub_debt *
debt_of(struct hub_peer *p, struct hub_log *l)
{
	for (size_t i = 0; i < p->debt_n; i++)
		if (p->debt[i].log == l)
			return &p->debt[i];
	p->debt = mem_grow(p->debt, (p->debt_n + 1) * sizeof *p->debt);
	p->debt[p->debt_n] = (struct hub_debt){ .log = l };
	return &p->debt[p->debt_n++];
}

static void
see_due(void *ctx, uint64_t index, const struct body_meta *m)
{
	struct ranges *due = ctx;

	(void)m;
	ranges_add(due, index, index);
}

enum err
former_load(struct hub *h, struct hub_peer *p)
{
	enum err e = ERR_NONE;

	former_release(p);
	for (size_t i = 2; e == ERR_NONE && i < h->log_n; i++) {
		struct hub_log *l = h->log[i];

		if (!former_is(h, l))
			continue;
		e = load_due(h, l, p, see_due, &debt_of(p, l)->due);
	}
	return e;
}

void
former_arrived(struct hub *h, struct hub_log *l, uint64_t index,
    const struct body_meta *m)
{
	for (size_t i = 0; i < h->peer_n; i++) {
		struct hub_peer *p = h->peer[i];
		struct hub_debt *d;

		if (!body_meta_has(m, span_str(p->team)))
			continue;
		d = debt_of(p, l);
		ranges_add(&d->due, index, index);
		d->offer_due.ms = h->now.mono.ms + OFFER_SOON_MS;
		receipts_save_board(h, l, p, &d->due);
	}
}

/* Signed and checked, but for what it says of the log. The chain of receipts
 * may have holes here: each stands for itself. */
enum err
former_receipt(struct hub *h, struct hub_link *l, const struct wire_receipt *m,
    const struct receipt *r, struct hub_log *log)
{
	struct hub_debt *d = debt_of(l->peer, log);
	struct ranges held = { 0 };
	struct digest root;

	/* of a size that is not here yet again: it is offered again */
	if (r->size > log->tree.size ||
	    log_root_at(h, log, r->size, &root) != ERR_NONE ||
	    !digest_is_equal(&root, &r->root) || !hub_stage(h))
		return ERR_NONE;
	receipts_held(r, &log->open, &held);
	ranges_remove_all(&d->due, &held);
	ranges_release(&held);
	hub_write(h, receipts_put(h, log, span_str(l->peer->team), r->size,
			 m->seq, m->jws));
	receipts_save_board(h, log, l->peer, &d->due);
	hub_notify_later(h, HUB_RECEIPTED, span_str(l->peer->team),
	    log->stored.origin, r->size, "");
	return ERR_NONE;
}

/* --- offering --- */

static void
offer(struct hub *h, struct hub_peer *p, struct hub_debt *d)
{
	struct wire_indices m = { .origin = d->log->stored.origin };
	struct ranges none = { 0 };
	uint64_t x = d->log->checkpoint_size - 1;
	bool more = d->log->checkpoint_size != 0;

	for (unsigned n = 0; n < OFFER_FRAMES && more && p->link != NULL; n++) {
		m.count = 0;
		while (m.count < WIRE_WANTS_MAX && more) {
			more = ranges_find_down(&d->due, &none, x, &x);
			if (more)
				m.index[m.count++] = x;
			more = more && x-- != 0;
		}
		if (m.count == 0)
			return;
		buf_clear(&h->scratch);
		wire_write_indices(&m, &h->scratch);
		hub_send(h, p, CLASS_RECORDS, WIRE_OFFER,
		    buf_span(&h->scratch));
	}
}

void
former_step(struct hub *h)
{
	for (size_t i = 0; i < h->peer_n; i++) {
		struct hub_peer *p = h->peer[i];

		for (size_t k = 0; k < p->debt_n && p->link != NULL; k++) {
			struct hub_debt *d = &p->debt[k];

			if (!p->link->hello || former_due(d) == 0 ||
			    h->now.mono.ms < d->offer_due.ms)
				continue;
			d->offer_due.ms = h->now.mono.ms + OFFER_MS;
			offer(h, p, d);
		}
	}
}

/* --- asking --- */

static struct hub_link *
holder(struct hub *h, unsigned turn)
{
	unsigned n = 0;

	for (struct hub_link *l = h->links; l != NULL; l = l->next)
		n += l->hello && l->peer->link == l;
	if (n == 0)
		return NULL;
	turn %= n;
	for (struct hub_link *l = h->links; l != NULL; l = l->next)
		if (l->hello && l->peer->link == l && turn-- == 0)
			return l;
	return NULL;
}

/* Newest first, from one peer after the other; who has it not says nothing of
 * the others. A body that nobody holds must not hide those that somebody
 * does, so all are asked for before the first one is again. */
void
former_ask(struct hub *h, struct hub_log *l)
{
	struct wire_indices m = { .origin = l->stored.origin };
	struct hub_link *to = holder(h, l->lost_turn);
	uint64_t x = UINT64_MAX;

	if (ranges_is_empty(&l->missing) || to == NULL ||
	    h->now.mono.ms < l->asked_until.ms)
		return;
	while (m.count < WIRE_WANTS_MAX &&
	    ranges_find_down(&l->missing, &l->asked, x, &x)) {
		m.index[m.count++] = x;
		ranges_add(&l->asked, x, x);
		if (x-- == 0)
			break;
	}
	l->asked_until.ms = h->now.mono.ms + ASK_MS;
	if (m.count == 0) {
		ranges_clear(&l->asked);
		l->lost_turn++;
		if (l->lost_turn >= 2 * h->peer_n)
			l->asked_until.ms = h->now.mono.ms + ASK_AGAIN_MS;
		return;
	}
	buf_clear(&h->scratch);
	wire_write_indices(&m, &h->scratch);
	hub_send(h, to->peer, CLASS_RECORDS, WIRE_BODY_WANT,
	    buf_span(&h->scratch));
}
