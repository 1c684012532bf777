/* SPDX-License-Identifier: Apache-2.0
 *
 * How far a document has come.
 */
#include "node/reach.h"

#include "node/exits.h"
#include "node/receipt_find.h"
#include "record/handling.h"

enum { ROWS_MOST = 1024 }; /* revisions and copies that are looked at */

/* --- embargo --- */

/* Has the origin been heard of lately? The own team always. */
static bool
is_heard(struct call *c, struct span team)
{
	struct service *s = c->service;

	if (span_is_equal(team, s->own_team))
		return true;
	for (size_t i = 0; i < hub_peer_count(s->hub); i++) {
		struct hub_peer_info p = hub_peer(s->hub, i,
		    loop_now(s->loop));

		if (span_is_equal(p.team, team))
			return p.linked && p.silence == SILENCE_HEARD;
	}
	return false;
}

static const char *
embargo_state(struct call *c, const struct entry *e)
{
	struct service *s = c->service;

	if (span_is_equal(e->iss, s->own_team) && e->embargo_publish &&
	    hub_clock(s->hub) != TRUST_TRUSTED)
		return "paused";
	if (call_now_s(c) < e->embargo_until_s)
		return "waiting";
	return is_heard(c, e->iss) ? "due" : "dark";
}

void
reach_put_embargo(struct call *c, const struct record *r)
{
	struct json_out *w = &c->w;

	if (!r->entry.has_embargo)
		return;
	json_put_key(w, "embargo");
	json_put_open(w, '{');
	json_put_member_u64(w, "until", (uint64_t)r->entry.embargo_until_s);
	json_put_member_str(w, "then",
	    r->entry.embargo_publish ? "publish" : "ask");
	json_put_member_str(w, "state", r->is_carried ? "released" :
		embargo_state(c, &r->entry));
	if (r->is_carried) {
		json_put_member_u64(w, "released",
		    (uint64_t)r->carrier.iat_s);
		json_put_member_bool(w, "early",
		    r->carrier.iat_s < r->entry.embargo_until_s);
	}
	json_put_close(w, '}');
}

/* --- revisions and copies --- */

struct place {
	uint32_t log;
	uint64_t index;
	uint32_t flags;
	struct digest digest;
};

struct places {
	struct place at[ROWS_MOST];
	size_t n;
};

static bool
keep(void *ctx, const struct index_row *row)
{
	struct places *p = ctx;

	if (p->n == ROWS_MOST)
		return false;
	for (size_t i = 0; i < p->n; i++)
		if (p->at[i].log == row->log && p->at[i].index == row->index)
			return true;
	p->at[p->n++] = (struct place){ row->log, row->index, row->flags,
		row->digest };
	return true;
}

/* All places of all revisions: their own, releases, copies. */
static void
find_places(struct call *c, const struct index_row *row, struct places *out)
{
	const struct index_notice want = { .revision = keep, .ctx = out };
	size_t own;

	(void)!index_notice(c->service->index, row, &want, &c->mem, NULL);
	own = out->n;
	for (size_t i = 0; i < own; i++)
		(void)!index_copies(c->service->index, &out->at[i].digest,
		    keep, out);
	/* where a release stands for it, the original's place is not named */
	(void)!index_originals(c->service->index, row, keep, out);
}

static const char *
how(const struct place *p)
{
	if ((p->flags & INDEX_RELEASED) != 0)
		return "release";
	return (p->flags & INDEX_RESHARED) != 0 ? "reshare" : "original";
}

static const char *
why_of(struct call *c, const struct store_body *stored)
{
	const unsigned char *bar = stored->meta.n == 0 ? NULL :
	    memchr(stored->meta.p, '|', stored->meta.n);

	return bar == NULL ? "" : arena_string(&c->mem, span_of(bar + 1,
	    stored->meta.n - (size_t)(bar + 1 - stored->meta.p)));
}

static void
put_copy(struct call *c, const struct place *p, const struct record *r)
{
	struct json_out *w = &c->w;

	json_put_open(w, '{');
	json_put_member_str(w, "how", how(p));
	json_put_member_span(w, "by", r->carrier.iss);
	json_put_member_span(w, "tlp", r->carrier.tlp);
	json_put_member_u64(w, "iat", (uint64_t)r->carrier.iat_s);
	json_put_member_bool(w, "open", !r->carrier.sealed);
	json_put_key(w, "to");
	json_put_open(w, '[');
	for (size_t i = 0; r->carrier.sealed && i < r->carrier.aud_n; i++)
		json_put_span(w, r->carrier.aud[i]);
	json_put_close(w, ']');
	json_put_member_str(w, "why",
	    (p->flags & INDEX_RESHARED) != 0 ? why_of(c, &r->stored) : "");
	json_put_close(w, '}');
}

void
reach_put(struct call *c, const struct index_row *row, const struct record *r)
{
	struct places *p = arena_alloc(&c->mem, sizeof *p);
	struct json_out *w = &c->w;
	struct record x;
	enum tlp tlp;

	if (!exit_opens(&r->pass, EXIT_SHOW, EXIT_NAMES))
		return;

	if (tlp_parse(r->carrier.tlp, &tlp) == ERR_NONE)
		json_put_member_str(w, "handling", tlp_label(
		    handling_label(&r->entry, r->is_carried ? &tlp : NULL)));
	reach_put_embargo(c, r);
	json_put_key(w, "copies");
	json_put_open(w, '[');
	(void)!index_copies(c->service->index, &row->digest, keep, p);
	for (size_t i = 0; i < p->n; i++)
		if (record_read(c->service, p->at[i].log, p->at[i].index,
			&c->mem, &x) == ERR_NONE)
			put_copy(c, &p->at[i], &x);
	json_put_close(w, ']');
}

/* --- who can read --- */

static const char *
delivery_state(struct call *c, const struct record *r, const struct place *p,
    struct span team)
{
	struct service *s = c->service;

	if (!span_is_equal(r->carrier.iss, s->own_team) ||
	    (r->is_carried && (p->flags & (INDEX_RELEASED |
		INDEX_RESHARED)) == 0))
		return span_is_equal(team, s->own_team) ? "stored" :
							  "unknown";
	return span_is_equal(team, s->own_team) ||
		hub_is_delivered(s->hub, p->log, team, p->index) ? "stored" :
								"sent";
}

static void
put_reader(struct call *c, const struct record *r, const struct place *p,
    struct span team)
{
	struct json_out *w = &c->w;

	json_put_open(w, '{');
	json_put_member_span(w, "team", team);
	json_put_member_str(w, "how", how(p));
	json_put_member_span(w, "by", r->carrier.iss);
	json_put_member_span(w, "tlp", r->carrier.tlp);
	json_put_member_u64(w, "rev", r->entry.rev);
	json_put_member_str(w, "state",
	    team.n == 0 ? "open" : delivery_state(c, r, p, team));
	json_put_close(w, '}');
}

/* The original itself is not here, or not yet looked at: its readers stand in
 * what carries it. */
static bool
is_first_of_text(const struct places *p, size_t i)
{
	for (size_t k = 0; k < p->n; k++)
		if (digest_is_equal(&p->at[k].digest, &p->at[i].digest) &&
		    ((p->at[k].flags & (INDEX_RELEASED | INDEX_RESHARED)) ==
			    0 ||
			k < i))
			return false;
	return true;
}

static void
put_first_readers(struct call *c, const struct record *r,
    const struct place *p)
{
	struct record original = *r;
	struct place at = *p;

	original.carrier = r->entry;
	at.flags = 0;
	for (size_t k = 0; r->entry.sealed && k < r->entry.aud_n; k++)
		put_reader(c, &original, &at, r->entry.aud[k]);
}

void
reach_put_readers(struct call *c, const struct index_row *row)
{
	const struct exit_notice n = exits_of_row(c->service, row);
	const struct exit_pass pass = exits_to_caller(c, EXIT_SHOW, &n);
	struct places *p = arena_alloc(&c->mem, sizeof *p);
	struct record r;

	if (exit_opens(&pass, EXIT_SHOW, EXIT_NAMES))
		find_places(c, row, p);
	json_put_key(&c->w, "readers");
	json_put_open(&c->w, '[');
	for (size_t i = 0; i < p->n; i++) {
		if (record_read(c->service, p->at[i].log, p->at[i].index,
			&c->mem, &r) != ERR_NONE)
			continue;
		if (r.is_carried && is_first_of_text(p, i))
			put_first_readers(c, &r, &p->at[i]);
		if (!r.carrier.sealed)
			put_reader(c, &r, &p->at[i], span_str(""));
		for (size_t k = 0; r.carrier.sealed && k < r.carrier.aud_n;
		     k++)
			put_reader(c, &r, &p->at[i], r.carrier.aud[k]);
	}
	json_put_close(&c->w, ']');
}

/* --- who got it, for the audit trail --- */

struct answer {
	struct span team, answer, by_post;
	struct digest re;
	int64_t at_s;
};

struct answers {
	struct call *call;
	struct answer at[ROWS_MOST];
	size_t n;
};

static bool
note_answer(void *ctx, const struct index_row *row)
{
	struct answers *all = ctx;
	struct arena *a = &all->call->mem;
	struct json *doc = arena_alloc(a, sizeof *doc);
	struct answer *x;

	if (all->n == ROWS_MOST)
		return false;
	x = &all->at[all->n++];
	*x = (struct answer){ .team = arena_copy(a, row->iss), .re = row->re,
		.at_s = row->iat_s };
	if (json_parse_arena(arena_copy(a, row->brief), LIMIT_JSON_DEPTH,
		LIMIT_JSON_TOKENS, a, doc, NULL) != ERR_NONE)
		return true;
	(void)!json_text(json_get(json_root(doc), "answer"), a, &x->answer);
	(void)!json_text(json_get(json_root(doc), "by_post"), a,
	    &x->by_post);
	return true;
}

/* When the team's receipt says that it holds an own entry; 0: none does. */
static int64_t
receipted_s(struct call *c, const struct place *p, const struct record *r,
    struct span team)
{
	struct service *s = c->service;
	const struct index_row row = { .log = p->log, .index = p->index };

	if (!span_is_equal(r->carrier.iss, s->own_team) ||
	    !hub_is_delivered(s->hub, p->log, team, p->index))
		return 0;
	for (size_t i = 0; i < hub_peer_count(s->hub); i++) {
		struct hub_peer_info info = hub_peer(s->hub, i,
		    loop_now(s->loop));

		if (span_is_equal(info.team, team))
			return receipt_find(s, &info, &row);
	}
	return 0;
}

static void
put_team(struct call *c, const struct record *r, const struct place *p,
    struct span team, const struct answers *all)
{
	const struct answer *a = NULL;
	struct json_out *w = &c->w;

	for (size_t i = 0; i < all->n; i++)
		if (team.n != 0 && span_is_equal(all->at[i].team, team) &&
		    digest_is_equal(&all->at[i].re, &p->digest))
			a = &all->at[i];
	json_put_open(w, '{');
	json_put_member_span(w, "team", team);
	json_put_member_str(w, "how", how(p));
	json_put_member_span(w, "by", r->carrier.iss);
	json_put_member_span(w, "tlp", r->carrier.tlp);
	json_put_member_u64(w, "rev", r->entry.rev);
	json_put_member_u64(w, "index", p->index);
	json_put_key(w, "iat");
	json_put_i64(w, r->carrier.iat_s);
	json_put_member_str(w, "state", team.n == 0 ? "open" :
		delivery_state(c, r, p, team));
	json_put_key(w, "received");
	json_put_i64(w, receipted_s(c, p, r, team));
	json_put_member_span(w, "answer", a != NULL ? a->answer :
						      span_str(""));
	json_put_member_span(w, "by_post", a != NULL ? a->by_post :
						       span_str(""));
	json_put_key(w, "answered");
	json_put_i64(w, a != NULL ? a->at_s : 0);
	json_put_close(w, '}');
}

/* Everybody may read what is open: told are those who answered. */
static void
put_open(struct call *c, const struct record *r, const struct place *p,
    const struct answers *all)
{
	put_team(c, r, p, span_str(""), all);
	for (size_t i = 0; i < all->n; i++)
		if (digest_is_equal(&all->at[i].re, &p->digest))
			put_team(c, r, p, all->at[i].team, all);
}

void
reach_put_teams(struct call *c, const struct index_row *row)
{
	const struct exit_notice n = exits_of_row(c->service, row);
	const struct exit_pass pass = exits_to_caller(c, EXIT_AUDIT, &n);
	struct places *p = arena_alloc(&c->mem, sizeof *p);
	struct answers *all = arena_alloc(&c->mem, sizeof *all);
	const struct index_notice want = { .answer = note_answer,
		.ctx = all };
	struct record r;

	all->call = c;
	if (exit_opens(&pass, EXIT_AUDIT, EXIT_NAMES)) {
		find_places(c, row, p);
		(void)!index_notice(c->service->index, row, &want, &c->mem,
		    NULL);
	}
	json_put_key(&c->w, "teams");
	json_put_open(&c->w, '[');
	for (size_t i = 0; i < p->n; i++) {
		if (record_read(c->service, p->at[i].log, p->at[i].index,
			&c->mem, &r) != ERR_NONE)
			continue;
		if (!r.carrier.sealed)
			put_open(c, &r, &p->at[i], all);
		for (size_t k = 0; r.carrier.sealed && k < r.carrier.aud_n;
		     k++)
			put_team(c, &r, &p->at[i], r.carrier.aud[k], all);
	}
	json_put_close(&c->w, ']');
}
