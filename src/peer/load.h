/* SPDX-License-Identifier: Apache-2.0
 *
 * From the store into memory, and after a failed commit again.
 */
#ifndef PEER_LOAD_H
#define PEER_LOAD_H

#include "peer/hub_inside.h"

/* Everything; on failure nothing of the logs is kept. */
MUST enum err load_all(struct hub *h);

/* Forget all logs. */
void load_release(struct hub *h);

/* The present store's view of one log again (after a failed commit). */
MUST enum err load_log(struct hub *h, struct hub_log *l);

/* The registry changed. */
void load_peers(struct hub *h);

/* The mirror of `origin`, made if it is new; needs a transaction then. NULL
 * if that is not possible now. */
struct hub_log *load_mirror(struct hub *h, struct span origin);

/* Free one log. */
void log_release(struct hub_log *l);

/* A log of the store; empty in memory until load_log. */
struct hub_log *load_add(struct hub *h, const struct store_log *stored);

/* One of these. */
typedef void load_due_fn(void *ctx, uint64_t index,
    const struct body_meta *m);

/* What `p` is owed of `log`: by its board row, and whatever came after. */
MUST enum err load_due(struct hub *h, const struct hub_log *log,
    const struct hub_peer *p, load_due_fn *fn, void *ctx);

/* What the peer is owed and has receipted, from the store. */
MUST enum err load_board(struct hub *h, struct hub_peer *p);

#endif
