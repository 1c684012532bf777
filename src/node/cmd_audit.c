/* SPDX-License-Identifier: Apache-2.0
 *
 * Commands: audit, audit_seen, audit_left, audit_case: what was done here, who
 * has seen a record, what left for a team, the file of a case. The index gives
 * places, the logs what is told. That somebody asked is itself recorded.
 */
#include "node/audit_case.h"
#include "node/exits.h"
#include "node/reach.h"

#include "base/limits.h"

enum {
	ROWS_USUAL = 100,
	PLACES_MAX = 4 * LIMIT_LIST_ROWS,
	RULE_BEFORE_S = 5, /* the trace of a release is of its turn */
	RULE_LOOKED_AT = 64
};

static const char unread[] = "the index cannot be read";

/* --- arguments --- */

static unsigned
limit_arg(struct call *c)
{
	uint64_t limit = ROWS_USUAL;

	if (json_u64(json_get(c->args, "limit"), &limit) != ERR_NONE ||
	    limit == 0)
		limit = ROWS_USUAL;
	return limit < LIMIT_LIST_ROWS ? (unsigned)limit : LIMIT_LIST_ROWS;
}

/* The bounds that the arguments give; false: the call has been answered. */
static bool
bounds(struct call *c, struct index_trace_ask *ask)
{
	static const char *const names[] = { "from", "until" };
	int64_t *const to[] = { &ask->from_s, &ask->until_s };

	for (size_t i = 0; i < 2; i++) {
		struct json_val v = json_get(c->args, names[i]);

		if (v.type != JSON_ABSENT &&
		    (json_i64(v, to[i]) != ERR_NONE || *to[i] < 0)) {
			call_misused(c, "%s is a time in seconds", names[i]);
			return false;
		}
	}
	(void)!json_u64(json_get(c->args, "before"), &ask->before);
	ask->limit = limit_arg(c);
	return true;
}

/* --- places --- */

struct places {
	struct place {
		uint64_t at;
		uint32_t log;
		uint64_t index;
	} at[PLACES_MAX];
	size_t n;
	uint64_t next; /* nothing below it was looked for; 0: all was */
};

static bool
keep(void *ctx, uint64_t at, uint32_t log, uint64_t index)
{
	struct places *p = ctx;
	size_t i = p->n;

	while (i > 0 && p->at[i - 1].at < at)
		i--;
	if (i > 0 && p->at[i - 1].at == at)
		return true;
	if (p->n == PLACES_MAX)
		return false;
	memmove(&p->at[i + 1], &p->at[i], (p->n - i) * sizeof p->at[0]);
	p->at[i] = (struct place){ at, log, index };
	p->n++;
	return true;
}

/* Add what `ask` finds, in the order of time. False: the call was answered. */
static bool
find(struct call *c, const struct index_trace_ask *ask, struct places *p)
{
	struct index_traced seen;
	enum err e = index_traces(c->service->index, ask, keep, p, &seen);

	if (e != ERR_NONE) {
		call_fail(c, e, EXIT_OF_ERROR, unread, err_sentence(e),
		    "almenara log reindex");
		return false;
	}
	if (seen.next > p->next)
		p->next = seen.next;
	return true;
}

/* Of several lists only what lies above where any of them ended is whole. */
static void
cut(struct places *p, unsigned limit)
{
	while (p->n > 0 && p->at[p->n - 1].at < p->next)
		p->n--;
	if (p->n > limit) {
		p->n = limit;
		p->next = p->at[limit - 1].at;
	}
}

/* --- one record of the trail --- */

static void
put_member(struct call *c, struct json_val body, const char *name)
{
	struct json_val v = json_get(body, name);

	if (v.type != JSON_ABSENT) {
		json_put_key(&c->w, name);
		json_put_raw(&c->w, json_raw(v));
	}
}

/* An entry of the private log that the caller may read by this way. */
static bool
read_home(struct call *c, uint32_t log, uint64_t index, struct record *r)
{
	struct exit_notice n;

	if (record_read(c->service, log, index, &c->mem, r) != ERR_NONE)
		return false;
	n = exits_of_entry(c->service, log, &r->entry, r->body,
	    r->stored.state, NULL, &c->mem);
	r->pass = exits_to_caller(c, EXIT_AUDIT, &n);
	return exit_opens(&r->pass, EXIT_AUDIT, EXIT_TEXT);
}

static void
put_trace(struct call *c, const struct place *p)
{
	static const char *const members[] = { "actor", "post", "act",
		"object", "subject", "client", "outcome", "reason", "rule",
		"rules", "draft", "approved" };
	struct json_out *w = &c->w;
	struct record r;
	struct span act;

	json_put_open(w, '{');
	json_put_member_u64(w, "at", p->at);
	json_put_member_u64(w, "index", p->index);
	if (!read_home(c, p->log, p->index, &r)) {
		json_put_member_bool(w, "unreadable", true);
		json_put_close(w, '}');
		return;
	}
	json_put_key(w, "iat");
	json_put_i64(w, r.entry.iat_s);
	for (size_t i = 0; i < sizeof members / sizeof *members; i++)
		put_member(c, r.body, members[i]);
	if (json_text(json_get(r.body, "act"), &c->mem, &act) == ERR_NONE)
		json_put_member_str(w, "word",
		    act_word(act_find(act), c->lang));
	json_put_close(w, '}');
}

static void
put_traces(struct call *c, const char *name, const char *next,
    const struct places *p)
{
	json_put_key(&c->w, name);
	json_put_open(&c->w, '[');
	for (size_t i = 0; i < p->n; i++)
		put_trace(c, &p->at[i]);
	json_put_close(&c->w, ']');
	json_put_member_u64(&c->w, next, p->next);
}

/* --- audit --- */

void
cmd_audit(struct call *c)
{
	struct places *p = arena_alloc(&c->mem, sizeof *p);
	struct index_trace_ask ask = { .by = INDEX_TRACE_ALL };
	struct span actor = call_arg(c, "actor"), act = call_arg(c, "act");

	if (!bounds(c, &ask))
		return;
	if (act.n != 0 && act_find(act) == ACT_NONE) {
		call_misused(c, "%.60s is no act", arena_string(&c->mem, act));
		return;
	}
	if (actor.n != 0) {
		ask.by = INDEX_TRACE_ACTOR;
		ask.value = actor;
	}
	if (act.n != 0 && actor.n == 0) {
		ask.by = INDEX_TRACE_ACT;
		ask.value = act;
	} else if (act.n != 0) {
		ask.and_n = 1;
		ask.and_by = INDEX_TRACE_ACT;
		ask.and_value = act;
	}
	if (!find(c, &ask, p))
		return;
	json_put_open(&c->w, '{');
	put_traces(c, "rows", "next", p);
	json_put_close(&c->w, '}');
	call_done(c);
}

/* --- who has seen it --- */

struct revisions {
	struct call *call;
	struct digest d[LIMIT_LIST_ROWS];
	size_t n;
};

static bool
see_revision(void *ctx, const struct index_row *row)
{
	struct revisions *r = ctx;

	for (size_t i = 0; i < r->n; i++)
		if (digest_is_equal(&r->d[i], &row->digest))
			return true;
	if (r->n == LIMIT_LIST_ROWS)
		return false;
	r->d[r->n++] = row->digest;
	return true;
}

bool
audit_put_here(struct call *c, const struct index_row *row)
{
	struct places *p = arena_alloc(&c->mem, sizeof *p);
	struct revisions *r = arena_alloc(&c->mem, sizeof *r);
	const struct index_notice want = { .revision = see_revision,
		.ctx = r };
	struct index_trace_ask ask = { .by = INDEX_TRACE_OF,
		.value = span_str(call_id(c, &row->id)) };

	if (!bounds(c, &ask) || !find(c, &ask, p))
		return false;
	(void)!index_notice(c->service->index, row, &want, &c->mem, NULL);
	for (size_t i = 0; i < r->n; i++) {
		ask.value = span_str(call_digest(c, &r->d[i]));
		if (!find(c, &ask, p))
			return false;
	}
	cut(p, ask.limit);
	put_traces(c, "here", "here_next", p);
	return true;
}

void
cmd_audit_seen(struct call *c)
{
	struct index_row row;

	if (index_find(c->service->index, INDEX_DRAFTS, call_arg(c, "id"),
		&c->mem, &row, NULL, NULL) != ERR_NONE &&
	    !call_find(c, INDEX_SHARED, "id", &row))
		return;
	c->has_object = true;
	c->object = row.digest;
	c->object_id = row.id;
	json_put_open(&c->w, '{');
	json_put_member_str(&c->w, "id", call_id(c, &row.id));
	json_put_member_str(&c->w, "digest", call_digest(c, &row.digest));
	json_put_member_span(&c->w, "iss", row.iss);
	json_put_member_span(&c->w, "kind", row.kind);
	if (!audit_put_here(c, &row))
		return;
	reach_put_teams(c, &row);
	json_put_close(&c->w, '}');
	call_done(c);
}

/* --- what left --- */

/* The trace of the turn in which the entry was released. */
struct trace {
	struct call *call;
	const struct record *of;
	bool found;
	struct record r;
};

static bool
look_at_trace(void *ctx, uint64_t at, uint32_t log, uint64_t index)
{
	struct trace *t = ctx;
	struct json_val b;

	(void)at;
	if (!read_home(t->call, log, index, &t->r))
		return true;
	b = t->r.body;
	t->found = json_get(b, "rule").type == JSON_STRING &&
	    !json_is_str(json_get(b, "outcome"), "refused") &&
	    !json_is_str(json_get(b, "outcome"), "failed") &&
	    !json_is_str(json_get(b, "outcome"), "waits");
	return !t->found;
}

static void
put_decision(struct call *c, const struct record *r)
{
	static const char *const members[] = { "rule", "rules", "actor",
		"approved", "outcome" };
	struct trace t = { .call = c, .of = r };
	const struct index_trace_ask ask = { .by = INDEX_TRACE_OF,
		.value = span_str(call_id(c, &r->carrier.id)),
		.from_s = r->carrier.iat_s - RULE_BEFORE_S,
		.until_s = r->carrier.iat_s + RULE_BEFORE_S,
		.limit = RULE_LOOKED_AT };

	(void)!index_traces(c->service->index, &ask, look_at_trace, &t, NULL);
	for (size_t i = 0; t.found && i < sizeof members / sizeof *members;
	     i++)
		put_member(c, t.r.body, members[i]);
	if (!t.found)
		json_put_member_str(&c->w, "rule", "");
	else
		json_put_member_u64(&c->w, "trace", t.r.index);
}

static void
put_left(struct call *c, const struct place *p)
{
	struct json_out *w = &c->w;
	struct exit_notice n;
	struct exit_pass pass;
	struct record r;

	if (record_read(c->service, p->log, p->index, &c->mem, &r) !=
	    ERR_NONE) {
		json_put_open(w, '{');
		json_put_member_u64(w, "index", p->index);
		json_put_member_bool(w, "unreadable", true);
		json_put_close(w, '}');
		return;
	}
	n = exits_of_entry(c->service, p->log, &r.entry, r.body,
	    r.stored.state, NULL, &c->mem);
	pass = exits_to_caller(c, EXIT_AUDIT, &n);
	if (!exit_opens(&pass, EXIT_AUDIT, EXIT_CODED))
		return;
	json_put_open(w, '{');
	json_put_member_u64(w, "at", p->at);
	json_put_member_u64(w, "index", p->index);
	json_put_key(w, "iat");
	json_put_i64(w, r.carrier.iat_s);
	json_put_member_str(w, "id", call_id(c, &r.carrier.id));
	json_put_member_u64(w, "rev", r.carrier.rev);
	json_put_member_span(w, "kind", r.carrier.kind);
	json_put_member_span(w, "tlp", r.carrier.tlp);
	json_put_member_bool(w, "open", !r.carrier.sealed);
	if (r.is_carried)
		json_put_member_str(w, "of", call_id(c, &r.entry.id));
	put_decision(c, &r);
	json_put_close(w, '}');
}

void
cmd_audit_left(struct call *c)
{
	struct places *p = arena_alloc(&c->mem, sizeof *p);
	struct index_trace_ask ask = { .by = INDEX_TRACE_LEFT,
		.value = call_arg(c, "to") };

	if (ask.value.n == 0 || ask.value.n > LIMIT_TEAM_NAME) {
		call_misused(c, "for which team? the argument to is missing");
		return;
	}
	if (!bounds(c, &ask) || !find(c, &ask, p))
		return;
	json_put_open(&c->w, '{');
	json_put_member_span(&c->w, "to", ask.value);
	json_put_key(&c->w, "rows");
	json_put_open(&c->w, '[');
	for (size_t i = 0; i < p->n; i++)
		put_left(c, &p->at[i]);
	json_put_close(&c->w, ']');
	json_put_member_u64(&c->w, "next", p->next);
	json_put_close(&c->w, '}');
	call_done(c);
}
