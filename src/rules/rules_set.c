/* SPDX-License-Identifier: Apache-2.0
 *
 * Sets of names. A name that a list or group has stands for its members; what
 * a name must be depends on where it is used, so that is where it is checked.
 */
#include "rules/rules_set.h"

#include "base/mem.h"
#include "record/entry.h"
#include "rules/exit.h"

#include <stdlib.h>

struct named {
	struct named *next;
	struct span name;
	bool is_group;
	struct terms terms;
};

struct parser *
parser_create(const struct schema *schema, struct arena *a)
{
	struct parser *p = mem_alloc(sizeof *p);

	p->schema = schema;
	p->braced = SET_COUNT;
	p->a = a;
	p->found = arena_alloc(&p->scratch,
	    LIMIT_RULES_NAMES * sizeof *p->found);
	buf_init(&p->line, LIMIT_RULES + 1);
	return p;
}

void
parser_free(struct parser *p)
{
	buf_release(&p->line);
	arena_release(&p->scratch);
	free(p);
}

/* --- tokens --- */

static void
put_word(struct parser *p, const struct token *t)
{
	const char *quote = t->type == TOKEN_QUOTED ? "\"" : "";

	if (t->type <= TOKEN_CLOSE)
		buf_put_format(&p->line, "%s%s%.*s%s",
		    p->line.n != 0 ? " " : "", quote, SPAN_FMT(t->s), quote);
}

/* What is left behind belongs to the line. */
enum err
parser_next(struct parser *p)
{
	put_word(p, &p->now);
	return token_next(&p->t, &p->now);
}

void
parser_begin_line(struct parser *p)
{
	p->line.n = 0;
}

struct span
parser_end_line(struct parser *p)
{
	return arena_copy(p->a, buf_span(&p->line));
}

/* --- members --- */

static enum err
add(struct parser *p, enum term_type type, struct span name, enum tlp most)
{
	if (p->names == LIMIT_RULES_NAMES)
		return token_fault(&p->t, ERR_LIMIT, p->now.at,
		    "more than %d names in all", LIMIT_RULES_NAMES);
	p->names++;
	p->found[p->found_n++] = (struct term){ type,
		arena_copy(p->a, name), most };
	return ERR_NONE;
}

static enum err
unknown(struct parser *p, struct span s, const char *what)
{
	return token_fault(&p->t, ERR_SCHEMA, p->now.at,
	    "'%.*s' is %s", SPAN_FMT(s), what);
}

static bool
is_choice(const struct parser *p, const char *list, struct span s)
{
	const struct choices *c;

	if (p->schema == NULL)
		return true;
	c = choices_find(p->schema, list);
	return c != NULL && choice_find(c, s) != NULL;
}

static bool
is_kind(const struct parser *p, struct span s)
{
	return p->schema == NULL || kind_find(p->schema, s) != NULL;
}

/* The first member of a path must be one of some kind. */
static bool
is_field(const struct parser *p, struct span s)
{
	size_t n = 0;

	if (p->schema == NULL)
		return true;
	while (n < s.n && s.p[n] != '.')
		n++;
	for (size_t i = 0; i < kind_count(p->schema); i++)
		if (field_find(kind_at(p->schema, i), span_of(s.p, n)) !=
		    NULL)
			return true;
	return false;
}

static enum err
take_team(struct parser *p, const struct term *t)
{
	return entry_is_team_id(t->name) ?
	    add(p, TERM_NAME, t->name, t->most) :
	    unknown(p, t->name, "no team's id and no group");
}

/* A way out that asks; what no way asks for would be a line without sense. */
static enum err
take_gateway(struct parser *p, const struct term *t)
{
	struct buf known;
	enum err e;

	for (int w = 0; w < EXIT_WAYS; w++)
		if (exit_hears_line((enum exit_way)w) &&
		    span_is_str(t->name, exit_word((enum exit_way)w)))
			return add(p, TERM_GATEWAY, t->name, t->most);
	buf_init(&known, sizeof p->t.f->rule);
	buf_put_format(&known, "no gateway; there is");
	for (int w = 0; w < EXIT_WAYS; w++)
		if (exit_hears_line((enum exit_way)w))
			buf_put_format(&known, " %s",
			    exit_word((enum exit_way)w));
	e = token_fault(&p->t, ERR_SCHEMA, p->now.at, "'%.*s' is %.*s",
	    SPAN_FMT(t->name), SPAN_FMT(buf_span(&known)));
	buf_release(&known);
	return e;
}

/* After `to`: where "sector" and its like stand before the names. */
static enum err
take_to(struct parser *p, const struct term *t)
{
	static const struct {
		const char *word;
		enum term_type type;
	} whole[] = { { "any", TERM_ANY }, { "all", TERM_ALL },
		{ "public", TERM_PUBLIC },
		{ "constituents", TERM_CONSTITUENTS } };
	const char *places[] = { "sector", "constituent", "gateway" };

	for (size_t i = 0; t->type != TERM_POST && i < 4; i++) {
		if (!span_is_str(t->name, whole[i].word))
			continue;
		p->place = span_str("");
		return add(p, whole[i].type, t->name, t->most);
	}
	for (size_t i = 0; t->type != TERM_POST && i < 3; i++)
		if (span_is_str(t->name, places[i])) {
			p->place = span_str(places[i]);
			return ERR_NONE;
		}
	if (span_is_str(p->place, "sector"))
		return is_choice(p, "sectors", t->name) ?
		    add(p, TERM_SECTOR, t->name, t->most) :
		    unknown(p, t->name, "no sector");
	if (span_is_str(p->place, "gateway"))
		return take_gateway(p, t);
	if (p->place.n != 0)
		return add(p, TERM_CONSTITUENT, t->name, t->most);
	return take_team(p, t);
}

static enum err
take_role(struct parser *p, const struct term *t)
{
	if (t->type == TERM_POST)
		return add(p, TERM_POST, t->name, t->most);
	return is_choice(p, "roles", t->name) ?
	    add(p, TERM_NAME, t->name, t->most) :
	    unknown(p, t->name, "no role; a post stands between quotes");
}

static enum err
take(struct parser *p, enum set set, const struct term *t)
{
	switch (set) {
	case SET_KIND:
		if (span_is_str(t->name, "any"))
			return add(p, TERM_ANY, t->name, t->most);
		return is_kind(p, t->name) ?
		    add(p, TERM_NAME, t->name, t->most) :
		    unknown(p, t->name, "no kind of record");
	case SET_FIELD:
		if (++p->fields > LIMIT_RULES_STRIP)
			return token_fault(&p->t, ERR_LIMIT, p->now.at,
			    "more than %d members are stripped",
			    LIMIT_RULES_STRIP);
		return is_field(p, t->name) ?
		    add(p, TERM_NAME, t->name, t->most) :
		    unknown(p, t->name, "no member of any kind");
	case SET_WITH:
		if (t->type != TERM_POST && span_is_str(t->name, "all"))
			return add(p, TERM_ALL, t->name, t->most);
		break;
	case SET_TO:
		return take_to(p, t);
	case SET_ROLE:
		return take_role(p, t);
	case SET_WORDS:
		return add(p, t->type, t->name, t->most);
	case SET_TEAM:
	case SET_COUNT:
		break;
	}
	return take_team(p, t);
}

static struct named *
list_find(const struct parser *p, struct span name)
{
	for (struct named *l = p->list; l != NULL; l = l->next)
		if (span_is_equal(l->name, name))
			return l;
	return NULL;
}

static enum err
take_word(struct parser *p, enum set set)
{
	const struct term one = { p->now.type == TOKEN_QUOTED ? TERM_POST :
								TERM_NAME,
		p->now.s, TLP_RED };
	const struct named *l = one.type == TERM_POST ? NULL :
							list_find(p, one.name);
	enum err e = ERR_NONE;

	if (l == NULL)
		return take(p, set, &one);
	if (l->is_group && set != SET_TEAM && set != SET_WITH &&
	    set != SET_TO && set != SET_WORDS)
		return unknown(p, one.name, "a group of teams");
	for (size_t i = 0; e == ERR_NONE && i < l->terms.n; i++)
		e = take(p, set, &l->terms.at[i]);
	return e;
}

/* --- sets --- */

static struct terms
keep_found(struct parser *p, size_t from)
{
	size_t n = p->found_n - from;
	struct term *at = arena_alloc(p->a, (n + 1) * sizeof *at);

	memcpy(at, p->found + from, n * sizeof *at);
	p->found_n = from;
	return (struct terms){ at, n };
}

/* Does the set end before this token? */
static bool
is_over(const struct parser *p)
{
	if (p->t.depth != 0)
		return false;
	return p->now.type >= TOKEN_END_LINE || parser_is_clause(&p->now) ||
	    token_is(&p->now, "forever") ||
	    (p->now.type == TOKEN_WORD && p->now.s.p[0] >= '0' &&
		p->now.s.p[0] <= '9');
}

enum err
parser_set(struct parser *p, enum set set, struct terms *out)
{
	size_t from = p->found_n;
	bool is_closed = false;
	enum err e = ERR_NONE;

	p->place = span_str("");
	while (e == ERR_NONE && !is_closed && !is_over(p)) {
		if (parser_is_clause(&p->now))
			return token_fault(&p->t, ERR_SYNTAX, p->now.at,
			    "'%.*s' does not stand between braces",
			    SPAN_FMT(p->now.s));
		if (p->now.type <= TOKEN_QUOTED && !token_is(&p->now, "and"))
			e = take_word(p, set);
		is_closed = set == p->braced && p->now.type == TOKEN_CLOSE;
		if (e == ERR_NONE)
			e = parser_next(p);
	}
	if (e == ERR_NONE && p->found_n == from)
		e = token_fault(&p->t, ERR_SYNTAX, p->now.at,
		    "a name is missing");
	if (e == ERR_NONE)
		*out = keep_found(p, from);
	return e;
}

/* --- lists and groups --- */

/* Words that would no longer mean what they say. */
static bool
is_reserved(const struct token *t)
{
	static const char *const words[] = { "any", "all", "public", "sector",
		"constituents", "constituent", "gateway", "and", "forever",
		"level", "least", "exercise", "real", "release",
		"redistribute", "export" };

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (token_is(t, words[i]))
			return true;
	return parser_is_clause(t);
}

static enum err
name_read(struct parser *p, struct named *l)
{
	if (p->now.type != TOKEN_WORD ||
	    (p->now.s.p[0] >= '0' && p->now.s.p[0] <= '9'))
		return token_fault(&p->t, ERR_SYNTAX, p->now.at,
		    "a name is missing");
	if (is_reserved(&p->now))
		return unknown(p, p->now.s, "a word of the language");
	if (list_find(p, p->now.s) != NULL)
		return token_fault(&p->t, ERR_CONFLICT, p->now.at,
		    "'%.*s' is given twice", SPAN_FMT(p->now.s));
	if (p->schema != NULL && (is_kind(p, p->now.s) ||
	    is_choice(p, "roles", p->now.s)))
		return unknown(p, p->now.s, "a kind or a role already");
	l->name = arena_copy(p->a, p->now.s);
	return parser_next(p);
}

enum err
parser_list(struct parser *p, bool is_group)
{
	struct named *l = arena_alloc(&p->scratch, sizeof *l);
	enum err e = name_read(p, l);

	if (e != ERR_NONE)
		return e;
	if (p->now.type != TOKEN_OPEN)
		return token_fault(&p->t, ERR_SYNTAX, p->now.at,
		    "members stand between braces");
	p->braced = is_group ? SET_TEAM : SET_WORDS;
	e = parser_set(p, p->braced, &l->terms);
	p->braced = SET_COUNT;
	if (e != ERR_NONE)
		return e;
	l->is_group = is_group;
	l->next = p->list;
	p->list = l;
	return ERR_NONE;
}

enum err
parser_list_most(struct parser *p, const struct line *l)
{
	struct terms *of = &p->list->terms;
	struct term *at = arena_alloc(p->a, (of->n + 1) * sizeof *at);

	if (l->in.level_most != LEVEL_MAX)
		return token_fault(&p->t, ERR_SYNTAX, l->at,
		    "a group has a label, no level");
	for (size_t i = 0; i < of->n; i++) {
		at[i] = of->at[i];
		if (at[i].most > l->in.most)
			at[i].most = l->in.most;
	}
	of->at = at;
	return ERR_NONE;
}
