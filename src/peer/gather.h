/* SPDX-License-Identifier: Apache-2.0
 *
 * Receipts that wait to be written down together.
 */
#ifndef PEER_GATHER_H
#define PEER_GATHER_H

#include "peer/hub_inside.h"

/* A verified receipt that may wait. Takes the ranges of `r`. */
void gather_put(struct hub *h, struct hub_peer *p, uint64_t seq,
    struct span jws, struct receipt *r);

/* In a turn, before its transaction is closed: write them down if they have
 * waited long enough. */
void gather_step(struct hub *h);

/* After a failed write; the peers send them again. */
void gather_drop(struct hub *h);

#endif
