/* SPDX-License-Identifier: Apache-2.0
 *
 * Four eyes: may this be released now, by this person? Approvals are of other
 * persons than the author and than each other, and bound to the digest of
 * exactly what will be sent: whatever changes, they count no more.
 *
 * The duty officer may release alone what is urgent and not for the public;
 * it is reviewed afterwards (watch/review.h). Pure.
 */
#ifndef RULES_APPROVAL_H
#define RULES_APPROVAL_H

#include "base/span.h"
#include "crypto/hash.h"
#include "schema/tlp.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One verdict, in the order in which they were given. */
struct approval {
	struct span by;
	struct digest of;
	bool approved; /* false: returned */
};

struct approval_ask {
	struct digest of;    /* of what will be sent */
	struct span author;
	struct span by;      /* who releases */
	bool by_may_approve; /* has the right; releasing is approving then */
	unsigned needed;     /* other persons, by rules and kind */
	int level;
	enum tlp tlp;
	bool never_alone;    /* the designation demands approval */
	bool nobody_else;    /* the node has no persons: its administrator
	                      * holds all posts */
};

enum approval_state {
	APPROVAL_GIVEN,
	APPROVAL_ALONE,    /* may go without: it is reviewed afterwards */
	APPROVAL_RETURNED, /* somebody gave it back as it is */
	APPROVAL_WAITS
};

/* Decide. `have` (may be NULL) gets how many persons have approved, with the
 * one who releases if that counts. */
enum approval_state approval_decide(const struct approval_ask *ask,
    const struct approval *given, size_t n, unsigned *have);

/* May `by` give a verdict at all? Never the author. */
bool approval_may_judge(struct span author, struct span by,
    bool has_the_right);

#endif
