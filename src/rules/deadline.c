/* SPDX-License-Identifier: Apache-2.0
 *
 * By when whom is to be told.
 */
#include "rules/deadline.h"

#include "base/limits.h"
#include "rules/rules_token.h"

#include <string.h>
#include <time.h>

enum { WITHIN_MOST = 9999, LAW_MOST = 32, WHOM_MOST = 120 };

static const char *const steps[] = { "early-warning", "notification",
	"intermediate", "final" };
static const char *const units[] = { "minutes", "hours", "days", "months" };

const char *
deadline_word(enum deadline_step step)
{
	return steps[step];
}

/* --- reading --- */

struct reading {
	struct tokens tokens;
	struct token t; /* the one that is looked at */
	const struct kind *report;
	struct deadlines d;
};

static enum err
fail(const struct reading *r, enum err e, const char *rule)
{
	return token_fault(&r->tokens, e, r->t.at, "%s", rule);
}

static enum err
next(struct reading *r)
{
	return token_next(&r->tokens, &r->t);
}

static enum err
take_word(struct reading *r, const char *word)
{
	char rule[64];

	snprintf(rule, sizeof rule, "\"%s\" belongs here", word);
	return token_is(&r->t, word) ? next(r) : fail(r, ERR_SYNTAX, rule);
}

/* One of `n` words, as its number. */
static enum err
take_one_of(struct reading *r, const char *const *words, int n,
    const char *rule, int *out)
{
	for (int i = 0; i < n; i++)
		if (token_is(&r->t, words[i])) {
			*out = i;
			return next(r);
		}
	return fail(r, ERR_SYNTAX, rule);
}

static enum err
take_law(struct reading *r, struct span *out)
{
	struct span s = r->t.s;

	if (r->t.type != TOKEN_WORD || s.n == 0 || s.n > LAW_MOST)
		return fail(r, ERR_SYNTAX, "the law has a name of at most 32 "
		    "letters");
	for (size_t i = 0; i < s.n; i++)
		if ((s.p[i] < 'a' || s.p[i] > 'z') && s.p[i] != '-' &&
		    (s.p[i] < '0' || s.p[i] > '9'))
			return fail(r, ERR_SYNTAX, "small letters, digits and "
			    "hyphens name a law");
	*out = s;
	return next(r);
}

static enum err
take_whom(struct reading *r, struct span *out)
{
	if ((r->t.type != TOKEN_WORD && r->t.type != TOKEN_QUOTED) ||
	    r->t.s.n == 0 || r->t.s.n > WHOM_MOST)
		return fail(r, ERR_SYNTAX, "who is to be told stands here, in "
		    "quotes");
	*out = r->t.s;
	return next(r);
}

static enum err
take_number(struct reading *r, unsigned *out)
{
	unsigned v = 0;

	for (size_t i = 0; i < r->t.s.n; i++) {
		if (r->t.type != TOKEN_WORD || r->t.s.p[i] < '0' ||
		    r->t.s.p[i] > '9')
			return fail(r, ERR_SYNTAX, "a number belongs here");
		v = v * 10 + (unsigned)(r->t.s.p[i] - '0');
		if (v > WITHIN_MOST)
			return fail(r, ERR_LIMIT, "is more than 9999");
	}
	if (v == 0)
		return fail(r, ERR_SYNTAX, "a number from 1 on belongs here");
	*out = v;
	return next(r);
}

static enum err
take_event(struct reading *r, struct deadline_rule *x)
{
	size_t at = r->t.at;
	int step;
	enum err e;

	x->event = token_is(&r->t, "received") ? DEADLINE_RECEIVED :
	    token_is(&r->t, "classified") ? DEADLINE_CLASSIFIED :
					    DEADLINE_STEP;
	if (x->event != DEADLINE_STEP)
		return next(r);
	for (size_t i = 0; i < r->d.n; i++)
		if (token_is(&r->t, steps[r->d.rule[i].step]) &&
		    span_is_equal(r->d.rule[i].law, x->law) &&
		    r->d.rule[i].step < x->step) {
			x->of = r->d.rule[i].step;
			return next(r);
		}
	e = take_one_of(r, steps, DEADLINE_STEPS, "received, classified or a "
	    "step belongs here", &step);
	return e != ERR_NONE ? e : token_fault(&r->tokens, ERR_RULE, at,
	    "no line before has an earlier step of this law by that name");
}

static bool
is_condition(const struct token *t)
{
	return token_is(t, "topic") || token_is(t, "sector") ||
	    token_is(t, "harm");
}

/* Words of the field `name` of the kind. */
static enum err
take_words(struct reading *r, const char *name, struct deadline_words *out)
{
	const struct field *f = field_find(r->report, span_str(name));
	enum err e = next(r);

	if (e == ERR_NONE && out->n != 0)
		return fail(r, ERR_SYNTAX, "stands here twice");
	while (e == ERR_NONE && r->t.type == TOKEN_WORD &&
	    !is_condition(&r->t)) {
		if (f == NULL || f->choices == NULL ||
		    choice_find(f->choices, r->t.s) == NULL)
			return fail(r, ERR_SCHEMA, "is no word of this "
			    "condition");
		if (out->n == DEADLINE_WORDS)
			return fail(r, ERR_LIMIT, "12 words at most");
		out->at[out->n++] = r->t.s;
		e = next(r);
	}
	return e == ERR_NONE && out->n == 0 ? fail(r, ERR_SYNTAX,
	    "a word of this condition belongs here") : e;
}

static enum err
take_conditions(struct reading *r, struct deadline_rule *x)
{
	enum err e = ERR_NONE;

	while (e == ERR_NONE && is_condition(&r->t))
		e = token_is(&r->t, "topic") ? take_words(r, "topic",
		    &x->topic) : token_is(&r->t, "sector") ?
		    take_words(r, "sector", &x->sector) :
		    take_words(r, "harm", &x->harm);
	if (e == ERR_NONE && r->t.type != TOKEN_END_LINE &&
	    r->t.type != TOKEN_END_FILE)
		e = fail(r, ERR_SYNTAX, "topic, sector, harm or the end of the "
		    "line belongs here");
	return e;
}

static enum err
take_line(struct reading *r)
{
	struct deadline_rule x = { 0 };
	int step = 0, unit = 0;
	enum err e;

	if (r->d.n == DEADLINE_RULES)
		return fail(r, ERR_LIMIT, "64 duties at most");
	e = take_word(r, "duty");
	if (e == ERR_NONE)
		e = take_law(r, &x.law);
	if (e == ERR_NONE)
		e = take_one_of(r, steps, DEADLINE_STEPS, "early-warning, "
		    "notification, intermediate or final belongs here", &step);
	x.step = (enum deadline_step)step;
	if (e == ERR_NONE)
		e = take_word(r, "to");
	if (e == ERR_NONE)
		e = take_whom(r, &x.whom);
	if (e == ERR_NONE)
		e = take_word(r, "within");
	if (e == ERR_NONE)
		e = take_number(r, &x.within);
	if (e == ERR_NONE)
		e = take_one_of(r, units, 4, "minutes, hours, days or months "
		    "belongs here", &unit);
	x.unit = (enum deadline_unit)unit;
	if (e == ERR_NONE)
		e = take_word(r, "of");
	if (e == ERR_NONE)
		e = take_event(r, &x);
	if (e == ERR_NONE)
		e = take_conditions(r, &x);
	if (e == ERR_NONE)
		r->d.rule[r->d.n++] = x;
	return e;
}

enum err
deadlines_parse(struct span text, const struct kind *report,
    struct deadlines *out, struct fault *f)
{
	struct reading r = { .tokens = { .text = text, .f = f },
		.report = report };
	enum err e;

	if (text.n > LIMIT_RULES)
		return fault_at(f, ERR_LIMIT, 0, "1:1", "is larger than a "
		    "file of rules may be");
	e = next(&r);
	while (e == ERR_NONE && r.t.type != TOKEN_END_FILE)
		e = r.t.type == TOKEN_END_LINE ? next(&r) : take_line(&r);
	if (e == ERR_NONE)
		*out = r.d;
	return e;
}

/* --- clocks --- */

/* The same day some months on, at the same time, or the last of that month. */
static int64_t
months_after(int64_t s, unsigned n)
{
	time_t at = (time_t)s;
	struct tm tm;
	int day;

	gmtime_r(&at, &tm);
	day = tm.tm_mday;
	tm.tm_mday = 1;
	tm.tm_mon += (int)n;
	at = timegm(&tm); /* brings month and year in order */
	gmtime_r(&at, &tm);
	tm.tm_mday = day;
	for (int mon = tm.tm_mon; day > 27; day--) {
		struct tm try = tm;

		try.tm_mday = day;
		at = timegm(&try);
		if (try.tm_mon == mon)
			return at;
	}
	return timegm(&tm);
}

int64_t
deadline_after(int64_t s, unsigned n, enum deadline_unit unit)
{
	switch (unit) {
	case DEADLINE_MINUTES:
		return s + (int64_t)n * 60;
	case DEADLINE_HOURS:
		return s + (int64_t)n * 3600;
	case DEADLINE_DAYS:
		return s + (int64_t)n * 86400;
	case DEADLINE_MONTHS:
		break;
	}
	return months_after(s, n);
}

/* "energy" has "energy/electricity" too. */
static bool
has_word(const struct deadline_words *w, struct span is)
{
	for (size_t i = 0; i < w->n; i++) {
		struct span s = w->at[i];

		if (span_is_equal(s, is) || (is.n > s.n && is.p[s.n] == '/' &&
		    memcmp(is.p, s.p, s.n) == 0))
			return true;
	}
	return w->n == 0;
}

static struct deadline *
find(struct deadline *all, size_t n, struct span law, enum deadline_step step)
{
	for (size_t i = 0; i < n; i++)
		if (all[i].step == step && span_is_equal(all[i].law, law))
			return &all[i];
	return NULL;
}

static int64_t
done_at(const struct deadline_facts *f, struct span law,
    enum deadline_step step)
{
	for (size_t i = 0; i < f->done_n; i++)
		if (span_is_equal(f->done[i].law, law) &&
		    span_is_str(f->done[i].step, steps[step]))
			return f->done[i].at_s;
	return 0;
}

/* From when on it counts; 0: it has not begun. */
static int64_t
begin_of(const struct deadline_rule *r, const struct deadline_facts *f,
    struct deadline *all, size_t n)
{
	const struct deadline *of;

	if (r->event == DEADLINE_RECEIVED)
		return f->received_s;
	if (r->event == DEADLINE_CLASSIFIED)
		return f->classified_s;
	of = find(all, n, r->law, r->of);
	return of == NULL ? 0 : of->done_s != 0 ? of->done_s : of->due_s;
}

static void
apply(const struct deadline_rule *r, const struct deadline_facts *f,
    struct deadline *all, size_t *n)
{
	struct deadline x = { .law = r->law, .whom = r->whom,
		.step = r->step };
	int64_t from_s = begin_of(r, f, all, *n);
	struct deadline *was = find(all, *n, r->law, r->step);

	if (from_s == 0 || !has_word(&r->topic, f->topic) ||
	    !has_word(&r->sector, f->sector) || !has_word(&r->harm, f->harm))
		return;
	x.due_s = deadline_after(from_s, r->within, r->unit);
	x.within_s = x.due_s - from_s;
	x.done_s = done_at(f, r->law, r->step);
	if (was == NULL)
		all[(*n)++] = x;
	else if (x.due_s < was->due_s)
		*was = x;
}

size_t
deadlines_of(const struct deadlines *d, const struct deadline_facts *f,
    struct deadline out[DEADLINE_RULES])
{
	size_t n = 0;

	for (int step = 0; step < DEADLINE_STEPS; step++)
		for (size_t i = 0; i < d->n; i++)
			if ((int)d->rule[i].step == step)
				apply(&d->rule[i], f, out, &n);
	return n;
}
