/* SPDX-License-Identifier: Apache-2.0
 *
 * Commands: test_alert_send, test_alert_results. A test alert is sent as every
 * notice is; its results are what receipts and acknowledgements say. By a
 * schedule each recipient gets one of its own, sent by the node.
 */
#include "node/cmd_test_alert.h"

#include "node/issue.h"
#include "node/receipt_find.h"
#include "node/schedules.h"
#include "node/trials.h"

static const char not_sent[] = "the test alert was not sent";
static const char mark[] = "test";

enum { LEVEL_DEFAULT = 4 };

/* --- sending --- */

/* In all four languages: nobody is to take it for anything else. */
static void
put_title(struct json_out *w)
{
	static const struct names title = { {
		"Test alert: please acknowledge",
		"Alerta de prueba: acuse recibo",
		"Alerta de teste: confirme",
		"Alerte d’essai : accusez réception" } };

	json_put_key(w, "title");
	json_put_open(w, '{');
	for (enum lang l = 0; l < LANG_COUNT; l++)
		json_put_member_str(w, lang_tag(l), title.in[l]);
	json_put_close(w, '}');
}

static enum err
write_body(struct call *c, int level, const struct test_round *round,
    struct json *doc, struct fault *f)
{
	struct json_out w;
	struct buf b;

	buf_init(&b, LIMIT_PAYLOAD);
	json_out_init(&w, &b);
	json_put_open(&w, '{');
	put_title(&w);
	json_put_member_str(&w, "exercise", mark);
	json_put_member_u64(&w, "level", (uint64_t)level);
	if (round != NULL) {
		json_put_member_str(&w, "plan", call_id(c, &round->plan));
		json_put_member_u64(&w, "round", (uint64_t)round->at_s);
	}
	json_put_close(&w, '}');
	return json_parse_buf(&b, &c->mem, doc, f);
}

bool
test_alert_level(struct call *c, int *out)
{
	struct json_val v = json_get(c->args, "level");
	uint64_t level = LEVEL_DEFAULT;

	if (v.type != JSON_ABSENT && (json_u64(v, &level) != ERR_NONE ||
		level < LEVEL_MIN || level > LEVEL_MAX)) {
		call_misused(c, "level is not %d to %d", LEVEL_MIN,
		    LEVEL_MAX);
		return false;
	}
	*out = (int)level;
	return true;
}

enum err
test_alert_plan(struct call *c, struct json_val aud, int level,
    const struct test_round *round, struct plan *out, struct fault *f)
{
	const struct kind *k = trials_kind(c->service);
	struct plan_ask ask = { .tlp = span_str(tlp_label(TLP_AMBER)),
		.aud = aud, .exp_s = call_now_s(c) +
		    c->service->config->test_answer_s };
	struct json *doc = arena_alloc(&c->mem, sizeof *doc);
	enum err e;

	if (k == NULL)
		return fault_at(f, ERR_UNSUPPORTED, 0, "",
		    "this node knows no kind that tests");
	ask.kind = span_str(k->name);
	e = write_body(c, level, round, doc, f);
	if (e != ERR_NONE)
		return e;
	ask.body = json_root(doc);
	e = plan_make(c, &ask, out, f);
	return e != ERR_NONE ? e : plan_check_alone(out, f);
}

/* The arguments `plan`, `round` and `id`, which the node alone gives: false if
 * the call has been answered. */
static bool
round_arg(struct call *c, struct test_round *out, bool *has)
{
	struct json_val round = json_get(c->args, "round");

	*has = round.type != JSON_ABSENT;
	if (!*has && json_get(c->args, "plan").type == JSON_ABSENT &&
	    json_get(c->args, "id").type == JSON_ABSENT)
		return true;
	if (c->ended != NULL && json_i64(round, &out->at_s) == ERR_NONE &&
	    uuid_parse(call_arg(c, "plan"), &out->plan) == ERR_NONE &&
	    uuid_parse(call_arg(c, "id"), &out->id) == ERR_NONE)
		return true;
	call_misused(c, "plan, round and id are said by a schedule alone: "
	    "almenara test-alert schedule set");
	return false;
}

/* Its id follows from the round: what was sent is not sent again. */
static enum err
fix_id(struct call *c, const struct test_round *round, struct plan *p,
    struct fault *f)
{
	struct index_row row;
	enum err e = index_find(c->service->index, INDEX_SHARED,
	    span_str(call_id(c, &round->id)), &c->mem, &row, NULL, NULL);

	if (e == ERR_NONE || e == ERR_CONFLICT)
		return fault_at(f, ERR_EXISTS, 0, "round",
		    "was sent to this team");
	if (e != ERR_NOT_FOUND)
		return fault_at(f, e, 0, "", "%s", err_sentence(e));
	p->draft.id = round->id;
	return ERR_NONE;
}

void
cmd_test_alert_send(struct call *c)
{
	struct json_val aud = json_get(c->args, "aud");
	struct test_round round;
	struct fault f = { 0 };
	bool has_round;
	struct plan p;
	enum err e;
	int level;

	if (!test_alert_level(c, &level) || !round_arg(c, &round, &has_round))
		return;
	e = test_alert_plan(c, aud, level, has_round ? &round : NULL, &p, &f);
	if (e == ERR_NONE && has_round)
		e = fix_id(c, &round, &p, &f);
	if (e != ERR_NONE)
		issue_refuse(c, "test_alert", e, "", not_sent, &f,
		    "almenara rules show");
	else
		issue_plan(c, &p, "test_alert", not_sent);
}

/* --- results --- */

static const struct hub_peer_info *
peer_of(struct call *c, struct span team)
{
	struct hub_peer_info *p = arena_alloc(&c->mem, sizeof *p);

	for (size_t i = 0; i < hub_peer_count(c->service->hub); i++) {
		*p = hub_peer(c->service->hub, i, loop_now(c->service->loop));
		if (span_is_equal(p->team, team))
			return p;
	}
	return NULL;
}

/* Who answered, and how she was reached, by her own node. */
static void
put_answer(struct call *c, const struct index_row *row)
{
	struct json_out *w = &c->w;
	struct json_val called;
	struct record r;
	struct span s;
	int64_t at;

	if (!call_look(c, row, EXIT_SHOW, &r))
		return;
	if (json_text(json_get(r.body, "by_post"), &c->mem, &s) == ERR_NONE)
		json_put_member_span(w, "by_post", s);
	called = json_get(r.body, "called");
	if (json_i64(json_get(called, "at"), &at) == ERR_NONE && at > 0)
		json_put_member_u64(w, "called", (uint64_t)at);
	if (json_text(json_get(called, "channel"), &c->mem, &s) == ERR_NONE)
		json_put_member_span(w, "channel", s);
	if (json_text(json_get(called, "post"), &c->mem, &s) == ERR_NONE)
		json_put_member_span(w, "called_post", s);
}

static void
put_standing(struct json_out *w, const struct trial_standing *t)
{
	json_put_member_u64(w, "proved", (uint64_t)t->proved_s);
	json_put_member_bool(w, "flagged", t->is_flagged);
}

static void
put_reply(struct call *c, const struct index_row *row,
    const struct trial_reply *x, const struct trial_team *all, size_t n)
{
	const struct team *t = registry_team(c->service->registry, x->team);
	const struct hub_peer_info *peer = peer_of(c, x->team);
	enum trial_state state = trial_judge(&x->facts,
	    loop_now(c->service->loop).wall.ms / 1000);
	struct json_out *w = &c->w;
	int64_t got = peer == NULL ? 0 :
	    receipt_find(c->service, peer, row);

	json_put_open(w, '{');
	json_put_member_span(w, "team", x->team);
	json_put_member_span(w, "state", t != NULL ? t->state : x->team);
	json_put_member_str(w, "result", trial_state_word(state));
	if (got != 0)
		json_put_member_u64(w, "delivered", (uint64_t)got);
	if (x->facts.acknowledged_s != 0) {
		json_put_member_u64(w, "acknowledged",
		    (uint64_t)x->facts.acknowledged_s);
		put_answer(c, &x->answer);
	}
	for (size_t i = 0; i < n; i++)
		if (span_is_equal(all[i].team, x->team))
			put_standing(w, &all[i].standing);
	json_put_close(w, '}');
}

/* The schedule and the round that it is of. */
static bool
round_of(struct call *c, const struct index_row *row, struct test_round *out)
{
	struct json *doc = arena_alloc(&c->mem, sizeof *doc);
	struct json_val v;
	struct span plan;

	if (json_parse_arena(arena_copy(&c->mem, row->brief),
		LIMIT_JSON_DEPTH, LIMIT_JSON_TOKENS, &c->mem, doc, NULL) !=
	    ERR_NONE)
		return false;
	v = json_root(doc);
	return json_text(json_get(v, "plan"), &c->mem, &plan) == ERR_NONE &&
	    uuid_parse(plan, &out->plan) == ERR_NONE &&
	    json_i64(json_get(v, "round"), &out->at_s) == ERR_NONE;
}

static void
put_round(struct call *c, const struct test_round *round)
{
	json_put_member_str(&c->w, "plan", call_id(c, &round->plan));
	json_put_member_u64(&c->w, "round", (uint64_t)round->at_s);
}

static void
put_test(struct call *c, const struct index_row *row,
    const struct trial_reply *r, size_t n)
{
	const struct trial_facts f = { .iat_s = row->iat_s,
		.exp_s = row->exp_s };
	int64_t now_s = loop_now(c->service->loop).wall.ms / 1000;
	unsigned answered = 0, flagged = 0;
	struct json_out *w = &c->w;
	struct test_round round;

	for (size_t i = 0; i < n; i++) {
		answered += r[i].facts.acknowledged_s != 0;
		flagged += trial_is_flagged(trial_judge(&r[i].facts, now_s));
	}
	json_put_member_str(w, "id", call_id(c, &row->id));
	json_put_member_u64(w, "sent", (uint64_t)row->iat_s);
	json_put_member_u64(w, "until", (uint64_t)trial_due(&f));
	json_put_member_u64(w, "level", (uint64_t)row->level);
	if (round_of(c, row, &round))
		put_round(c, &round);
	json_put_member_u64(w, "asked", n);
	json_put_member_u64(w, "acknowledged", answered);
	json_put_member_u64(w, "flagged", flagged);
}

/* One test, a row a state. */
static void
put_one(struct call *c, const struct index_row *row)
{
	struct trial_team *all = arena_alloc(&c->mem, LIMIT_TEAMS *
	    sizeof *all);
	struct trial_reply *r = arena_alloc(&c->mem, LIMIT_TEAMS * sizeof *r);
	size_t n = trials_standings(c->service, &c->mem, all, LIMIT_TEAMS);
	size_t m = trials_replies(c->service, row, &c->mem, r, LIMIT_TEAMS);
	struct json_out *w = &c->w;

	json_put_open(w, '{');
	put_test(c, row, r, m);
	json_put_key(w, "rows");
	json_put_open(w, '[');
	for (size_t i = 0; i < m; i++)
		put_reply(c, row, &r[i], all, n);
	json_put_close(w, ']');
	json_put_close(w, '}');
}

/* The newest round of a schedule, a row a state: each has a test of its own. */
static void
put_newest_round(struct call *c, const struct uuid *plan)
{
	struct index_row *row = arena_alloc(&c->mem, TRIALS_NEWEST *
	    sizeof *row);
	struct trial_team *all = arena_alloc(&c->mem, LIMIT_TEAMS *
	    sizeof *all);
	struct trial_reply *r = arena_alloc(&c->mem, LIMIT_TEAMS * sizeof *r);
	size_t n = trials_newest(c->service, &c->mem, row, TRIALS_NEWEST);
	size_t teams = trials_standings(c->service, &c->mem, all,
	    LIMIT_TEAMS);
	struct test_round newest = { .plan = *plan }, x;
	struct json_out *w = &c->w;

	for (size_t i = 0; i < n; i++)
		if (round_of(c, &row[i], &x) && x.at_s > newest.at_s &&
		    memcmp(&x.plan, plan, sizeof *plan) == 0)
			newest.at_s = x.at_s;
	json_put_open(w, '{');
	put_round(c, &newest);
	json_put_key(w, "rows");
	json_put_open(w, '[');
	for (size_t i = 0; i < n; i++) {
		size_t m;

		if (!round_of(c, &row[i], &x) || x.at_s != newest.at_s ||
		    memcmp(&x.plan, plan, sizeof *plan) != 0)
			continue;
		m = trials_replies(c->service, &row[i], &c->mem, r,
		    LIMIT_TEAMS);
		for (size_t k = 0; k < m; k++)
			put_reply(c, &row[i], &r[k], all, teams);
	}
	json_put_close(w, ']');
	json_put_close(w, '}');
}

/* Does the argument `id` stand for a schedule? */
static bool
is_schedule(struct call *c, struct index_row *out)
{
	return index_find(c->service->index, INDEX_AT_HOME, call_arg(c, "id"),
		   &c->mem, out, NULL, NULL) == ERR_NONE &&
	    span_is_str(out->kind, SCHEDULE_KIND);
}

/* All of late, and what they have come to by team. */
static void
put_all(struct call *c)
{
	struct index_row *row = arena_alloc(&c->mem, TRIALS_NEWEST *
	    sizeof *row);
	struct trial_team *all = arena_alloc(&c->mem, LIMIT_TEAMS *
	    sizeof *all);
	struct trial_reply *r = arena_alloc(&c->mem, LIMIT_TEAMS * sizeof *r);
	size_t n = trials_newest(c->service, &c->mem, row, TRIALS_NEWEST);
	struct json_out *w = &c->w;

	json_put_open(w, '{');
	json_put_key(w, "tests");
	json_put_open(w, '[');
	for (size_t i = 0; i < n; i++) {
		size_t m = trials_replies(c->service, &row[i], &c->mem, r,
		    LIMIT_TEAMS);

		json_put_open(w, '{');
		put_test(c, &row[i], r, m);
		json_put_close(w, '}');
	}
	json_put_close(w, ']');
	json_put_key(w, "teams");
	json_put_open(w, '[');
	n = trials_standings(c->service, &c->mem, all, LIMIT_TEAMS);
	for (size_t i = 0; i < n; i++) {
		json_put_open(w, '{');
		json_put_member_span(w, "team", all[i].team);
		put_standing(w, &all[i].standing);
		json_put_close(w, '}');
	}
	json_put_close(w, ']');
	json_put_close(w, '}');
}

void
cmd_test_alert_results(struct call *c)
{
	struct index_row row;

	if (json_get(c->args, "id").type == JSON_ABSENT) {
		put_all(c);
		call_done(c);
		return;
	}
	if (is_schedule(c, &row)) {
		put_newest_round(c, &row.id);
		call_done(c);
		return;
	}
	if (!call_find(c, INDEX_NOTICES, "id", &row))
		return;
	if (!trials_is(c->service, row.kind) ||
	    (row.flags & INDEX_MINE) == 0) {
		call_fail(c, ERR_STATE, EXIT_REFUSED,
		    "this is no test alert that this team has sent", "",
		    "almenara test-alert results");
		return;
	}
	put_one(c, &row);
	call_done(c);
}
