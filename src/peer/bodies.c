/* SPDX-License-Identifier: Apache-2.0
 *
 * Bodies that come in. First the digest of the record (step 7 of the
 * validation order): a failure means that the sender or the way is bad, and
 * another holder is asked. From there on the bytes are the origin's own, so
 * what is wrong with them is the origin's fault: kept, quarantined, shown,
 * never in the way of later entries.
 */
#include "peer/bodies.h"

#include "base/limits.h"
#include "crypto/circle.h"
#include "ledger/leaf.h"
#include "peer/circles.h"
#include "peer/erasure.h"
#include "peer/former.h"
#include "peer/judge.h"
#include "peer/own.h"
#include "peer/seek.h"
#include "peer/sweep.h"

/* --- the meta text --- */

char
bodies_mark(bool urgent, bool key)
{
	return "-uk"[key ? 2 : urgent ? 1 : 0];
}

void
bodies_write_meta(const struct entry *e, bool urgent, const char *why,
    struct buf *out)
{
	buf_put_u8(out, (uint8_t)bodies_mark(urgent,
	    span_is_str(e->kind, CIRCLE_KIND)));
	buf_put_u8(out, ' ');
	if (!e->sealed)
		buf_put_str(out, "*");
	for (size_t i = 0; e->sealed && i < e->aud_n; i++) {
		if (i != 0)
			buf_put_u8(out, ' ');
		buf_put(out, e->aud[i]);
	}
	buf_put_str(out, "|");
	buf_put_str(out, why);
}

enum err
bodies_parse_meta(struct span in, struct body_meta *out)
{
	const unsigned char *bar = in.n > 2 ? memchr(in.p, '|', in.n) : NULL;
	size_t at;

	if (bar == NULL || in.p[1] != ' ')
		return ERR_DAMAGED;
	at = (size_t)(bar - in.p);
	out->key = in.p[0] == 'k';
	out->urgent = in.p[0] == 'u' || out->key;
	out->aud = span_of(in.p + 2, at - 2);
	out->open = span_is_str(out->aud, "*");
	out->why = span_of(bar + 1, in.n - at - 1);
	return ERR_NONE;
}

bool
body_meta_has(const struct body_meta *m, struct span team)
{
	size_t at = 0;

	if (m->open)
		return true;
	while (at < m->aud.n) {
		const unsigned char *p = m->aud.p + at;
		const unsigned char *end = memchr(p, ' ', m->aud.n - at);
		size_t n = end != NULL ? (size_t)(end - p) : m->aud.n - at;

		if (span_is_equal(span_of(p, n), team))
			return true;
		at += n + 1;
	}
	return false;
}

/* --- arrival: step 7 --- */

struct leaf_find {
	struct leaf leaf;
	enum err err;
};

static bool
see_leaf(void *ctx, uint64_t index, struct span record)
{
	struct leaf_find *f = ctx;

	(void)index;
	f->err = leaf_parse(record, &f->leaf);
	return false;
}

enum err
bodies_find_leaf(struct hub *h, const struct hub_log *log, uint64_t index,
    struct leaf *out)
{
	struct leaf_find f = { .err = ERR_NOT_FOUND };
	enum err e = store_scan_records(h->parts.store, log->stored.id, index,
	    1, see_leaf, &f);

	if (e == ERR_NONE)
		e = f.err;
	if (e == ERR_NONE)
		*out = f.leaf;
	return e;
}

bool
bodies_is_sealed(struct hub *h, const struct hub_log *log, uint64_t index)
{
	struct leaf leaf;

	return bodies_find_leaf(h, log, index, &leaf) != ERR_NONE || leaf.sealed;
}

enum err
bodies_check(struct hub *h, const struct hub_log *log, uint64_t index,
    struct span bytes)
{
	struct digest got = hash_sha256(bytes);
	struct leaf leaf;
	enum err e = bodies_find_leaf(h, log, index, &leaf);

	if (e == ERR_NONE && !digest_is_equal(&got, leaf.sealed ?
				    &leaf.container : &leaf.entry))
		e = ERR_DIGEST;
	return e;
}

/* It is here already: the receipt was lost, or it came by two ways. */
static void
again(struct hub *h, struct hub_log *log, uint64_t index, bool sealed,
    const struct store_body *body)
{
	struct body_meta m;

	/* what opened to its text is held, whatever else is wrong with it */
	if (sealed && (body->state == STORE_BODY_HELD ||
			  body->opened.n != 0)) {
		ranges_add(&log->held_aud, index, index);
		log->fresh_dirty = true;
	}
	cadence_add(&log->cadence,
	    bodies_parse_meta(body->meta, &m) == ERR_NONE && m.urgent,
	    h->now.mono);
}

static bool
is_arriving(const struct hub *h, const struct hub_log *log, uint64_t index)
{
	for (const struct hub_arrival *a = h->arrivals; a != NULL; a = a->next)
		if (a->log == log && a->index == index)
			return true;
	return false;
}

/* --- what nobody could give --- */

static struct hub_refusal *
find_refusal(struct hub_log *log, uint64_t index)
{
	for (unsigned i = 0; i < HUB_REFUSALS; i++)
		if (log->refusal[i].used && log->refusal[i].index == index)
			return &log->refusal[i];
	return NULL;
}

static struct hub_refusal *
make_refusal(const struct hub *h, struct hub_log *log, uint64_t index)
{
	struct hub_refusal *r = find_refusal(log, index);

	if (r != NULL)
		return r;
	r = &log->refusal[log->refusal_at++ % HUB_REFUSALS];
	*r = (struct hub_refusal){ .used = true, .index = index,
		.since = h->now.mono };
	return r;
}

/* Open bodies have to be somewhere: it is marked, shown, and asked for again
 * when somebody else comes, or after a while. */
static void
give_up(struct hub *h, struct hub_log *log, uint64_t index)
{
	struct store_body body = { .state = STORE_BODY_DAMAGED,
		.meta = span_str("- *|nobody who was asked has it") };
	struct store_body held;

	if (ranges_is_empty(&log->given_up))
		log->given_up_until.ms = h->now.mono.ms + HUB_GIVEN_UP_MS;
	ranges_add(&log->given_up, index, index);
	if (store_get_body(h->parts.store, log->stored.id, index, &h->turn,
		&held) != ERR_NOT_FOUND || !hub_stage(h))
		return; /* told before */
	hub_write(h, store_put_body(h->parts.store, log->stored.id, index,
			 &body));
	hub_notify_later(h, HUB_ALARM, span_str(""), log->stored.origin, index,
	    "three nodes were asked for a body that all should hold, and none "
	    "has it");
}

static bool
is_from_origin(const struct hub *h, const struct hub_log *log,
    const struct hub_peer *p)
{
	struct registry_log found;

	return registry_log_find(h->parts.registry, log->stored.origin,
		&found) == ERR_NONE &&
	    span_is_str(found.team->id, p->team);
}

static bool
is_origin_linked(const struct hub *h, const struct hub_log *log)
{
	for (const struct hub_link *l = h->links; l != NULL; l = l->next)
		if (l->hello && l->peer->link == l &&
		    is_from_origin(h, log, l->peer))
			return true;
	return false;
}

/* So long that it may be on its way, and that each node that is linked has
 * been asked. */
static bool
is_too_early(const struct hub *h, const struct hub_refusal *r)
{
	int64_t ms = HUB_NOBODY_MS;

	for (const struct hub_link *l = h->links; l != NULL; l = l->next)
		ms += HUB_BODY_MS / 5;
	return h->now.mono.ms - r->since.ms < ms;
}

/* It lacks what it should hold. While the origin is linked nothing is given up
 * that it was not asked for. */
static void
lacked_by(struct hub *h, struct hub_log *log, uint64_t index,
    const struct hub_peer *by)
{
	struct hub_refusal *r;
	unsigned i = 0;

	if (log->stored.role != STORE_MIRROR || former_is(h, log) ||
	    !ranges_has(&log->missing, index) ||
	    ranges_has(&log->given_up, index))
		return;
	r = make_refusal(h, log, index);
	if (is_too_early(h, r))
		return;
	r->origin = r->origin || is_from_origin(h, log, by);
	while (i < r->n && r->by[i] != by)
		i++;
	if (i == r->n && r->n < HUB_BODY_TRIES)
		r->by[r->n++] = by;
	if (r->n == HUB_BODY_TRIES &&
	    (r->origin || !is_origin_linked(h, log)))
		give_up(h, log, index);
}

/* Somebody holds it and does not give it, as what is set aside: it exists, and
 * its origin gives it. */
static void
held_by_one(struct hub_log *log, uint64_t index)
{
	struct hub_refusal *r = find_refusal(log, index);

	if (r != NULL)
		r->used = false;
}

static void
ask_again(struct hub_log *log)
{
	ranges_clear(&log->given_up);
	memset(log->refusal, 0, sizeof log->refusal);
}

void
bodies_new_holder(struct hub *h)
{
	for (size_t i = 2; i < h->log_n; i++)
		ask_again(h->log[i]);
}

/* The bytes do not give the record's digest: the sender's fault. */
static void
wrong_bytes(struct hub *h, struct hub_log *log, uint64_t index,
    struct hub_link *l)
{
	struct wire_indices m = { .origin = log->stored.origin, .count = 1 };

	hub_notify(h, HUB_REFUSED, span_str(l->peer->team),
	    log->stored.origin, index, ERR_DIGEST,
	    "a body does not match its record; asking another holder");
	lacked_by(h, log, index, l->peer);
	m.index[0] = index;
	buf_clear(&h->scratch);
	wire_write_indices(&m, &h->scratch);
	for (struct hub_link *x = h->links, *next; x != NULL; x = next) {
		next = x->next;
		if (x != l && x->hello && x->peer->link == x) {
			hub_send(h, x->peer, CLASS_RECORDS, WIRE_BODY_WANT,
			    buf_span(&h->scratch));
			return;
		}
	}
}

static void
arrive(struct hub *h, struct hub_link *l, struct hub_log *log,
    const struct wire_body *m, const struct leaf *leaf)
{
	const struct digest *want = leaf->sealed ? &leaf->container :
						   &leaf->entry;
	struct digest got = hash_sha256(m->bytes);
	struct hub_arrival *a;

	if (!digest_is_equal(&got, want)) {
		wrong_bytes(h, log, m->index, l);
		return;
	}
	a = arena_alloc(&h->turn, sizeof *a);
	a->log = log;
	a->index = m->index;
	a->entry = leaf->entry;
	a->sealed = leaf->sealed;
	a->bytes = arena_copy(&h->turn, m->bytes);
	memcpy(a->from, l->peer->team, sizeof a->from);
	if (l->questions != 0)
		l->questions--; /* it was wanted */
	*h->arrivals_tail = a;
	h->arrivals_tail = &a->next;
	h->arrival_n++;
}

/* Bodies come for mirrors, and for the own log where one was damaged. */
static bool
may_take(const struct hub *h, const struct hub_log *log, uint64_t index)
{
	return log != NULL && log->stored.role != STORE_PRIVATE &&
	    index < log->tree.size && start_may_write(&h->start) &&
	    (log->stored.role == STORE_MIRROR ||
		ranges_has(&log->lost, index)) &&
	    !is_arriving(h, log, index);
}

enum err
bodies_take(struct hub *h, struct hub_link *l, struct span in)
{
	struct store_body held;
	struct wire_body m;
	struct hub_log *log;
	struct leaf leaf;
	enum err e = wire_parse_body(in, true, &m);

	if (e != ERR_NONE)
		return e;
	l->owe_bodies++;
	l->owe_bytes += m.bytes.n;
	log = hub_find_log(h, m.origin);
	if (!may_take(h, log, m.index))
		return ERR_NONE;
	e = store_get_body(h->parts.store, log->stored.id, m.index, &h->turn,
	    &held);
	if (bodies_find_leaf(h, log, m.index, &leaf) != ERR_NONE)
		return ERR_NONE; /* our store's trouble */
	if (e == ERR_NONE && held.state != STORE_BODY_DAMAGED &&
	    !ranges_has(&log->lost, m.index))
		again(h, log, m.index, leaf.sealed, &held);
	else
		arrive(h, l, log, &m, &leaf);
	return ERR_NONE;
}

/* --- the turn --- */

size_t
bodies_jobs(struct hub *h, struct keeper_job *jobs, size_t max)
{
	size_t n = 0;

	for (struct hub_arrival *a = h->arrivals; a != NULL; a = a->next) {
		a->job = SIZE_MAX;
		if (!a->sealed || n == max)
			continue;
		circles_look(h, a);
		if (a->in_circle && a->key.log == NULL)
			continue;
		a->job = n;
		jobs[n] = (struct keeper_job){ .what = KEEPER_OPEN,
			.in = a->bytes, .with = a->key.jws,
			.want = a->entry };
		buf_init(&jobs[n].out, LIMIT_CONTAINER);
		n++;
	}
	return n;
}

static void
remember_offer(struct hub *h, struct hub_log *log, uint64_t index)
{
	if (log->offer_count == HUB_OFFERS) {
		memmove(log->offers, log->offers + 1,
		    (HUB_OFFERS - 1) * sizeof *log->offers);
		log->offer_count--;
	}
	log->offers[log->offer_count++] = (struct hub_offer){ index,
		{ h->now.mono.ms + HUB_OFFER_MS } };
}

/* held: durable and opened to D, whatever else is wrong with it */
static void
owe_receipt(struct hub *h, const struct hub_arrival *a, bool urgent,
    bool opened)
{
	if (a->sealed && opened) {
		ranges_add(&a->log->held_aud, a->index, a->index);
		a->log->fresh_dirty = true;
		remember_offer(h, a->log, a->index);
	}
	cadence_add(&a->log->cadence, urgent, h->now.mono);
}

/* More than any mistake explains: somebody must talk to that team. */
static void
count_quarantined(struct hub *h, struct hub_log *log)
{
	struct buf value;

	log->quarantined++;
	buf_init(&value, 8);
	buf_put_u64(&value, log->quarantined);
	hub_write(h, store_put_item(h->parts.store, "quarantined",
			 log->stored.origin, buf_span(&value)));
	buf_release(&value);
	if (log->quarantined % LIMIT_QUARANTINE == 0)
		hub_notify_later(h, HUB_ALARM, span_str(""),
		    log->stored.origin, log->quarantined,
		    "ten thousand entries of this origin were set aside");
}

enum err
bodies_load(struct hub *h, struct hub_log *l)
{
	struct span value;
	struct reader r;
	enum err e = store_get_item(h->parts.store, "quarantined",
	    l->stored.origin, &h->turn, &value);

	l->quarantined = 0;
	if (e == ERR_NONE) {
		reader_init(&r, value);
		l->quarantined = reader_u64(&r);
	}
	return e == ERR_NOT_FOUND ? ERR_NONE : e;
}

struct hub_arrival *
bodies_arrive_again(struct hub *h, struct hub_log *log, uint64_t index,
    enum store_body_state state)
{
	struct hub_arrival *a;
	struct store_body body;
	struct leaf leaf;

	if (store_get_body(h->parts.store, log->stored.id, index, &h->turn,
		&body) != ERR_NONE || body.state != state ||
	    bodies_find_leaf(h, log, index, &leaf) != ERR_NONE)
		return NULL;
	a = arena_alloc(&h->turn, sizeof *a);
	a->log = log;
	a->index = index;
	a->entry = leaf.entry;
	a->sealed = true;
	a->bytes = body.bytes;
	*h->arrivals_tail = a;
	h->arrivals_tail = &a->next;
	h->arrival_n++;
	return a;
}

/* Does it carry what was erased? Also what is void or set aside, of which that
 * was not asked: the text is the same. */
static bool
is_erased(struct hub *h, const struct judged *j, struct span jws,
    struct entry *entry, struct digest *by)
{
	const struct kind *k;

	*entry = j->entry;
	*by = j->by;
	if (j->state == STORE_BODY_HELD)
		return j->is_erased;
	return jws.n != 0 && erasure_is_carried(h, jws, entry, &k, by);
}

static void
keep(struct hub *h, struct hub_arrival *a, const struct judged *j,
    struct span jws)
{
	struct entry entry;
	struct digest by;
	struct store_body body = { .state = j->state, .bytes = a->bytes };
	struct buf opened, meta;
	struct body_meta m;

	buf_init(&opened, LIMIT_CONTAINER + 64);
	buf_init(&meta, STORE_META_MAX);
	bodies_write_meta(&j->entry, j->urgent, j->why, &meta);
	if (a->sealed && jws.n != 0)
		hub_write(h, own_wrap(h, a->log, a->index, jws, &opened));
	body.opened = buf_span(&opened);
	body.meta = buf_span(&meta);
	if (is_erased(h, j, jws, &entry, &by))
		erasure_refuse(h, a->log, a->index, &entry, jws, &by);
	else
		hub_write(h, store_put_body(h->parts.store, a->log->stored.id,
				 a->index, &body));
	sweep_see(h, a->log, a->index);
	if (a->in_circle)
		circles_wait(h, a, j->state == STORE_BODY_SEALED);
	if (j->hands_out && j->state != STORE_BODY_QUARANTINED)
		circles_learn(h, a->log, a->index, &a->entry);
	a->log->dirty = true;
	ranges_remove(&a->log->missing, a->index, a->index);
	seek_answered(a->log, a->index, true);
	if (former_is(h, a->log) && bodies_parse_meta(body.meta, &m) ==
		ERR_NONE)
		former_arrived(h, a->log, a->index, &m);
	if (j->state == STORE_BODY_HELD && j->kind != NULL && j->kind->erases)
		erasure_note(h, a->log->stored.id, a->index);
	if (j->state == STORE_BODY_QUARANTINED && !a->was_refused)
		count_quarantined(h, a->log);
	if (a->log->stored.role == STORE_MIRROR && !a->was_refused &&
	    j->state != STORE_BODY_SEALED)
		owe_receipt(h, a, j->urgent, jws.n != 0);
	if (j->state != STORE_BODY_SEALED)
		hub_notify_later(h, a->was_refused ? HUB_CHANGED :
			j->state == STORE_BODY_HELD ? HUB_ACCEPTED :
			HUB_QUARANTINED, span_str(a->from),
		    a->log->stored.origin, a->index, j->why);
	if (j->alarm != NULL)
		hub_notify_later(h, HUB_ALARM, j->entry.iss,
		    a->log->stored.origin, a->index, j->alarm);
	buf_release(&opened);
	buf_release(&meta);
}

static void
stage_one(struct hub *h, struct hub_arrival *a, struct keeper_job *jobs)
{
	struct judged *j = arena_alloc(&h->turn, sizeof *j);
	struct judge_at at = { .log = a->log, .index = a->index,
		.sealed = a->sealed, .opened = { .jws = a->bytes },
		.container = a->sealed ? a->bytes : span_str("") };
	const struct keeper_job *job;

	if (!a->sealed) {
		judge_text(h, &at, j);
		keep(h, a, j, a->bytes);
		return;
	}
	j->entry.sealed = true; /* until its audience is read */
	if (a->in_circle && a->key.log == NULL) {
		judged_condemn(j, STORE_BODY_SEALED, "%s",
		    "it waits for the key of its circle");
		keep(h, a, j, span_str(""));
		return;
	}
	if (a->job == SIZE_MAX)
		return; /* more than one batch: it will be sent again */
	job = &jobs[a->job];
	at.circle = a->in_circle ? &a->key : NULL;
	if (a->in_circle && job->result == ERR_KEY) {
		judged_condemn(j, STORE_BODY_QUARANTINED, "%s",
		    "sealed by the key of another log");
		keep(h, a, j, span_str(""));
		return;
	}
	if (job->result == ERR_KEY && former_is(h, a->log)) {
		/* what we sent to others alone: that it exists is known */
		judged_condemn(j, STORE_BODY_SEALED, "%s",
		    "it was not sealed to us");
		keep(h, a, j, span_str(""));
		return;
	}
	if (job->result == ERR_KEY) {
		hub_notify(h, HUB_REFUSED, span_str(a->from),
		    a->log->stored.origin, a->index, ERR_AUDIENCE,
		    "a container came that is not sealed to us");
		return;
	}
	at.opened = keeper_opened(&job->out);
	if (job->result != ERR_NONE)
		judged_condemn(j, STORE_BODY_QUARANTINED,
		    job->result == ERR_DIGEST ?
			"it opens to another text than the log states" :
			"the container does not open");
	else
		judge_text(h, &at, j);
	keep(h, a, j, at.opened.jws);
}

void
bodies_stage(struct hub *h, struct keeper_job *jobs, size_t done)
{
	for (struct hub_arrival *a = h->arrivals; a != NULL; a = a->next) {
		if (a->job != SIZE_MAX && a->job >= done)
			return;
		if (!a->staged && hub_stage(h))
			stage_one(h, a, jobs);
		a->staged = true;
	}
}

/* --- asking and offering --- */

enum err
bodies_take_none(struct hub *h, struct hub_link *l, struct span in)
{
	struct wire_body m;
	struct hub_log *log;
	enum err e = wire_parse_body(in, false, &m);

	if (e != ERR_NONE)
		return e;
	log = hub_find_log(h, m.origin);
	if (log != NULL)
		seek_answered(log, m.index, is_from_origin(h, log, l->peer));
	if (log == NULL || former_is(h, log))
		return ERR_NONE;
	ranges_remove(&log->asked, m.index, m.index);
	if (m.none == WIRE_NONE_LACKED)
		lacked_by(h, log, m.index, l->peer);
	else if (m.none == WIRE_NONE_WITHHELD || m.none == WIRE_NONE_ERASED)
		held_by_one(log, m.index);
	return ERR_NONE;
}

static bool
lacks(struct hub *h, struct hub_log *log, uint64_t index)
{
	struct store_body body;
	struct leaf leaf;

	return index < log->tree.size && !is_arriving(h, log, index) &&
	    bodies_find_leaf(h, log, index, &leaf) == ERR_NONE &&
	    store_get_body(h->parts.store, log->stored.id, index, &h->turn,
		&body) == ERR_NOT_FOUND;
}

/* Its origin has forgotten our receipt: the next one says it once more. */
static void
say_again(struct hub *h, struct hub_log *log, uint64_t index)
{
	struct store_body body;
	struct leaf leaf;

	if (store_get_body(h->parts.store, log->stored.id, index, &h->turn,
		&body) == ERR_NONE && body.state != STORE_BODY_DAMAGED &&
	    bodies_find_leaf(h, log, index, &leaf) == ERR_NONE)
		again(h, log, index, leaf.sealed, &body);
}

enum err
bodies_take_offer(struct hub *h, struct hub_link *l, struct span in)
{
	struct wire_indices m, want = { 0 };
	struct hub_log *log;
	enum err e = wire_parse_indices(in, &m);

	if (e != ERR_NONE)
		return e;
	log = hub_find_log(h, m.origin);
	if (log == NULL || log->stored.role != STORE_MIRROR)
		return ERR_NONE;
	want.origin = m.origin;
	for (unsigned i = 0; i < m.count; i++)
		if (lacks(h, log, m.index[i]))
			want.index[want.count++] = m.index[i];
		else if (is_from_origin(h, log, l->peer))
			say_again(h, log, m.index[i]);
	if (want.count == 0)
		return ERR_NONE;
	buf_clear(&h->scratch);
	wire_write_indices(&want, &h->scratch);
	hub_send(h, l->peer, CLASS_RECORDS, WIRE_BODY_WANT,
	    buf_span(&h->scratch));
	return ERR_NONE;
}

/* Ask `l` for open bodies that are missing, newest first. */
static void
ask(struct hub *h, struct hub_log *log, struct hub_link *l)
{
	struct wire_indices m = { .origin = log->stored.origin };
	uint64_t x = UINT64_MAX;

	while (m.count < WIRE_WANTS_MAX &&
	    ranges_find_down(&log->missing, &log->asked, x, &x)) {
		m.index[m.count++] = x;
		ranges_add(&log->asked, x, x);
		if (x == 0)
			break;
		x--;
	}
	if (m.count == 0)
		return;
	buf_clear(&h->scratch);
	wire_write_indices(&m, &h->scratch);
	hub_send(h, l->peer, CLASS_RECORDS, WIRE_BODY_WANT,
	    buf_span(&h->scratch));
}

/* The next link after the one asked before, so that holders take turns. */
static struct hub_link *
pick(struct hub *h, uint64_t turn)
{
	size_t n = 0;

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

static void
ask_for_missing(struct hub *h, struct hub_log *log)
{
	struct hub_link *l;

	if (ranges_is_empty(&log->missing)) {
		ranges_clear(&log->asked);
		log->asked_until.ms = h->now.mono.ms + HUB_BODY_MS;
		return;
	}
	/* the origin sends what it owes by itself: patience first */
	if (log->asked_until.ms == 0)
		log->asked_until.ms = h->now.mono.ms + HUB_BODY_MS;
	if (h->now.mono.ms < log->asked_until.ms)
		return;
	log->asked_until.ms = h->now.mono.ms + HUB_BODY_MS / 5;
	ranges_clear(&log->asked);
	if (!ranges_is_empty(&log->given_up) &&
	    h->now.mono.ms >= log->given_up_until.ms)
		ask_again(log);
	ranges_add_all(&log->asked, &log->given_up);
	l = pick(h, (uint64_t)h->now.mono.ms / (HUB_BODY_MS / 5));
	if (l != NULL)
		ask(h, log, l);
}

static void
offer_one(struct hub *h, struct hub_log *log, uint64_t index)
{
	struct wire_indices m = { .origin = log->stored.origin, .count = 1 };
	struct store_body body;
	struct body_meta meta;

	m.index[0] = index;
	if (store_get_body(h->parts.store, log->stored.id, index, &h->turn,
		&body) != ERR_NONE ||
	    body.state != STORE_BODY_HELD ||
	    bodies_parse_meta(body.meta, &meta) != ERR_NONE)
		return;
	buf_clear(&h->scratch);
	wire_write_indices(&m, &h->scratch);
	for (size_t i = 0; i < h->peer_n; i++)
		if (body_meta_has(&meta, span_str(h->peer[i]->team)))
			hub_send(h, h->peer[i], CLASS_OTHER, WIRE_OFFER,
			    buf_span(&h->scratch));
}

void
bodies_step(struct hub *h)
{
	for (size_t i = 2; i < h->log_n; i++) {
		struct hub_log *log = h->log[i];
		size_t due = 0;

		if (former_is(h, log))
			former_ask(h, log);
		else
			ask_for_missing(h, log);
		while (due < log->offer_count && due < 32 &&
		    log->offers[due].due.ms <= h->now.mono.ms)
			offer_one(h, log, log->offers[due++].index);
		log->offer_count -= due;
		memmove(log->offers, log->offers + due,
		    log->offer_count * sizeof *log->offers);
	}
}
