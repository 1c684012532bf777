/* SPDX-License-Identifier: Apache-2.0
 *
 * Has the time of a record passed, by the `keep` lines of the sharing rules,
 * and may its text go now? Never while somebody works with it, waits for it or
 * holds it. Pure.
 */
#ifndef RULES_KEEP_H
#define RULES_KEEP_H

#include "rules/rules.h"

/* What is known of a record. */
struct keep_facts {
	struct span kind;
	enum tlp tlp;
	int64_t newest_s;  /* when its newest revision was written */
	bool needed;   /* the node cannot work without such records */
	bool embargoed;
	bool open;     /* its own life cycle has not ended */
	bool in_case;  /* a case or claim about it has not ended */
	bool held;     /* a person holds it */
	bool owed;     /* a team that should have it has not receipted it */
};

/* In the order in which they are looked at. */
enum keep_why {
	KEEP_GOES,     /* its text goes now */
	KEEP_NO_LINE,  /* kept for ever */
	KEEP_NOT_YET,
	KEEP_NEEDED,
	KEEP_EMBARGO,
	KEEP_OPEN,
	KEEP_CASE,
	KEEP_HELD,
	KEEP_OWED,
	KEEP_WHYS
};

struct keep_answer {
	enum keep_why why;
	unsigned line;    /* 0: none */
	struct span text; /* of that line; lives as long as the rules */
	uint32_t days;
	int64_t due_s;    /* not before then; 0: never */
};

void keep_decide(const struct rules *r, const struct keep_facts *facts,
    struct wall now, struct keep_answer *out);

/* Does any line say how long something is kept? NULL rules say nothing. */
bool keep_is_asked(const struct rules *r);

/* The stable word of a reason, and a sentence in a language. */
const char *keep_why_token(enum keep_why why);
const char *keep_why(const struct schema *s, enum keep_why why, enum lang l);

#endif
