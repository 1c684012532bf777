/* SPDX-License-Identifier: Apache-2.0
 *
 * The roster of this node: shifts, swaps and leave out of the private log, and
 * the zones they are in. Commands: roster, roster_add, roster_swap,
 * roster_leave, roster_drop,
 * roster_import.
 */
#ifndef NODE_ROSTERS_H
#define NODE_ROSTERS_H

#include "node/command.h"
#include "watch/roster.h"

/* The roster as it stands; borrowed until the next call. Read again only if
 * something was written. */
const struct roster *rosters_now(struct service *s);
void rosters_close(struct service *s);

/* Raise an alarm for each post that nobody will hold within the hour, once for
 * each gap; true if `gap` (may be NULL) got one that was not told yet. */
bool rosters_find_gap(struct service *s, enum post *post,
    struct roster_span *gap);

#endif
