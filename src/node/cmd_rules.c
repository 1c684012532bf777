/* SPDX-License-Identifier: Apache-2.0
 *
 * Commands: rules (what is in force), rules_load, rules_explain (one record,
 * every team and gateway), rules_try (another file, held against what was released).
 */
#include "node/drafts.h"
#include "node/exits.h"
#include "node/process.h"
#include "node/ruling.h"
#include "rules/keep.h"

enum { PAST_MOST = 65536, PAST_SLICE = 256 }; /* entries of the private log */

enum { TRY_DAYS = 90, TRY_PAGE = 200, DAY_MS = 86400000 };

/* --- rules, rules_load --- */

static void
put_unknown_teams(struct call *c)
{
	const struct rules *r = c->service->rulebook.rules;
	struct json_out *w = &c->w;
	struct span name;
	unsigned line;

	json_put_key(w, "unknown_teams");
	json_put_open(w, '[');
	for (size_t i = 0; rules_team_at(r, i, &name, &line); i++) {
		if (registry_team(c->service->registry, name) != NULL)
			continue;
		json_put_open(w, '{');
		json_put_member_span(w, "team", name);
		json_put_member_u64(w, "line", line);
		json_put_close(w, '}');
	}
	json_put_close(w, ']');
}

static void
answer_rules(struct call *c)
{
	const struct rulebook *b = &c->service->rulebook;
	struct json_out *w = &c->w;

	json_put_open(w, '{');
	json_put_member_str(w, "file", rulebook_path(c->service, &c->mem));
	json_put_member_bool(w, "in_force", b->rules != NULL);
	json_put_member_str(w, "rules", b->rules != NULL ?
		call_digest(c, rules_digest(b->rules)) : "");
	json_put_member_str(w, "refused", b->refused);
	json_put_member_span(w, "text", b->rules != NULL ?
		rules_text(b->rules) : span_str(""));
	json_put_member_str(w, "built_in", rules_built_in);
	put_unknown_teams(c);
	json_put_close(w, '}');
	call_done(c);
}

void
cmd_rules(struct call *c)
{
	answer_rules(c);
}

static void
forget_waiting(struct call *c)
{
	if (c->service->rulebook.waiting == c)
		c->service->rulebook.waiting = NULL;
}

/* The parent opens the file; its answer is a SIGHUP. */
void
cmd_rules_load(struct call *c)
{
	struct rulebook *b = &c->service->rulebook;

	if (b->waiting != NULL || !process_ask_reload()) {
		call_fail(c, ERR_BUSY, EXIT_FAILED,
		    "the rules are being read already", "",
		    "almenara rules show");
		return;
	}
	b->waiting = c;
	c->drop = forget_waiting;
	audit(c->service, &c->caller, "rules_load", NULL, "", "asked", "");
}

void
cmd_rules_loaded(struct service *s)
{
	struct call *c = s->rulebook.waiting;

	s->rulebook.waiting = NULL;
	if (c == NULL)
		return;
	if (s->rulebook.refused[0] != '\0')
		call_fail(c, ERR_CONFIG, EXIT_REFUSED,
		    "the file has a mistake; what was in force stays in force",
		    call_text(c, "%s", s->rulebook.refused),
		    "almenara rules check");
	else
		answer_rules(c);
}

/* --- rules_explain --- */

static void
put_decision(struct call *c, struct rules_ask *ask, struct span team,
    struct span name)
{
	struct json_out *w = &c->w;
	struct rules_answer a;

	ask->name = team;
	rules_decide(c->service->rulebook.rules, ask, &a);
	json_put_open(w, '{');
	json_put_member_span(w, "team", name);
	json_put_member_bool(w, "allow", a.allow);
	json_put_member_u64(w, "line", a.line);
	json_put_member_str(w, "rule", ruling_line(c, &a));
	json_put_member_str(w, "code", rules_why_token(a.why));
	json_put_member_str(w, "why",
	    rules_why(c->service->schema, a.why, c->lang));
	json_put_member_str(w, "next", ruling_next(c, &a));
	json_put_member_u64(w, "approvals", a.approvals);
	json_put_key(w, "stripped");
	json_put_open(w, '[');
	for (size_t i = 0; i < a.strip_n; i++)
		json_put_span(w, a.strip[i]);
	json_put_close(w, ']');
	json_put_close(w, '}');
}

/* What the audit trail says of the release. */
struct past {
	struct rules_ask ask;
	const char *id;
	uint64_t next, left;
	bool found;
	const char *rule, *rules, *actor;
	int64_t at_s;
};

static void
put_past(struct json_out *w, const struct past *p)
{
	json_put_key(w, "decided");
	json_put_open(w, '{');
	json_put_member_str(w, "rule", p->rule);
	json_put_member_str(w, "rules", p->rules);
	json_put_member_str(w, "actor", p->actor);
	json_put_key(w, "at");
	json_put_i64(w, p->at_s);
	json_put_close(w, '}');
}

/* How long it is kept, if a line says so. */
static void
put_keep(struct call *c, const struct rules_ask *ask)
{
	const struct keep_facts f = { .kind = ask->kind, .tlp = ask->tlp,
		.newest_s = ask->now.ms / 1000 };
	struct json_out *w = &c->w;
	struct keep_answer a;

	keep_decide(c->service->rulebook.rules, &f, ask->now, &a);
	json_put_key(w, "keep");
	json_put_open(w, '{');
	json_put_member_u64(w, "days", a.days);
	json_put_member_str(w, "rule", a.why == KEEP_NO_LINE ? "" :
		call_text(c, "%u: %.*s", a.line, SPAN_FMT(a.text)));
	json_put_close(w, '}');
}

/* Each way out that a line for `export` opens. */
static void
put_gateways(struct call *c, const struct rules_ask *ask)
{
	struct rules_ask q = *ask;

	q.act = RULES_EXPORT;
	q.to = RULES_TO_GATEWAY;
	for (int w = 0; w < EXIT_WAYS; w++) {
		const char *word = exit_word((enum exit_way)w);

		if (exit_needs_line((enum exit_way)w))
			put_decision(c, &q, span_str(word), span_str(
			    call_text(c, "gateway %s", word)));
	}
}

/* `past` is NULL for what was not released yet. */
static void
explain(struct call *c, struct rules_ask *ask, const struct past *past)
{
	struct service *s = c->service;
	const struct team *good[LIMIT_TEAMS];
	/* on that of another team its own rules have decided */
	bool ours = ask->iss.n == 0;
	size_t n = ours ? registry_good_teams(s->registry, ask->now, good,
			      LIMIT_TEAMS) :
			  0;
	struct json_out *w = &c->w;

	json_put_open(w, '{');
	json_put_member_span(w, "kind", ask->kind);
	json_put_member_str(w, "tlp", tlp_label(ask->tlp));
	json_put_member_u64(w, "level", (uint64_t)ask->level);
	json_put_member_str(w, "rules", s->rulebook.rules != NULL ?
		call_digest(c, rules_digest(s->rulebook.rules)) : "");
	if (past != NULL && past->found)
		put_past(w, past);
	put_keep(c, ask);
	json_put_key(w, "decisions");
	json_put_open(w, '[');
	if (ours && ask->tlp == TLP_CLEAR) {
		ask->to = RULES_TO_PUBLIC;
		put_decision(c, ask, span_str(""), span_str("public"));
		ask->to = RULES_TO_TEAM;
	}
	for (size_t i = 0; i < n; i++)
		if (!span_is_equal(good[i]->id, ask->own))
			put_decision(c, ask, good[i]->id, good[i]->id);
	if (past != NULL)
		put_gateways(c, ask);
	json_put_close(w, ']');
	json_put_close(w, '}');
	call_done(c);
}

/* As it would be released now. */
static void
explain_draft(struct call *c)
{
	const struct levels *levels = schema_levels(c->service->schema);
	struct level_input in;
	struct rules_ask ask;
	struct draft d;
	enum tlp tlp;
	int level;

	if (!draft_open(c, &d))
		return;
	if (!exit_opens(&d.record.pass, EXIT_DRAFT, EXIT_CODED)) {
		call_fail(c, ERR_DENIED, EXIT_SIGN_IN,
		    "it may not be seen this way", "",
		    "almenara person list");
		return;
	}
	if (tlp_parse(d.tlp, &tlp) != ERR_NONE) {
		call_fail(c, ERR_SCHEMA, EXIT_OF_ERROR,
		    "this draft has no label yet", "",
		    call_text(c, "almenara draft edit %s --tlp TLP:GREEN",
			call_id(c, &d.row.id)));
		return;
	}
	level = level_of(d.content);
	level_input_of(d.content, &c->mem, &in);
	if (level == 0 && level_compute(levels, &in, &level) != ERR_NONE)
		level = 0;
	ask = ruling_ask(c, d.kind, tlp, level,
	    json_get(d.content, "exercise").type != JSON_ABSENT);
	explain(c, &ask, NULL);
}

static const char *
text_of(struct call *c, struct json_val body, const char *key)
{
	struct span s;

	return json_text(json_get(body, key), &c->mem, &s) == ERR_NONE ?
	    arena_string(&c->mem, s) : "";
}

/* Is it the trace of what let the notice out? */
static void
look_at_audit(struct call *c, struct past *p, uint64_t index)
{
	struct arena a = { 0 };
	struct exit_pass pass;
	struct exit_notice n;
	struct record r;
	struct json_val b;

	if (record_read(c->service, hub_log(c->service->hub, 1).id, index, &a,
		&r) != ERR_NONE) {
		arena_release(&a);
		return;
	}
	b = r.body;
	n = exits_of_entry(c->service, hub_log(c->service->hub, 1).id,
	    &r.entry, b, r.stored.state, NULL, &a);
	pass = exits_to_caller(c, EXIT_DRAFT, &n);
	if (span_is_str(r.entry.kind, "audit") &&
	    exit_opens(&pass, EXIT_DRAFT, EXIT_CODED) &&
	    json_is_str(json_get(b, "subject"), p->id) &&
	    json_get(b, "rule").type == JSON_STRING &&
	    !json_is_str(json_get(b, "outcome"), "refused") &&
	    !json_is_str(json_get(b, "outcome"), "failed")) {
		p->found = true;
		p->rule = text_of(c, b, "rule");
		p->rules = text_of(c, b, "rules");
		p->actor = text_of(c, b, "actor");
		p->at_s = r.entry.iat_s;
	}
	arena_release(&a);
}

/* Back through the private log, newest first. */
static void
past_step(struct call *c)
{
	struct past *p = c->state;

	for (unsigned i = 0; i < PAST_SLICE && p->next != 0 && p->left != 0 &&
	     !p->found; i++, p->left--)
		look_at_audit(c, p, --p->next);
	if (p->next != 0 && p->left != 0 && !p->found)
		call_work(c, past_step);
	else
		explain(c, &p->ask, p);
}

static void
explain_notice(struct call *c)
{
	struct past *p = arena_alloc(&c->mem, sizeof *p);
	struct exit_notice n;
	struct exit_pass pass;
	struct index_row row;

	if (!call_find(c, INDEX_NOTICES, "id", &row))
		return;
	n = exits_of_row(c->service, &row);
	pass = exits_to_caller(c, EXIT_LIST, &n);
	if (!row.has_tlp || !exit_opens(&pass, EXIT_LIST, EXIT_CODED)) {
		call_fail(c, ERR_DENIED, EXIT_SIGN_IN,
		    "it may not be seen this way", "",
		    "almenara rules show");
		return;
	}
	p->ask = ruling_ask(c, row.kind, row.tlp, row.level,
	    (row.flags & INDEX_EXERCISE) != 0);
	if ((row.flags & INDEX_MINE) == 0) {
		p->ask.iss = row.iss;
		explain(c, &p->ask, p);
		return;
	}
	p->id = call_id(c, &row.id);
	p->next = hub_log(c->service->hub, 1).size;
	p->left = PAST_MOST;
	c->state = p;
	past_step(c);
}

void
cmd_rules_explain(struct call *c)
{
	struct index_row row;

	if (index_find(c->service->index, INDEX_DRAFTS, call_arg(c, "id"),
		&c->mem, &row, NULL, NULL) == ERR_NONE)
		explain_draft(c);
	else
		explain_notice(c);
}

/* --- rules_try --- */

/* What another file would have done. */
struct trial {
	struct arena mem;
	const struct rules *rules;
	struct index_row row[TRY_PAGE]; /* spans in `mem` of the page */
	struct arena page;
	size_t n;
	uint64_t before;      /* where the next page begins */
	int64_t since_s;
	uint64_t notices;
	uint64_t would_refuse, would_release;
	uint64_t keep_less, keep_longer; /* notices */
	uint64_t told;
};

static void
trial_drop(struct call *c)
{
	struct trial *t = c->state;

	arena_release(&t->mem);
	arena_release(&t->page);
}

static bool
see_issued(void *ctx, const struct index_row *row)
{
	struct trial *t = ctx;

	if (row->iat_s >= t->since_s && t->n < TRY_PAGE) {
		t->row[t->n] = *row;
		t->row[t->n].kind = arena_copy(&t->page, row->kind);
		t->row[t->n].iss = arena_copy(&t->page, row->iss);
		t->row[t->n].brief = span_str("");
		t->n++;
	}
	return true;
}

static void
put_difference(struct call *c, struct trial *t, const struct index_row *row,
    struct span team, const struct rules_answer *a)
{
	struct json_out *w = &c->w;

	*(a->allow ? &t->would_release : &t->would_refuse) += 1;
	if (t->told++ >= LIMIT_LIST_ROWS)
		return;
	json_put_open(w, '{');
	json_put_member_str(w, "notice", call_id(c, &row->id));
	json_put_member_u64(w, "rev", row->rev);
	json_put_member_span(w, "kind", row->kind);
	json_put_member_str(w, "tlp", tlp_label(row->tlp));
	json_put_member_span(w, "team", team);
	json_put_member_bool(w, "allow", a->allow);
	json_put_member_str(w, "rule", ruling_line(c, a));
	json_put_member_str(w, "why",
	    rules_why(c->service->schema, a->why, c->lang));
	json_put_close(w, '}');
}

static bool
had(const struct index_audience *aud, struct span team)
{
	for (size_t i = 0; i < aud->n; i++)
		if (span_is_equal(aud->team[i], team))
			return true;
	return false;
}

/* One reader: did it get it, and would it? */
static void
try_reader(struct call *c, struct trial *t, const struct index_row *row,
    struct rules_ask *ask, struct span team, bool got)
{
	struct rules_answer a;

	ask->name = team;
	rules_decide(t->rules, ask, &a);
	if (a.allow != got)
		put_difference(c, t, row,
		    team.n != 0 ? team : span_str("public"), &a);
}

/* Would it be kept for less time, or for longer? */
static void
try_keep(const struct service *s, struct trial *t, const struct rules_ask *ask)
{
	uint32_t now = UINT32_MAX, then = UINT32_MAX;

	(void)rules_keep(s->rulebook.rules, ask->kind, ask->tlp, &now, NULL);
	(void)rules_keep(t->rules, ask->kind, ask->tlp, &then, NULL);
	t->keep_less += then < now;
	t->keep_longer += then > now;
}

/* TLP:GREEN was meant for all teams; what is stricter for whom it went to. */
static void
try_notice(struct call *c, struct trial *t, const struct index_row *row)
{
	struct service *s = c->service;
	const struct index_notice nothing = { 0 };
	const struct exit_notice n = exits_of_row(s, row);
	const struct exit_pass pass = exits_to_caller(c, EXIT_LIST, &n);
	struct rules_ask ask = ruling_ask(c, row->kind, row->tlp, row->level,
	    (row->flags & INDEX_EXERCISE) != 0);
	struct index_audience aud = { 0 };
	const struct team *good[LIMIT_TEAMS];
	size_t teams;

	if (!row->has_tlp || !exit_opens(&pass, EXIT_LIST, EXIT_CODED) ||
	    index_notice(s->index, row, &nothing, &t->page, &aud) != ERR_NONE)
		return;
	t->notices++;
	try_keep(s, t, &ask);
	ask.any_role = true;
	if (aud.open) {
		ask.to = RULES_TO_PUBLIC;
		try_reader(c, t, row, &ask, span_str(""), true);
		return;
	}
	for (size_t i = 0; i < aud.n; i++)
		try_reader(c, t, row, &ask, aud.team[i], true);
	teams = row->tlp == TLP_GREEN ? registry_good_teams(s->registry,
	    ask.now, good, LIMIT_TEAMS) : 0;
	for (size_t i = 0; i < teams; i++)
		if (!had(&aud, good[i]->id))
			try_reader(c, t, row, &ask, good[i]->id, false);
}

static void
try_end(struct call *c)
{
	struct trial *t = c->state;
	struct json_out *w = &c->w;

	json_put_close(w, ']');
	json_put_member_u64(w, "days", TRY_DAYS);
	json_put_member_u64(w, "notices", t->notices);
	json_put_member_u64(w, "would_refuse", t->would_refuse);
	json_put_member_u64(w, "would_release", t->would_release);
	json_put_member_u64(w, "keep_less", t->keep_less);
	json_put_member_u64(w, "keep_longer", t->keep_longer);
	json_put_close(w, '}');
	call_done(c);
}

/* A page of own notices a turn, newest first. */
static void
try_step(struct call *c)
{
	struct trial *t = c->state;
	const struct index_filter f = { .mine = true, .ended = true,
		.before = t->before, .limit = TRY_PAGE };
	uint64_t next = 0;
	enum err e;

	arena_reset(&t->page);
	t->n = 0;
	e = index_inbox(c->service->index, &f, see_issued, t, &next);
	if (e != ERR_NONE) {
		call_fail(c, e, EXIT_OF_ERROR, "the index cannot be read",
		    err_sentence(e), "almenara log reindex");
		return;
	}
	for (size_t i = 0; i < t->n; i++)
		try_notice(c, t, &t->row[i]);
	/* a page with an older one is the last */
	if (next == 0 || t->n == 0) {
		try_end(c);
		return;
	}
	t->before = next;
	call_progress(c, t->notices, 0, "");
	call_work(c, try_step);
}

void
cmd_rules_try(struct call *c)
{
	struct trial *t = arena_alloc(&c->mem, sizeof *t);
	struct fault f = { 0 };
	enum err e = rules_parse(call_arg(c, "text"), c->service->schema,
	    &t->mem, &t->rules, &f);

	c->state = t;
	c->drop = trial_drop;
	if (e != ERR_NONE) {
		call_fail(c, e, EXIT_OF_ERROR, "the file has a mistake",
		    call_text(c, "%s: %s", f.field, f.rule),
		    "almenara rules check");
		return;
	}
	t->since_s = call_now_s(c) -
	    (int64_t)TRY_DAYS * DAY_MS / 1000;
	json_put_open(&c->w, '{');
	json_put_key(&c->w, "differences");
	json_put_open(&c->w, '[');
	try_step(c);
}
