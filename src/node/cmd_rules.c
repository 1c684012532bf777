/* SPDX-License-Identifier: Apache-2.0
 *
 * Commands: rules (what is in force), rules_load, rules_explain (one record,
 * every team and gateway).
 */
#include "node/drafts.h"
#include "node/exits.h"
#include "node/process.h"
#include "node/ruling.h"
#include "rules/keep.h"

enum { PAST_MOST = 65536, PAST_SLICE = 256 }; /* entries of the private log */

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
put_answer(struct call *c, struct span name, const struct rules_answer *a,
    const char *why)
{
	struct json_out *w = &c->w;

	json_put_open(w, '{');
	json_put_member_span(w, "team", name);
	json_put_member_bool(w, "allow", a->allow);
	json_put_member_u64(w, "line", a->line);
	json_put_member_str(w, "rule", ruling_line(c, a));
	json_put_member_str(w, "code", rules_why_token(a->why));
	json_put_member_str(w, "why", why);
	json_put_member_str(w, "next", ruling_next(c, a));
	json_put_member_u64(w, "approvals", a->approvals);
	json_put_key(w, "stripped");
	json_put_open(w, '[');
	for (size_t i = 0; i < a->strip_n; i++)
		json_put_span(w, a->strip[i]);
	json_put_close(w, ']');
	json_put_close(w, '}');
}

static void
put_decision(struct call *c, struct rules_ask *ask, struct span team,
    struct span name)
{
	struct rules_answer a;

	ask->name = team;
	rules_decide(c->service->rulebook.rules, ask, &a);
	put_answer(c, name, &a, rules_why(c->service->schema, a.why,
	    c->lang));
}

/* A notice, and what the audit trail says of its release. */
struct past {
	struct rules_ask ask;
	struct exits_what what;
	struct exit_notice facts;
	struct json_val body; /* absent: it is not held */
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

/* Officials with tokens, for whom no line is needed: if anything but the rules
 * keeps it from them, nothing is said. */
static void
put_officials(struct call *c, const struct past *p)
{
	const struct service *s = c->service;
	struct rules_answer a;
	struct span stripped;
	struct exit_pass pass;

	if (p->body.type == JSON_ABSENT)
		return;
	pass = exits_to_official(s, NULL, TLP_AMBER, &p->what, p->body,
	    &p->facts, &c->mem, &a, &stripped);
	if (!exit_opens(&pass, EXIT_API, EXIT_TEXT))
		return;
	(void)exits_to_official(s, s->rulebook.rules, TLP_AMBER, &p->what,
	    p->body, &p->facts, &c->mem, &a, &stripped);
	put_answer(c, span_str(call_text(c, "gateway %s",
	    exit_word(EXIT_API))), &a, ruling_why(c, &a, stripped));
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
	if (past != NULL) {
		put_gateways(c, ask);
		put_officials(c, past);
	}
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
take_body(struct call *c, const struct index_row *row, struct past *p)
{
	const struct kind *k = kind_find(c->service->schema, row->kind);
	struct record r;

	if (k == NULL || !kind_is_news(k) || record_read(c->service,
	    row->log, row->index, &c->mem, &r) != ERR_NONE)
		return;
	p->what = (struct exits_what){ r.entry.kind, r.entry.iss,
		row->level };
	p->facts = record_facts(c->service, row, &r, &c->mem);
	p->body = r.body;
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
	take_body(c, &row, p);
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
