/* SPDX-License-Identifier: Apache-2.0
 *
 * Answering what peers ask for, and sending what they are owed. Only what is
 * released is served of the own log, only what a checkpoint covers of
 * mirrors, and a sealed container only to a team of its audience.
 */
#include "peer/serve.h"

#include "base/limits.h"
#include "ledger/checkpoint.h"
#include "ledger/tile.h"
#include "peer/bodies.h"
#include "peer/fetch.h"
#include "peer/former.h"
#include "peer/frozen.h"
#include "peer/repair.h"
#include "rules/exit.h"

enum { PUMP_MAX = 128 }; /* bodies read from the store in one turn, a peer */

struct record_out {
	struct buf *out;
	unsigned count;
};

static bool
put_record(void *ctx, uint64_t index, struct span record)
{
	struct record_out *o = ctx;

	(void)index;
	buf_put_span8(o->out, record);
	o->count++;
	return true;
}

/* Records [first, newest checkpoint) of a log with that checkpoint; only the
 * checkpoint if the gap is large. */
void
serve_push(struct hub *h, struct hub_link *l, struct hub_log *log,
    uint64_t first, bool witness)
{
	uint64_t size = log->checkpoint_size;
	struct wire_push m = { .flags = witness ? WIRE_PUSH_WITNESS : 0,
		.origin = log->stored.origin,
		.note = buf_span(&log->checkpoint), .first = first };
	bool carried = first <= size && size - first <= LIMIT_GAP_BY_PUSH &&
	    size - first <= LIMIT_RECORDS_PER_FRAME;
	bool own = log == hub_own(h);
	struct record_out o;
	struct buf records;

	/* after a failed write memory may be ahead of what may be shown */
	if (log->checkpoint.n == 0 || (own && size > h->released))
		return;
	buf_init(&records, LIMIT_FRAME / 2);
	o = (struct record_out){ &records, 0 };
	if (!carried || store_scan_records(h->parts.store, log->stored.id,
			    first, size - first, put_record, &o) != ERR_NONE ||
	    o.count != size - first) {
		buf_clear(&records);
		o.count = 0;
		carried = false;
		m.first = size;
	}
	m.count = (uint16_t)o.count;
	m.records = buf_span(&records);
	buf_clear(&h->scratch);
	wire_write_push(&m, &h->scratch);
	if (own && carried)
		l->peer->records_size = size;
	hub_send(h, l->peer, own ? CLASS_URGENT : CLASS_RECORDS, WIRE_PUSH,
	    buf_span(&h->scratch));
	buf_release(&records);
}

enum err
serve_records(struct hub *h, struct hub_link *l, struct span in)
{
	struct wire_records_want m;
	struct hub_log *log;
	enum err e = wire_parse_records_want(in, &m);

	if (e != ERR_NONE)
		return e;
	log = hub_find_log(h, m.origin);
	if (log == NULL || log->stored.role == STORE_PRIVATE)
		return ERR_NONE;
	if (frozen_is(h, log) || log->astray)
		frozen_tell(h, log, l);
	else
		serve_push(h, l, log, m.first, false);
	return ERR_NONE;
}

/* --- tiles --- */

static bool
put_bundle_record(void *ctx, uint64_t index, struct span record)
{
	struct record_out *o = ctx;

	(void)index;
	tile_bundle_put(record, o->out);
	o->count++;
	return true;
}

static enum err
make_tile(struct hub *h, struct hub_log *log, const struct tile *t,
    struct buf *out)
{
	struct record_out o = { out, 0 };
	struct tree_source source;
	enum err e;

	if (!t->entries) {
		source = log_source(h, log);
		return tile_make(&source, t, out);
	}
	e = store_scan_records(h->parts.store, log->stored.id,
	    t->n * TILE_WIDTH, t->width, put_bundle_record, &o);
	return e != ERR_NONE ? e : o.count == t->width ? ERR_NONE :
							 ERR_NOT_FOUND;
}

enum err
serve_tile(struct hub *h, struct hub_link *l, struct span in)
{
	struct wire_tile m;
	struct hub_log *log;
	struct buf bytes;
	struct tile t;
	enum err e = wire_parse_tile(in, false, &m);

	if (e != ERR_NONE)
		return e;
	t = (struct tile){ m.entries, m.level, m.n, m.width };
	log = hub_find_log(h, m.origin);
	buf_init(&bytes, TILE_BUNDLE_BYTES);
	if (log == NULL || log->stored.role == STORE_PRIVATE ||
	    m.size > log->checkpoint_size || !tile_is_within(&t, m.size) ||
	    make_tile(h, log, &t, &bytes) != ERR_NONE)
		buf_clear(&bytes);
	m.bytes = buf_span(&bytes);
	buf_clear(&h->scratch);
	wire_write_tile(&m, true, &h->scratch);
	buf_release(&bytes);
	hub_send(h, l->peer, CLASS_RECORDS, WIRE_TILE, buf_span(&h->scratch));
	return ERR_NONE;
}

/* --- bodies --- */

/* What this team has said it gives, whatever is thought of it here: it is owed,
 * and nobody else gives what was set aside. */
static bool
is_given(const struct hub *h, const struct hub_log *log,
    enum store_body_state state)
{
	return state == STORE_BODY_HELD || state == STORE_BODY_VOID ||
	    (state == STORE_BODY_QUARANTINED &&
		(log == hub_own(h) || former_is(h, log)));
}

/* May this peer have the body? What its label says is sealed in it; here the
 * audience counts, which its origin signed, and that it stands. */
static struct exit_pass
peer_pass(const struct hub *h, const struct hub_peer *p,
    const struct hub_log *log, const struct hub_read *r)
{
	const struct exit_notice n = { .has_tlp = r->meta.open,
		.tlp = TLP_CLEAR, .open = r->meta.open,
		.mine = log->stored.role == STORE_OWN,
		.home = log->stored.role == STORE_PRIVATE,
		.aud_words = r->meta.aud,
		/* a void one is struck through by whoever gets it, and what is
		 * set aside here is judged again there: mirrors are whole */
		.standing = is_given(h, log, r->body.state) ? EXIT_STANDS :
							      EXIT_SET_ASIDE };
	const struct exit_reader to = { .who = EXIT_TO_TEAM,
		.team = span_str(p->team), .own = h->config.team,
		.good = registry_is_good(h->parts.registry, span_str(p->team),
		    h->now.wall) };
	struct exit_pass pass;

	(void)exit_decide(&n, EXIT_PEER, &to, h->now.wall, &pass, NULL);
	return pass;
}

/* Nothing sealed before the team's identity was accepted here. */
static bool
may_have(const struct hub_peer *p, const struct body_meta *m)
{
	return m->open || p->confirmed;
}

/* A body that may be served at all: held, opened here, and on the disk as its
 * record says. What was never opened here is served to nobody. */
static enum err
read_body(struct hub *h, struct hub_log *log, uint64_t index,
    struct hub_read *out)
{
	enum err e = store_get_body(h->parts.store, log->stored.id, index,
	    &h->turn, &out->body);

	if (e == ERR_NONE && (out->body.bytes.n == 0 ||
		!is_given(h, log, out->body.state)))
		e = ERR_NOT_FOUND;
	if (e == ERR_NONE)
		e = bodies_check(h, log, index, out->body.bytes);
	if (e == ERR_NONE)
		e = bodies_parse_meta(out->body.meta, &out->meta);
	if (e == ERR_DAMAGED || e == ERR_DIGEST)
		repair_lost(h, log, index);
	return e;
}

bool
serve_may_have(struct hub *h, const struct hub_peer *p, struct hub_log *log,
    uint64_t index)
{
	struct exit_pass pass;
	struct hub_read r;

	if (read_body(h, log, index, &r) != ERR_NONE)
		return false;
	pass = peer_pass(h, p, log, &r);
	return exit_opens(&pass, EXIT_PEER, EXIT_WHOLE);
}

/* The same of the own log, once a turn for all recipients. */
static const struct hub_read *
read_own(struct hub *h, uint64_t index)
{
	struct hub_read *r = &h->read[index % HUB_READS];

	if (!r->known || r->index != index) {
		r->err = read_body(h, hub_own(h), index, r);
		r->index = index;
		r->known = true;
	}
	return r;
}

/* False, and nothing is sent, without a pass. */
static bool
send_body(struct hub *h, struct hub_peer *p, const struct exit_pass *pass,
    const struct hub_log *log, uint64_t index, struct span bytes, bool urgent)
{
	struct wire_body m = { .origin = log->stored.origin, .index = index,
		.bytes = bytes };

	if (!exit_opens(pass, EXIT_PEER, EXIT_WHOLE))
		return false;
	buf_clear(&h->scratch);
	wire_write_body(&m, true, &h->scratch);
	hub_send(h, p, urgent ? CLASS_URGENT : CLASS_OTHER, WIRE_BODY,
	    buf_span(&h->scratch));
	return true;
}

/* What a node that is ready can say of an open body that it does not give.
 * Of a sealed one nothing: that would tell who holds it. */
static enum wire_none
why_none(struct hub *h, struct hub_log *log, uint64_t index)
{
	struct store_body body;
	enum err e;

	if (log == NULL || log->stored.role == STORE_PRIVATE || log->seeks ||
	    !start_is(&h->start, START_READY) ||
	    index >= log->checkpoint_size || bodies_is_sealed(h, log, index))
		return WIRE_NONE_UNSAID;
	e = store_get_body(h->parts.store, log->stored.id, index, &h->turn,
	    &body);
	if (e == ERR_NONE && body.state == STORE_BODY_ERASED)
		return WIRE_NONE_ERASED;
	if (e == ERR_NOT_FOUND || e == ERR_DAMAGED ||
	    (e == ERR_NONE && bodies_check(h, log, index, body.bytes) !=
		    ERR_NONE))
		return WIRE_NONE_LACKED;
	return e == ERR_NONE ? WIRE_NONE_WITHHELD : WIRE_NONE_UNSAID;
}

enum err
serve_body(struct hub *h, struct hub_link *l, struct span in)
{
	struct hub_peer *p = l->peer;
	struct wire_indices m;
	struct hub_log *log;
	enum err e = wire_parse_indices(in, &m);

	if (e != ERR_NONE)
		return e;
	log = hub_find_log(h, m.origin);
	for (unsigned i = 0; i < m.count && p->link == l; i++) {
		struct wire_body none = { .origin = m.origin,
			.index = m.index[i] };
		struct exit_pass pass;
		struct hub_read r;

		if (log != NULL && log->stored.role != STORE_PRIVATE &&
		    m.index[i] < log->checkpoint_size &&
		    read_body(h, log, m.index[i], &r) == ERR_NONE &&
		    may_have(p, &r.meta)) {
			pass = peer_pass(h, p, log, &r);
			if (send_body(h, p, &pass, log, m.index[i],
				r.body.bytes, false))
				continue;
		}
		none.none = (uint8_t)why_none(h, log, m.index[i]);
		buf_clear(&h->scratch);
		wire_write_body(&none, false, &h->scratch);
		hub_send(h, p, CLASS_RECORDS, WIRE_BODY_NONE,
		    buf_span(&h->scratch));
	}
	return ERR_NONE;
}

/* Send the peer what it is owed of the own log, as far as its window and the
 * queue have room. */
void
serve_pump(struct hub *h, struct hub_peer *p)
{
	struct hub_log *own = hub_own(h);
	struct exit_pass pass = { 0 };
	const struct hub_read *r;
	uint64_t index;
	bool urgent;

	if (p->link == NULL || !p->link->hello)
		return;
	if (ranges_is_empty(&p->delivery.due)) {
		p->progress = h->now.mono;
	} else if (h->now.mono.ms - p->progress.ms > HUB_STALL_MS) {
		/* whatever became of it there: nothing but a receipt counts */
		p->progress = h->now.mono;
		delivery_link_lost(&p->delivery);
	}
	for (unsigned n = 0; n < PUMP_MAX && p->link != NULL; n++) {
		if (!delivery_next(&p->delivery, p->records_size, &index,
			&urgent) ||
		    index >= h->released)
			return;
		if (!urgent && !h->host.has_room(h->host.ctx, p->link->conn))
			return;
		r = read_own(h, index);
		if (r->err == ERR_NONE)
			pass = peer_pass(h, p, own, r);
		if (r->err != ERR_NONE ||
		    !exit_opens(&pass, EXIT_PEER, EXIT_WHOLE)) {
			/* damaged here: it stays due, others may hold it */
			ranges_add(&p->delivery.sent, index, index);
			hub_notify(h, HUB_ALARM, span_str(p->team),
			    own->stored.origin, index,
			    r->err != ERR_NONE ? r->err : ERR_DAMAGED,
			    "a body of the own log cannot be read");
			continue;
		}
		if (!may_have(p, &r->meta)) {
			/* until somebody accepts it, or the link ends */
			ranges_add(&p->delivery.sent, index, index);
			continue;
		}
		delivery_sent(&p->delivery, index, r->body.bytes.n);
		(void)!send_body(h, p, &pass, own, index, r->body.bytes,
		    urgent);
	}
}

void
hub_link_room(struct hub *h, struct hub_link *l)
{
	if (l->peer->link == l)
		serve_pump(h, l->peer);
	if (l->peer->link == l)
		fetch_pump(h, l);
}
