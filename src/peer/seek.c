/* SPDX-License-Identifier: Apache-2.0
 *
 * After a rollback: sealed bodies that this node held once, receipted, and
 * has lost. Nobody owes them any more, and a record does not say whom its
 * container is for; so for all sealed records that come back, up to where
 * their origin stands at the next contact, the body is asked for. Who may not
 * read it is told "none", and that is the end of it.
 *
 * And cosigned sizes that it has forgotten: of no log is less cosigned than
 * its origin says to this process that it signed.
 */
#include "peer/seek.h"

#include "ledger/leaf.h"
#include "peer/former.h"
#include "record/name.h"

enum {
	SEEK_MS = 10000, /* patience with one who was asked */
	SEEK_BACK = 1024 /* bodies may be so far behind their records */
};

static const char table[] = "seek";

static void
save(struct hub *h, const struct hub_log *l)
{
	struct buf b;

	buf_init(&b, 16);
	if (l->seeks) {
		buf_put_u64(&b, l->seek_from);
		buf_put_u64(&b, l->seek_until);
	}
	if (hub_stage_lazy(h))
		hub_write(h, store_put_item(h->parts.store, table,
				 l->stored.origin, buf_span(&b)));
	buf_release(&b);
}

static bool
see_record(void *ctx, uint64_t index, struct span record)
{
	seek_record(ctx, index, record);
	return true;
}

static bool
see_body(void *ctx, uint64_t index, const struct store_body *body)
{
	struct hub_log *l = ctx;

	(void)body;
	ranges_remove(&l->sought, index, index);
	return true;
}

static enum err
look_through(struct hub *h, struct hub_log *l)
{
	uint64_t n = l->seek_from < l->tree.size ?
	    l->tree.size - l->seek_from : 0;
	enum err e = store_scan_records(h->parts.store, l->stored.id,
	    l->seek_from, n, see_record, l);

	return e != ERR_NONE ? e : store_scan_bodies(h->parts.store,
	    l->stored.id, l->seek_from, n, false, see_body, l);
}

enum err
seek_load(struct hub *h, struct hub_log *l)
{
	struct span value;
	struct reader r;
	enum err e;

	seek_release(l);
	if (l->stored.role != STORE_MIRROR || former_is(h, l))
		return ERR_NONE;
	e = store_get_item(h->parts.store, table, l->stored.origin, &h->turn,
	    &value);
	if (e == ERR_NOT_FOUND)
		return ERR_NONE;
	if (e != ERR_NONE)
		return e;
	reader_init(&r, value);
	l->seeks = true;
	l->seek_from = reader_u64(&r);
	l->seek_until = reader_u64(&r);
	return look_through(h, l);
}

void
seek_release(struct hub_log *l)
{
	ranges_release(&l->sought);
	ranges_release(&l->sought_asked);
	l->seeks = false;
}

/* A record came: is it one of those? */
void
seek_record(struct hub_log *l, uint64_t index, struct span record)
{
	struct leaf leaf;

	if (l->seeks && index >= l->seek_from && index < l->seek_until &&
	    leaf_parse(record, &leaf) == ERR_NONE && leaf.sealed)
		ranges_add(&l->sought, index, index);
}

/* Its body is here, or is not for us. */
void
seek_answered(struct hub_log *l, uint64_t index, bool for_good)
{
	ranges_remove(&l->sought_asked, index, index);
	if (for_good)
		ranges_remove(&l->sought, index, index);
}

/* Nothing here need tell of a rollback: own log and sentinel agree if nothing
 * was released since the backup. So this holds at every start. */
bool
seek_may_cosign(const struct hub_log *l)
{
	return l->origin_said && l->tree.size >= l->cosign_from;
}

/* The first word is enough: what was cosigned before this process began, the
 * origin had signed before it said this, and what comes later is written down
 * in the store of now. Size 0 is also said by one whose disk fails it. */
void
seek_hear(struct hub *h, struct hub_log *l, const struct hub_peer *p,
    uint64_t size)
{
	if (size == 0 || !span_is_str(name_log_team(l->stored.origin), p->team))
		return;
	if (!l->origin_said)
		l->cosign_from = size;
	l->origin_said = true;
	if (!l->seeks || l->seek_until != UINT64_MAX)
		return;
	l->seek_until = size;
	ranges_remove(&l->sought, size, UINT64_MAX);
	save(h, l);
}

static void
begin_one(struct hub *h, struct hub_log *l, uint64_t from)
{
	if (!l->seeks || from < l->seek_from)
		l->seek_from = from;
	l->seeks = true;
	l->seek_until = UINT64_MAX;
	if (look_through(h, l) == ERR_NONE)
		save(h, l);
}

/* What came since the store was as this process found it; a body may come
 * after its record. The origin may be first to know of the rollback: it holds
 * receipts that are not here. A crash loses the note of the last ones too. */
void
seek_again(struct hub *h, struct hub_log *l)
{
	if (!former_is(h, l))
		begin_one(h, l, l->boot_size > SEEK_BACK ?
			l->boot_size - SEEK_BACK : 0);
}

/* A log that was first heard of after the rollback. */
void
seek_new(struct hub *h, struct hub_log *l)
{
	if (h->seeking && !former_is(h, l))
		begin_one(h, l, 0);
}

enum err
seek_find(struct hub *h)
{
	struct span origin;
	enum err e = store_get_item(h->parts.store, "node", span_str("seeks"),
	    &h->turn, &origin);

	h->seeking = e == ERR_NONE;
	h->seeking_now = e == ERR_NONE &&
	    span_is_equal(origin, h->config.origin);
	return e == ERR_NOT_FOUND ? ERR_NONE : e;
}

/* Once for each log of ours that was rolled back. */
static void
begin(struct hub *h)
{
	if (!hub_stage(h))
		return;
	h->seeking = h->seeking_now = true;
	hub_write(h, store_put_item(h->parts.store, "node",
			 span_str("seeks"), h->config.origin));
	for (size_t i = 2; i < h->log_n; i++)
		seek_again(h, h->log[i]);
}

/* The origin if there is a link to it, else one after the other. */
static struct hub_link *
choose(struct hub *h, struct hub_log *l, unsigned turn)
{
	struct registry_log found;
	struct hub_link *any = NULL;
	unsigned n = 0;

	for (struct hub_link *x = h->links; x != NULL; x = x->next)
		n += x->hello && x->peer->link == x;
	for (struct hub_link *x = h->links; x != NULL; x = x->next) {
		if (!x->hello || x->peer->link != x)
			continue;
		if (registry_log_find(h->parts.registry, l->stored.origin,
			&found) == ERR_NONE &&
		    span_is_str(found.team->id, x->peer->team))
			return x;
		if (turn++ % n == 0)
			any = x;
	}
	return any;
}

static void
ask(struct hub *h, struct hub_log *l)
{
	struct wire_indices m = { .origin = l->stored.origin };
	struct hub_link *to = choose(h, l, l->seek_turn++);
	uint64_t x = UINT64_MAX;

	ranges_clear(&l->sought_asked);
	while (to != NULL && m.count < WIRE_WANTS_MAX &&
	    ranges_find_down(&l->sought, &l->sought_asked, x, &x)) {
		m.index[m.count++] = x;
		ranges_add(&l->sought_asked, x, x);
		if (x-- == 0)
			break;
	}
	if (m.count == 0)
		return;
	l->seek_due.ms = h->now.mono.ms + SEEK_MS;
	buf_clear(&h->scratch);
	wire_write_indices(&m, &h->scratch);
	hub_send(h, to->peer, CLASS_RECORDS, WIRE_BODY_WANT,
	    buf_span(&h->scratch));
}

void
seek_step(struct hub *h)
{
	if ((start_is(&h->start, START_RESTORED) ||
		start_is(&h->start, START_EPOCH)) && !h->seeking_now)
		begin(h);
	for (size_t i = 2; i < h->log_n; i++) {
		struct hub_log *l = h->log[i];

		if (!l->seeks)
			continue;
		if (ranges_is_empty(&l->sought)) {
			l->seeks = l->tree.size < l->seek_until;
			if (!l->seeks)
				save(h, l); /* all is back */
		} else if (ranges_is_empty(&l->sought_asked) ||
		    h->now.mono.ms >= l->seek_due.ms) {
			ask(h, l);
		}
	}
}
