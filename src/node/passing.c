/* SPDX-License-Identifier: Apache-2.0
 *
 * A notice and an organisation, before the decision.
 */
#include "node/passing.h"

#include "base/text.h"
#include "schema/check.h"

enum err
passing_open(struct service *s, const struct index_row *row,
    const struct rules_ask *ask, struct arena *a, struct passing *out)
{
	struct passing p = { .row = *row, .ask = *ask };
	enum err e = record_read(s, row->log, row->index, a, &p.record);

	if (e != ERR_NONE)
		return e;
	p.row.iss = arena_copy(a, row->iss);
	p.row.kind = arena_copy(a, row->kind);
	p.row.brief = arena_copy(a, row->brief);
	p.facts = record_facts(s, &p.row, &p.record, a);
	concern_make(p.record.body, a, &p.concern);
	p.ask.act = RULES_REDISTRIBUTE;
	p.ask.kind = p.row.kind;
	p.ask.tlp = p.facts.has_tlp ? p.facts.tlp : TLP_RED;
	p.ask.level = p.row.level;
	p.ask.exercise = p.facts.exercise;
	p.ask.iss = (p.row.flags & INDEX_MINE) != 0 ? span_str("") : p.row.iss;
	p.ask.own = s->own_team;
	p.ask.now = loop_now(s->loop).wall;
	*out = p;
	return ERR_NONE;
}

static bool
take_address(struct json_val body, const char *field, struct arena *a,
    struct span *out)
{
	return json_text(json_first(json_get(body, field)), a, out) ==
	    ERR_NONE && out->n != 0 && out->n <= LIMIT_PAGE_ADDRESS;
}

enum err
passing_reader(struct service *s, const struct index_row *row,
    struct arena *a, struct passing_reader *out)
{
	struct passing_reader r = { .id = row->id,
		.is_served = (row->flags & INDEX_ENDED) == 0 };
	struct record record;
	enum err e = record_read(s, row->log, row->index, a, &record);

	if (e != ERR_NONE)
		return e;
	r.body = record.body;
	if (take_address(r.body, "webhook", a, &r.to)) {
		r.has_channel = true;
		r.channel = MAILING_WEBHOOK;
	} else if (take_address(r.body, "mail", a, &r.to)) {
		r.has_channel = true;
		r.channel = MAILING_MAIL;
	}
	*out = r;
	return ERR_NONE;
}

void
passing_decide(struct service *s, const struct passing *p, enum exit_way way,
    const struct passing_reader *to, struct arena *a,
    struct passing_answer *out)
{
	static const struct exit_pass nothing;
	struct exit_reader reader = { .who = EXIT_TO_CONSTITUENT,
		.own = s->own_team, .may_read = to->is_served };
	struct passing_answer x = { .reason = "" };
	struct span name = span_str(""), sector = span_str("");
	char id[UUID_TEXT + 1];

	uuid_write(&to->id, id);
	if (json_text(json_get(to->body, "code"), a, &name) != ERR_NONE)
		name = arena_copy(a, span_str(id));
	(void)!json_text(json_get(to->body, "sector"), a, &sector);
	reader.rule = rules_redistribute(s->rulebook.rules, &p->ask, name,
	    sector, &x.rules) ? EXIT_RULE_PERMITS : EXIT_RULE_DENIES;
	x.allow = exit_decide(&p->facts, way, &reader,
	    loop_now(s->loop).wall, &x.pass, &x.reason) != EXIT_DENY;
	if (x.allow && x.rules.approvals != 0) {
		x.allow = false;
		x.reason = "approvals";
		x.pass = nothing;
	}
	*out = x;
}
