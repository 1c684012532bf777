/* SPDX-License-Identifier: Apache-2.0
 *
 * Sharing rules that a person can read: one small file a node says what may
 * leave it, to whom, and after how many approvals. Lines are tried in order,
 * the first that fits decides, and where no line fits nothing is shared.
 * man/almenara.rules.5 is the grammar.
 *
 * Whatever a line says, a team with which no agreement is in force gets
 * TLP:CLEAR and TLP:GREEN only, the public gets TLP:CLEAR only, and those
 * whom a team serves up to TLP:AMBER. Pure.
 */
#ifndef RULES_RULES_H
#define RULES_RULES_H

#include "base/arena.h"
#include "base/err.h"
#include "base/instant.h"
#include "base/limits.h"
#include "base/span.h"
#include "crypto/hash.h"
#include "record/agreement.h"
#include "schema/kind.h"
#include "schema/tlp.h"

#include <stdbool.h>
#include <stdint.h>

/* What is done with a record. */
enum rules_act {
	RULES_RELEASE,      /* issued to the network */
	RULES_REDISTRIBUTE, /* passed on inside the own country */
	RULES_EXPORT,       /* handed to another system or format */
	RULES_ACTS
};

enum rules_to {
	RULES_TO_TEAM,        /* `name`: its id */
	RULES_TO_PUBLIC,      /* everybody */
	RULES_TO_SECTOR,      /* `name`: of schemas/lists/sectors.json */
	RULES_TO_CONSTITUENT, /* `name`: its id; `sector` may be "" */
	RULES_TO_GATEWAY      /* `name`: of another system */
};

/* Spans are borrowed for the call. */
struct rules_ask {
	enum rules_act act;
	struct span kind;
	enum tlp tlp;
	int level;          /* 0: the kind has none */
	bool exercise;
	struct span iss;    /* whose record it is; "": the own team */
	struct span own;    /* the own team; always may read its own */
	enum rules_to to;
	struct span name;   /* see rules_to */
	struct span sector; /* of a constituent */
	const struct span *role; /* of the person */
	size_t role_n;
	struct span post;   /* of the person; "" if there is none */
	bool any_role;      /* nobody asks in particular: lines fit whoever
	                     * they are for */
	/* who has signed what, by records; NULL: nobody anything. Where this
	 * team has said its word so, lines do not count */
	const struct agreements *signed_by;
	bool agreed;        /* none is asked for: lines that are built in */
	struct wall now;
};

/* Why: stable words, rules_why_token; in four languages rules_why. */
enum rules_why {
	RULES_ALLOWED,
	RULES_NO_LINE,      /* nothing is shared that no line allows */
	RULES_BLOCKED,      /* a block line */
	RULES_NOT_BY_YOU,   /* no line for these roles; `line` is for others */
	RULES_NO_AGREEMENT, /* allowed by `line`, but no agreement in force */
	RULES_AGREEMENT,    /* the agreement ends at a lower label */
	RULES_UNSIGNED_HERE, /* the team has signed one, this team has not */
	RULES_LEFT,         /* the team has left it */
	RULES_OTHER_TERMS,  /* each has signed another text of it */
	RULES_OVER,         /* it is not in force on this day */
	RULES_LABEL,        /* TLP 2.0 forbids it, whatever `line` says */
	RULES_NOT_NEEDED,   /* this way needs no line, and none blocks it */
	RULES_WHYS
};

struct rules_answer {
	bool allow;
	unsigned approvals; /* of other persons, before it goes */
	unsigned line;      /* that decided; 0: no line */
	struct span text;   /* of that line; "no line" */
	enum rules_why why;
	struct span agreement; /* that `why` speaks of; "" for none */
	/* Members of the body that do not go; paths with dots. Also filled
	 * if it is refused. Spans live as long as the rules. */
	struct span strip[LIMIT_RULES_STRIP];
	size_t strip_n;
};

/* Rules in force. Immutable, in the arena they were parsed into. */
struct rules;

/* Parse a file. ERR_SYNTAX, ERR_SCHEMA (no such kind, role, sector or field),
 * ERR_CONFLICT (given twice), ERR_LIMIT; `f->at` is the byte, `f->field` is
 * "line:column", `f->rule` what it breaks. `out` is in `a` and keeps a copy
 * of the text; it borrows nothing. Untouched on failure. Without a schema
 * (NULL) kinds, roles, sectors and fields are taken as they are. */
MUST enum err rules_parse(struct span text, const struct schema *schema,
    struct arena *a, const struct rules **out, struct fault *f);

/* The digest of the text, and the text. */
const struct digest *rules_digest(const struct rules *r);
struct span rules_text(const struct rules *r);

/* The one decision. NULL rules share nothing. */
void rules_decide(const struct rules *r, const struct rules_ask *ask,
    struct rules_answer *out);

/* May something of this label go to the team of `ask` by an agreement, all
 * else aside? RULES_ALLOWED, or why not; `id` (may be NULL) gets which, "" for
 * none. NULL rules have no lines. */
enum rules_why rules_agreement(const struct rules *r,
    const struct rules_ask *ask, struct span *id);

/* May the record of `ask` be passed on inside the own country, to `name`: a
 * constituent of that sector ("" if it has none), or, with `name` "", to all
 * of a sector? Only by a line for that act, and never above TLP:AMBER;
 * without rules nobody gets anything. `ask` without act, `to`, `name` and
 * `sector`; `out` (may be NULL) says why. */
bool rules_redistribute(const struct rules *r, const struct rules_ask *ask,
    struct span name, struct span sector, struct rules_answer *out);

/* How many days records of this kind and label are kept; false: no line says
 * it, they are kept for ever. `line` (may be NULL) gets the line. */
bool rules_keep(const struct rules *r, struct span kind, enum tlp tlp,
    uint32_t *days, unsigned *line);

/* Is there an agreement with `team` in force at `now`? `id` and `line` (may
 * be NULL) say which. */
bool rules_is_agreed(const struct rules *r, struct span team,
    struct wall now, struct span *id, unsigned *line);

/* The i-th name that the lines take for a team, as written; false past the
 * end. For telling a person of names that no register knows. */
bool rules_team_at(const struct rules *r, size_t i, struct span *name,
    unsigned *line);

/* The stable word of a reason, and a sentence in a language. */
const char *rules_why_token(enum rules_why why);
const char *rules_why(const struct schema *s, enum rules_why why,
    enum lang l);

/* The word of an act, "release". */
const char *rules_act_token(enum rules_act act);

/* What needs no line of the file: answers, and what keeps the log itself
 * going. In the same language; `almenara rules show` prints it. */
extern const char rules_built_in[];

#endif
