/* SPDX-License-Identifier: Apache-2.0
 *
 * The receipt by which a team says that it holds an entry.
 */
#ifndef NODE_RECEIPT_FIND_H
#define NODE_RECEIPT_FIND_H

#include "node/command.h"

/* When team `p` said that it holds the own entry of `row`, as POSIX seconds;
 * 0 if no receipt says so, or too long ago to be looked for. With `a`, `jws`
 * gets the receipt itself (untouched if there is none). */
int64_t receipt_find(struct service *s, const struct hub_peer_info *p,
    const struct index_row *row, struct arena *a, struct span *jws);

#endif
