/* SPDX-License-Identifier: Apache-2.0
 *
 * A new log when the old one may not be signed any more: it gets a random
 * name, a document signed by the entry key that tells all others of it, a row
 * in the store, a first sentinel, and only then its first entry. What the
 * store said before goes on as a former log (former.c).
 */
#include "peer/epoch.h"

#include "base/limits.h"
#include "base/mem.h"
#include "ledger/note.h"
#include "peer/erasure.h"
#include "peer/gather.h"
#include "peer/load.h"
#include "peer/sweep.h"
#include "record/name.h"

#include <stdio.h>
#include <stdlib.h>

static const char table[] = "node"; /* of the store's items */

enum { STALE_BEATS = 2, STALE_MS = 600000 }; /* so many, within */

/* --- which log is ours --- */

enum err
epoch_find_own(struct hub *h)
{
	struct span origin;
	enum err e = store_get_item(h->parts.store, table, span_str("origin"),
	    &h->turn, &origin);

	if (e == ERR_NONE)
		h->config.origin = arena_copy(&h->names, origin);
	return e == ERR_NOT_FOUND ? ERR_NONE : e;
}

bool
epoch_is_fresh(struct hub *h, struct span origin)
{
	struct span before;

	return hub_own(h)->tree.size == 0 && hub_own(h)->cosigned_size == 0 &&
	    store_get_item(h->parts.store, table, span_str("before"),
		&h->turn, &before) == ERR_NONE &&
	    span_is_equal(before, origin);
}

bool
epoch_is_restored(struct hub *h)
{
	struct span origin;

	return store_get_item(h->parts.store, table, span_str("restored"),
		&h->turn, &origin) == ERR_NONE &&
	    span_is_equal(origin, h->config.origin);
}

/* The place of a log in its team's view, or SIZE_MAX. */
static size_t
rank_of(const struct keyset *k, struct span origin)
{
	for (size_t i = 0; i < k->log_count; i++)
		if (span_is_equal(k->logs[i].origin, origin))
			return i;
	return SIZE_MAX;
}

void
epoch_judge(struct hub *h)
{
	const struct keyset *k = registry_keyset(h->parts.registry,
	    h->config.team);
	const struct keyset_log *used = registry_log_in_use(h->parts.registry,
	    h->config.team);
	size_t mine = k == NULL ? SIZE_MAX : rank_of(k, h->config.origin);

	if (mine == SIZE_MAX || start_is(&h->start, START_EPOCH) ||
	    start_is(&h->start, START_RESTORED))
		return;
	if (used != NULL && rank_of(k, used->origin) > mine)
		start_superseded(&h->start, used->origin);
	else if (k->logs[mine].closed)
		start_superseded(&h->start, span_str(""));
	if (start_is(&h->start, START_RESTORED))
		hub_notify(h, HUB_STATE, span_str(""), h->config.origin, 0,
		    ERR_RESTORED, h->start.why);
}

/* Why the log that it says is its own cannot be; NULL if it can. */
static const char *
find_stale(struct hub *h, const struct hub_peer *p,
    const struct wire_head *own)
{
	struct span team = span_str(p->team);
	const struct keyset *k = registry_keyset(h->parts.registry, team);
	const struct keyset_log *used = registry_log_in_use(h->parts.registry,
	    team);
	struct hub_log *held = hub_find_log(h, own->origin);
	size_t its = k == NULL ? SIZE_MAX : rank_of(k, own->origin);

	if (its != SIZE_MAX && used != NULL && rank_of(k, used->origin) > its)
		return "its node has an older log than its team: two of its "
		       "machines are running, or it was restored";
	/* size 0 is also said by one whose disk fails it */
	if (own->size != 0 && held != NULL &&
	    held->checkpoint_size > own->size)
		return "its node has less of its log than it has signed: it "
		       "was restored, or two of its machines are running";
	return NULL;
}

/* One heartbeat may have been under way for longer than what came by others;
 * the next one was not. Good ones between may be the other machine's. */
void
epoch_watch_peer(struct hub *h, struct hub_peer *p,
    const struct wire_head *own)
{
	const char *why = find_stale(h, p, own);

	if (why == NULL)
		return;
	if (h->now.mono.ms - p->stale_at.ms > STALE_MS)
		p->stale_beats = 0;
	p->stale_at = h->now.mono;
	if (++p->stale_beats == STALE_BEATS)
		hub_notify(h, HUB_ALARM, span_str(p->team), own->origin,
		    own->size, ERR_RESTORED, why);
}

/* --- opening one --- */

void
hub_open_epoch(struct hub *h, struct span reason, hub_append_fn *done,
    void *ctx, struct now now)
{
	struct hub_appended refused = { .err = ERR_STATE, .text =
		"a new log is opened only after a rollback was recognised" };

	h->now = now;
	if (!name_is_line(reason, LIMIT_REASON)) {
		refused.err = ERR_SCHEMA;
		refused.text = "the reason is one line of text";
	} else if (h->parts.sentinel == NULL) {
		refused.text = "the sentinel file cannot be opened";
	} else if (start_epoch(&h->start, now.mono)) {
		h->opening = (struct hub_opening){ .wanted = true,
			.done = done, .ctx = ctx };
		memcpy(h->opening.reason, reason.p, reason.n);
		return;
	}
	done(ctx, &refused);
}

static void
give_up(struct hub *h, enum err e, const char *why)
{
	struct hub_opening o = h->opening;
	struct hub_appended refused = { .err = e, .text = why };

	h->opening.wanted = false;
	start_unopened(&h->start, why);
	o.done(o.ctx, &refused);
}

static struct epoch_prev
head_of(struct hub *h, struct span origin)
{
	struct epoch_prev p = { .origin = origin, .root = tree_empty_root() };
	struct hub_log *l = hub_find_log(h, origin);

	if (l != NULL) {
		p.size = l->tree.size;
		p.root = l->root;
	}
	if (l == hub_own(h) && h->best_size > p.size) {
		p.size = h->best_size;
		p.root = h->best_root;
	}
	return p;
}

/* All logs of this team that are open, and an order above theirs. */
static void
fill_prev(struct hub *h, const struct keyset *k, struct epoch *e)
{
	e->prev = arena_alloc(&h->turn, k->log_count * sizeof *e->prev);
	e->order = k->log_count;
	for (size_t i = 0; i < k->log_count; i++) {
		const struct epoch *other = registry_epoch_find(
		    h->parts.registry, k->logs[i].origin);

		if (other != NULL && other->order > e->order)
			e->order = other->order;
		if (!k->logs[i].closed)
			e->prev[e->prev_count++] = head_of(h,
			    k->logs[i].origin);
	}
	e->order++;
}

static struct span
new_origin(struct hub *h)
{
	struct span domain = registry_domain(h->parts.registry), out;
	struct registry_log known;
	struct buf b;
	uint32_t tag;

	buf_init(&b, LIMIT_NAME);
	do {
		h->host.random(h->host.ctx, &tag, sizeof tag);
		buf_clear(&b);
		name_put_log(&b, domain, h->config.team, tag);
	} while (registry_log_find(h->parts.registry, buf_span(&b), &known) ==
		ERR_NONE || hub_find_log(h, buf_span(&b)) != NULL);
	out = arena_copy(&h->turn, buf_span(&b));
	buf_release(&b);
	return out;
}

/* The name, the key and the past of the new log. */
static enum err
describe(struct hub *h, struct epoch *e)
{
	const struct keyset *k = registry_keyset(h->parts.registry,
	    h->config.team);
	struct registry_log old;
	struct note_key key;
	struct buf b;
	enum err err;

	if (k == NULL || registry_log_find(h->parts.registry,
			     h->config.origin, &old) != ERR_NONE)
		return ERR_NOT_FOUND;
	*e = (struct epoch){ .team = h->config.team, .origin = new_origin(h),
		.key = old.log->key, .at_s = h->now.wall.ms / 1000,
		.reason = span_str(h->opening.reason) };
	fill_prev(h, k, e);
	buf_init(&b, 2 * LIMIT_NAME);
	err = note_key_make(e->origin, NOTE_ED25519, &e->key, &key);
	if (err == ERR_NONE)
		note_key_write(&key, &b);
	e->vkey = arena_copy(&h->turn, buf_span(&b));
	buf_release(&b);
	return err;
}

/* A compact JWS has the same parts as a document with one signature. */
static struct span
as_document(struct hub *h, struct span jws)
{
	const unsigned char *one = memchr(jws.p, '.', jws.n);
	const unsigned char *two = memchr(one + 1, '.',
	    jws.n - (size_t)(one + 1 - jws.p));
	struct span out;
	struct buf b;

	buf_init(&b, LIMIT_DOCUMENT);
	buf_put_format(&b, "{\"payload\":\"%.*s\",\"signatures\":[{"
	    "\"protected\":\"%.*s\",\"signature\":\"%.*s\"}]}",
	    (int)(two - one - 1), (const char *)one + 1,
	    (int)(one - jws.p), (const char *)jws.p,
	    (int)(jws.p + jws.n - two - 1), (const char *)two + 1);
	out = arena_copy(&h->turn, buf_span(&b));
	buf_release(&b);
	return out;
}

static enum err
sign(struct hub *h, const struct epoch *e, struct span *out)
{
	struct keeper_job job = { .what = KEEPER_SIGN_JWS,
		.key = KEEPER_ENTRY, .typ = DOCUMENT_TYP };
	struct buf payload;
	enum err err;

	buf_init(&payload, LIMIT_PAYLOAD);
	buf_init(&job.out, LIMIT_JWS);
	epoch_write(e, &payload);
	job.in = buf_span(&payload);
	err = buf_check(&payload);
	if (err == ERR_NONE)
		err = keeper_run(h->parts.keeper, &job, 1);
	if (err == ERR_NONE)
		err = job.result;
	if (err == ERR_NONE)
		*out = as_document(h, buf_span(&job.out));
	buf_release(&job.out);
	buf_release(&payload);
	return err;
}

/* One transaction: from it on the new log is this node's own. */
static enum err
make_durable(struct hub *h, const struct epoch *e, struct span document,
    struct store_log *out)
{
	struct store *s = h->parts.store;
	struct arena a = { 0 };
	struct document d;
	enum err err = document_parse(document, &a, &d, NULL);
	struct store_document row = {
		span_str(document_kind_token(DOCUMENT_EPOCH)), e->team,
		epoch_tag(e->origin), d.hash, document };

	arena_release(&a);
	if (err != ERR_NONE || !hub_stage(h))
		return ERR_STATE;
	err = store_put_document(s, &row);
	if (err == ERR_NONE)
		err = store_add_log(s, STORE_OWN, e->origin, out);
	if (err == ERR_NONE)
		err = store_put_item(s, table, span_str("origin"), e->origin);
	if (err == ERR_NONE)
		err = store_put_item(s, table, span_str("before"),
		    h->config.origin);
	hub_write(h, err);
	return hub_commit(h) ? ERR_NONE : ERR_IO;
}

/* The same in memory. */
static enum err
change_over(struct hub *h, const struct store_log *stored)
{
	struct hub_log *old = h->log[0], *new = load_add(h, stored);
	enum err e;

	if (old->tree.size > old->checkpoint_size)
		hub_notify(h, HUB_ALARM, span_str(""), old->stored.origin,
		    old->checkpoint_size, ERR_RESTORED, "the newest entries "
		    "of the old log were shown to nobody: release them again");
	sweep_abandon(h);
	erasure_abandon(h);
	gather_drop(h); /* they are of the old log, and will be said again */
	h->log[0] = new;
	h->log[h->log_n - 1] = old;
	old->stored.role = STORE_MIRROR;
	h->config.origin = arena_copy(&h->names, stored->origin);
	memset(h->roots, 0, sizeof h->roots);
	memset(h->notes, 0, sizeof h->notes);
	h->best_size = 0;
	h->released = 0;
	h->state_known = false;
	e = load_log(h, new);
	if (e == ERR_NONE)
		e = load_log(h, old);
	for (size_t i = 0; e == ERR_NONE && i < h->peer_n; i++) {
		h->peer[i]->records_size = 0;
		e = load_board(h, h->peer[i]);
	}
	return e;
}

/* From here on a store that has the old log as its own is a restored one. */
static enum err
write_first_sentinel(struct hub *h)
{
	struct sentinel_state s = { .size = 0, .root = tree_empty_root() };

	memcpy(s.origin, h->config.origin.p, h->config.origin.n);
	return sentinel_write(h->parts.sentinel, &s);
}

/* The peers have it before the first checkpoint that needs it. */
static void
tell(struct hub *h, struct span document)
{
	for (size_t i = 0; i < h->peer_n; i++)
		hub_send(h, h->peer[i], CLASS_CONTROL, WIRE_DOC, document);
}

static void
append_first(struct hub *h, const struct epoch *e)
{
	struct hub_draft draft = { .kind = span_str("epoch"),
		.tlp = span_str("TLP:CLEAR") };
	struct json_out w;
	struct buf b;

	buf_init(&b, LIMIT_PAYLOAD);
	json_out_init(&w, &b);
	json_put_open(&w, '{');
	json_put_key(&w, "prev");
	json_put_open(&w, '[');
	for (size_t i = 0; i < e->prev_count; i++) {
		json_put_open(&w, '{');
		json_put_member_span(&w, "origin", e->prev[i].origin);
		json_put_member_u64(&w, "size", e->prev[i].size);
		document_put_digest(&w, "root", &e->prev[i].root);
		json_put_close(&w, '}');
	}
	json_put_close(&w, ']');
	json_put_member_span(&w, "reason", e->reason);
	json_put_close(&w, '}');
	draft.body = buf_span(&b);
	hub_append(h, &draft, h->opening.done, h->opening.ctx);
	buf_release(&b);
}

/* Everything is durable here, nothing was shown. */
static void
open_it(struct hub *h, const struct epoch *e, struct span document)
{
	struct store_log stored;
	enum err err = make_durable(h, e, document, &stored);

	if (err == ERR_NONE)
		err = change_over(h, &stored);
	if (err == ERR_NONE)
		err = write_first_sentinel(h);
	if (err != ERR_NONE) {
		if (!start_is(&h->start, START_HALT))
			hub_failed(h, ERR_IO);
		give_up(h, err, h->start.why);
		return;
	}
	start_opened(&h->start);
	tell(h, document);
	h->opening.wanted = false;
	append_first(h, e);
	hub_notify(h, HUB_STATE, span_str(""), h->config.origin, 0, ERR_NONE,
	    "a new log was opened");
	for (struct hub_link *l = h->links; l != NULL; l = l->next)
		l->heads_ever = false;
}

void
epoch_step(struct hub *h)
{
	struct fault f = { 0 };
	struct span document;
	struct epoch e;
	enum err err;

	if (!h->opening.wanted || (start_is(&h->start, START_EPOCH) &&
				      !start_has_asked(&h->start, h->now.mono)))
		return;
	if (!start_is(&h->start, START_EPOCH)) {
		give_up(h, ERR_STATE, h->start.why); /* halted meanwhile */
		return;
	}
	if (h->in_transaction && !hub_commit(h))
		return; /* and says why in the next turn */
	err = describe(h, &e);
	if (err == ERR_NONE)
		err = sign(h, &e, &document);
	if (err != ERR_NONE) {
		give_up(h, err, err == ERR_NOT_FOUND ?
			"the keyset of this team does not list the old log" :
			"the keeper did not sign the new log's document");
		return;
	}
	if (registry_offer(h->parts.registry, document, &f) !=
	    REGISTRY_ACCEPTED) {
		give_up(h, ERR_KEY, "the team's keyset does not allow it: the "
		    "entry key is revoked, or its logs are closed");
		return;
	}
	open_it(h, &e, document);
}
