/* SPDX-License-Identifier: Apache-2.0
 *
 * A case, its revisions so far, and the states they entered: what its clocks
 * are worked out from.
 */
#ifndef NODE_CASE_PAST_H
#define NODE_CASE_PAST_H

#include "node/command.h"

enum { CASE_PAST_MOST = 256 };

struct case_past {
	const struct life *life;
	struct arena *mem;
	struct life_past past[CASE_PAST_MOST];
	size_t n;
};

/* Of the case of `row`, in `a`. */
struct case_past *case_past_of(struct service *s, struct arena *a,
    const struct kind *k, const struct index_row *row);

#endif
