/* SPDX-License-Identifier: Apache-2.0
 *
 * Commands: exercise_inject, exercise_injects, exercise_report. An exercise
 * itself is a case (cmd_case.c).
 */
#include "node/drafts.h"
#include "node/drills.h"
#include "node/exercise.h"
#include "node/issue.h"
#include "node/receipt_find.h"
#include "watch/drill.h"

static const char not_put[] = "the inject was not put on the clock";

/* The exercise that the argument `id` names, by its record or its name. */
static bool
open_exercise(struct call *c, struct exercise *out, struct span *name)
{
	struct span id = call_arg(c, "id");
	struct index_row row;

	*name = id;
	if (id.n != 0 && exercise_find(c, id, out))
		return true;
	if (!call_find(c, INDEX_SHARED, "id", &row))
		return false;
	*name = exercise_of_row(c, &row);
	if (name->n != 0 && exercise_find(c, *name, out))
		return true;
	call_fail(c, ERR_STATE, EXIT_REFUSED, "this is no exercise", "",
	    "almenara exercise list");
	return false;
}

/* --- injects --- */

static void
on_put(void *ctx, const struct hub_appended *result)
{
	struct call *c = ctx;

	draft_on_moved(c->service, result);
	if (!call_is_written(c, result, not_put))
		return;
	json_put_open(&c->w, '{');
	json_put_member_str(&c->w, "id", call_id(c, &result->id));
	json_put_close(&c->w, '}');
	call_done(c);
}

static bool
check_inject(struct call *c, const struct exercise *e, struct span name,
    const struct draft *d)
{
	struct span mark;

	if ((e->row.flags & INDEX_MINE) == 0 ||
	    life_is_final(e->kind->life, e->state))
		call_fail(c, ERR_RULE, EXIT_REFUSED, not_put,
		    "only the team that directs an exercise plays, and before "
		    "it has ended", "almenara exercise list");
	else if (json_text(json_get(d->content, "exercise"), &c->mem, &mark) !=
		ERR_NONE || !span_is_equal(mark, name))
		call_fail(c, ERR_RULE, EXIT_REFUSED, not_put,
		    call_text(c, "the draft does not bear the name %.64s",
			arena_string(&c->mem, name)),
		    call_text(c, "almenara draft edit %s --exercise %.64s",
			call_id(c, &d->row.id),
			arena_string(&c->mem, name)));
	else
		return true;
	return false;
}

void
cmd_exercise_inject(struct call *c)
{
	struct inject x = { .uid = c->caller.uid,
		.expected = call_arg(c, "expected") };
	struct draft d = { 0 };
	struct fault f = { 0 };
	struct exercise e;
	enum err err;

	if (!open_exercise(c, &e, &x.exercise) ||
	    !call_find(c, INDEX_DRAFTS, "draft", &d.row))
		return;
	if (json_i64(json_get(c->args, "at"), &x.at_s) != ERR_NONE) {
		call_misused(c, "at is no number of seconds");
		return;
	}
	err = draft_read(c, &d);
	if (err != ERR_NONE) {
		call_fail(c, err, EXIT_OF_ERROR, not_put, err_sentence(err),
		    "almenara draft list");
		return;
	}
	if (!check_inject(c, &e, x.exercise, &d))
		return;
	x.draft = span_str(call_id(c, &d.row.id));
	err = inject_append(c->service, &x, "ready", "", &c->mem, on_put, c,
	    &f);
	if (err != ERR_NONE)
		call_fail(c, err, EXIT_OF_ERROR, not_put, call_text(c,
		    "%s: %s", f.field, f.rule), "");
}

static bool
see_inject(void *ctx, const struct index_row *row)
{
	struct call *c = ctx;
	struct json *doc = arena_alloc(&c->mem, sizeof *doc);
	struct json_val brief;
	int64_t at = 0;
	struct span s;

	if (json_parse_arena(row->brief, LIMIT_JSON_DEPTH, LIMIT_JSON_TOKENS,
		&c->mem, doc, NULL) != ERR_NONE)
		return true;
	brief = json_root(doc);
	json_put_open(&c->w, '{');
	json_put_member_str(&c->w, "id", call_id(c, &row->id));
	if (json_text(json_get(brief, "exercise"), &c->mem, &s) == ERR_NONE)
		json_put_member_span(&c->w, "exercise", s);
	if (json_text(json_get(brief, "state"), &c->mem, &s) == ERR_NONE)
		json_put_member_span(&c->w, "state", s);
	if (json_text(json_get(brief, "draft"), &c->mem, &s) == ERR_NONE)
		json_put_member_span(&c->w, "draft", s);
	if (json_i64(json_get(brief, "at"), &at) == ERR_NONE)
		json_put_member_u64(&c->w, "at", (uint64_t)at);
	json_put_close(&c->w, '}');
	return true;
}

void
cmd_exercise_injects(struct call *c)
{
	json_put_open(&c->w, '{');
	json_put_key(&c->w, "rows");
	json_put_open(&c->w, '[');
	(void)!index_home_all(c->service->index, "inject", 0, see_inject,
	    c);
	json_put_close(&c->w, ']');
	json_put_close(&c->w, '}');
	call_done(c);
}

/* --- the report --- */

/* What one team did first about one notice. */
struct reply {
	struct span team;
	int64_t acknowledged_s, acted_s;
};

struct played {
	struct index_row row;
	struct reply reply[LIMIT_TEAMS];
	size_t n;
	struct call *call;
	struct played *next;
};

struct state_times {
	struct span state;
	struct drill_times receive, acknowledge, act;
	struct state_times *next;
};

struct report {
	struct call *call;
	struct span name;
	struct played *first, **tail;
	struct state_times *states;
};

static bool
keep_played(void *ctx, const struct index_row *row)
{
	struct report *r = ctx;
	struct arena *a = &r->call->mem;
	struct played *p;

	if ((row->flags & INDEX_EXERCISE) == 0)
		return true;
	p = arena_alloc(a, sizeof *p);
	p->call = r->call;
	p->row = *row;
	p->row.iss = arena_copy(a, row->iss);
	p->row.kind = arena_copy(a, row->kind);
	p->row.brief = arena_copy(a, row->brief);
	if (!span_is_equal(exercise_of_row(r->call, &p->row), r->name))
		return true;
	*r->tail = p;
	r->tail = &p->next;
	return true;
}

static struct reply *
reply_of(struct played *p, struct span team)
{
	for (size_t i = 0; i < p->n; i++)
		if (span_is_equal(p->reply[i].team, team))
			return &p->reply[i];
	if (p->n == LIMIT_TEAMS)
		return NULL;
	p->reply[p->n] = (struct reply){
		.team = arena_copy(&p->call->mem, team) };
	return &p->reply[p->n++];
}

static bool
see_answer(void *ctx, const struct index_row *row)
{
	struct reply *r = reply_of(ctx, row->iss);

	if (r != NULL &&
	    (r->acknowledged_s == 0 || row->iat_s < r->acknowledged_s))
		r->acknowledged_s = row->iat_s;
	return r != NULL;
}

static bool
see_act(void *ctx, const struct index_row *row)
{
	struct reply *r = reply_of(ctx, row->iss);

	if (r != NULL && (r->acted_s == 0 || row->iat_s < r->acted_s))
		r->acted_s = row->iat_s;
	return r != NULL;
}

static struct state_times *
times_of(struct report *r, struct span team)
{
	const struct team *t = registry_team(r->call->service->registry, team);
	struct span state = t != NULL ? t->state : team;
	struct state_times *x;

	for (x = r->states; x != NULL; x = x->next)
		if (span_is_equal(x->state, state))
			return x;
	x = arena_alloc(&r->call->mem, sizeof *x);
	x->state = state;
	x->next = r->states;
	r->states = x;
	return x;
}

static void
put_time(struct json_out *w, const char *name, int64_t from_s, int64_t to_s)
{
	if (to_s != 0)
		json_put_member_u64(w, name,
		    (uint64_t)(to_s > from_s ? to_s - from_s : 0));
}

static void
put_reply(struct report *r, struct played *p, const struct hub_peer_info *peer)
{
	struct call *c = r->call;
	struct json_out *w = &c->w;
	const struct reply *x = reply_of(p, peer->team);
	struct state_times *t = times_of(r, peer->team);
	int64_t from = p->row.iat_s;
	int64_t got = receipt_find(c->service, peer, &p->row);

	if (x == NULL)
		return;
	drill_add(&t->receive, from, got);
	drill_add(&t->acknowledge, from, x->acknowledged_s);
	drill_add(&t->act, from, x->acted_s);
	json_put_open(w, '{');
	json_put_member_str(w, "id", call_id(c, &p->row.id));
	call_put_title(c, &p->row);
	json_put_member_span(w, "team", peer->team);
	json_put_member_span(w, "state", t->state);
	json_put_member_u64(w, "sent", (uint64_t)from);
	put_time(w, "received_s", from, got);
	put_time(w, "acknowledged_s", from, x->acknowledged_s);
	put_time(w, "acted_s", from, x->acted_s);
	json_put_close(w, '}');
}

static void
put_notice(struct report *r, struct played *p)
{
	struct call *c = r->call;
	const struct index_notice want = { .answer = see_answer,
		.other = see_act, .ctx = p };
	struct index_audience aud;
	struct record rec;

	if (!call_look(c, &p->row, EXIT_SHOW, &rec))
		return;
	(void)!index_notice(c->service->index, &p->row, &want, &c->mem, &aud);
	for (size_t i = 0; i < hub_peer_count(c->service->hub); i++) {
		struct hub_peer_info peer = hub_peer(c->service->hub, i,
		    loop_now(c->service->loop));

		if (!rec.entry.sealed || entry_has_reader(&rec.entry,
						peer.team))
			put_reply(r, p, &peer);
	}
}

static void
put_times(struct json_out *w, const char *name, struct drill_times *t)
{
	json_put_key(w, name);
	json_put_open(w, '{');
	json_put_member_u64(w, "asked", t->asked);
	json_put_member_u64(w, "n", t->n);
	if (t->n != 0) {
		json_put_member_u64(w, "median_s",
		    (uint64_t)drill_median(t));
		json_put_member_u64(w, "longest_s",
		    (uint64_t)drill_longest(t));
	}
	json_put_close(w, '}');
}

/* What it has shown that is to be mended: it stays at home and falls due. */
static void
put_findings(struct call *c, struct span exercise)
{
	const struct schema *all = c->service->schema;
	struct index_filter f = { .cases = true, .ended = true,
		.limit = LIMIT_LIST_ROWS };

	for (size_t i = 0; i < kind_count(all); i++) {
		const struct kind *k = kind_at(all, i);

		if (k->own && k->life != NULL && k->life->lapse_count != 0)
			f.kind = span_str(k->name);
	}
	(void)!cases_put(c, "findings", &f, exercise, true);
}

void
cmd_exercise_report(struct call *c)
{
	struct report *r = arena_alloc(&c->mem, sizeof *r);
	struct index_filter filter = { .mine = true, .ended = true,
		.limit = LIMIT_LIST_ROWS };
	struct json_out *w = &c->w;
	struct exercise e;

	if (!open_exercise(c, &e, &r->name))
		return;
	r->call = c;
	r->tail = &r->first;
	(void)!index_inbox(c->service->index, &filter, keep_played, r, NULL);
	json_put_open(w, '{');
	json_put_member_span(w, "exercise", r->name);
	json_put_member_span(w, "state", e.state);
	json_put_member_bool(w, "paused", e.is_paused);
	json_put_key(w, "rows");
	json_put_open(w, '[');
	for (struct played *p = r->first; p != NULL; p = p->next)
		put_notice(r, p);
	json_put_close(w, ']');
	json_put_key(w, "states");
	json_put_open(w, '[');
	for (struct state_times *t = r->states; t != NULL; t = t->next) {
		json_put_open(w, '{');
		json_put_member_span(w, "state", t->state);
		put_times(w, "receive", &t->receive);
		put_times(w, "acknowledge", &t->acknowledge);
		put_times(w, "act", &t->act);
		json_put_close(w, '}');
	}
	json_put_close(w, ']');
	put_findings(c, r->name);
	json_put_close(w, '}');
	call_done(c);
}
