/* SPDX-License-Identifier: Apache-2.0
 *
 * The receipt by which a team says that it holds an entry.
 */
#ifndef NODE_RECEIPT_FIND_H
#define NODE_RECEIPT_FIND_H

#include "node/command.h"
#include "node/receipt_proof.h"

/* When team `p` said that it holds the own entry of `row`, as POSIX seconds;
 * 0 if no receipt says so, or too long ago to be looked for. */
int64_t receipt_find(struct service *s, const struct hub_peer_info *p,
    const struct index_row *row);

/* When `p` signed the last receipt of it that is held, as it says; 0: there is
 * none. */
int64_t receipt_newest(struct service *s, const struct hub_peer_info *p);

struct receipt_found {
	struct span jws; /* "" if none can be shown */
	struct receipt_shown shown;
	enum receipt_shows refused; /* the worst of those that were left out, */
	uint64_t refused_size;      /* and of how much of the log it speaks */
};

/* The first that shows to others that `p` holds the own entry of `row`. One
 * that would, and is of another history or by a key that is not in force, is
 * passed over and told of. In memory of `a`. */
void receipt_find_shown(struct service *s, const struct hub_peer_info *p,
    const struct index_row *row, struct arena *a, struct receipt_found *out);

#endif
