/* SPDX-License-Identifier: Apache-2.0
 *
 * The first line that fits decides.
 */
#include "rules/rules_inside.h"

static const char *const act_words[RULES_ACTS] = {
	[RULES_RELEASE] = "release", [RULES_REDISTRIBUTE] = "redistribute",
	[RULES_EXPORT] = "export" };

static const char *const why_words[RULES_WHYS] = {
	[RULES_ALLOWED] = "rule_allowed", [RULES_NO_LINE] = "rule_no_line",
	[RULES_BLOCKED] = "rule_blocked",
	[RULES_NOT_BY_YOU] = "rule_not_by_you",
	[RULES_NO_AGREEMENT] = "rule_no_agreement",
	[RULES_AGREEMENT] = "rule_agreement",
	[RULES_UNSIGNED_HERE] = "rule_unsigned_here",
	[RULES_LEFT] = "rule_left",
	[RULES_OTHER_TERMS] = "rule_other_terms",
	[RULES_OVER] = "rule_over", [RULES_LABEL] = "rule_label",
	[RULES_NOT_NEEDED] = "rule_not_needed" };

const char *
rules_act_token(enum rules_act act)
{
	return act_words[act];
}

const char *
rules_why_token(enum rules_why why)
{
	return why_words[why];
}

const char *
rules_why(const struct schema *s, enum rules_why why, enum lang l)
{
	return word(s, why_words[why], l);
}

const struct digest *
rules_digest(const struct rules *r)
{
	return &r->digest;
}

struct span
rules_text(const struct rules *r)
{
	return r->text;
}

/* --- does a line fit? --- */

/* "energy" has "energy/electricity" in it. */
static bool
is_within(struct span sector, struct span of)
{
	return sector.n >= of.n && memcmp(sector.p, of.p, of.n) == 0 &&
	    (sector.n == of.n || sector.p[of.n] == '/');
}

static bool
fits_target(const struct term *t, const struct rules_ask *ask)
{
	if (t->type == TERM_ANY)
		return true;
	switch (ask->to) {
	case RULES_TO_TEAM:
		return t->type == TERM_ALL || (t->type == TERM_NAME &&
		    span_is_equal(t->name, ask->name));
	case RULES_TO_PUBLIC:
		return t->type == TERM_PUBLIC;
	case RULES_TO_SECTOR:
		return t->type == TERM_CONSTITUENTS ||
		    (t->type == TERM_SECTOR && is_within(ask->name, t->name));
	case RULES_TO_CONSTITUENT:
		return t->type == TERM_CONSTITUENTS ||
		    (t->type == TERM_CONSTITUENT &&
			span_is_equal(t->name, ask->name)) ||
		    (t->type == TERM_SECTOR && ask->sector.n != 0 &&
			is_within(ask->sector, t->name));
	case RULES_TO_GATEWAY:
		break;
	}
	return t->type == TERM_GATEWAY && span_is_equal(t->name, ask->name);
}

/* What a group may have at most does not soften a block. */
static bool
fits_to(const struct line *l, const struct rules_ask *ask)
{
	for (size_t i = 0; i < l->to.n; i++)
		if (fits_target(&l->to.at[i], ask) &&
		    (l->verb != VERB_ALLOW || ask->tlp <= l->to.at[i].most))
			return true;
	return false;
}

static bool
has(const struct terms *v, struct span name)
{
	for (size_t i = 0; i < v->n; i++)
		if (v->at[i].type == TERM_ANY || v->at[i].type == TERM_ALL ||
		    span_is_equal(v->at[i].name, name))
			return true;
	return false;
}

static bool
has_role(const struct rules_ask *ask, struct span role)
{
	for (size_t i = 0; i < ask->role_n; i++)
		if (span_is_equal(ask->role[i], role))
			return true;
	return false;
}

static bool
fits_role(const struct line *l, const struct rules_ask *ask)
{
	if (l->by.n == 0 || ask->any_role)
		return true;
	for (size_t i = 0; i < l->by.n; i++) {
		const struct term *t = &l->by.at[i];

		if (t->type == TERM_POST ? span_is_equal(t->name, ask->post) :
					   has_role(ask, t->name))
			return true;
	}
	return false;
}

static bool
fits_record(const struct line *l, const struct rules_ask *ask)
{
	const struct bounds *in = &l->in;

	return has(&l->kind, ask->kind) && ask->tlp >= in->least &&
	    ask->tlp <= in->most && ask->level >= in->level_least &&
	    ask->level <= in->level_most;
}

static bool
fits(const struct line *l, const struct rules_ask *ask)
{
	struct span iss = ask->iss.n != 0 ? ask->iss : ask->own;

	if (l->verb != VERB_ALLOW && l->verb != VERB_BLOCK)
		return false;
	if ((l->acts & 1U << ask->act) == 0 || !fits_record(l, ask))
		return false;
	if (l->from.n != 0 && !has(&l->from, iss))
		return false;
	if (l->only != ONLY_NOT &&
	    ask->exercise != (l->only == ONLY_EXERCISE))
		return false;
	return fits_to(l, ask);
}

/* --- agreements --- */

static bool
in_force(const struct line *l, struct span team, struct wall now)
{
	return l->verb == VERB_AGREEMENT && has(&l->to, team) &&
	    now.ms >= l->from_ms && now.ms < l->until_ms;
}

bool
rules_is_agreed(const struct rules *r, struct span team, struct wall now,
    struct span *id, unsigned *line)
{
	for (size_t i = 0; r != NULL && i < r->n; i++) {
		if (!in_force(&r->line[i], team, now))
			continue;
		if (id != NULL)
			*id = r->line[i].id;
		if (line != NULL)
			*line = r->line[i].number;
		return true;
	}
	return false;
}

/* Where this team has signed or left it by a record, or the other has left it,
 * that word counts and not what a line claims. */
static bool
is_overtaken(const struct rules_ask *ask, struct span id)
{
	const struct agreement *theirs = agreements_find(ask->signed_by,
	    ask->name, id);

	return (theirs != NULL && theirs->left) ||
	    agreements_find(ask->signed_by, ask->own, id) != NULL;
}

static enum rules_why
by_lines(const struct rules *r, const struct rules_ask *ask, struct span *id)
{
	enum rules_why why = RULES_NO_AGREEMENT;

	for (size_t i = 0; r != NULL && i < r->n; i++) {
		const struct line *l = &r->line[i];

		if (!in_force(l, ask->name, ask->now) ||
		    is_overtaken(ask, l->id))
			continue;
		*id = l->id;
		if (ask->tlp <= l->in.most)
			return RULES_ALLOWED;
		why = RULES_AGREEMENT;
	}
	return why;
}

/* Nothing stricter than GREEN without an agreement, and nothing stricter than
 * the most generous one says. */
enum rules_why
rules_agreement(const struct rules *r, const struct rules_ask *ask,
    struct span *id)
{
	static const enum rules_why why_of[] = {
		[AGREEMENT_NONE] = RULES_NO_AGREEMENT,
		[AGREEMENT_UNSIGNED_HERE] = RULES_UNSIGNED_HERE,
		[AGREEMENT_LEFT] = RULES_LEFT,
		[AGREEMENT_OTHER_TERMS] = RULES_OTHER_TERMS,
		[AGREEMENT_OVER] = RULES_OVER,
		[AGREEMENT_LABEL] = RULES_AGREEMENT,
		[AGREEMENT_BOUND] = RULES_ALLOWED };
	const struct agreement *which = NULL;
	struct span at = span_str("");
	enum rules_why why, line;

	if (id != NULL)
		*id = at;
	if (ask->to != RULES_TO_TEAM || ask->tlp <= TLP_GREEN || ask->agreed)
		return RULES_ALLOWED;
	why = why_of[agreements_bond(ask->signed_by, ask->own, ask->name,
	    ask->tlp, ask->now, &which)];
	if (which != NULL)
		at = which->id;
	if (why != RULES_ALLOWED) {
		line = by_lines(r, ask, &at);
		if (line == RULES_ALLOWED || why == RULES_NO_AGREEMENT)
			why = line;
	}
	if (id != NULL)
		*id = at;
	return why;
}

/* --- the decision --- */

static void
add_field(struct rules_answer *out, struct span field)
{
	for (size_t i = 0; i < out->strip_n; i++)
		if (span_is_equal(out->strip[i], field))
			return;
	if (out->strip_n < LIMIT_RULES_STRIP)
		out->strip[out->strip_n++] = field;
}

static void
strip(const struct rules *r, const struct rules_ask *ask,
    struct rules_answer *out)
{
	for (size_t i = 0; i < r->n; i++) {
		const struct line *l = &r->line[i];

		if (l->verb != VERB_STRIP || !has(&l->kind, ask->kind) ||
		    (l->to.n != 0 && !fits_to(l, ask)))
			continue;
		for (size_t k = 0; k < l->field.n; k++)
			add_field(out, l->field.at[k].name);
	}
}

/* What a line cannot allow. */
static enum rules_why
check_allowed(const struct rules *r, const struct rules_ask *ask,
    struct span *agreement)
{
	switch (ask->to) {
	case RULES_TO_PUBLIC:
		return ask->tlp > TLP_CLEAR ? RULES_LABEL : RULES_ALLOWED;
	case RULES_TO_SECTOR:
	case RULES_TO_CONSTITUENT:
		return ask->tlp > TLP_AMBER ? RULES_LABEL : RULES_ALLOWED;
	case RULES_TO_TEAM:
	case RULES_TO_GATEWAY:
		break;
	}
	return rules_agreement(r, ask, agreement);
}

static void
cite(const struct line *l, enum rules_why why, struct rules_answer *out)
{
	out->line = l->number;
	out->text = l->text;
	out->why = why;
	out->allow = why == RULES_ALLOWED;
	out->approvals = out->allow ? l->approvals : 0;
}

static void
decide(const struct rules *r, const struct rules_ask *ask,
    struct rules_answer *out)
{
	const struct line *others = NULL;

	for (size_t i = 0; i < r->n; i++) {
		const struct line *l = &r->line[i];

		if (!fits(l, ask))
			continue;
		if (fits_role(l, ask)) {
			cite(l, l->verb == VERB_BLOCK ? RULES_BLOCKED :
				check_allowed(r, ask, &out->agreement), out);
			return;
		}
		if (others == NULL && l->verb == VERB_ALLOW)
			others = l;
	}
	if (others != NULL)
		cite(others, RULES_NOT_BY_YOU, out);
}

void
rules_decide(const struct rules *r, const struct rules_ask *ask,
    struct rules_answer *out)
{
	*out = (struct rules_answer){ .why = RULES_NO_LINE,
		.text = span_str("no line") };
	if (r != NULL)
		strip(r, ask, out);
	if (ask->to == RULES_TO_TEAM && ask->own.n != 0 &&
	    span_is_equal(ask->name, ask->own)) {
		out->allow = true;
		out->why = RULES_ALLOWED;
		out->text = span_str("the own team");
	} else if (r != NULL) {
		decide(r, ask, out);
	}
}

bool
rules_redistribute(const struct rules *r, const struct rules_ask *ask,
    struct span name, struct span sector, struct rules_answer *out)
{
	struct rules_ask q = *ask;
	struct rules_answer a;

	q.act = RULES_REDISTRIBUTE;
	q.to = name.n != 0 ? RULES_TO_CONSTITUENT : RULES_TO_SECTOR;
	q.name = name.n != 0 ? name : sector;
	q.sector = name.n != 0 ? sector : span_str("");
	rules_decide(r, &q, &a);
	if (out != NULL)
		*out = a;
	return a.allow;
}

/* --- what else the lines say --- */

bool
rules_keep(const struct rules *r, struct span kind, enum tlp tlp,
    uint32_t *days, unsigned *line)
{
	for (size_t i = 0; r != NULL && i < r->n; i++) {
		const struct line *l = &r->line[i];

		if (l->verb != VERB_KEEP || !has(&l->kind, kind) ||
		    tlp < l->in.least || tlp > l->in.most)
			continue;
		if (l->forever)
			return false;
		*days = l->days;
		if (line != NULL)
			*line = l->number;
		return true;
	}
	return false;
}

static bool
nth_team(const struct terms *v, size_t *i, struct span *name)
{
	for (size_t k = 0; k < v->n; k++)
		if (v->at[k].type == TERM_NAME && (*i)-- == 0) {
			*name = v->at[k].name;
			return true;
		}
	return false;
}

bool
rules_team_at(const struct rules *r, size_t i, struct span *name,
    unsigned *line)
{
	for (size_t k = 0; r != NULL && k < r->n; k++) {
		*line = r->line[k].number;
		if (nth_team(&r->line[k].from, &i, name) ||
		    nth_team(&r->line[k].to, &i, name))
			return true;
	}
	return false;
}
