/* SPDX-License-Identifier: Apache-2.0
 *
 * Commands: test_alert_send, test_alert_results. A test alert is sent as every
 * notice is; its results are what receipts and acknowledgements say.
 */
#include "node/issue.h"
#include "node/receipt_find.h"
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
write_body(struct call *c, int level, struct json *doc, struct fault *f)
{
	struct json_out w;
	struct buf b;

	buf_init(&b, LIMIT_PAYLOAD);
	json_out_init(&w, &b);
	json_put_open(&w, '{');
	put_title(&w);
	json_put_member_str(&w, "exercise", mark);
	json_put_member_u64(&w, "level", (uint64_t)level);
	json_put_close(&w, '}');
	return json_parse_buf(&b, &c->mem, doc, f);
}

static bool
level_arg(struct call *c, int *out)
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

void
cmd_test_alert_send(struct call *c)
{
	const struct kind *k = trials_kind(c->service);
	struct plan_ask ask = { .tlp = span_str(tlp_label(TLP_AMBER)),
		.aud = json_get(c->args, "aud"),
		.exp_s = loop_now(c->service->loop).wall.ms / 1000 +
		    c->service->config->test_answer_s };
	struct fault f = { 0 };
	struct json doc;
	struct plan p;
	enum err e;
	int level;

	if (k == NULL) {
		call_misused(c, "this node knows no kind that tests");
		return;
	}
	if (!level_arg(c, &level))
		return;
	ask.kind = span_str(k->name);
	e = write_body(c, level, &doc, &f);
	if (e == ERR_NONE) {
		ask.body = json_root(&doc);
		e = plan_make(c, &ask, &p, &f);
	}
	if (e == ERR_NONE && p.ruling.approvals != 0)
		e = fault_at(&f, ERR_RULE, 0, "rules", "line \"%s\" asks for "
		    "another person, and a test has none: allow it without, "
		    "by name", p.ruling.line);
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

static void
put_test(struct call *c, const struct index_row *row,
    const struct trial_reply *r, size_t n)
{
	const struct trial_facts f = { .iat_s = row->iat_s,
		.exp_s = row->exp_s };
	int64_t now_s = loop_now(c->service->loop).wall.ms / 1000;
	unsigned answered = 0, flagged = 0;
	struct json_out *w = &c->w;

	for (size_t i = 0; i < n; i++) {
		answered += r[i].facts.acknowledged_s != 0;
		flagged += trial_is_flagged(trial_judge(&r[i].facts, now_s));
	}
	json_put_member_str(w, "id", call_id(c, &row->id));
	json_put_member_u64(w, "sent", (uint64_t)row->iat_s);
	json_put_member_u64(w, "until", (uint64_t)trial_due(&f));
	json_put_member_u64(w, "level", (uint64_t)row->level);
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
