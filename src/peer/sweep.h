/* SPDX-License-Identifier: Apache-2.0
 *
 * Those that nothing names any more go.
 */
#ifndef PEER_SWEEP_H
#define PEER_SWEEP_H

#include "peer/hub_inside.h"

/* Make the state of the sweep. */
void sweep_create(struct hub *h);

/* Free it. */
void sweep_free(struct hub *h);

/* A text at this place is staged: what it names stays. */
void sweep_see(struct hub *h, const struct hub_log *l, uint64_t index);

/* The logs are others now: what was read of them does not count. */
void sweep_abandon(struct hub *h);

/* A slice: what of the attachments on the disk does anything name? */
void sweep_step(struct hub *h);

/* When it has something to do again. */
struct mono sweep_wake(const struct hub *h);

#endif
