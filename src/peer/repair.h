/* SPDX-License-Identifier: Apache-2.0
 *
 * A body that cannot be read any more, and how it comes back.
 */
#ifndef PEER_REPAIR_H
#define PEER_REPAIR_H

#include "peer/hub_inside.h"

/* repair.c: a body that cannot be read any more, and how it comes back. */
void repair_lost(struct hub *h, struct hub_log *log, uint64_t index);

/* Ask the next holder; read a slice of all bodies, so that damage is found
 * before somebody needs them. */
void repair_step(struct hub *h);

/* When it has something to do again. */
struct mono repair_wake(const struct hub *h);

#endif
