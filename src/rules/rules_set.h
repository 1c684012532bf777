/* SPDX-License-Identifier: Apache-2.0
 *
 * The parser's hands: words taken one by one, sets of names, lists and groups
 * that are defined once and stand for their members. For rules_parse.c only.
 */
#ifndef RULES_RULES_SET_H
#define RULES_RULES_SET_H

#include "base/buf.h"
#include "rules/rules_inside.h"
#include "rules/rules_token.h"

enum set {
	SET_KIND,
	SET_FIELD,
	SET_TEAM, /* teams and groups */
	SET_WITH, /* the same, or all */
	SET_TO,   /* the same, all, public, sectors, constituents, gateways */
	SET_ROLE, /* roles, and posts in quotes */
	SET_WORDS, /* of a list: what they are, their use will tell */
	SET_COUNT
};

struct named;

struct parser {
	struct tokens t;
	struct token now;
	const struct schema *schema;
	struct arena *a;
	struct arena scratch;
	struct term *found;   /* room for all names of a file */
	size_t found_n;
	size_t names;         /* of all sets */
	size_t fields;        /* of all strip lines */
	struct named *list;
	enum set braced;      /* this set ends at its brace */
	struct span place;    /* "sector" and the like, within SET_TO */
	struct buf line;      /* words of the line so far */
};

struct parser *parser_create(const struct schema *schema, struct arena *a);
void parser_free(struct parser *p);

/* Take the next token into `now`. */
MUST enum err parser_next(struct parser *p);

void parser_begin_line(struct parser *p);
struct span parser_end_line(struct parser *p);

/* Names up to the next clause; at least one. */
MUST enum err parser_set(struct parser *p, enum set set, struct terms *out);

/* name { members }, a group or a plain list. */
MUST enum err parser_list(struct parser *p, bool is_group);

/* The group that was read last ends at the label of the line. */
MUST enum err parser_list_most(struct parser *p, const struct line *l);

/* Does it begin a clause? */
bool parser_is_clause(const struct token *t);

#endif
