/* SPDX-License-Identifier: Apache-2.0
 *
 * Command: rules_try, another file of sharing rules held against what was
 * released in the past ninety days, and against what those in force let out.
 */
#include "node/exits.h"
#include "node/ruling.h"

enum { TRY_DAYS = 90, TRY_PAGE = 200, DAY_MS = 86400000 };

/* What another file would have done. */
struct trial {
	struct arena mem;
	const struct rules *rules;
	struct rules_ask ask; /* of whoever has whatever role */
	struct index_row row[TRY_PAGE]; /* spans in `mem` of the page */
	struct arena page;
	size_t n;
	uint64_t before;      /* where the next page begins */
	int64_t since_s;
	uint64_t notices;
	uint64_t would_refuse, would_release;
	uint64_t held;        /* notices of others too: what may be taken out */
	uint64_t would_hold, would_export;
	uint64_t keep_less, keep_longer; /* notices */
	uint64_t told;
};

static struct rules_ask
ask_about(const struct trial *t, const struct index_row *row,
    const struct exit_notice *n)
{
	struct rules_ask ask = t->ask;

	ask.kind = row->kind;
	ask.tlp = n->has_tlp ? n->tlp : TLP_RED;
	ask.level = row->level;
	ask.exercise = n->exercise;
	return ask;
}

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

/* `to` a team, "public" or "gateway file". */
static void
put_difference(struct call *c, struct trial *t, const struct index_row *row,
    enum rules_act act, struct span to, const struct rules_answer *a,
    const char *why)
{
	struct json_out *w = &c->w;

	if (t->told++ >= LIMIT_LIST_ROWS)
		return;
	json_put_open(w, '{');
	json_put_member_str(w, "notice", call_id(c, &row->id));
	json_put_member_u64(w, "rev", row->rev);
	json_put_member_span(w, "kind", row->kind);
	json_put_member_str(w, "tlp", tlp_label(row->tlp));
	json_put_member_str(w, "act", rules_act_token(act));
	json_put_member_span(w, "team", to);
	json_put_member_bool(w, "allow", a->allow);
	json_put_member_str(w, "rule", ruling_line(c, a));
	json_put_member_str(w, "why", why);
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
	if (a.allow == got)
		return;
	*(a.allow ? &t->would_release : &t->would_refuse) += 1;
	put_difference(c, t, row, RULES_RELEASE,
	    team.n != 0 ? team : span_str("public"), &a,
	    rules_why(c->service->schema, a.why, c->lang));
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
	struct rules_ask ask = ask_about(t, row, &n);
	struct index_audience aud = { 0 };
	const struct team *good[LIMIT_TEAMS];
	size_t teams;

	if (!row->has_tlp || !exit_opens(&pass, EXIT_LIST, EXIT_CODED) ||
	    index_notice(s->index, row, &nothing, &t->page, &aud) != ERR_NONE)
		return;
	t->notices++;
	try_keep(s, t, &ask);
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

/* --- what is taken out --- */

/* One way out to a gateway: what do both files say of it? */
static void
try_gateway(struct call *c, struct trial *t, const struct index_row *row,
    const struct record *r, const struct exit_notice *n, enum exit_way way)
{
	const struct exit_pass could = exits_by_line(c, way, n,
	    EXIT_RULE_PERMITS, NULL);
	struct rules_ask ask = ask_about(t, row, n);
	struct rules_answer was, is;
	struct span stripped;

	if (!exit_opens(&could, way, EXIT_WHOLE))
		return;
	ask.iss = row->iss;
	(void)ruling_by_gateway(c->service->rulebook.rules, way, &ask,
	    r->body, &t->page, &was);
	stripped = ruling_by_gateway(t->rules, way, &ask, r->body, &t->page,
	    &is);
	if (was.allow == is.allow)
		return;
	*(is.allow ? &t->would_export : &t->would_hold) += 1;
	put_difference(c, t, row, RULES_EXPORT, span_str(call_text(c,
	    "gateway %s", exit_word(way))), &is,
	    ruling_why(c, &is, stripped));
}

/* What officials read with tokens: none is needed, but one may block it. */
static void
try_officials(struct call *c, struct trial *t, const struct index_row *row,
    const struct record *r, const struct exit_notice *n)
{
	struct service *s = c->service;
	const struct exits_what what = { row->kind, row->iss, row->level };
	const struct rules *of[] = { s->rulebook.rules, t->rules };
	struct rules_answer a[2];
	struct span stripped;
	bool open[2];

	if (kind_find(s->schema, row->kind) == NULL ||
	    !kind_is_news(kind_find(s->schema, row->kind)))
		return;
	for (size_t i = 0; i < 2; i++) {
		const struct exit_pass pass = exits_to_official(s, of[i],
		    TLP_AMBER, &what, r->body, n, &t->page, &a[i], &stripped);

		open[i] = exit_opens(&pass, EXIT_API, EXIT_TEXT);
	}
	if (open[0] == open[1])
		return;
	*(open[1] ? &t->would_export : &t->would_hold) += 1;
	put_difference(c, t, row, RULES_EXPORT, span_str(call_text(c,
	    "gateway %s", exit_word(EXIT_API))), &a[1],
	    ruling_why(c, &a[1], stripped));
}

/* The site needs no line: only what a line blocks is kept off it. */
static void
try_site(struct call *c, struct trial *t, const struct index_row *row,
    const struct exit_notice *n)
{
	struct service *s = c->service;
	const struct exits_what what = { row->kind, row->iss, row->level };
	const struct rules *of[] = { s->rulebook.rules, t->rules };
	struct rules_answer a[2];
	bool open[2];

	if (kind_find(s->schema, row->kind) == NULL ||
	    !kind_is_news(kind_find(s->schema, row->kind)))
		return;
	for (size_t i = 0; i < 2; i++) {
		const struct exit_pass pass = exits_to_site(s, of[i], &what,
		    n, &a[i]);

		open[i] = exit_opens(&pass, EXIT_SITE, EXIT_TEXT);
		a[i].allow = open[i];
		if (open[i])
			a[i].why = RULES_ALLOWED;
	}
	if (open[0] == open[1])
		return;
	*(open[1] ? &t->would_export : &t->would_hold) += 1;
	put_difference(c, t, row, RULES_EXPORT, span_str("public"), &a[1],
	    rules_why(s->schema, a[1].why, c->lang));
}

/* What is held here, of whoever it is. */
static void
try_exports(struct call *c, struct trial *t, const struct index_row *row)
{
	struct service *s = c->service;
	struct exit_notice n;
	struct record r;

	if (record_read(s, row->log, row->index, &t->page, &r) != ERR_NONE)
		return;
	n = record_facts(s, row, &r, &t->page);
	t->held++;
	for (int way = 0; way < EXIT_WAYS; way++)
		if (exit_needs_line((enum exit_way)way))
			try_gateway(c, t, row, &r, &n, (enum exit_way)way);
	try_officials(c, t, row, &r, &n);
	try_site(c, t, row, &n);
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
	json_put_member_u64(w, "held", t->held);
	json_put_member_u64(w, "would_hold", t->would_hold);
	json_put_member_u64(w, "would_export", t->would_export);
	json_put_member_u64(w, "keep_less", t->keep_less);
	json_put_member_u64(w, "keep_longer", t->keep_longer);
	json_put_close(w, '}');
	call_done(c);
}

/* A page of notices a turn, newest first. */
static void
try_step(struct call *c)
{
	struct trial *t = c->state;
	const struct index_filter f = { .ended = true, .before = t->before, .limit = TRY_PAGE };
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
	for (size_t i = 0; i < t->n; i++) {
		if ((t->row[i].flags & INDEX_MINE) != 0)
			try_notice(c, t, &t->row[i]);
		try_exports(c, t, &t->row[i]);
	}
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
	t->ask = ruling_ask(c, span_str(""), TLP_RED, 0, false);
	t->ask.any_role = true;
	t->since_s = call_now_s(c) -
	    (int64_t)TRY_DAYS * DAY_MS / 1000;
	json_put_open(&c->w, '{');
	json_put_key(&c->w, "differences");
	json_put_open(&c->w, '[');
	try_step(c);
}
