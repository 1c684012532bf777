/* SPDX-License-Identifier: Apache-2.0
 *
 * Proof that a line allowed an entry of the shared log. hub_append refuses a
 * draft without one that fits its kind, label and audience; only the two
 * functions here make one. So nothing can be sent that was not decided.
 *
 * Pure.
 */
#ifndef RULES_PERMIT_H
#define RULES_PERMIT_H

#include "rules/rules.h"

/* A zeroed permit permits nothing. Holds no pointers into anything, except
 * the mark of who made it. */
struct permit {
	unsigned line;        /* the line that asks for the most approvals */
	unsigned approvals;   /* of other persons: the most of any line */
	bool built_in;        /* `line` is one of rules_built_in */
	struct digest rules;  /* of the text that has the line */
	struct digest about;  /* kind, label and audience */
	const void *made;
};

/* May an entry of the kind and label of `ask` go to exactly `aud` (none:
 * everybody, TLP:CLEAR)? `ask` without `to` and `name`, which are filled in.
 * ERR_RULE if a reader is refused: `refused` (may be NULL) gets who ("" for
 * the public) and `answer` (may be NULL) why; else `answer` is that of the
 * line which the permit cites, with what is left out for any reader. The
 * own team needs no line. */
MUST enum err permit_decide(const struct rules *r,
    const struct rules_ask *ask, const struct span *aud, size_t aud_n,
    struct permit *out, struct span *refused, struct rules_answer *answer);

/* The same for what the node says by itself, by rules_built_in. ERR_RULE for
 * anything that a person issues. `own`: the own team. */
MUST enum err permit_built_in(struct span own, struct span kind,
    enum tlp tlp, const struct span *aud, size_t aud_n, struct permit *out);

/* Does it fit? `tlp` as it is written in the entry. */
bool permit_fits(const struct permit *p, struct span kind, struct span tlp,
    const struct span *aud, size_t aud_n);

#endif
