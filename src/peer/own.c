/* SPDX-License-Identifier: Apache-2.0
 *
 * Appending to the node's own two logs: draft, signature, seal, transaction,
 * checkpoint, release. One draft passes own_jobs (payload to the keeper),
 * own_stage (rows), own_checkpoint and own_release within one turn.
 */
#include "peer/own.h"

#include "base/limits.h"
#include "base/mem.h"
#include "crypto/circle.h"
#include "crypto/jwe.h"
#include "crypto/wrap.h"
#include "ledger/checkpoint.h"
#include "ledger/leaf.h"
#include "peer/bodies.h"
#include "peer/carrying.h"
#include "peer/circles.h"
#include "peer/embargoes.h"
#include "peer/erasure.h"
#include "peer/ids.h"
#include "peer/serve.h"
#include "peer/sweep.h"

#include <stdlib.h>

/* --- taking drafts --- */

static struct span *
copy_spans(struct arena *a, const struct span *v, size_t n)
{
	struct span *out = arena_alloc(a, n * sizeof *out);

	for (size_t i = 0; i < n; i++)
		out[i] = arena_copy(a, v[i]);
	return out;
}

static void
copy_draft(struct hub_pending *p, const struct hub_draft *d)
{
	struct arena *a = &p->mem;
	struct digest *replaces = arena_alloc(a,
	    d->replaces_n * sizeof *replaces);

	p->draft = *d;
	p->draft.kind = arena_copy(a, d->kind);
	p->draft.tlp = arena_copy(a, d->tlp);
	p->draft.body = arena_copy(a, d->body);
	p->draft.aud = copy_spans(a, d->aud, d->aud_n);
	for (size_t i = 0; i < d->replaces_n; i++)
		replaces[i] = d->replaces[i];
	p->draft.replaces = replaces;
}

void
hub_append(struct hub *h, const struct hub_draft *draft, hub_append_fn *done,
    void *ctx)
{
	struct hub_pending *p = mem_alloc(sizeof *p);

	copy_draft(p, draft);
	p->done = done;
	p->ctx = ctx;
	buf_init(&p->payload, LIMIT_PAYLOAD + 1024);
	buf_init(&p->jws, LIMIT_JWS);
	buf_init(&p->container, LIMIT_CONTAINER);
	p->result.text = "";
	*h->pending_tail = p;
	h->pending_tail = &p->next;
	h->pending_n++;
}

size_t
hub_waiting(const struct hub *h)
{
	return h->pending_n;
}

static void
finish(struct hub_pending *p)
{
	if (p->done != NULL)
		p->done(p->ctx, &p->result);
	buf_release(&p->payload);
	buf_release(&p->jws);
	buf_release(&p->container);
	arena_release(&p->mem);
	free(p);
}

void
own_refuse(struct hub *h, enum err e, const char *why)
{
	struct hub_pending *p = h->pending, *next;

	h->pending = NULL;
	h->pending_tail = &h->pending;
	h->pending_n = 0;
	for (; p != NULL; p = next) {
		next = p->next;
		p->result.err = e;
		p->result.text = why;
		finish(p);
	}
}

enum err
hub_may_append(const struct hub *h, const char **why)
{
	*why = h->start.why;
	switch ((enum start_state)h->start.machine.state) {
	case START_READY:
		return ERR_NONE;
	case START_RESTORED:
	case START_EPOCH:
		return ERR_RESTORED;
	case START_FULL:
		return ERR_FULL;
	case START_BOOT:
	case START_ASK:
		*why = "the node is still asking its peers for the newest "
		       "state of its own log";
		return ERR_STATE;
	case START_HALT:
		break;
	}
	return ERR_STATE;
}

/* --- sealing --- */

/* Keys of one team that a container may be sealed to: none before its
 * identity was accepted here. */
static size_t
enc_keys(const struct hub *h, struct span team, const struct keyset_key **out,
    size_t max)
{
	if (!span_is_equal(team, h->config.team) &&
	    !registry_is_confirmed(h->parts.registry, team))
		return 0;
	return registry_enc_keys(h->parts.registry, team, out, max);
}

bool
hub_find_unsealable(const struct hub *h, const struct span *aud, size_t aud_n,
    struct wall now, struct span *out)
{
	const struct keyset_key *key[1];

	for (size_t i = 0; i < aud_n; i++) {
		if (registry_is_good(h->parts.registry, aud[i], now) &&
		    enc_keys(h, aud[i], key, 1) != 0)
			continue;
		*out = aud[i];
		return true;
	}
	return false;
}

/* Seal the JWS of `p` to every reader; fresh randomness for each. */
static enum err
seal(struct hub *h, struct hub_pending *p)
{
	const struct keyset_key *key[LIMIT_RECIPIENTS];
	const struct jwk **to = arena_alloc(&h->turn,
	    LIMIT_RECIPIENTS * sizeof *to);
	struct digest kid[LIMIT_RECIPIENTS];
	unsigned char (*epk)[32];
	struct jwe_random random = { 0 };
	size_t n = 0;
	enum err e;

	for (size_t i = 0; i < p->draft.aud_n; i++) {
		size_t got = enc_keys(h, p->draft.aud[i], key,
		    LIMIT_RECIPIENTS - n);

		if (got == 0)
			return ERR_AUDIENCE;
		for (size_t k = 0; k < got; k++) {
			kid[n] = key[k]->kid;
			to[n++] = &key[k]->key;
		}
	}
	p->circle = circles_name(h, p, kid, n);
	h->host.random(h->host.ctx, random.cek, sizeof random.cek);
	h->host.random(h->host.ctx, random.iv, sizeof random.iv);
	e = circles_seal(h, p, &random);
	if (e == ERR_NOT_FOUND) {
		epk = arena_alloc(&h->turn, n * sizeof *epk);
		h->host.random(h->host.ctx, epk, n * sizeof *epk);
		random.epk = (const unsigned char (*)[32])epk;
		e = jwe_write(h->config.origin, to, n, buf_span(&p->jws),
		    &random, &p->container);
	}
	explicit_bzero(&random, sizeof random);
	return e;
}

/* --- step 1: to the keeper --- */

static void
copy_replaces(struct hub *h, const struct hub_draft *d, struct entry *e)
{
	e->replaces = arena_alloc(&h->turn,
	    d->replaces_n * sizeof *e->replaces);
	for (size_t i = 0; i < d->replaces_n; i++)
		e->replaces[i] = d->replaces[i];
	e->replaces_n = d->replaces_n;
}

static enum err
write_payload(struct hub *h, struct hub_pending *p)
{
	const struct hub_draft *d = &p->draft;
	unsigned char random[10];
	struct entry e = { .iss = h->config.team, .id = d->id, .rev = d->rev,
		.kind = d->kind, .tlp = d->tlp,
		.iat_s = h->now.wall.ms / 1000, .has_exp = d->has_exp,
		.exp_s = d->exp_s, .has_re = d->has_re, .re = d->re,
		.has_embargo = d->has_embargo,
		.embargo_until_s = d->embargo_until_s,
		.embargo_publish = d->embargo_publish,
		.body = d->body };

	e.log = d->is_private ? h->config.private_origin : h->config.origin;
	e.aud = copy_spans(&h->turn, d->aud, d->aud_n);
	e.aud_n = entry_sort_teams(e.aud, d->aud_n);
	e.sealed = e.aud_n != 0;
	copy_replaces(h, d, &e);
	if (!d->has_id) {
		h->host.random(h->host.ctx, random, sizeof random);
		e.id = uuid_make(h->now.wall, random);
	}
	p->result.id = e.id;
	return entry_write(&e, &p->payload);
}

/* Take `p` out of the queue and answer it. */
static void
refuse_one(struct hub *h, struct hub_pending **at, enum err e,
    const char *why)
{
	struct hub_pending *p = *at;

	*at = p->next;
	if (*at == NULL)
		h->pending_tail = at;
	h->pending_n--;
	p->result.err = e;
	p->result.text = why;
	finish(p);
}

/* The last look before an entry exists: was it decided? */
static bool
is_permitted(const struct hub *h, const struct hub_pending *p)
{
	const struct hub_draft *d = &p->draft;
	struct permit built_in;
	enum tlp tlp;

	if (d->is_private ||
	    permit_fits(&d->permit, d->kind, d->tlp, d->aud, d->aud_n))
		return true;
	return tlp_parse(d->tlp, &tlp) == ERR_NONE &&
	    permit_built_in(h->config.team, d->kind, tlp, d->aud, d->aud_n,
		&built_in) == ERR_NONE;
}

size_t
own_jobs(struct hub *h, struct keeper_job *jobs, size_t max)
{
	struct hub_pending **at = &h->pending;
	size_t n = 0;
	const char *why;
	enum err e = hub_may_append(h, &why);

	if (e != ERR_NONE && !start_is(&h->start, START_ASK)) {
		own_refuse(h, e, why);
		return 0;
	}
	if (e != ERR_NONE)
		return 0; /* soon */
	if (max > HUB_OWN)
		max = HUB_OWN;
	while (*at != NULL && n < max) {
		if (!is_permitted(h, *at)) {
			refuse_one(h, at, ERR_RULE,
			    "no line of the sharing rules permits it");
			continue;
		}
		e = write_payload(h, *at);
		if (e != ERR_NONE) {
			refuse_one(h, at, e,
			    "the record is larger than an entry may be");
			continue;
		}
		jobs[n] = (struct keeper_job){ .what = KEEPER_SIGN_JWS,
			.key = (*at)->draft.is_private ? KEEPER_PRIVATE :
							 KEEPER_ENTRY,
			.typ = ENTRY_TYP,
			.in = buf_span(&(*at)->payload) };
		buf_init(&jobs[n].out, LIMIT_JWS);
		n++;
		at = &(*at)->next;
	}
	return n;
}

/* --- step 2: rows --- */

enum err
own_wrap(struct hub *h, const struct hub_log *l, uint64_t index,
    struct span jws, struct buf *out)
{
	unsigned char nonce[WRAP_NONCE];
	struct buf aad;
	enum err e;

	buf_init(&aad, LIMIT_NAME + 8);
	buf_put(&aad, l->stored.origin);
	buf_put_u64(&aad, index);
	h->host.random(h->host.ctx, nonce, sizeof nonce);
	e = wrap_seal(h->parts.store_key, nonce, buf_span(&aad), jws, out);
	buf_release(&aad);
	return e;
}

enum err
own_unwrap(struct hub *h, const struct hub_log *l, uint64_t index,
    struct span wrapped, struct buf *out)
{
	struct buf aad;
	enum err e;

	buf_init(&aad, LIMIT_NAME + 8);
	buf_put(&aad, l->stored.origin);
	buf_put_u64(&aad, index);
	e = wrap_open(h->parts.store_key, buf_span(&aad), wrapped, out);
	buf_release(&aad);
	return e;
}

static void
stage_id(struct hub *h, const struct hub_pending *p, uint64_t index)
{
	struct entry e = { .id = p->result.id, .rev = p->draft.rev,
		.iss = h->config.team };

	copy_replaces(h, &p->draft, &e);
	ids_put(h, hub_own(h), index, &e, &p->digest);
}

static enum err
stage_rows(struct hub *h, struct hub_pending *p)
{
	bool sealed = p->draft.aud_n != 0, is_private = p->draft.is_private;
	struct hub_log *l = h->log[is_private ? 1 : 0];
	struct leaf leaf = { .sealed = sealed && !is_private,
		.entry = p->digest };
	struct entry e = { .kind = p->draft.kind, .sealed = sealed,
		.aud_n = p->draft.aud_n };
	struct store_body body = { .state = STORE_BODY_HELD };
	struct buf record, opened, meta;
	enum err err;

	buf_init(&record, STORE_RECORD_MAX);
	buf_init(&opened, LIMIT_JWS + 64);
	buf_init(&meta, STORE_META_MAX);
	if (leaf.sealed)
		leaf.container = hash_sha256(buf_span(&p->container));
	leaf_write(&leaf, &record);
	e.aud = copy_spans(&h->turn, p->draft.aud, p->draft.aud_n);
	bodies_write_meta(&e, p->draft.urgent, "", &meta);
	p->result.index = l->tree.size;
	err = sealed || is_private ? own_wrap(h, l, p->result.index,
					 buf_span(&p->jws), &opened) :
				     ERR_NONE;
	body.bytes = is_private ? span_str("") :
	    sealed		? buf_span(&p->container) :
				  buf_span(&p->jws);
	body.opened = buf_span(&opened);
	body.meta = buf_span(&meta);
	/* nothing may fail for its size once the record is in the log */
	if (err == ERR_NONE)
		err = buf_check(&meta);
	if (err == ERR_NONE)
		err = log_append(h, l, buf_span(&record));
	if (err == ERR_NONE)
		err = store_put_body(h->parts.store, l->stored.id,
		    p->result.index, &body);
	buf_release(&record);
	buf_release(&opened);
	buf_release(&meta);
	return err;
}

static void
stage_due(struct hub *h, struct hub_pending *p)
{
	if (p->draft.aud_n == 0)
		ranges_add(&hub_own(h)->open, p->result.index,
		    p->result.index);
	for (size_t i = 0; i < h->peer_n; i++) {
		bool reads = p->draft.aud_n == 0;

		for (size_t k = 0; !reads && k < p->draft.aud_n; k++)
			reads = span_is_str(p->draft.aud[k],
			    h->peer[i]->team);
		if (reads && span_is_str(p->draft.kind, CIRCLE_KIND))
			delivery_add_first(&h->peer[i]->delivery,
			    p->result.index);
		else if (reads)
			delivery_add(&h->peer[i]->delivery, p->result.index,
			    p->draft.urgent);
	}
}

static enum err
stage_one(struct hub *h, struct hub_pending *p)
{
	const struct kind *k = kind_find(h->parts.schema, p->draft.kind);
	struct hub_log *l = h->log[p->draft.is_private ? 1 : 0];
	enum err e = ERR_NONE;

	p->digest = hash_sha256(buf_span(&p->jws));
	p->result.digest = p->digest;
	if (p->draft.aud_n != 0 && !p->draft.is_private)
		e = seal(h, p);
	if (e == ERR_NONE)
		e = stage_rows(h, p);
	if (e != ERR_NONE)
		return e;
	sweep_see(h, l, p->result.index);
	if (!p->draft.is_private) {
		stage_id(h, p, p->result.index);
		stage_due(h, p);
		circles_stage(h, p);
		carrying_stage(h, k, p->draft.body, p->result.index);
	}
	if (k != NULL && k->erases)
		erasure_note(h, l->stored.id, p->result.index);
	return ERR_NONE;
}

void
own_stage(struct hub *h, struct keeper_job *jobs)
{
	struct hub_pending **at = &h->pending;
	size_t n = 0;

	while (*at != NULL && (*at)->payload.n != 0 && (*at)->jws.n == 0) {
		struct hub_pending *p = *at;
		struct keeper_job *job = &jobs[n++];
		enum err e = job->result;

		if (e == ERR_NONE) {
			buf_release(&p->jws);
			p->jws = job->out;
			job->out = (struct buf){ 0 };
			e = stage_one(h, p);
		}
		if (e == ERR_NONE) {
			at = &p->next;
			continue;
		}
		if (h->in_transaction && e != ERR_AUDIENCE && e != ERR_LIMIT) {
			hub_write(h, e); /* rows may be half there */
			return;
		}
		refuse_one(h, at, e, e == ERR_AUDIENCE ?
			"a team of the audience has no key to seal to, or "
			"its identity was not accepted here" :
			"the entry could not be sealed");
	}
}

bool
own_has_staged(const struct hub *h)
{
	return h->pending != NULL && h->pending->jws.n != 0;
}

/* --- steps 3 to 5 --- */

static void
remember_note(struct hub *h, uint64_t size, struct span note)
{
	struct hub_note *slot = &h->notes[size % HUB_NOTES];

	if (note.n > sizeof slot->bytes)
		return;
	slot->size = size;
	slot->n = note.n;
	memcpy(slot->bytes, note.p, note.n);
}

struct span
own_note(const struct hub *h, uint64_t size)
{
	const struct hub_note *slot = &h->notes[size % HUB_NOTES];

	if (size == hub_own(h)->checkpoint_size)
		return buf_span(&hub_own(h)->checkpoint);
	return slot->size == size ? span_of(slot->bytes, slot->n) :
				    span_str("");
}

enum err
own_checkpoint(struct hub *h, struct hub_log *l, struct span sig)
{
	struct checkpoint c = { l->stored.origin, l->tree.size, l->root };
	struct sign_public public = h->config.private_public;
	struct registry_log found;
	struct note_key key;
	struct buf text;
	enum err e = ERR_NONE;

	/* the private log's key is in no keyset */
	if (l == hub_own(h)) {
		e = registry_log_find(h->parts.registry, l->stored.origin,
		    &found);
		if (e == ERR_NONE)
			public = found.log->key;
	}
	if (e == ERR_NONE)
		e = note_key_registered(l->stored.origin, NOTE_ED25519, &public,
		    &key);
	if (e != ERR_NONE)
		return e;
	buf_init(&text, CHECKPOINT_TEXT_MAX);
	checkpoint_write(&c, &text);
	buf_clear(&l->checkpoint);
	checkpoint_write_note(buf_span(&text), &key, sig, &l->checkpoint);
	buf_release(&text);
	if (l == hub_own(h))
		remember_note(h, l->tree.size, buf_span(&l->checkpoint));
	l->checkpoint_size = l->tree.size;
	l->newest = l->tree.size;
	/* the sentinel has it before anybody else does: no hurry */
	log_write_head_lazy(h, l);
	return ERR_NONE;
}

/* Tell of an entry that is durable now, whoever asked for it last. */
static void
release_one(struct hub *h, struct hub_pending *p)
{
	bool is_private = p->draft.is_private;

	if (!is_private) {
		embargoes_see(h, p);
		circles_see(h, p);
	}
	hub_notify(h, is_private ? HUB_NOTED : HUB_RELEASED, h->config.team,
	    h->log[is_private ? 1 : 0]->stored.origin, p->result.index,
	    ERR_NONE, "");
	finish(p);
}

/* Push the new records to all, then answer those who asked. */
void
own_release(struct hub *h)
{
	struct hub_log *own = hub_own(h);
	bool witness = h->now.mono.ms >= h->witness_due.ms, pushed = false;

	for (size_t i = 0; i < h->peer_n; i++) {
		struct hub_peer *p = h->peer[i];

		if (p->link == NULL || !p->link->hello ||
		    p->records_size >= h->released)
			continue;
		serve_push(h, p->link, own, p->records_size, witness);
		pushed = true;
	}
	if (pushed && witness)
		h->witness_due.ms = h->now.mono.ms + CADENCE_COSIGN_MS;
	while (own_has_staged(h)) {
		struct hub_pending *p = h->pending;

		h->pending = p->next;
		h->pending_n--;
		if (h->pending == NULL)
			h->pending_tail = &h->pending;
		release_one(h, p);
	}
}
