/* SPDX-License-Identifier: Apache-2.0
 *
 * The rules, asked for the readers that an embargo kept waiting.
 */
#include "node/widening.h"

#include "node/agreements.h"

/* One reader. */
static void
decide(const struct rules *r, const struct rules_ask *ask,
    struct json_val body, struct arena *a, struct rules_answer *out)
{
	rules_decide(r, ask, out);
	for (size_t i = 0; out->allow && i < out->strip_n; i++)
		if (ruling_has_member(a, out->strip[i], body)) {
			out->allow = false;
			out->why = RULES_BLOCKED;
		}
}

enum err
widening_ask(const struct rules *r, const struct rules_ask *ask,
    struct json_val body, struct arena *a, struct widening *x,
    struct span *who, struct rules_answer *out)
{
	struct rules_ask each = *ask;
	struct rules_answer best = { .text = span_str("no new reader") };
	struct rules_answer first = { .allow = true }, one;
	size_t kept = 0, allowed = 0;

	each.to = x->open ? RULES_TO_PUBLIC : RULES_TO_TEAM;
	for (size_t i = 0; i < (x->open ? 1 : x->n); i++) {
		each.name = x->open ? span_str("") : x->team[i];
		if (!x->open && (span_is_equal(each.name, ask->own) ||
			span_is_among(each.name, x->had, x->had_n))) {
			x->team[kept++] = each.name;
			continue;
		}
		decide(r, &each, body, a, &one);
		if (one.allow) {
			if (allowed++ == 0 || one.approvals > best.approvals)
				best = one;
			if (!x->open)
				x->team[kept++] = each.name;
		} else if (first.allow) {
			first = one;
			*who = each.name;
		}
	}
	x->n = kept;
	*out = best;
	if (first.allow || (allowed != 0 && !x->all))
		return ERR_NONE;
	*out = first;
	return ERR_RULE;
}

/* Nobody asks in particular: who set the embargo was asked then. */
static struct rules_ask
ask_of(struct service *s, const struct entry *e, struct json_val body,
    enum tlp tlp)
{
	return (struct rules_ask){ .act = RULES_RELEASE, .kind = e->kind,
		.tlp = tlp, .level = level_of(body),
		.exercise = json_get(body, "exercise").type != JSON_ABSENT,
		.own = s->own_team, .any_role = true,
		.signed_by = agreements_now(s),
		.now = loop_now(s->loop).wall };
}

static void
record(struct service *s, const struct hub_widening *x,
    const struct rules_answer *a, bool may)
{
	const struct rules *r = s->rulebook.rules;
	struct caller who = { .is_node = true, .post = "node" };
	struct ruling said = { .is_asked = true, .has_rules = r != NULL };
	char line[400], id[UUID_TEXT + 1];

	if (a->line == 0)
		snprintf(line, sizeof line, "%.*s", SPAN_FMT(a->text));
	else
		snprintf(line, sizeof line, "%u: %.*s", a->line,
		    (int)(a->text.n < 380 ? a->text.n : 380),
		    (const char *)a->text.p);
	said.line = line;
	if (r != NULL)
		said.rules = *rules_digest(r);
	uuid_write(may ? &x->id : &x->original, id);
	audit_by(s, &who, "embargo_release", x->of, id, may ? "done" :
		"refused", rules_why_token(a->why), &said);
}

bool
widening_at_its_time(void *service, const struct hub_widening *x, size_t *n)
{
	struct service *s = service;
	struct widening to = { .open = x->tlp == TLP_CLEAR, .team = x->team,
		.n = *n };
	struct arena mem = { 0 };
	struct rules_answer a = { .text = span_str("no line") };
	struct json_val body;
	struct span who;
	struct entry e;
	struct rules_ask ask;
	bool may = false;

	if (entry_parse(x->payload, &mem, &e, &body, NULL) == ERR_NONE) {
		to.had = e.aud;
		to.had_n = e.aud_n;
		ask = ask_of(s, &e, body, x->tlp);
		may = widening_ask(s->rulebook.rules, &ask, body, &mem, &to,
		    &who, &a) == ERR_NONE;
	}
	*n = to.n;
	record(s, x, &a, may);
	arena_release(&mem);
	return may;
}
