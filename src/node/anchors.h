/* SPDX-License-Identifier: Apache-2.0
 *
 * Anchors of the private log in the own shared log, as entries of kind
 * `anchor` sealed to the own team. When the node starts, the private log is
 * held against the newest one before another is made: one that does not fit is
 * an alarm, and no further anchor covers it up. watch/anchor.h says when.
 */
#ifndef NODE_ANCHORS_H
#define NODE_ANCHORS_H

#include "base/arena.h"
#include "node/command.h"
#include "watch/anchor.h"

enum anchors_state {
	ANCHORS_LOOKING,  /* for the newest, back through the own log */
	ANCHORS_CHECKING, /* growing the tree anew */
	ANCHORS_GOOD,
	ANCHORS_BAD
};

/* One that stands in the shared log. */
struct anchor_found {
	struct anchor anchor;
	struct digest root;
	uint64_t index; /* in the own log */
};

void anchors_start(struct service *s);
void anchors_stop(struct service *s);

/* The private log has grown. */
void anchors_stir(struct service *s);

/* Is the entry at `index` of the own log an anchor of the private log? Needs
 * the memory of `a` meanwhile. */
bool anchors_read(struct service *s, uint64_t index, struct arena *a,
    struct anchor_found *out);

/* Write the member `audit`: state, anchored (time), size, index, why. */
void anchors_put(struct service *s, struct json_out *w);

#endif
