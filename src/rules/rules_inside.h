/* SPDX-License-Identifier: Apache-2.0
 *
 * The lines of a rules file as data: what rules_parse.c makes and rules.c
 * decides by. For these two and their helpers only.
 */
#ifndef RULES_RULES_INSIDE_H
#define RULES_RULES_INSIDE_H

#include "base/uuid.h"
#include "rules/rules.h"

enum term_type {
	TERM_NAME, /* a kind, role, field or team, by its place */
	TERM_POST, /* in quotes after `by` */
	TERM_ANY,
	TERM_ALL, /* all teams */
	TERM_PUBLIC,
	TERM_SECTOR,
	TERM_CONSTITUENTS, /* all of them */
	TERM_CONSTITUENT,
	TERM_GATEWAY
};

struct term {
	enum term_type type;
	struct span name;
	enum tlp most; /* strictest label of the group it came by */
};

struct terms {
	const struct term *at;
	size_t n;
};

/* Labels and levels, both ends included. */
struct bounds {
	enum tlp least, most;
	int level_least, level_most;
};

enum verb {
	VERB_GROUP,
	VERB_LIST,
	VERB_ALLOW,
	VERB_BLOCK,
	VERB_STRIP,
	VERB_KEEP,
	VERB_AGREEMENT,
	VERB_COUNT
};

enum only { ONLY_NOT, ONLY_EXERCISE, ONLY_REAL };

struct line {
	enum verb verb;
	unsigned number;
	size_t at;         /* byte of the text */
	struct span text;  /* words with one blank between, no comment */
	unsigned acts;     /* 1 << enum rules_act */
	struct terms kind;
	struct terms from; /* issuers; none: any */
	struct terms to;
	struct terms by;   /* none: everybody */
	struct terms field; /* strip */
	struct bounds in;
	enum only only;
	unsigned approvals;
	bool forever;      /* keep */
	uint32_t days;
	struct span id;    /* agreement */
	int64_t from_ms, until_ms; /* in force within [from, until) */
};

struct rules {
	struct span text;
	struct digest digest;
	const struct line *line;
	size_t n;
};

#endif
