/* SPDX-License-Identifier: Apache-2.0
 *
 * Embargoes of the own log, joined to log, clock and keeper: a reader that
 * follows the released entries with a durable cursor (watch/embargo.h), and
 * appends a release when its time has come. A text under embargo is a sealed
 * entry like any other until then; nothing else here lets it go.
 */
#include "peer/embargoes.h"

#include "base/limits.h"
#include "base/mem.h"
#include "crypto/jws.h"
#include "record/carried.h"

#include <stdlib.h>

enum {
	READ_MOST = 64,          /* entries in one turn, when behind */
	CURSOR_STEP = 1024,      /* the cursor is written so often at least */
	CLOCK_WRITE_MS = 30000
};

static const char space[] = "embargo";

/* --- reading --- */

static void
see(struct hub *h, const struct embargo_fact *f)
{
	if (!embargo_see(&h->embargo, f))
		hub_notify(h, HUB_ALARM, h->config.team,
		    h->config.origin, f->index, ERR_LIMIT,
		    "too many embargoes: this one is not released by itself");
}

static void
fact_of_body(struct hub *h, struct span kind, struct span body,
    struct embargo_fact *f)
{
	const struct kind *k = kind_find(h->parts.schema, kind);
	struct json doc;
	struct span of;

	if (k == NULL || k->carries != CARRIES_RELEASE ||
	    json_parse_arena(body, LIMIT_JSON_DEPTH, LIMIT_JSON_TOKENS,
		&h->turn, &doc, NULL) != ERR_NONE)
		return;
	f->releases = json_text(json_get(json_root(&doc), "of"), &h->turn,
			  &of) == ERR_NONE &&
	    entry_parse_digest(of, &f->of) == ERR_NONE;
}

void
embargoes_see(struct hub *h, const struct hub_pending *p)
{
	const struct hub_draft *d = &p->draft;
	struct embargo_fact f = { .index = p->result.index,
		.digest = p->digest, .id = p->result.id, .rev = d->rev,
		.has_embargo = d->has_embargo,
		.until_s = d->embargo_until_s,
		.publish = d->embargo_publish };

	if (f.index != h->embargo.cursor ||
	    h->embargo_log != hub_own(h)->stored.id)
		return; /* still behind: it is read in its turn */
	fact_of_body(h, d->kind, d->body, &f);
	see(h, &f);
}

static void
read_one(struct hub *h, uint64_t index)
{
	struct embargo_fact f = { .index = index };
	struct store_body stored;
	struct entry e;
	struct span text;
	struct jws jws;

	if (hub_read_entry(h, hub_own(h)->stored.id, index, &h->turn, &stored,
		&text) == ERR_NONE &&
	    jws_parse(text, ENTRY_TYP, &h->turn, &jws, NULL) == ERR_NONE &&
	    entry_parse(jws.payload, &h->turn, &e, NULL, NULL) == ERR_NONE) {
		f = (struct embargo_fact){ .index = index,
			.digest = hash_sha256(text), .id = e.id, .rev = e.rev,
			.has_embargo = e.has_embargo,
			.until_s = e.embargo_until_s,
			.publish = e.embargo_publish };
		fact_of_body(h, e.kind, e.body, &f);
	}
	see(h, &f);
}

static void
read_on(struct hub *h)
{
	for (unsigned i = 0;
	     i < READ_MOST && h->embargo.cursor < h->released; i++)
		read_one(h, h->embargo.cursor);
}

/* --- at rest --- */

static void
write_down(struct hub *h)
{
	struct buf b;

	if (!h->embargo.changed &&
	    h->embargo.cursor < h->embargo_written + CURSOR_STEP)
		return;
	if (!hub_stage_lazy(h))
		return;
	buf_init(&b, LIMIT_EMBARGOES * 128);
	embargo_write(&h->embargo, &b);
	hub_write(h, store_put_item(h->parts.store, space, h->config.origin,
			 buf_span(&b)));
	buf_release(&b);
	h->embargo.changed = false;
	h->embargo_written = h->embargo.cursor;
}

static void
write_time(struct hub *h)
{
	unsigned char text[8];

	if (h->embargo.n == 0 || !trust_is_trusted(&h->trust) ||
	    h->now.mono.ms < h->clock_due.ms || !hub_stage_lazy(h))
		return;
	h->clock_due.ms = h->now.mono.ms + CLOCK_WRITE_MS;
	for (unsigned i = 0; i < sizeof text; i++)
		text[i] = (unsigned char)((uint64_t)h->now.wall.ms >>
		    (56 - 8 * i));
	hub_write(h, store_put_item(h->parts.store, space, span_str("clock"),
			 span_of(text, sizeof text)));
}

/* The cursor in the present own log. */
static enum err
load_cursor(struct hub *h)
{
	struct span value;
	enum err e = store_get_item(h->parts.store, space, h->config.origin,
	    &h->turn, &value);

	embargo_release(&h->embargo);
	h->embargo_written = 0;
	h->embargo_log = hub_own(h)->stored.id;
	/* what cannot be read is read from the log again */
	if (e == ERR_NONE && embargo_parse(value, &h->embargo) == ERR_NONE)
		h->embargo_written = h->embargo.cursor;
	return e == ERR_NOT_FOUND ? ERR_NONE : e;
}

/* After a rollback this team goes on in a new log. What was under embargo in
 * the former one is not released by itself any more: people decide, who see
 * it in the list. */
static void
follow_log(struct hub *h)
{
	if (h->embargo_log == hub_own(h)->stored.id)
		return;
	if (h->embargo.n != 0)
		hub_notify(h, HUB_ALARM, h->config.team, h->config.origin, 0,
		    ERR_RESTORED, "embargoes of the former log are not "
		    "released by themselves: almenara embargo list");
	if (load_cursor(h) != ERR_NONE)
		h->embargo_log = hub_own(h)->stored.id;
}

enum err
embargoes_load(struct hub *h)
{
	struct span value;
	struct reader r;
	int64_t last_ms = 0;
	enum err e = store_get_item(h->parts.store, space, span_str("clock"),
	    &h->turn, &value);

	if (e == ERR_NONE) {
		reader_init(&r, value);
		last_ms = (int64_t)reader_u64(&r);
	}
	if (e != ERR_NONE && e != ERR_NOT_FOUND)
		return e;
	trust_init(&h->trust, last_ms, h->now);
	return load_cursor(h);
}

/* --- acting --- */

struct releasing {
	struct hub *hub;
	uint64_t index;
};

static void
on_released(void *ctx, const struct hub_appended *result)
{
	struct releasing *x = ctx;
	struct hub *h = x->hub;

	if (result->err == ERR_NONE)
		hub_notify(h, HUB_EMBARGO, h->config.team, h->config.origin,
		    x->index, ERR_NONE, "its time has come: released");
	else if (embargo_failed(&h->embargo, x->index, h->now))
		hub_notify(h, HUB_ALARM, h->config.team, h->config.origin,
		    x->index, result->err,
		    "an embargo could not be released; it is tried again");
	free(x);
}

/* All members that can read, this team among them. */
static size_t
members(const struct hub *h, struct span *out)
{
	const struct team *good[LIMIT_TEAMS];
	const struct keyset_key *key[1];
	size_t all = registry_good_teams(h->parts.registry, h->now.wall, good,
	    LIMIT_TEAMS), n = 0;

	for (size_t i = 0; i < all; i++)
		if (registry_enc_keys(h->parts.registry, good[i]->id, key,
			1) != 0)
			out[n++] = good[i]->id;
	return n;
}

static const struct kind *
release_kind(const struct schema *s)
{
	for (size_t i = 0; i < kind_count(s); i++)
		if (kind_at(s, i)->carries == CARRIES_RELEASE)
			return kind_at(s, i);
	return NULL;
}

/* Read the original again. False if it is not to be released by itself, or
 * not at all: a release carries the signed text, and that was erased. */
static bool
read_original(struct hub *h, const struct embargo_item *x, struct span *text,
    struct hub_widening *w, bool *is_erased)
{
	struct store_body stored = { .state = STORE_BODY_HELD };
	struct digest d;
	struct jws jws;
	struct entry e;

	if (hub_read_entry(h, hub_own(h)->stored.id, x->index, &h->turn,
		&stored, text) != ERR_NONE)
		return false;
	*is_erased = stored.state == STORE_BODY_ERASED;
	d = hash_sha256(*text);
	if (*is_erased || !digest_is_equal(&d, &x->digest) ||
	    jws_parse(*text, ENTRY_TYP, &h->turn, &jws, NULL) != ERR_NONE ||
	    entry_parse(jws.payload, &h->turn, &e, NULL, NULL) != ERR_NONE ||
	    tlp_parse(e.tlp, &w->tlp) != ERR_NONE)
		return false;
	w->payload = jws.payload;
	w->original = e.id;
	return w->tlp <= TLP_GREEN;
}

/* The rules are asked now, whatever they said when the embargo was set. */
static bool
may_widen(struct hub *h, struct hub_widening *w, size_t *n)
{
	unsigned char random[10];

	h->host.random(h->host.ctx, random, sizeof random);
	w->id = uuid_make(h->now.wall, random);
	return h->host.may_widen == NULL ||
	    h->host.may_widen(h->host.ctx, w, n);
}

static void
release_one(struct hub *h, const struct embargo_item *x)
{
	const struct kind *k = release_kind(h->parts.schema);
	struct span team[LIMIT_TEAMS], text;
	struct hub_draft d = { .urgent = true, .aud = team, .has_id = true };
	struct hub_widening w = { .of = &x->digest, .team = team };
	struct releasing *ctx;
	bool is_erased = false;
	struct buf body;

	if (k == NULL || !read_original(h, x, &text, &w, &is_erased)) {
		hub_notify(h, is_erased ? HUB_EMBARGO : HUB_ALARM,
		    h->config.team, h->config.origin, x->index,
		    is_erased ? ERR_NONE : ERR_RULE, is_erased ?
			"its time has come, but its text was erased: there is "
			"nothing to release" :
			"its time has come, but people must release it");
		return;
	}
	if (w.tlp != TLP_CLEAR)
		d.aud_n = members(h, team);
	if (!may_widen(h, &w, &d.aud_n)) {
		hub_notify(h, HUB_ALARM, h->config.team, h->config.origin,
		    x->index, ERR_RULE, "its time has come, but the sharing "
		    "rules hold it: almenara audit, almenara rules show");
		return;
	}
	buf_init(&body, LIMIT_PAYLOAD);
	carried_write_release(&x->digest, w.tlp, x->index, text, span_str(""),
	    &body);
	d.kind = span_str(k->name);
	d.id = w.id;
	d.tlp = span_str(tlp_label(w.tlp));
	d.body = buf_span(&body);
	ctx = mem_alloc(sizeof *ctx);
	*ctx = (struct releasing){ h, x->index };
	hub_append(h, &d, on_released, ctx);
	buf_release(&body);
}

void
embargoes_step(struct hub *h)
{
	struct embargo_item x;
	const char *why;

	follow_log(h);
	read_on(h);
	write_down(h);
	write_time(h);
	if (h->embargo.n == 0 || h->embargo.cursor < h->released ||
	    hub_may_append(h, &why) != ERR_NONE)
		return;
	for (;;) {
		enum embargo_act act = embargo_step(&h->embargo,
		    trust_is_trusted(&h->trust), h->now, &x);

		if (act == EMBARGO_NOTHING)
			return;
		if (act == EMBARGO_RELEASE)
			release_one(h, &x);
		else
			hub_notify(h, HUB_EMBARGO, h->config.team,
			    h->config.origin, x.index, ERR_NONE,
			    "its time has come: release it, or extend it");
	}
}

/* --- for people --- */

size_t
hub_embargo_count(const struct hub *h)
{
	return h->embargo.n;
}

struct embargo_item
hub_embargo(const struct hub *h, size_t i)
{
	return h->embargo.item[i];
}
