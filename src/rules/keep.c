/* SPDX-License-Identifier: Apache-2.0
 *
 * How long records are kept.
 */
#include "rules/keep.h"

#include "rules/rules_inside.h"

enum { DAY_S = 86400 };

static const char *const words[KEEP_WHYS] = {
	[KEEP_GOES] = "keep_goes", [KEEP_NO_LINE] = "keep_no_line",
	[KEEP_NOT_YET] = "keep_not_yet", [KEEP_NEEDED] = "keep_needed",
	[KEEP_EMBARGO] = "keep_embargo", [KEEP_OPEN] = "keep_open",
	[KEEP_CASE] = "keep_case", [KEEP_HELD] = "keep_held",
	[KEEP_OWED] = "keep_owed" };

const char *
keep_why_token(enum keep_why why)
{
	return words[why];
}

const char *
keep_why(const struct schema *s, enum keep_why why, enum lang l)
{
	return word(s, words[why], l);
}

bool
keep_is_asked(const struct rules *r)
{
	for (size_t i = 0; r != NULL && i < r->n; i++)
		if (r->line[i].verb == VERB_KEEP && !r->line[i].forever)
			return true;
	return false;
}

static struct span
text_of(const struct rules *r, unsigned line)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->line[i].number == line)
			return r->line[i].text;
	return span_str("");
}

static enum keep_why
held_by(const struct keep_facts *f)
{
	if (f->needed)
		return KEEP_NEEDED;
	if (f->embargoed)
		return KEEP_EMBARGO;
	if (f->open)
		return KEEP_OPEN;
	if (f->in_case)
		return KEEP_CASE;
	if (f->held)
		return KEEP_HELD;
	return f->owed ? KEEP_OWED : KEEP_GOES;
}

void
keep_decide(const struct rules *r, const struct keep_facts *facts,
    struct wall now, struct keep_answer *out)
{
	*out = (struct keep_answer){ .why = KEEP_NO_LINE,
		.text = span_str("") };
	if (!rules_keep(r, facts->kind, facts->tlp, &out->days, &out->line))
		return;
	out->text = text_of(r, out->line);
	out->due_s = facts->newest_s + (int64_t)out->days * DAY_S;
	out->why = now.ms / 1000 < out->due_s ? KEEP_NOT_YET : held_by(facts);
}
