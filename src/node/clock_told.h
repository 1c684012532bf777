/* SPDX-License-Identifier: Apache-2.0
 *
 * What was told of a clock (watch/promise.h) already, as the audit trail has
 * it: an act of the clock, of a record, with the clock's name as its reason and
 * how it stood as its outcome.
 */
#ifndef NODE_CLOCK_TOLD_H
#define NODE_CLOCK_TOLD_H

#include "node/command.h"
#include "watch/promise.h"

/* How a clock stands, in the trail: "open", "near", "late". */
const char *clock_word(enum promise_state state);

/* The most that was told of the clock `reason` of the record `id` by acts of
 * the sort `act`; PROMISE_QUIET if nothing was, or if the index cannot tell.
 * The index must be whole. Uses `a`. */
enum promise_state clock_told(struct service *s, struct arena *a,
    enum act act, const char *id, const char *reason);

#endif
