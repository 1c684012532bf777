/* SPDX-License-Identifier: Apache-2.0
 *
 * Receipts, cosignatures and heartbeats, both ways. What we sign is planned
 * after the commit of what it speaks of; what others sign is verified, then
 * kept in the turn's transaction.
 */
#include "peer/receipts.h"

#include "base/limits.h"
#include "crypto/jws.h"
#include "ledger/checkpoint.h"
#include "ledger/cosignature.h"
#include "peer/epoch.h"
#include "peer/former.h"
#include "peer/gather.h"
#include "peer/links.h"
#include "peer/own.h"
#include "peer/seek.h"
#include "peer/witness.h"
#include "record/name.h"
#include "record/receipt.h"

#include <stdio.h>

enum { RECEIPT_MARK = 64 }; /* receipts between two notes of their count */

/* --- what is durable beside the log --- */

void
receipts_save_fresh(struct hub *h, struct hub_log *l)
{
	struct buf value;

	buf_init(&value, LIMIT_FRAME);
	buf_put_u64(&value, l->told_size);
	buf_put_u64(&value, l->told_missing);
	ranges_write(&l->held_aud, &value);
	if (hub_stage_lazy(h))
		hub_write(h, store_put_item(h->parts.store, "fresh",
				 l->stored.origin, buf_span(&value)));
	buf_release(&value);
	l->fresh_dirty = false;
}

void
receipts_save_board(struct hub *h, const struct hub_log *log,
    const struct hub_peer *p, const struct ranges *due)
{
	char key[LIMIT_TEAM_NAME + 16];
	struct buf value;

	snprintf(key, sizeof key, "%u/%s", log->stored.id, p->team);
	buf_init(&value, LIMIT_FRAME * 4);
	buf_put_u64(&value, log->tree.size);
	buf_put_u64(&value, log == hub_own(h) ? p->receipts : 0);
	buf_put_u64(&value, log == hub_own(h) ? p->last_of : 0);
	ranges_write(due, &value);
	hub_write(h, store_put_item(h->parts.store, "board", span_str(key),
			 buf_span(&value)));
	buf_release(&value);
}

enum err
receipts_put(struct hub *h, const struct hub_log *l, struct span team,
    uint64_t of, uint64_t seq, struct span jws)
{
	char key[LIMIT_TEAM_NAME + 16];
	unsigned char count[8];
	enum err e = store_put_receipt(h->parts.store, l->stored.id, team,
	    of, seq, jws);

	/* of ours, the chain is what the origin says: an older row that it
	 * does not know may stand there */
	if (e == ERR_CONFLICT && l->stored.role == STORE_MIRROR)
		e = ERR_NONE;
	if (e != ERR_NONE || of != 0 || seq % RECEIPT_MARK != 0)
		return e;
	snprintf(key, sizeof key, "%u/%.*s", l->stored.id, SPAN_FMT(team));
	for (int i = 0; i < 8; i++)
		count[i] = (unsigned char)((seq + 1) >> (56 - 8 * i));
	return store_put_item(h->parts.store, "receipts", span_str(key),
	    span_of(count, sizeof count));
}

/* --- receipts that come --- */

/* The chain: numbered without gaps, each naming the one before. */
static bool
is_next(const struct hub_peer *p, uint64_t seq, const struct receipt *r)
{
	return seq == p->receipts &&
	    (p->receipts == 0 ||
		(r->has_since &&
		    digest_is_equal(&r->since, &p->last_receipt)));
}

/* A verified peer knows another history of our own log, or more of it than
 * we do: our store is the first suspect. It must not cost the link, by which
 * the proof would come. */
static enum err
suspect_self(struct hub *h, struct hub_link *l, enum err e)
{
	if (e != ERR_CONFLICT)
		return e;
	links_ask_own(h, l);
	return ERR_NONE;
}

/* Of a log that this team signed, though it is not the present one. */
static bool
is_ours(const struct hub *h, struct span origin)
{
	return span_is_equal(name_log_team(origin), h->config.team);
}

/* Signed by an entry key of the peer's team. */
static enum err
check_signer(struct hub *h, struct hub_peer *p, const struct jws *jws,
    const struct receipt *r)
{
	struct digest kid = kid_digest(&jws->kid);
	struct sign_public public;
	struct registry_key key;
	enum err e = registry_key_find(h->parts.registry, span_str(p->team),
	    &kid, KEY_ENTRY, &key);

	if (e != ERR_NONE || key.revoked != NULL)
		return ERR_KEY;
	public = jwk_sign_public(&key.key->key);
	if (!jws_is_signed_by(jws, &public))
		return ERR_SIGNATURE;
	return span_is_str(r->by, p->team) ? ERR_NONE : ERR_AUDIENCE;
}

/* Of a history that is ours, and not more of it than was shown. */
static enum err
check_history(struct hub *h, const struct receipt *r)
{
	struct digest root;
	enum err e;

	if (r->size > h->released)
		return ERR_CONFLICT;
	e = log_root_at(h, hub_own(h), r->size, &root);
	if (e == ERR_NONE && !digest_is_equal(&root, &r->root))
		e = ERR_CONFLICT;
	return e;
}

/* What the receipt ends: the sealed ones it lists, and every open one below
 * its size that is not missing there. */
void
receipts_held(const struct receipt *r, const struct ranges *open,
    struct ranges *out)
{
	ranges_add_all(out, open);
	if (r->size == 0)
		ranges_clear(out);
	else
		ranges_remove(out, r->size, UINT64_MAX);
	ranges_remove_all(out, &r->missing);
	ranges_add_all(out, &r->held);
}

/* About the own log: it waits for others, to be written down with them. */
static enum err
own_receipt(struct hub *h, struct hub_link *l, const struct wire_receipt *m,
    struct receipt *r)
{
	enum err e;

	if (m->seq < l->peer->receipts)
		return ERR_NONE; /* held already */
	e = check_history(h, r);
	if (e == ERR_NONE)
		gather_put(h, l->peer, m->seq, m->jws, r);
	return suspect_self(h, l, e);
}

enum err
receipts_take(struct hub *h, struct hub_link *l, struct span in)
{
	struct receipt r = { 0 };
	struct wire_receipt m;
	struct hub_log *log;
	struct jws jws;
	enum err e = wire_parse_receipt(in, &m);

	if (e != ERR_NONE || !start_may_write(&h->start))
		return e;
	e = jws_parse(m.jws, RECEIPT_TYP, &h->turn, &jws, NULL);
	if (e == ERR_NONE)
		e = receipt_parse(jws.payload, &h->turn, &r, NULL);
	if (e == ERR_NONE)
		e = check_signer(h, l->peer, &jws, &r);
	log = e == ERR_NONE ? hub_find_log(h, r.log) : NULL;
	if (log != NULL && log == hub_own(h))
		e = own_receipt(h, l, &m, &r);
	else if (log != NULL && former_is(h, log))
		e = former_receipt(h, l, &m, &r, log);
	else if (e == ERR_NONE)
		e = is_ours(h, r.log) ? ERR_NONE : ERR_AUDIENCE;
	receipt_release(&r);
	return e;
}

/* One that does not follow is told of in the next HELLO again. */
void
receipts_keep(struct hub *h, struct hub_peer *p, uint64_t seq,
    struct span jws, const struct receipt *r)
{
	struct ranges done = { 0 };

	if (!is_next(p, seq, r) || !hub_stage(h))
		return;
	hub_write(h, receipts_put(h, hub_own(h), span_str(p->team), r->size,
			 seq, jws));
	p->receipts = seq + 1;
	p->last_of = r->size; /* for the board */
	p->last_receipt = hash_sha256(jws);
	if (r->size > p->records_size)
		p->records_size = r->size;
	p->progress = h->now.mono;
	receipts_held(r, &hub_own(h)->open, &done);
	delivery_done(&p->delivery, &done);
	ranges_release(&done);
	receipts_save_board(h, hub_own(h), p, &p->delivery.due);
	hub_notify_later(h, HUB_RECEIPTED, span_str(p->team),
	    h->config.origin, r->size, "");
}

struct resend {
	struct hub *h;
	struct hub_link *l;
	uint64_t next;
	struct digest last;
};

static bool
send_receipt(void *ctx, uint64_t seq, struct span jws)
{
	struct resend *s = ctx;
	struct wire_receipt m = { seq, jws };

	if (seq != s->next)
		return false; /* a hole: of no use to it */
	s->next++;
	s->last = hash_sha256(jws);
	buf_clear(&s->h->scratch);
	wire_write_receipt(&m, &s->h->scratch);
	hub_send(s->h, s->l->peer, CLASS_CONTROL, WIRE_RECEIPT,
	    buf_span(&s->h->scratch));
	return s->l->peer->link == s->l;
}

/* Our chain goes on behind what the origin says it holds. */
static void
go_on_behind(struct hub *h, struct hub_log *log, uint64_t held,
    const struct digest *last)
{
	log->receipts = held;
	log->last_receipt = *last;
	cadence_add(&log->cadence, true, h->now.mono);
}

struct match {
	uint64_t seq;
	const struct digest *want;
	bool other;
};

static bool
see_match(void *ctx, uint64_t seq, struct span jws)
{
	struct match *m = ctx;
	struct digest got = hash_sha256(jws);

	m->other = seq == m->seq && !digest_is_equal(&got, m->want);
	return false;
}

static bool
see_held(void *ctx, uint64_t index, const struct store_body *body)
{
	struct hub_log *l = ctx;

	if (body->state == STORE_BODY_HELD && !ranges_has(&l->missing, index))
		ranges_add(&l->held_aud, index, index);
	return true;
}

/* Does the origin hold another chain than ours? After a rollback ours may
 * have begun anew: then all that we hold is said once more. */
static bool
is_other(struct hub *h, struct hub_log *log, struct span team,
    uint64_t held, const struct digest *last)
{
	struct match m = { held - 1, last, false };

	if (held == 0)
		return false;
	(void)!store_scan_receipts(h->parts.store, log->stored.id, team,
	    0, held - 1, see_match, &m);
	if (!m.other)
		return false;
	(void)!store_scan_bodies(h->parts.store, log->stored.id, 0,
	    log->tree.size, false, see_held, log);
	log->fresh_dirty = true;
	return true;
}

/* The origin holds `held` of our receipts, the last with SHA-256 `last`. It
 * gets those that it lacks; if it holds more than we do (we crashed before
 * they were written down), or others, or we do not have the next, our chain
 * goes on behind its. A number that no chain reaches is no number. */
void
receipts_resend(struct hub *h, struct hub_link *l, struct hub_log *log,
    uint64_t held, const struct digest *last)
{
	struct resend s = { .h = h, .l = l, .next = held };

	if (held > HUB_RECEIPTS_MOST)
		return;
	if (held > log->receipts ||
	    (held == log->receipts && held != 0 &&
		!digest_is_equal(last, &log->last_receipt)) ||
	    (held < log->receipts && is_other(h, log,
		span_str(l->peer->team), held, last))) {
		go_on_behind(h, log, held, last);
		seek_again(h, log);
	} else if (held < log->receipts) {
		(void)!store_scan_receipts(h->parts.store, log->stored.id,
		    span_str(l->peer->team), 0, held, send_receipt, &s);
		if (s.next != log->receipts && l->peer->link == l)
			go_on_behind(h, log, s.next, s.next == held ? last :
				&s.last);
	}
}

/* --- cosignatures and heartbeats that come --- */

enum { BEAT_KEYS = 4 };

static enum err
check_beat(struct hub *h, struct hub_peer *p, const struct wire_beat *m,
    uint64_t *time_s)
{
	struct checkpoint c = { m->head.origin, m->head.size, m->head.root };
	struct registry_key key[BEAT_KEYS];
	size_t n = registry_cosign_keys(h->parts.registry, span_str(p->node),
	    key, BEAT_KEYS);
	enum err e = n == 0 ? ERR_KEY : ERR_SIGNATURE;
	struct buf text;

	buf_init(&text, CHECKPOINT_TEXT_MAX);
	checkpoint_write(&c, &text);
	/* while it rotates, what the last key signed is still under way */
	for (size_t i = 0; i < n && e == ERR_SIGNATURE; i++) {
		struct sign_public public = jwk_sign_public(&key[i].key->key);

		if (cosignature_check(&public, buf_span(&text), m->sig))
			e = ERR_NONE;
	}
	buf_release(&text);
	*time_s = cosignature_time(m->sig);
	return e;
}

enum err
receipts_take_cosignature(struct hub *h, struct hub_link *l, struct span in)
{
	struct digest root;
	struct wire_beat m;
	struct span note;
	struct buf key;
	uint64_t time_s;
	enum err e = wire_parse_beat(in, false, &m);

	if (e == ERR_NONE)
		e = check_beat(h, l->peer, &m, &time_s);
	if (e != ERR_NONE)
		return e;
	if (!span_is_equal(m.head.origin, h->config.origin))
		return is_ours(h, m.head.origin) ? ERR_NONE : ERR_AUDIENCE;
	if (m.head.size > h->released ||
	    log_root_at(h, hub_own(h), m.head.size, &root) != ERR_NONE ||
	    !digest_is_equal(&root, &m.head.root))
		return suspect_self(h, l, ERR_CONFLICT);
	note = own_note(h, m.head.size);
	if (note.n == 0 || !hub_stage_lazy(h))
		return ERR_NONE; /* too old: nothing to put it below */
	buf_init(&key, LIMIT_NAME + 16);
	buf_put_u64(&key, m.head.size);
	hub_write(h, store_put_item(h->parts.store, "note", buf_span(&key),
			 note));
	buf_put_str(&key, l->peer->node);
	hub_write(h, store_put_item(h->parts.store, "cosignature",
			 buf_span(&key), span_of(m.sig, sizeof m.sig)));
	buf_release(&key);
	witness_thin(h);
	return ERR_NONE;
}

enum err
receipts_take_heartbeat(struct hub *h, struct hub_link *l, struct span in)
{
	struct hub_peer *p = l->peer;
	bool was_off = p->silence.clock_off;
	struct digest state;
	struct wire_beat m;
	struct hub_log *log;
	uint64_t time_s;
	enum err e = wire_parse_beat(in, true, &m);

	if (e == ERR_NONE)
		e = check_beat(h, p, &m, &time_s);
	/* only its own log: what it holds of another says nothing of that one's
	 * origin being silent */
	if (e == ERR_NONE &&
	    !span_is_str(name_log_team(m.head.origin), p->team))
		e = ERR_AUDIENCE;
	if (e != ERR_NONE)
		return e;
	if (!silence_beat(&p->silence, time_s, h->now))
		return ERR_NONE;
	trust_beat(&h->trust, p, time_s, h->now);
	p->degraded = (m.flags & WIRE_DEGRADED) != 0;
	p->cover = (m.flags & WIRE_COVER) != 0 ? m.flags & WIRE_COVER_ALL : 0;
	p->theirs_due = m.due;
	if (p->silence.clock_off && !was_off)
		hub_notify(h, HUB_CLOCK, span_str(p->team), span_str(""), 0,
		    ERR_NONE, "its clock and ours differ by over 120 s");
	epoch_watch_peer(h, p, &m.head);
	log = hub_find_log(h, m.head.origin);
	if (log != NULL) {
		log->said_size = m.head.size;
		log->said_s = time_s;
		seek_hear(h, log, p, m.head.size);
		if (m.head.size <= log->tree.size)
			budget_heard(&log->budget, h->now.mono);
	}
	if (log == NULL || log->tree.size < m.head.size)
		l->heads_ever = false; /* something newer exists: say heads */
	state = links_state(h);
	if (!digest_is_equal(&state, &m.state))
		links_send_lists(h, l);
	return ERR_NONE;
}

/* --- what we sign --- */

struct plan_receipt {
	struct hub_log *log;
	struct hub_peer *to;
	struct receipt r; /* ranges owned */
};

struct plan_cosign {
	struct hub_log *log;
	struct hub_peer *to;
};

struct receipts_plan {
	size_t checkpoints; /* jobs[0..): logs */
	struct hub_log *checkpoint[2];
	size_t cosign_n, receipt_n;
	struct plan_cosign *cosign;
	struct plan_receipt *receipt;
	bool heartbeat;
	struct wire_head beat;
};

static bool
needs_checkpoint(const struct hub *h, const struct hub_log *l)
{
	bool lags = l->checkpoint.n == 0 ||
	    l->tree.size > l->checkpoint_size;

	if (!start_is(&h->start, START_READY) || !lags)
		return false;
	return l == hub_own(h) || l->checkpoint.n == 0 || h->stopping ||
	    l->tree.size - l->checkpoint_size >= 64;
}

static struct hub_peer *
origin_peer(const struct hub *h, const struct hub_log *l)
{
	struct registry_log found;
	struct hub_peer *p;

	if (registry_log_find(h->parts.registry, l->stored.origin, &found) !=
	    ERR_NONE)
		return NULL;
	p = hub_find_peer(h, found.team->id);
	return p != NULL && p->link != NULL && p->link->hello ? p : NULL;
}

static bool
wants_cosign(const struct hub *h, const struct hub_log *l)
{
	if (l->tree.size != l->checkpoint_size || l->tree.size == 0 ||
	    (l->flags & STORE_FROZEN) != 0 || l->climb != NULL ||
	    !seek_may_cosign(l))
		return false;
	if (l->witness)
		return true;
	return l->tree.size > l->cosigned_size &&
	    (!l->ever_cosigned ||
		h->now.mono.ms - l->cosigned_at.ms >= CADENCE_COSIGN_MS);
}

/* The fence: how far the own logs are about to be signed. */
static void
mark_fence(struct hub *h)
{
	for (size_t i = 0; i < 2; i++) {
		struct hub_log *l = h->log[i];

		if (!needs_checkpoint(h, l) || l->cosigned_size >= l->tree.size)
			continue;
		l->cosigned_size = l->tree.size;
		l->dirty = true;
	}
}

/* Before the commit: what will be signed is written down first. */
void
receipts_mark(struct hub *h)
{
	mark_fence(h);
	for (size_t i = 2; i < h->log_n; i++) {
		struct hub_log *l = h->log[i];

		if (!wants_cosign(h, l) || l->tree.size <= l->cosigned_size ||
		    origin_peer(h, l) == NULL || !hub_stage(h))
			continue;
		l->cosigned_size = l->tree.size;
		l->cosigned_time_s = (uint64_t)(h->now.wall.ms / 1000);
		l->witness = true; /* sign it after the commit */
		l->dirty = true;
	}
}

static struct span
head_text(struct hub *h, struct span origin, uint64_t size,
    const struct digest *root)
{
	struct checkpoint c = { origin, size, *root };
	struct buf text;
	struct span out;

	buf_init(&text, CHECKPOINT_TEXT_MAX);
	checkpoint_write(&c, &text);
	out = arena_copy(&h->turn, buf_span(&text));
	buf_release(&text);
	return out;
}

static struct span
checkpoint_text(struct hub *h, const struct hub_log *l)
{
	return head_text(h, l->stored.origin, l->tree.size, &l->root);
}

static size_t
plan_checkpoints(struct hub *h, struct receipts_plan *p,
    struct keeper_job *jobs)
{
	for (size_t i = 0; i < 2; i++) {
		struct hub_log *l = h->log[i];

		if (!needs_checkpoint(h, l))
			continue;
		p->checkpoint[p->checkpoints] = l;
		jobs[p->checkpoints] = (struct keeper_job){
			.what = KEEPER_SIGN_CHECKPOINT,
			.key = i == 0 ? KEEPER_LOG : KEEPER_PRIVATE,
			.in = checkpoint_text(h, l)
		};
		buf_init(&jobs[p->checkpoints].out, 64);
		p->checkpoints++;
	}
	return p->checkpoints;
}

static size_t
plan_cosignatures(struct hub *h, struct receipts_plan *p,
    struct keeper_job *jobs, size_t max)
{
	/* after a failed write memory is ahead of what is durable */
	if (!start_may_write(&h->start))
		return 0;
	for (size_t i = 2; i < h->log_n && p->cosign_n < max; i++) {
		struct hub_log *l = h->log[i];
		struct hub_peer *to;

		if (!l->witness || (l->flags & STORE_FROZEN) != 0 ||
		    !seek_may_cosign(l) ||
		    l->cosigned_size != l->tree.size ||
		    l->tree.size != l->checkpoint_size)
			continue;
		to = origin_peer(h, l);
		l->witness = false;
		if (to == NULL)
			continue;
		l->cosigned_at = h->now.mono;
		l->ever_cosigned = true;
		jobs[p->cosign_n] = (struct keeper_job){
			.what = KEEPER_COSIGN_CHECKPOINT,
			.key = KEEPER_COSIGN,
			.in = checkpoint_text(h, l),
			.time_s = (uint64_t)(h->now.wall.ms / 1000)
		};
		buf_init(&jobs[p->cosign_n].out, WIRE_COSIGNATURE_BYTES);
		p->cosign[p->cosign_n++] = (struct plan_cosign){ l, to };
	}
	return p->cosign_n;
}

/* The first LIMIT_RECEIPT_RANGES of a set. */
static void
first_ranges(struct ranges *out, const struct ranges *from, uint64_t below)
{
	for (size_t i = 0; i < from->n && i < LIMIT_RECEIPT_RANGES &&
	     from->v[i].first < below; i++)
		ranges_add(out, from->v[i].first,
		    from->v[i].last < below ? from->v[i].last : below - 1);
}

static bool
fill_receipt(struct hub *h, struct hub_log *l, struct receipt *r)
{
	*r = (struct receipt){ .log = l->stored.origin,
		.size = l->tree.size, .root = l->root,
		.by = h->config.team, .at_s = h->now.wall.ms / 1000,
		.has_since = l->receipts != 0, .since = l->last_receipt };
	/* more holes than fit: speak of what lies below them */
	if (l->missing.n > LIMIT_RECEIPT_RANGES)
		r->size = l->missing.v[LIMIT_RECEIPT_RANGES].first;
	if (r->size != l->tree.size &&
	    log_root_at(h, l, r->size, &r->root) != ERR_NONE)
		return false;
	first_ranges(&r->missing, &l->missing, r->size);
	first_ranges(&r->held, &l->held_aud, r->size);
	return true;
}

/* Is there somebody to give a receipt to, and can one be given? */
static bool
may_receipt(const struct hub *h, const struct hub_log *l)
{
	return !h->config.without_receipts && l->climb == NULL &&
	    start_may_write(&h->start) && origin_peer(h, l) != NULL;
}

static size_t
plan_receipts(struct hub *h, struct receipts_plan *p, struct keeper_job *jobs,
    size_t max)
{
	for (size_t i = 2; i < h->log_n && p->receipt_n < max; i++) {
		struct hub_log *l = h->log[i];
		struct plan_receipt *x = &p->receipt[p->receipt_n];
		struct buf payload;

		if (!cadence_is_due(&l->cadence, h->now.mono) ||
		    !may_receipt(h, l))
			continue;
		x->log = l;
		x->to = origin_peer(h, l);
		if (!fill_receipt(h, l, &x->r))
			continue;
		buf_init(&payload, LIMIT_PAYLOAD);
		jobs[p->receipt_n] = (struct keeper_job){
			.what = KEEPER_SIGN_JWS, .key = KEEPER_ENTRY,
			.typ = RECEIPT_TYP
		};
		if (receipt_write(&x->r, &payload) == ERR_NONE) {
			jobs[p->receipt_n].in = arena_copy(&h->turn,
			    buf_span(&payload));
			buf_init(&jobs[p->receipt_n].out, LIMIT_JWS);
			p->receipt_n++;
		} else {
			receipt_release(&x->r);
		}
		buf_release(&payload);
	}
	return p->receipt_n;
}

/* A halted node may hold more than it ever let go. */
static bool
may_beat(const struct hub *h)
{
	const struct hub_log *own = hub_own(h);

	return own->checkpoint.n != 0 &&
	    own->checkpoint_size == h->released &&
	    (own->tree.size == h->released || start_is(&h->start, START_HALT));
}

/* The own log as it was released. */
static bool
own_head(struct hub *h, struct wire_head *out)
{
	struct hub_log *own = hub_own(h);

	*out = (struct wire_head){ own->stored.origin, h->released, own->root };
	return own->tree.size == h->released ||
	    log_root_at(h, own, h->released, &out->root) == ERR_NONE;
}

static size_t
plan_heartbeat(struct hub *h, struct receipts_plan *p, struct keeper_job *job)
{
	if (h->now.mono.ms < h->heartbeat_due.ms || !may_beat(h) ||
	    !own_head(h, &p->beat))
		return 0;
	h->heartbeat_due.ms = h->now.mono.ms + h->config.heartbeat_ms;
	p->heartbeat = true;
	*job = (struct keeper_job){ .what = KEEPER_COSIGN_CHECKPOINT,
		.key = KEEPER_COSIGN,
		.in = head_text(h, p->beat.origin, p->beat.size, &p->beat.root),
		.time_s = (uint64_t)(h->now.wall.ms / 1000) };
	buf_init(&job->out, WIRE_COSIGNATURE_BYTES);
	return 1;
}

struct receipts_plan *
receipts_plan(struct hub *h, struct keeper_job *jobs, size_t first,
    size_t max, size_t *out_n)
{
	struct receipts_plan *p = arena_alloc(&h->turn, sizeof *p);
	size_t n = first, room = h->log_n;

	p->cosign = arena_alloc(&h->turn, room * sizeof *p->cosign);
	p->receipt = arena_alloc(&h->turn, room * sizeof *p->receipt);
	n += plan_checkpoints(h, p, jobs + n);
	n += plan_cosignatures(h, p, jobs + n, max - n - 1);
	n += plan_receipts(h, p, jobs + n, max - n - 1);
	n += plan_heartbeat(h, p, jobs + n);
	*out_n = n;
	return p;
}

static void
send_cosignature(struct hub *h, const struct plan_cosign *x,
    const struct keeper_job *job)
{
	struct wire_beat m = { .head = { x->log->stored.origin,
				   x->log->tree.size, x->log->root } };

	memcpy(m.sig, job->out.p, sizeof m.sig);
	buf_clear(&h->scratch);
	wire_write_beat(&m, false, &h->scratch);
	hub_send_later(h, x->to, CLASS_CONTROL, WIRE_COSIGNATURE,
	    buf_span(&h->scratch));
}

static void
issue_receipt(struct hub *h, struct plan_receipt *x,
    const struct keeper_job *job)
{
	struct wire_receipt m = { x->log->receipts, buf_span(&job->out) };
	struct hub_log *l = x->log;

	if (!hub_stage_lazy(h))
		return; /* it stays due */
	buf_clear(&h->scratch);
	wire_write_receipt(&m, &h->scratch);
	hub_send_later(h, x->to, CLASS_CONTROL, WIRE_RECEIPT,
	    buf_span(&h->scratch));
	cadence_clear(&l->cadence);
	ranges_remove_all(&l->held_aud, &x->r.held);
	l->told_size = x->r.size;
	l->told_missing = ranges_count(&x->r.missing);
	if (!ranges_is_empty(&l->held_aud) || x->r.size != l->tree.size)
		cadence_add(&l->cadence, false, h->now.mono);
	/* what was durable before is what it says; that it was said may be
	 * written a little later: the origin tells us if we forget */
	hub_write(h, receipts_put(h, l, span_str(x->to->team), 0,
			 l->receipts, m.jws));
	receipts_save_fresh(h, l);
	l->receipts++;
	l->last_receipt = hash_sha256(m.jws);
}

static void
send_heartbeat(struct hub *h, const struct wire_head *head,
    const struct keeper_job *job)
{
	struct wire_beat m = { .head = *head, .state = links_state(h) };

	memcpy(m.sig, job->out.p, sizeof m.sig);
	if (!start_is(&h->start, START_READY) &&
	    !start_is(&h->start, START_ASK))
		m.flags = WIRE_DEGRADED;
	m.flags |= h->cover;
	for (size_t i = 0; i < h->peer_n; i++) {
		uint64_t due = delivery_count(&h->peer[i]->delivery);

		if (h->peer[i]->link == NULL || !h->peer[i]->link->hello)
			continue;
		m.due = due > UINT32_MAX ? UINT32_MAX : (uint32_t)due;
		buf_clear(&h->scratch);
		wire_write_beat(&m, true, &h->scratch);
		hub_send_later(h, h->peer[i], CLASS_CONTROL, WIRE_HEARTBEAT,
		    buf_span(&h->scratch));
	}
}

void
receipts_done(struct hub *h, struct receipts_plan *p, struct keeper_job *jobs)
{
	for (size_t i = 0; i < p->checkpoints; i++, jobs++)
		if (jobs->result == ERR_NONE)
			hub_write(h, own_checkpoint(h, p->checkpoint[i],
					 buf_span(&jobs->out)));
	for (size_t i = 0; i < p->cosign_n; i++, jobs++)
		if (jobs->result == ERR_NONE)
			send_cosignature(h, &p->cosign[i], jobs);
	for (size_t i = 0; i < p->receipt_n; i++, jobs++) {
		if (jobs->result == ERR_NONE)
			issue_receipt(h, &p->receipt[i], jobs);
		receipt_release(&p->receipt[i].r);
	}
	if (p->heartbeat && jobs->result == ERR_NONE)
		send_heartbeat(h, &p->beat, jobs);
}

struct mono
receipts_wake(const struct hub *h)
{
	struct mono t = { INT64_MAX };

	if (may_beat(h))
		t = h->heartbeat_due;
	for (size_t i = 2; i < h->log_n; i++) {
		struct mono due = cadence_due(&h->log[i]->cadence);

		if (due.ms < t.ms && may_receipt(h, h->log[i]))
			t = due;
	}
	return t;
}
