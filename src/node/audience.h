/* SPDX-License-Identifier: Apache-2.0
 *
 * Who will read: the one function by which a notice is previewed and released.
 * TLP:CLEAR is open to everybody; TLP:GREEN goes to all teams in good
 * standing, or to the groups that are named; the stricter labels go to the
 * teams and groups that are named, or to all if that is asked for. A revision goes at least to everybody who has an earlier
 * one. The own team is always among the readers, so that its own sealed
 * entries can be read again after the loss of its store.
 *
 * Pure: it looks at the register and decides.
 */
#ifndef NODE_AUDIENCE_H
#define NODE_AUDIENCE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/instant.h"
#include "record/registry.h"
#include "schema/tlp.h"

struct audience_ask {
	enum tlp tlp;
	struct span own;
	bool all;                 /* "all" was said */
	const struct span *named; /* team ids, as given */
	size_t named_n;
	/* a group is named, with these members; those who cannot read are left
	 * out. TLP:GREEN may then be narrower than all teams */
	bool grouped;
	const struct span *member;
	size_t member_n;
	/* the earlier revisions */
	bool had_open;
	const struct span *had;
	size_t had_n;
};

struct audience {
	bool open;
	struct span *team;  /* ascending, the own team among them */
	size_t n;
	/* would be meant, but nothing can be sealed to them now: no key, not
	 * in good standing, or an identity that nobody has accepted here */
	struct span *left_out;
	size_t left_out_n;
};

/* ERR_RULE (the label and the audience contradict each other), ERR_AUDIENCE (a
 * team that is named is unknown or cannot be sealed to; nobody is named) with
 * the team and the rule in `f`. A team that is meant only by "all", by GREEN
 * or by an earlier revision is left out instead, and listed. Spans of `out`
 * in `a` or borrowed from the ask and the registry. */
MUST enum err audience_make(const struct registry *r,
    const struct audience_ask *ask, struct wall now, struct arena *a,
    struct audience *out, struct fault *f);

/* Can and may an entry be sealed to `team`, another one, now? */
bool audience_can_read(const struct registry *r, struct span team,
    struct wall now);

#endif
