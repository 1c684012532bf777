/* SPDX-License-Identifier: Apache-2.0
 *
 * What a joint site says of where its notices are from: the log that each was
 * found in and the checkpoint that it was verified against, and how far the
 * log of each member is held here. What was said of a notice once is kept
 * beside what was published, so that its page stays as it is.
 */
#ifndef NODE_SITE_JOINT_H
#define NODE_SITE_JOINT_H

#include "base/instant.h"
#include "index/index.h"
#include "record/registry.h"
#include "site/model.h"
#include "store/db.h"
#include "store/store.h"

/* All borrowed. */
struct joint {
	struct store *store;
	const struct registry *registry;
	struct db *noted;
};

/* The tables. */
MUST enum err joint_open(struct db *noted);

/* Is the entry in a checkpoint that the store has? One's own comes a moment
 * after its entry. Of the private log all is said to be. */
MUST enum err joint_is_covered(const struct joint *j,
    const struct index_row *row, bool *out);

/* The mark of the notice of team `iss` that `row` stands for; spans in `a`.
 * ERR_NOT_FOUND if it is not covered. */
MUST enum err joint_mark(const struct joint *j, const struct index_row *row,
    struct span iss, struct wall now, struct arena *a, struct site_mark *out);

/* How far the log that the team signs now is held. */
MUST enum err joint_held(const struct joint *j, const char *team,
    struct wall now, struct arena *a, struct site_held *out);

#endif
