/* SPDX-License-Identifier: Apache-2.0
 *
 * Erasure as law demands. An entry of a kind that erases is noted in the
 * transaction that keeps it; what it names is deleted in a later turn, and
 * told when nothing of it is left in the store: both survive a crash, and may
 * be done twice. What the private log names goes here alone, whoever said it
 * (doc/decisions/0032-retention.md); else only bodies of its own team are
 * deleted by an entry, and those of others only if this node follows the law
 * of the origin
 * (doc/decisions/0022-erasure.md). Of the own team the drafts go too. What
 * carries the text verbatim, a release or what another team passed on, goes
 * like the text itself: all logs are read for it, and what is erased is
 * remembered, so that no carrier that comes later is kept.
 */
#include "peer/erasure.h"

#include "base/mem.h"
#include "crypto/jws.h"
#include "ledger/leaf.h"
#include "peer/bodies.h"
#include "peer/former.h"
#include "peer/own.h"
#include "record/attachment.h"
#include "record/carried.h"
#include "record/erased.h"

enum {
	AT_ONCE = 16,        /* erasing entries looked at in a turn */
	SLICE = 256,         /* entries read in a turn */
	AGAIN_MS = 5000,     /* for what is not here yet */
	KEY_BYTES = 12
};

static const char space[] = "erasing";
static const char texts[] = "erased"; /* D: what erased it, and its log */

/* What is still to be done: the value of an item. */
enum stage { STAGE_DELETE = 1, STAGE_TELL };

struct due {
	uint32_t log;
	uint64_t index;
	enum stage stage;
};

struct due_list {
	struct due at[AT_ONCE];
	size_t n;
};

static void
item_put(struct hub *h, uint32_t log, uint64_t index, unsigned stage)
{
	unsigned char value = (unsigned char)stage;
	struct buf key;

	buf_init(&key, KEY_BYTES);
	buf_put_u32(&key, log);
	buf_put_u64(&key, index);
	hub_write(h, store_put_item(h->parts.store, space, buf_span(&key),
			 span_of(&value, stage != 0)));
	buf_release(&key);
}

static bool
see_item(void *ctx, struct span key, struct span value)
{
	struct due_list *l = ctx;
	struct reader r;

	if (key.n != KEY_BYTES || value.n != 1)
		return true;
	reader_init(&r, key);
	l->at[l->n].log = reader_u32(&r);
	l->at[l->n].index = reader_u64(&r);
	l->at[l->n++].stage = (enum stage)value.p[0];
	return l->n < AT_ONCE;
}

void
erasure_note(struct hub *h, uint32_t log, uint64_t index)
{
	item_put(h, log, index, STAGE_DELETE);
	h->erasure.is_due = true;
	h->erasure.at = h->now.mono;
}

/* --- what was erased, for what carries it --- */

static void
text_note(struct hub *h, const struct erased_target *t,
    const struct digest *by)
{
	struct buf value;

	buf_init(&value, sizeof by->b + LIMIT_NAME);
	buf_put(&value, span_of(by->b, sizeof by->b));
	buf_put(&value, t->log);
	hub_write(h, store_put_item(h->parts.store, texts,
			 span_of(t->digest.b, sizeof t->digest.b),
			 buf_span(&value)));
	buf_release(&value);
}

bool
erasure_covers(struct hub *h, const struct carried *c, struct digest *by)
{
	struct span value;

	if (store_get_item(h->parts.store, texts,
		span_of(c->of.b, sizeof c->of.b), &h->turn, &value) !=
		ERR_NONE || value.n <= sizeof by->b ||
	    !span_is_equal(span_of(value.p + sizeof by->b,
		value.n - sizeof by->b), c->log))
		return false;
	memcpy(by->b, value.p, sizeof by->b);
	return true;
}

/* --- one body --- */

/* Its attachments go at once: deleting them twice does no harm. */
static void
blobs_delete(struct hub *h, struct json_val body)
{
	struct attachment *list;
	size_t n = 0;

	if (h->parts.blobs == NULL ||
	    attachments_parse(body, &h->turn, &list, &n, NULL) != ERR_NONE)
		return;
	for (size_t i = 0; i < n; i++)
		if (blobs_remove(h->parts.blobs, &list[i].sealed) == ERR_IO)
			hub_notify(h, HUB_ALARM, span_str(""), span_str(""),
			    0, ERR_IO, "an attachment that is to be erased "
			    "could not be deleted");
}

/* The same of what it carries. */
static void
carried_delete(struct hub *h, const struct kind *k, const struct entry *e,
    struct json_val body)
{
	struct carried c;

	if (k != NULL && k->carries != CARRIES_NOTHING &&
	    carried_parse(e, body, k->carries, h->parts.schema, &h->turn, &c,
		NULL) == ERR_NONE)
		blobs_delete(h, c.body);
}

static void
tombstone(struct hub *h, struct hub_log *l, uint64_t index, bool is_wrapped,
    const struct body_meta *m, struct span stub)
{
	struct store_body body = { .state = STORE_BODY_ERASED };
	struct buf opened, meta;

	buf_init(&opened, LIMIT_CONTAINER + 64);
	buf_init(&meta, STORE_META_MAX);
	buf_put_format(&meta, "%s %.*s|erased", m->urgent ? "u" : "-",
	    SPAN_FMT(m->aud));
	if (stub.n != 0 && is_wrapped)
		hub_write(h, own_wrap(h, l, index, stub, &opened));
	else
		body.bytes = stub;
	body.opened = buf_span(&opened);
	body.meta = buf_span(&meta);
	hub_write(h, store_put_body(h->parts.store, l->stored.id, index,
			 &body));
	buf_release(&opened);
	buf_release(&meta);
}

/* Nobody waits for it any more, here or there. */
static void
forget(struct hub *h, struct hub_log *l, uint64_t index)
{
	struct ranges gone = { 0 };

	ranges_remove(&l->missing, index, index);
	ranges_remove(&l->lost, index, index);
	ranges_remove(&l->given_up, index, index);
	ranges_add(&gone, index, index);
	for (size_t i = 0; i < h->peer_n; i++) {
		struct hub_peer *p = h->peer[i];

		if (l == hub_own(h))
			delivery_done(&p->delivery, &gone);
		for (size_t k = 0; k < p->debt_n; k++)
			if (p->debt[k].log == l)
				ranges_remove(&p->debt[k].due, index, index);
	}
	ranges_release(&gone);
}

void
erasure_refuse(struct hub *h, struct hub_log *l, uint64_t index,
    const struct entry *e, struct span jws, const struct digest *by)
{
	struct body_meta m = { .open = !e->sealed, .aud = span_str("*") };
	struct leaf leaf;
	struct buf stub, aud;

	buf_init(&stub, LIMIT_JWS);
	buf_init(&aud, STORE_META_MAX);
	for (size_t i = 0; i < e->aud_n; i++)
		buf_put_format(&aud, "%s%.*s", i != 0 ? " " : "",
		    SPAN_FMT(e->aud[i]));
	if (e->sealed)
		m.aud = buf_span(&aud);
	if (bodies_find_leaf(h, l, index, &leaf) != ERR_NONE ||
	    erased_write(jws, &leaf.entry, by, &h->turn, &stub) != ERR_NONE)
		buf_clear(&stub);
	tombstone(h, l, index, e->sealed, &m, buf_span(&stub));
	forget(h, l, index);
	buf_release(&stub);
	buf_release(&aud);
}

/* Delete the body at this place. What is not there yet gets a mark too, so
 * that it is not taken when it comes. */
static void
body_delete(struct hub *h, struct hub_log *l, uint64_t index,
    const struct leaf *leaf, const struct digest *by)
{
	struct body_meta m = { .open = !leaf->sealed,
		.aud = span_str(leaf->sealed ? "" : "*") };
	struct store_body held = { 0 };
	struct span text = span_str("");
	struct json_val body;
	struct entry e;
	struct jws j;
	struct buf stub;
	enum err read = hub_read_entry(h, l->stored.id, index, &h->turn,
	    &held, &text);

	if (read != ERR_NOT_FOUND && held.state == STORE_BODY_ERASED)
		return;
	(void)!bodies_parse_meta(held.meta, &m);
	buf_init(&stub, LIMIT_JWS);
	if (read == ERR_NONE &&
	    jws_parse(text, ENTRY_TYP, &h->turn, &j, NULL) == ERR_NONE &&
	    entry_parse(j.payload, &h->turn, &e, &body, NULL) == ERR_NONE) {
		const struct kind *k = kind_find(h->parts.schema, e.kind);

		if (k != NULL && k->erases)
			return; /* that something was erased stays known */
		carried_delete(h, k, &e, body);
		blobs_delete(h, body);
		if (erased_write(text, &leaf->entry, by, &h->turn, &stub) !=
		    ERR_NONE)
			buf_clear(&stub);
	}
	tombstone(h, l, index, leaf->sealed ||
	    l->stored.role == STORE_PRIVATE, &m, buf_span(&stub));
	forget(h, l, index);
	buf_release(&stub);
}

/* --- what an entry names --- */

static bool
is_of_team(const struct hub *h, const struct hub_log *l, struct span team)
{
	struct registry_log found;

	return l->stored.role != STORE_PRIVATE &&
	    registry_log_find(h->parts.registry, l->stored.origin, &found) ==
		ERR_NONE &&
	    span_is_equal(team, found.team->id);
}

/* False if it is not here yet. At home, of what its own private log names, a
 * node deletes its copy of whatever it holds. */
static bool
target_delete(struct hub *h, const struct erased_target *t, struct span team,
    bool at_home, const struct digest *by)
{
	struct hub_log *l = hub_find_log(h, t->log);
	struct leaf leaf;

	if (at_home && (l == NULL || t->index >= l->tree.size))
		return true;
	if (l == NULL || (is_of_team(h, l, team) && t->index >= l->tree.size))
		return false;
	/* nobody erases what another says, nor one text for another */
	if ((at_home || is_of_team(h, l, team)) &&
	    bodies_find_leaf(h, l, t->index, &leaf) == ERR_NONE &&
	    digest_is_equal(&leaf.entry, &t->digest)) {
		if (!at_home)
			text_note(h, t, by);
		body_delete(h, l, t->index, &leaf, by);
	}
	return true;
}

/* --- what carries it --- */

/* What this team passed on lies at others, who need not know of the
 * erasure. */
static void
carrier_tell(struct hub *h, const struct hub_log *l, uint64_t index,
    const struct kind *k)
{
	if (k->carries == CARRIES_RESHARE &&
	    (l == hub_own(h) || former_is(h, l)))
		hub_notify_later(h, HUB_ALARM, h->config.team,
		    l->stored.origin, index, "what this team passed on was "
		    "erased by its origin: its readers are told by an erasure "
		    "of your own (almenara erase)");
}

bool
erasure_is_carried(struct hub *h, struct span text, struct entry *e,
    const struct kind **kind, struct digest *by)
{
	const struct kind *k;
	struct json_val body;
	struct carried c;
	struct jws j;

	if (jws_parse(text, ENTRY_TYP, &h->turn, &j, NULL) != ERR_NONE ||
	    entry_parse(j.payload, &h->turn, e, &body, NULL) != ERR_NONE)
		return false;
	k = kind_find(h->parts.schema, e->kind);
	*kind = k;
	return k != NULL && k->carries != CARRIES_NOTHING &&
	    carried_parse(e, body, k->carries, h->parts.schema, &h->turn, &c,
		NULL) == ERR_NONE && erasure_covers(h, &c, by);
}

static void
carrier_delete(struct hub *h, struct hub_log *l, uint64_t index)
{
	const struct kind *k;
	struct store_body row;
	struct digest by;
	struct span text;
	struct leaf leaf;
	struct entry e;

	if (hub_read_entry(h, l->stored.id, index, &h->turn, &row, &text) !=
		ERR_NONE || row.state == STORE_BODY_ERASED ||
	    !erasure_is_carried(h, text, &e, &k, &by) ||
	    bodies_find_leaf(h, l, index, &leaf) != ERR_NONE)
		return;
	carrier_tell(h, l, index, k);
	body_delete(h, l, index, &leaf, &by);
}

/* --- drafts --- */

static bool
has_uuid(const struct uuid *list, size_t n, const struct uuid *id)
{
	for (size_t i = 0; i < n; i++)
		if (uuid_is_equal(&list[i], id))
			return true;
	return false;
}

static void
draft_add(struct hub_erasure *x, const struct uuid *id)
{
	if (x->draft_n < ERASED_MOST && !has_uuid(x->draft, x->draft_n, id))
		x->draft[x->draft_n++] = *id;
}

/* The draft says, when it is issued, as which notice; it is read from the
 * newest revision down. */
static void
draft_delete(struct hub *h, struct hub_log *l, uint64_t index,
    const struct erased_target *t, size_t n, const struct digest *by)
{
	struct hub_erasure *x = &h->erasure;
	struct digest of, cause;
	struct store_body row;
	struct json_val body;
	struct span text, id;
	struct uuid notice;
	struct leaf leaf;
	struct entry e;
	struct jws j;

	if (hub_read_entry(h, l->stored.id, index, &h->turn, &row, &text) !=
		ERR_NONE ||
	    jws_parse(text, ENTRY_TYP, &h->turn, &j, NULL) != ERR_NONE ||
	    entry_parse(j.payload, &h->turn, &e, &body, NULL) != ERR_NONE ||
	    bodies_find_leaf(h, l, index, &leaf) != ERR_NONE)
		return;
	/* done before this process began */
	if (erased_parse(body, &h->turn, &of, &cause) == ERR_NONE &&
	    digest_is_equal(&cause, by))
		draft_add(x, &e.id);
	if (json_text(json_get(body, "notice"), &h->turn, &id) == ERR_NONE &&
	    uuid_parse(id, &notice) == ERR_NONE)
		for (size_t i = 0; i < n; i++)
			if (uuid_is_equal(&t[i].id, &notice))
				draft_add(x, &e.id);
	if (has_uuid(x->draft, x->draft_n, &e.id))
		body_delete(h, l, index, &leaf, by);
}

static bool
is_read_for(const struct hub_erasure *x, const struct due *d)
{
	return x->log == d->log && x->index == d->index;
}

static void
reading_begin(struct hub *h, const struct due *d)
{
	struct hub_erasure *x = &h->erasure;

	x->is_reading = true;
	x->log = d->log;
	x->index = d->index;
	x->at_log = h->log_n;
	x->next = 0;
	x->draft_n = 0;
}

/* A slice of all logs, each from its end: drafts of the own team, and what
 * carries a text that is erased. True when all of it has been seen. */
static bool
copies_delete(struct hub *h, const struct due *d, bool is_ours, bool at_home,
    const struct erased_target *t, size_t n, const struct digest *by)
{
	struct hub_erasure *x = &h->erasure;

	if (!x->is_reading)
		reading_begin(h, d);
	if (!is_read_for(x, d))
		return false; /* one after the other */
	for (unsigned i = 0; i < SLICE; i++) {
		struct hub_log *l;

		while (x->next == 0) {
			if (x->at_log == 0) {
				x->is_reading = false;
				return true;
			}
			x->next = h->log[--x->at_log]->tree.size;
		}
		l = h->log[x->at_log];
		x->next--;
		if (l->stored.role != STORE_PRIVATE && at_home)
			x->next = 0; /* each has a time of its own */
		else if (l->stored.role != STORE_PRIVATE)
			carrier_delete(h, l, x->next);
		else if (is_ours)
			draft_delete(h, l, x->next, t, n, by);
		else
			x->next = 0;
	}
	return false;
}

void
erasure_abandon(struct hub *h)
{
	h->erasure.is_reading = false;
}

/* --- the turn --- */

/* The entry and what it names; false if there is nothing to be done for it. */
static bool
erasing(struct hub *h, const struct due *d, struct entry *e,
    struct digest *by, struct erased_target **t, size_t *n)
{
	struct store_body row;
	struct json_val body;
	struct span text;
	struct jws j;

	if (hub_read_entry(h, d->log, d->index, &h->turn, &row, &text) !=
		ERR_NONE || row.state != STORE_BODY_HELD ||
	    jws_parse(text, ENTRY_TYP, &h->turn, &j, NULL) != ERR_NONE ||
	    entry_parse(j.payload, &h->turn, e, &body, NULL) != ERR_NONE ||
	    erased_targets(body, &h->turn, t, n) != ERR_NONE)
		return false;
	*by = hash_sha256(text);
	return true;
}

/* Is one of them of the own log, so that it was a draft once? */
static bool
has_own(struct hub *h, const struct erased_target *t, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (span_is_equal(t[i].log, hub_own(h)->stored.origin))
			return true;
	return false;
}

/* How far it has come: STAGE_DELETE if there is more to be done. */
static unsigned
delete_all(struct hub *h, struct hub_log *l, const struct due *d)
{
	struct erased_target *t;
	struct digest by;
	struct entry e;
	bool at_home = l->stored.role == STORE_PRIVATE;
	bool is_ours, is_done = true;
	size_t n = 0;

	if (l == hub_own(h) && d->index >= h->released)
		return STAGE_DELETE;
	if (!erasing(h, d, &e, &by, &t, &n))
		return 0;
	is_ours = span_is_equal(e.iss, h->config.team);
	if (!is_ours && !h->config.follow_erasure) {
		hub_notify_later(h, HUB_ALARM, e.iss, l->stored.origin,
		    d->index, "its origin asks to erase what it said; this "
		    "node does not follow it (follow_erasure), and keeps it");
		return 0;
	}
	for (size_t i = 0; i < n; i++)
		is_done &= target_delete(h, &t[i], e.iss, at_home, &by);
	if (is_done && (!at_home || has_own(h, t, n)))
		is_done = copies_delete(h, d, is_ours, at_home, t, n, &by);
	return is_done ? STAGE_TELL : STAGE_DELETE;
}

/* What was replaced is durable: nothing of it may be left behind. */
static void
tell(struct hub *h, const struct hub_log *l, const struct due *d)
{
	h->erasure.is_due = true;
	h->erasure.at = h->now.mono;
	if (h->in_transaction)
		return;
	if (store_shred(h->parts.store) != ERR_NONE) {
		h->erasure.at.ms += AGAIN_MS;
		return;
	}
	if (l != NULL)
		hub_notify(h, HUB_ERASED, span_str(""), l->stored.origin,
		    d->index, ERR_NONE, "");
	if (hub_stage(h))
		item_put(h, d->log, d->index, 0);
}

static void
step_one(struct hub *h, const struct due *d)
{
	struct hub_log *l = hub_find_log_id(h, d->log);
	unsigned stage;

	if (d->stage == STAGE_TELL) {
		tell(h, l, d);
		return;
	}
	if (!hub_stage(h))
		return;
	stage = l == NULL ? 0 : delete_all(h, l, d);
	if (stage != STAGE_DELETE) {
		item_put(h, d->log, d->index, stage);
		if (is_read_for(&h->erasure, d))
			h->erasure.is_reading = false;
	}
	h->erasure.is_due = true;
	h->erasure.at.ms = h->now.mono.ms +
	    (stage != STAGE_DELETE || h->erasure.is_reading ||
		l == hub_own(h) ? 0 : AGAIN_MS);
}

void
erasure_step(struct hub *h)
{
	struct due_list list = { .n = 0 };

	if (!h->erasure.is_due || h->now.mono.ms < h->erasure.at.ms ||
	    !start_may_write(&h->start))
		return;
	h->erasure.is_due = false;
	if (store_scan_items(h->parts.store, space, see_item, &list) !=
	    ERR_NONE)
		return;
	for (size_t i = 0; i < list.n; i++)
		step_one(h, &list.at[i]);
}

/* After a start there may be some left. */
void
erasure_load(struct hub *h)
{
	h->erasure.is_due = true;
	h->erasure.at = h->now.mono;
}
