/* SPDX-License-Identifier: Apache-2.0
 *
 * The grammar of man/almenara.rules.5, read by descent: a line is a verb,
 * what follows it, and clauses in any order, each at most once.
 */
#include "rules/rules_set.h"

#include "base/text.h"
#include "rules/exit.h"
#include "rules/rules_token.h"

#include <stdlib.h>

enum {
	DAY_MS = 86400000,
	KEEP_MOST = 1000 /* years */
};

/* Clauses, and what a verb must have or may have of them. */
enum clause {
	UP = 1,
	LEAST = 2,
	FROM = 4,
	TO = 8,
	BY = 16,
	APPROVALS = 32,
	ONLY = 64,
	WITH = 128,
	UNTIL = 256,
	POLICY = 512
};

static const struct {
	const char *word;
	enum clause clause;
} clauses[] = { { "up", UP }, { "at", LEAST }, { "from", FROM },
	{ "to", TO }, { "by", BY }, { "approvals", APPROVALS },
	{ "only", ONLY }, { "with", WITH }, { "until", UNTIL },
	{ "policy", POLICY } };

enum { CLAUSES = sizeof clauses / sizeof *clauses };

static const struct {
	const char *word;
	unsigned may, must;
} verbs[VERB_COUNT] = { [VERB_GROUP] = { "group", UP, 0 },
	[VERB_LIST] = { "list", 0, 0 },
	[VERB_ALLOW] = { "allow",
	    UP | LEAST | FROM | TO | BY | APPROVALS | ONLY, TO },
	[VERB_BLOCK] = { "block", UP | LEAST | FROM | TO | BY | ONLY, TO },
	[VERB_STRIP] = { "strip", FROM | TO, FROM },
	[VERB_KEEP] = { "keep", 0, 0 },
	[VERB_AGREEMENT] = { "agreement", WITH | FROM | UNTIL | UP | POLICY,
	    WITH } };

static enum err
wrong(struct parser *p, enum err e, const char *what)
{
	return token_fault(&p->t, e, p->now.at, "%s", what);
}

static bool
is_end(const struct parser *p)
{
	return p->now.type == TOKEN_END_LINE ||
	    p->now.type == TOKEN_END_FILE;
}

/* --- numbers, labels, dates --- */

static bool
is_number(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return s.n != 0;
}

static enum err
number(struct parser *p, unsigned least, unsigned most, unsigned *out)
{
	char digits[8];
	unsigned long n;

	if (p->now.type != TOKEN_WORD || !is_number(p->now.s))
		return wrong(p, ERR_SYNTAX, "a number is missing");
	snprintf(digits, sizeof digits, "%.*s", SPAN_FMT(p->now.s));
	n = strtoul(digits, NULL, 10);
	if (p->now.s.n >= sizeof digits || n < least || n > most)
		return token_fault(&p->t, ERR_LIMIT, p->now.at,
		    "%.*s is not within %u to %u", SPAN_FMT(p->now.s), least,
		    most);
	*out = (unsigned)n;
	return parser_next(p);
}

static enum err
expect(struct parser *p, const char *word)
{
	if (!token_is(&p->now, word))
		return token_fault(&p->t, ERR_SYNTAX, p->now.at,
		    "the word '%s' is missing", word);
	return parser_next(p);
}

/* [label] ["level" number], one of them at least. */
static enum err
bound(struct parser *p, enum tlp *label, int *level)
{
	bool has_label = p->now.type == TOKEN_WORD &&
	    tlp_import(p->now.s, label) == ERR_NONE;
	unsigned n = 0;
	enum err e = has_label ? parser_next(p) : ERR_NONE;

	if (e != ERR_NONE)
		return e;
	if (!token_is(&p->now, "level"))
		return has_label ? ERR_NONE :
				   wrong(p, ERR_SYNTAX,
				       "neither a label of TLP 2.0 nor "
				       "'level' and a number");
	e = parser_next(p);
	if (e == ERR_NONE)
		e = number(p, LEVEL_MIN, LEVEL_MAX, &n);
	if (e == ERR_NONE)
		*level = (int)n;
	return e;
}

static enum err
up_to(struct parser *p, struct line *l)
{
	enum err e = expect(p, "to");

	return e != ERR_NONE ? e :
			       bound(p, &l->in.most, &l->in.level_most);
}

static enum err
at_least(struct parser *p, struct line *l)
{
	enum err e = expect(p, "least");

	return e != ERR_NONE ? e :
			       bound(p, &l->in.least, &l->in.level_least);
}

static enum err
date(struct parser *p, int64_t *out)
{
	char text[32];
	struct wall t;

	snprintf(text, sizeof text, "%.*sT00:00:00Z", SPAN_FMT(p->now.s));
	if (p->now.type != TOKEN_WORD || p->now.s.n != 10 ||
	    wall_parse(span_str(text), &t) != ERR_NONE)
		return wrong(p, ERR_SYNTAX, "no date such as 2027-01-31");
	*out = t.ms;
	return parser_next(p);
}

/* --- clauses --- */

/* An agreement begins on a day, a line speaks of issuers, a strip of kinds. */
static enum err
from(struct parser *p, struct line *l)
{
	if (l->verb == VERB_AGREEMENT)
		return date(p, &l->from_ms);
	return parser_set(p, l->verb == VERB_STRIP ? SET_KIND : SET_TEAM,
	    l->verb == VERB_STRIP ? &l->kind : &l->from);
}

static enum err
only(struct parser *p, struct line *l)
{
	if (token_is(&p->now, "exercise"))
		l->only = ONLY_EXERCISE;
	else if (token_is(&p->now, "real"))
		l->only = ONLY_REAL;
	else
		return wrong(p, ERR_SYNTAX,
		    "after 'only' stands 'exercise' or 'real'");
	return parser_next(p);
}

/* The last day counts. */
static enum err
until(struct parser *p, struct line *l)
{
	enum err e = date(p, &l->until_ms);

	if (e == ERR_NONE)
		l->until_ms += DAY_MS;
	return e;
}

/* Its words are for people: they stay in the text of the line. */
static enum err
policy(struct parser *p)
{
	return p->now.type == TOKEN_QUOTED ?
	    parser_next(p) :
	    wrong(p, ERR_SYNTAX, "a policy stands between quotes");
}

static enum err
clause_read(struct parser *p, struct line *l, enum clause c)
{
	switch (c) {
	case UP:
		return up_to(p, l);
	case LEAST:
		return at_least(p, l);
	case FROM:
		return from(p, l);
	case TO:
		return parser_set(p, SET_TO, &l->to);
	case BY:
		return parser_set(p, SET_ROLE, &l->by);
	case APPROVALS:
		return number(p, 0, LIMIT_RULES_APPROVALS, &l->approvals);
	case ONLY:
		return only(p, l);
	case WITH:
		return parser_set(p, SET_WITH, &l->to);
	case UNTIL:
		return until(p, l);
	case POLICY:
		break;
	}
	return policy(p);
}

bool
parser_is_clause(const struct token *t)
{
	for (size_t i = 0; i < CLAUSES; i++)
		if (token_is(t, clauses[i].word))
			return true;
	return false;
}

/* Up to the end of the line. */
static enum err
clauses_read(struct parser *p, struct line *l)
{
	unsigned seen = 0, missing;
	enum err e = ERR_NONE;

	while (e == ERR_NONE && !is_end(p)) {
		size_t i = 0, at = p->now.at;

		while (i < CLAUSES && !token_is(&p->now, clauses[i].word))
			i++;
		if (i == CLAUSES ||
		    (clauses[i].clause & verbs[l->verb].may) == 0)
			return token_fault(&p->t, ERR_SYNTAX, at,
			    "'%.*s' does not stand here in a line of '%s'",
			    SPAN_FMT(p->now.s), verbs[l->verb].word);
		if ((seen & clauses[i].clause) != 0)
			return token_fault(&p->t, ERR_CONFLICT, at,
			    "'%s' is given twice", clauses[i].word);
		seen |= clauses[i].clause;
		e = parser_next(p);
		if (e == ERR_NONE)
			e = clause_read(p, l, clauses[i].clause);
	}
	missing = verbs[l->verb].must & ~seen;
	for (size_t i = 0; e == ERR_NONE && i < CLAUSES; i++)
		if ((missing & clauses[i].clause) != 0)
			return token_fault(&p->t, ERR_SYNTAX, p->now.at,
			    "'%s' is missing", clauses[i].word);
	if (e == ERR_NONE && (l->in.least > l->in.most ||
		l->in.level_least > l->in.level_most))
		e = token_fault(&p->t, ERR_CONFLICT, l->at,
		    "nothing is at least the one and up to the other");
	return e;
}

/* --- what stands between verb and clauses --- */

static enum err
acts(struct parser *p, struct line *l)
{
	for (enum err e = ERR_NONE;; e = parser_next(p)) {
		unsigned act = 0;

		if (e != ERR_NONE)
			return e;
		while (act < RULES_ACTS &&
		    !token_is(&p->now, rules_act_token((enum rules_act)act)))
			act++;
		/* said again, it is the name of a kind */
		if (act == RULES_ACTS || (l->acts & 1U << act) != 0)
			break;
		l->acts |= 1U << act;
	}
	if (l->acts == 0)
		return wrong(p, ERR_SYNTAX,
		    "neither 'release', 'redistribute' nor 'export'");
	return parser_set(p, SET_KIND, &l->kind);
}

/* What is kept is said before how long. */
static enum err
kept(struct parser *p, struct line *l)
{
	bool up = false, least = false;
	enum err e = parser_set(p, SET_KIND, &l->kind);

	while (e == ERR_NONE) {
		bool is_up = token_is(&p->now, "up");
		bool *seen = is_up ? &up : &least;

		if (!is_up && !token_is(&p->now, "at"))
			break;
		if (*seen)
			return wrong(p, ERR_CONFLICT, is_up ?
				"'up' is given twice" : "'at' is given twice");
		*seen = true;
		e = parser_next(p);
		if (e == ERR_NONE)
			e = is_up ? up_to(p, l) : at_least(p, l);
	}
	return e;
}

static enum err
keep(struct parser *p, struct line *l)
{
	static const struct {
		const char *one, *many;
		unsigned days;
	} units[] = { { "day", "days", 1 }, { "month", "months", 31 },
		{ "year", "years", 366 } };
	unsigned n;
	size_t i = 0;
	enum err e = kept(p, l);

	if (e != ERR_NONE)
		return e;
	l->forever = token_is(&p->now, "forever");
	if (l->forever)
		return parser_next(p);
	e = number(p, 1, KEEP_MOST, &n);
	if (e != ERR_NONE)
		return e;
	while (i < 3 && !token_is(&p->now, units[i].one) &&
	    !token_is(&p->now, units[i].many))
		i++;
	if (i == 3)
		return wrong(p, ERR_SYNTAX,
		    "after the number stands 'days', 'months' or 'years'");
	l->days = n * units[i].days;
	return parser_next(p);
}

static enum err
agreement(struct parser *p, struct line *l)
{
	struct uuid id;

	if (p->now.type > TOKEN_QUOTED ||
	    uuid_parse(p->now.s, &id) != ERR_NONE)
		return wrong(p, ERR_SYNTAX,
		    "an agreement is named by its UUID");
	l->id = arena_copy(p->a, p->now.s);
	return parser_next(p);
}

/* --- lines --- */

/* What needs no line is not allowed by one. */
static bool
is_open_gateway(const struct term *t)
{
	for (int w = 0; w < EXIT_WAYS; w++)
		if (span_is_str(t->name, exit_word((enum exit_way)w)))
			return !exit_needs_line((enum exit_way)w);
	return false;
}

/* Whom a line may name depends on what is done. */
static enum err
check_targets(struct parser *p, const struct line *l)
{
	for (size_t i = 0; i < l->to.n; i++) {
		enum term_type t = l->to.at[i].type;
		bool inside = t == TERM_SECTOR || t == TERM_CONSTITUENTS ||
		    t == TERM_CONSTITUENT;

		if (t == TERM_ANY && l->verb == VERB_ALLOW)
			return token_fault(&p->t, ERR_RULE, l->at,
			    "'to any' is for block and strip; allow says whom");
		if (l->verb == VERB_STRIP)
			continue;
		if (inside && (l->acts & 1U << RULES_RELEASE) != 0)
			return token_fault(&p->t, ERR_RULE, l->at,
			    "release goes to teams or the public");
		if (t == TERM_GATEWAY && l->acts != 1U << RULES_EXPORT)
			return token_fault(&p->t, ERR_RULE, l->at,
			    "only export goes to a gateway");
		if (t == TERM_GATEWAY && l->verb == VERB_ALLOW &&
		    is_open_gateway(&l->to.at[i]))
			return token_fault(&p->t, ERR_RULE, l->at,
			    "this gateway needs no line; block takes away");
		if (t != TERM_GATEWAY && t != TERM_ANY && t != TERM_PUBLIC &&
		    (l->acts & 1U << RULES_EXPORT) != 0)
			return token_fault(&p->t, ERR_RULE, l->at,
			    "export goes to gateways or the public");
		if (!inside && t != TERM_ANY &&
		    (l->acts & 1U << RULES_REDISTRIBUTE) != 0)
			return token_fault(&p->t, ERR_RULE, l->at,
			    "redistribute goes to sectors or constituents");
	}
	return ERR_NONE;
}

static enum err
line_read(struct parser *p, struct line *l)
{
	enum err e = ERR_NONE;

	switch (l->verb) {
	case VERB_GROUP:
	case VERB_LIST:
		e = parser_list(p, l->verb == VERB_GROUP);
		break;
	case VERB_ALLOW:
	case VERB_BLOCK:
		e = acts(p, l);
		break;
	case VERB_STRIP:
		e = parser_set(p, SET_FIELD, &l->field);
		break;
	case VERB_KEEP:
		e = keep(p, l);
		break;
	case VERB_AGREEMENT:
	case VERB_COUNT:
		e = agreement(p, l);
		break;
	}
	if (e == ERR_NONE)
		e = clauses_read(p, l);
	if (e == ERR_NONE && l->verb == VERB_GROUP)
		e = parser_list_most(p, l);
	if (e == ERR_NONE && l->approvals != 0 &&
	    (l->acts & 1U << RULES_EXPORT) != 0)
		e = token_fault(&p->t, ERR_RULE, l->at,
		    "nobody approves an export: say with 'by' whose act it is");
	return e != ERR_NONE ? e : check_targets(p, l);
}

static enum err
verb_read(struct parser *p, struct line *l)
{
	unsigned column, v = 0;

	while (v < VERB_COUNT && !token_is(&p->now, verbs[v].word))
		v++;
	if (v == VERB_COUNT)
		return wrong(p, ERR_SYNTAX,
		    "a line begins with allow, block, strip, keep, agreement, "
		    "group or list");
	*l = (struct line){ .verb = (enum verb)v, .at = p->now.at,
		.in = { TLP_CLEAR, TLP_RED, 0, LEVEL_MAX },
		.until_ms = INT64_MAX, .from_ms = INT64_MIN };
	token_place(p->t.text, l->at, &l->number, &column);
	return parser_next(p);
}

static enum err
file_read(struct parser *p, struct line *line, size_t *n)
{
	enum err e = parser_next(p);

	while (e == ERR_NONE && p->now.type != TOKEN_END_FILE) {
		if (p->now.type == TOKEN_END_LINE) {
			e = parser_next(p);
			continue;
		}
		if (*n == LIMIT_RULES_LINES)
			return wrong(p, ERR_LIMIT, "too many lines");
		parser_begin_line(p);
		e = verb_read(p, &line[*n]);
		if (e == ERR_NONE)
			e = line_read(p, &line[*n]);
		if (e != ERR_NONE)
			return e;
		line[*n].text = parser_end_line(p);
		++*n;
	}
	return e;
}

static size_t
count_lines(struct span text)
{
	size_t n = 1;

	for (size_t i = 0; i < text.n; i++)
		n += text.p[i] == '\n';
	return n < LIMIT_RULES_LINES ? n : LIMIT_RULES_LINES;
}

enum err
rules_parse(struct span text, const struct schema *schema, struct arena *a,
    const struct rules **out, struct fault *f)
{
	struct fault none;
	struct parser *p = parser_create(schema, a);
	struct rules *r = arena_alloc(a, sizeof *r);
	struct line *line;
	struct text checked;
	size_t n = 0;
	enum err e;

	p->t.f = f != NULL ? f : &none;
	if (text.n > LIMIT_RULES)
		e = fault_at(f, ERR_LIMIT, 0, "1:1", "longer than %d bytes",
		    LIMIT_RULES);
	else if (text_parse(text, &checked) != ERR_NONE)
		e = fault_at(f, ERR_SYNTAX, 0, "1:1", "not UTF-8");
	else {
		r->text = p->t.text = arena_copy(a, text);
		line = arena_alloc(a, count_lines(text) * sizeof *line);
		r->line = line;
		e = file_read(p, line, &n);
	}
	parser_free(p);
	if (e != ERR_NONE)
		return e;
	r->n = n;
	r->digest = hash_sha256(r->text);
	*out = r;
	return ERR_NONE;
}
