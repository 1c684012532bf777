/* SPDX-License-Identifier: Apache-2.0
 *
 * Keys of circles, joined to log and store. The origin hands a key out by an
 * entry like any other, behind the first entry that would have had use for
 * it; so a key in use is always durable, released and owed to its readers. A
 * receiver finds it by the digest of that entry. What comes before its key is
 * kept and looked at again when the key is here.
 *
 *   circle       D of the entry with the key -> log, index
 *   circle-own   log, circle -> index, time, D
 *   circle-wait  D, log, index of what waits
 */
#include "peer/circles.h"

#include "base/limits.h"
#include "base/mem.h"
#include "crypto/circle.h"
#include "crypto/jwe.h"
#include "crypto/jws.h"
#include "crypto/secret.h"
#include "peer/bodies.h"
#include "peer/own.h"
#include "peer/places.h"
#include "peer/repair.h"

#include <stdlib.h>

static const char places[] = CIRCLE_PLACES, own[] = "circle-own",
		  waits_for[] = CIRCLE_WAITS;

static int64_t
now_s(const struct hub *h)
{
	return h->now.wall.ms / 1000;
}

/* --- the key as it is held --- */

static void
put_place(struct hub *h, const struct digest *id, uint32_t log,
    uint64_t index)
{
	struct buf b;

	buf_init(&b, 12);
	buf_put_u32(&b, log);
	buf_put_u64(&b, index);
	hub_write(h, store_put_item(h->parts.store, places, digest_span(id),
			 buf_span(&b)));
	buf_release(&b);
}

/* The signed entry at that place, if it could be opened. */
static bool
read_key(struct hub *h, const struct hub_log *log, uint64_t index,
    struct span *jws)
{
	struct store_body body;
	struct buf b;
	bool ok;

	if (store_get_body(h->parts.store, log->stored.id, index, &h->turn,
		&body) != ERR_NONE ||
	    (body.state != STORE_BODY_HELD && body.state != STORE_BODY_VOID))
		return false;
	buf_init(&b, LIMIT_JWS);
	ok = own_unwrap(h, log, index, body.opened, &b) == ERR_NONE;
	if (ok)
		*jws = arena_copy(&h->turn, buf_span(&b));
	if (b.p != NULL)
		secret_wipe(b.p, b.cap);
	buf_release(&b);
	return ok;
}

static void
find_key(struct hub *h, const struct digest *id, struct hub_circle *out)
{
	struct hub_log *log;
	struct span value;
	struct reader r;
	uint32_t log_id;
	uint64_t index;

	if (store_get_item(h->parts.store, places, digest_span(id), &h->turn,
		&value) != ERR_NONE)
		return;
	reader_init(&r, value);
	log_id = reader_u32(&r);
	index = reader_u64(&r);
	log = hub_find_log_id(h, log_id);
	if (log == NULL || reader_check(&r, true) != ERR_NONE)
		return;
	if (read_key(h, log, index, &out->jws)) {
		out->index = index;
		out->log = log;
	} else {
		repair_lost(h, log, index);
	}
}

/* --- the origin --- */

static int
compare_kids(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct digest));
}

struct digest
circles_name(struct hub *h, const struct hub_pending *p, struct digest *kid,
    size_t n)
{
	struct span *aud = arena_alloc(&h->turn,
	    (p->draft.aud_n + 1) * sizeof *aud);

	for (size_t i = 0; i < p->draft.aud_n; i++)
		aud[i] = p->draft.aud[i];
	qsort(kid, n, sizeof *kid, compare_kids);
	return circles_about(aud, entry_sort_teams(aud, p->draft.aud_n), kid,
	    n);
}

enum err
circles_seal(struct hub *h, struct hub_pending *p,
    const struct jwe_random *random)
{
	const struct hub_draft *d = &p->draft;
	const struct circles_item *it;

	if (h->config.circle_least == 0 ||
	    d->aud_n < h->config.circle_least ||
	    !circles_may(d->kind, d->tlp, d->has_embargo))
		return ERR_NOT_FOUND;
	if (h->circles_log != hub_own(h)->stored.id) {
		/* no key goes over to a new log */
		circles_clear(&h->circles);
		h->circles_log = hub_own(h)->stored.id;
	}
	it = circles_find(&h->circles, &p->circle, h->released, now_s(h));
	p->wants_circle = it == NULL;
	return it == NULL ? ERR_NOT_FOUND :
	    jwe_write_circle(h->config.origin, &it->id, it->key,
		buf_span(&p->jws), random, &p->container);
}

static bool
hands_out(const struct hub_pending *p)
{
	return !p->draft.is_private &&
	    span_is_str(p->draft.kind, CIRCLE_KIND);
}

void
circles_stage(struct hub *h, const struct hub_pending *p)
{
	uint32_t log = hub_own(h)->stored.id;
	struct buf key, value;

	if (!hands_out(p))
		return;
	buf_init(&key, 4 + sizeof p->circle);
	buf_init(&value, 16 + sizeof p->digest);
	buf_put_u32(&key, log);
	buf_put(&key, digest_span(&p->circle));
	buf_put_u64(&value, p->result.index);
	buf_put_u64(&value, (uint64_t)now_s(h));
	buf_put(&value, digest_span(&p->digest));
	hub_write(h, store_put_item(h->parts.store, own, buf_span(&key),
			 buf_span(&value)));
	put_place(h, &p->digest, log, p->result.index);
	buf_release(&key);
	buf_release(&value);
}

/* A key of the own log, at rest since it was made, or of this moment. */
static void
put_in_force(struct hub *h, const struct digest *about, uint64_t index,
    int64_t made_s, struct span jws)
{
	struct circles_item item = { .about = *about, .index = index,
		.made_s = made_s };
	struct circle c;

	if (circle_parse(jws, &h->turn, &c, NULL) != ERR_NONE)
		return;
	item.id = c.id;
	memcpy(item.key, c.key, sizeof item.key);
	circles_made(&h->circles, about, &item);
	secret_wipe(&c, sizeof c);
	secret_wipe(&item, sizeof item);
}

struct making {
	struct hub *h;
	struct digest about;
};

static void
on_made(void *ctx, const struct hub_appended *result)
{
	struct making *m = ctx;

	(void)result; /* if it failed, the next entry asks for it again */
	circles_made(&m->h->circles, &m->about, NULL);
	free(m);
}

/* TLP:RED: nobody may pass it on. */
static void
make(struct hub *h, const struct hub_pending *p)
{
	struct hub_draft d = { .kind = span_str(CIRCLE_KIND),
		.tlp = span_str("TLP:RED"), .aud = p->draft.aud,
		.aud_n = p->draft.aud_n };
	struct making *m = mem_alloc(sizeof *m);
	unsigned char key[CIRCLE_KEY];
	struct buf body;

	*m = (struct making){ h, p->circle };
	h->host.random(h->host.ctx, key, sizeof key);
	buf_init(&body, CIRCLE_BODY_MAX);
	circle_write(key, &body);
	d.body = buf_span(&body);
	hub_append(h, &d, on_made, m);
	secret_wipe(key, sizeof key);
	secret_wipe(body.p, body.cap);
	buf_release(&body);
}

void
circles_see(struct hub *h, const struct hub_pending *p)
{
	if (hands_out(p))
		put_in_force(h, &p->circle, p->result.index, now_s(h),
		    buf_span(&p->jws));
	else if (p->wants_circle &&
	    circles_want(&h->circles, &p->circle, h->released, now_s(h)))
		make(h, p);
}

/* --- the receiver --- */

void
circles_look(struct hub *h, struct hub_arrival *a)
{
	a->in_circle = jwe_find_circle(a->bytes, &h->turn, &a->circle);
	if (!a->in_circle)
		return;
	/* a batch has most of its bodies from one circle */
	for (struct hub_arrival *x = h->arrivals; x != a; x = x->next)
		if (x->in_circle && x->key.log != NULL &&
		    digest_is_equal(&x->circle, &a->circle)) {
			a->key = x->key;
			return;
		}
	find_key(h, &a->circle, &a->key);
}

void
circles_wait(struct hub *h, const struct hub_arrival *a, bool waits)
{
	if (waits || a->waited)
		places_put(h, waits_for, &a->circle,
		    (struct place){ a->log->stored.id, a->index }, waits);
}

static void
look_again(struct hub *h, const struct digest *id)
{
	for (size_t i = 0; i < h->opens_n; i++)
		if (digest_is_equal(&h->opens[i], id))
			return;
	h->opens = mem_grow(h->opens, (h->opens_n + 1) * sizeof *h->opens);
	h->opens[h->opens_n++] = *id;
}

void
circles_learn(struct hub *h, const struct hub_log *log, uint64_t index,
    const struct digest *id)
{
	put_place(h, id, log->stored.id, index);
	look_again(h, id);
}

void
circles_step(struct hub *h)
{
	struct places *w;
	struct digest id;
	size_t room;

	if (h->opens_n == 0 || h->arrival_n >= HUB_ARRIVALS ||
	    !start_may_write(&h->start))
		return;
	w = arena_alloc(&h->turn, sizeof *w);
	id = h->opens[0];
	room = HUB_ARRIVALS - h->arrival_n;
	if (places_find(h, waits_for, &id, (struct place){ 0 }, room, w) !=
	    ERR_NONE)
		return;
	for (size_t i = 0; i < w->n; i++) {
		struct hub_log *log = hub_find_log_id(h, w->at[i].log);
		struct hub_arrival *a = log == NULL ? NULL :
		    bodies_arrive_again(h, log, w->at[i].index,
			STORE_BODY_SEALED);

		if (a == NULL)
			continue;
		a->circle = id;
		a->waited = true;
	}
	if (w->n < room)
		h->opens[0] = h->opens[--h->opens_n];
}

/* --- what is right --- */

static bool
has_same_audience(struct hub *h, struct span jws, const struct entry *e)
{
	struct entry key;
	struct jws j;
	bool same;

	if (jws_parse(jws, ENTRY_TYP, &h->turn, &j, NULL) != ERR_NONE ||
	    entry_parse(j.payload, &h->turn, &key, NULL, NULL) != ERR_NONE)
		return false;
	same = key.aud_n == e->aud_n;
	for (size_t i = 0; same && i < e->aud_n; i++)
		same = span_is_equal(key.aud[i], e->aud[i]);
	return same;
}

const char *
circles_judge(struct hub *h, const struct hub_log *log, uint64_t index,
    const struct hub_circle *key, const struct entry *e)
{
	if (key->log != log)
		return "sealed by the key of another log";
	if (key->index >= index)
		return "sealed by a key that its log hands out only later";
	if (!circles_may(e->kind, e->tlp, e->has_embargo))
		return "what is TLP:RED, under embargo or a key is not sealed "
		       "to a circle";
	if (!has_same_audience(h, key->jws, e))
		return "its audience is not that of its circle";
	return NULL;
}

const char *
circles_judge_key(struct hub *h, const struct entry *e, struct span jws)
{
	struct fault f = { 0 };
	struct circle c;

	if (!e->sealed || e->has_embargo)
		return "it hands out a key in the open, or under embargo";
	if (circle_parse(jws, &h->turn, &c, &f) != ERR_NONE)
		return "it hands out no key of a circle";
	secret_wipe(&c, sizeof c);
	return NULL;
}

/* --- the start --- */

static bool
see_own(void *ctx, struct span key, struct span value)
{
	struct hub *h = ctx;
	struct digest about, id;
	struct reader k, v;
	struct span jws;
	uint64_t index;
	int64_t made_s;
	uint32_t log;

	reader_init(&k, key);
	reader_init(&v, value);
	log = reader_u32(&k);
	reader_copy(&k, about.b, sizeof about.b);
	index = reader_u64(&v);
	made_s = (int64_t)reader_u64(&v);
	reader_copy(&v, id.b, sizeof id.b);
	if (reader_check(&k, true) == ERR_NONE &&
	    reader_check(&v, true) == ERR_NONE &&
	    log == hub_own(h)->stored.id &&
	    circles_is_fresh(made_s, now_s(h)) &&
	    read_key(h, hub_own(h), index, &jws))
		put_in_force(h, &about, index, made_s, jws);
	return true;
}

/* A key that came before the end of this process may not have been used. */
static bool
see_all_waiting(void *ctx, struct span key, struct span value)
{
	struct hub *h = ctx;
	struct place at;
	struct digest id;

	(void)value;
	if (places_parse(key, &id, &at) == ERR_NONE &&
	    store_get_item(h->parts.store, places, digest_span(&id), &h->turn,
		&value) == ERR_NONE)
		look_again(h, &id);
	return true;
}

enum err
circles_load(struct hub *h)
{
	enum err e;

	circles_clear(&h->circles);
	h->opens_n = 0;
	h->circles_log = hub_own(h)->stored.id;
	e = store_scan_items(h->parts.store, own, see_own, h);
	return e != ERR_NONE ? e :
	    store_scan_items(h->parts.store, waits_for, see_all_waiting, h);
}

void
circles_release(struct hub *h)
{
	circles_clear(&h->circles);
	free(h->opens);
	h->opens = NULL;
}
