/* SPDX-License-Identifier: Apache-2.0
 *
 * A keyset may say that entries are void, or that a key that signed them was
 * in force, after they came. So when what it says of entry keys changes, the
 * entries of its team's logs are judged again, log after log in the order of
 * the keyset and by ascending index, a slice a turn, and behind each log what
 * carries its entries in the logs of others. Which entries are void depends on
 * documents and contents alone. A row of "judged" says by what a
 * log was judged, so that a crash or a pin set meanwhile is noticed.
 */
#include "peer/rejudge.h"

#include "base/limits.h"
#include "crypto/jws.h"
#include "peer/bodies.h"
#include "peer/erasure.h"
#include "peer/ids.h"
#include "peer/judge.h"
#include "peer/own.h"
#include "peer/places.h"

enum { REJUDGE_SLICE = 128 };

/* What keyset and pins say of entry keys and logs of this log's team. */
static struct digest
keys_of(const struct hub *h, const struct hub_log *l)
{
	const struct registry *r = h->parts.registry;
	struct registry_log found;
	const struct keyset *k = NULL;
	struct digest d;
	struct buf b;

	buf_init(&b, LIMIT_DOCUMENT);
	if (registry_log_find(r, l->stored.origin, &found) == ERR_NONE)
		k = registry_keyset(r, found.team->id);
	for (size_t i = 0; k != NULL && i < k->node_count; i++)
		for (size_t j = 0; j < k->nodes[i].key_count; j++) {
			const struct keyset_key *key = &k->nodes[i].keys[j];

			if (key->role != KEY_ENTRY)
				continue;
			buf_put(&b, digest_span(&key->kid));
			buf_put_span8(&b, key->log);
			buf_put_u64(&b, key->from);
			buf_put_u64(&b, key->until);
			/* by pins too */
			buf_put_u8(&b, (uint8_t)registry_entry_state(r,
				k->team, &key->kid, key->log, INT64_MAX));
		}
	for (size_t i = 0; k != NULL && i < k->revoked_count; i++)
		for (size_t j = 0; j < k->revoked[i].cut_count; j++) {
			buf_put(&b, digest_span(&k->revoked[i].kid));
			buf_put_span8(&b, k->revoked[i].cuts[j].log);
			buf_put_u64(&b, k->revoked[i].cuts[j].size);
		}
	for (size_t i = 0; k != NULL && i < k->log_count; i++) {
		buf_put_span8(&b, k->logs[i].origin);
		buf_put_u64(&b, k->logs[i].closed ? k->logs[i].size :
						    UINT64_MAX);
	}
	d = k != NULL ? hash_sha256(buf_span(&b)) : (struct digest){ { 0 } };
	buf_release(&b);
	return d;
}

static void
save(struct hub *h, const struct hub_log *l, const struct digest *keys)
{
	if (hub_stage(h))
		hub_write(h, store_put_item(h->parts.store, "judged",
				 l->stored.origin, digest_span(keys)));
}

static void
begin(struct hub_log *l)
{
	l->rejudge = true;
	l->rejudge_at = 0;
	l->carrier_log = 0;
	l->carrier_at = 0;
}

static void
look(struct hub *h, struct hub_log *l)
{
	struct digest keys, none = { { 0 } };

	if (l->stored.role == STORE_PRIVATE)
		return;
	keys = keys_of(h, l);
	/* without a keyset nothing can be judged */
	if (digest_is_equal(&keys, &none) ||
	    digest_is_equal(&keys, &l->keys))
		return;
	if (!digest_is_equal(&l->keys, &none)) {
		save(h, l, &l->keys); /* until it is done */
		begin(l);
	}
	l->keys = keys;
}

void
rejudge_look(struct hub *h)
{
	for (size_t i = 0; i < h->log_n; i++)
		look(h, h->log[i]);
}

/* What carries entries of it may be here before it. */
void
rejudge_begin(struct hub *h, struct hub_log *l)
{
	const struct digest none = { { 0 } };

	l->keys = keys_of(h, l);
	save(h, l, &none); /* until that is done */
	begin(l);
}

enum err
rejudge_load(struct hub *h, struct hub_log *l)
{
	struct span value;
	enum err e = store_get_item(h->parts.store, "judged",
	    l->stored.origin, &h->turn, &value);

	l->rejudge = false;
	l->keys = keys_of(h, l);
	if (e == ERR_NONE && value.n == sizeof l->keys.b &&
	    memcmp(value.p, l->keys.b, value.n) != 0) {
		begin(l);
	}
	return e == ERR_NOT_FOUND ? ERR_NONE : e;
}

/* The text that is judged: opened, or open. */
static bool
text_of(struct hub *h, const struct hub_log *l, uint64_t index,
    const struct store_body *body, struct span *out)
{
	struct buf text;
	bool good;

	if (body->opened.n == 0) {
		*out = body->bytes;
		return body->bytes.n != 0 && !bodies_is_sealed(h, l, index);
	}
	buf_init(&text, LIMIT_CONTAINER);
	good = own_unwrap(h, l, index, body->opened, &text) == ERR_NONE;
	if (good)
		*out = arena_copy(&h->turn, buf_span(&text));
	if (text.p != NULL)
		explicit_bzero(text.p, text.cap);
	buf_release(&text);
	return good;
}

/* Who was refused for the key was not looked at further: who can open it, what
 * it hands out. */
static void
open_again(struct hub *h, struct hub_log *l, uint64_t index)
{
	struct hub_arrival *a = bodies_arrive_again(h, l, index,
	    STORE_BODY_QUARANTINED);

	if (a != NULL)
		a->was_refused = true;
}

/* As if the keyset had been here when it came: it never had a name. */
static void
give_up_name(struct hub *h, const struct hub_log *l, uint64_t index,
    struct span text)
{
	struct entry e;
	struct jws jws;

	if (jws_parse(text, ENTRY_TYP, &h->turn, &jws, NULL) == ERR_NONE &&
	    entry_parse(jws.payload, &h->turn, &e, NULL, NULL) == ERR_NONE)
		ids_give_up(h, l, index, &e);
}

/* Good after all: what else follows from an entry when it comes. */
static void
revived(struct hub *h, const struct judge_at *at, const struct judged *j)
{
	if (j->alarm != NULL)
		hub_notify_later(h, HUB_ALARM, j->entry.iss,
		    at->log->stored.origin, at->index, j->alarm);
	if (j->kind != NULL && j->kind->erases)
		erasure_note(h, at->log->stored.id, at->index);
}

void
rejudge_one(struct hub *h, struct hub_log *l, uint64_t index)
{
	struct judge_at at = { .log = l, .index = index };
	struct judged *j = arena_alloc(&h->turn, sizeof *j);
	struct registry_log found;
	struct store_body body;
	struct body_meta m;

	if (registry_log_find(h->parts.registry, l->stored.origin, &found) !=
		ERR_NONE ||
	    store_get_body(h->parts.store, l->stored.id, index, &h->turn,
		&body) != ERR_NONE ||
	    bodies_parse_meta(body.meta, &m) != ERR_NONE ||
	    (body.state != STORE_BODY_HELD && body.state != STORE_BODY_VOID &&
		!(body.state == STORE_BODY_QUARANTINED &&
		    ids_may_change(m.why))) ||
	    !text_of(h, l, index, &body, &at.opened.jws))
		return;
	at.sealed = bodies_is_sealed(h, l, index);
	if (at.sealed && body.state == STORE_BODY_QUARANTINED &&
	    span_is_str(m.why, judged_no_key)) {
		open_again(h, l, index);
		return;
	}
	/* only who was refused for the key was never verified */
	at.again = body.state != STORE_BODY_QUARANTINED ||
	    !span_is_str(m.why, judged_no_key);
	judge_text(h, &at, j);
	if (j->state == STORE_BODY_VOID ||
	    span_is_str(span_str(j->why), judged_no_key))
		give_up_name(h, l, index, at.opened.jws);
	if (j->state == STORE_BODY_HELD && body.state != STORE_BODY_HELD)
		revived(h, &at, j);
	ids_revise(h, l, index, j->state, j->why);
}

/* --- what other logs carry of one --- */

static const char carriers[] = "carrier"; /* of a log's name */

void
rejudge_with(struct hub *h, const struct hub_log *l, uint64_t index,
    struct span origin)
{
	struct digest of = hash_sha256(origin);

	if (hub_stage(h))
		places_put(h, carriers, &of,
		    (struct place){ l->stored.id, index }, true);
}

/* A slice of what carries entries of `l`, behind the last one. False if there
 * is more. */
static bool
judge_carriers(struct hub *h, struct hub_log *l)
{
	struct digest of = hash_sha256(l->stored.origin);
	struct places *c = arena_alloc(&h->turn, sizeof *c);

	if (places_find(h, carriers, &of,
		(struct place){ l->carrier_log, l->carrier_at }, REJUDGE_SLICE,
		c) != ERR_NONE)
		c->n = 0;
	for (size_t i = 0; i < c->n; i++) {
		struct hub_log *at = hub_find_log_id(h, c->at[i].log);

		if (h->arrival_n >= HUB_ARRIVALS)
			return false;
		if (at != NULL)
			rejudge_one(h, at, c->at[i].index);
		l->carrier_log = c->at[i].log;
		l->carrier_at = c->at[i].index + 1;
	}
	return c->n < REJUDGE_SLICE;
}

/* --- what names a record that is not here yet --- */

/* "early": of a log's name, the records that somebody waits for, as places of
 * no log; "waits": of the name and an index, who waits for that one. */
static const char early[] = "early";
static const char waits[] = "waits";

static struct digest
place_of(struct span origin, uint64_t index)
{
	struct digest d;
	struct buf b;

	buf_init(&b, origin.n + 8);
	buf_put(&b, origin);
	buf_put_u64(&b, index);
	d = hash_sha256(buf_span(&b));
	buf_release(&b);
	return d;
}

void
rejudge_when(struct hub *h, const struct hub_log *l, uint64_t index,
    struct span origin, uint64_t carried)
{
	struct digest of = hash_sha256(origin);
	struct digest at = place_of(origin, carried);
	struct hub_log *awaited;

	if (!hub_stage(h))
		return;
	places_put(h, early, &of, (struct place){ 0, carried }, true);
	places_put(h, waits, &at, (struct place){ l->stored.id, index }, true);
	awaited = hub_find_log(h, origin);
	if (awaited != NULL && carried < awaited->early)
		awaited->early = carried;
}

/* Record `index` of `l` is here: a slice of who waited for it. False if there
 * are more. */
static bool
judge_waiting(struct hub *h, struct hub_log *l, uint64_t index)
{
	struct digest of = hash_sha256(l->stored.origin);
	struct digest at = place_of(l->stored.origin, index);
	struct places *c = arena_alloc(&h->turn, sizeof *c);

	if (!hub_stage(h) || places_find(h, waits, &at, (struct place){ 0 },
		REJUDGE_SLICE, c) != ERR_NONE)
		return false;
	for (size_t i = 0; i < c->n; i++) {
		struct hub_log *from = hub_find_log_id(h, c->at[i].log);

		if (h->arrival_n >= HUB_ARRIVALS)
			return false;
		places_put(h, waits, &at, c->at[i], false);
		if (from != NULL)
			rejudge_one(h, from, c->at[i].index);
	}
	if (c->n == REJUDGE_SLICE)
		return false;
	places_put(h, early, &of, (struct place){ 0, index }, false);
	return true;
}

/* Records have come since: does somebody wait for one of them? */
static void
look_early(struct hub *h, struct hub_log *l)
{
	struct digest of = hash_sha256(l->stored.origin);
	struct places *c = arena_alloc(&h->turn, sizeof *c);

	if (places_find(h, early, &of, (struct place){ 0 }, 1, c) != ERR_NONE)
		return;
	l->knows_early = true;
	l->early = c->n == 0 ? UINT64_MAX : c->at[0].index;
	if (l->early >= l->tree.size)
		return;
	(void)judge_waiting(h, l, l->early);
	l->knows_early = false; /* who waits for the next one? */
}

/* The next log: of one team, the earlier first. */
static struct hub_log *
next_log(const struct hub *h)
{
	struct hub_log *best = NULL;

	for (size_t i = 0; i < h->log_n; i++)
		if (h->log[i]->rejudge && (best == NULL ||
			ids_epoch(h, h->log[i]) < ids_epoch(h, best)))
			best = h->log[i];
	return best;
}

static bool
is_early(const struct hub_log *l)
{
	return l->stored.role != STORE_PRIVATE &&
	    (!l->knows_early || l->early < l->tree.size);
}

void
rejudge_step(struct hub *h)
{
	struct hub_log *l = next_log(h);

	for (size_t i = 0; i < h->log_n; i++)
		if (is_early(h->log[i]))
			look_early(h, h->log[i]);
	if (l == NULL || !hub_stage(h))
		return;
	for (unsigned n = 0; n < REJUDGE_SLICE &&
	     h->arrival_n < HUB_ARRIVALS && l->rejudge_at < l->tree.size; n++)
		rejudge_one(h, l, l->rejudge_at++);
	if (l->rejudge_at < l->tree.size || !judge_carriers(h, l))
		return;
	l->rejudge = false;
	save(h, l, &l->keys);
}

bool
rejudge_is_due(const struct hub *h)
{
	for (size_t i = 0; i < h->log_n; i++)
		if (is_early(h->log[i]))
			return true;
	return next_log(h) != NULL;
}
