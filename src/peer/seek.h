/* SPDX-License-Identifier: Apache-2.0
 *
 * Sealed bodies and cosigned sizes that a rollback took away.
 */
#ifndef PEER_SEEK_H
#define PEER_SEEK_H

#include "peer/hub_inside.h"

/* Has this node been rolled back, by what the store says? */
MUST enum err seek_find(struct hub *h);

/* What a log still seeks, from the store. */
MUST enum err seek_load(struct hub *h, struct hub_log *l);

/* Forget it. */
void seek_release(struct hub_log *l);

/* A log that was first heard of after the rollback. */
void seek_new(struct hub *h, struct hub_log *l);

/* Its origin holds more receipts of ours than we do, or others. */
void seek_again(struct hub *h, struct hub_log *l);

/* A record came: is it of those that are sought? */
void seek_record(struct hub_log *l, uint64_t index, struct span record);

/* Its body is here, or is not for us (`for_good`), or the one who was asked
 * lacks it. */
void seek_answered(struct hub_log *l, uint64_t index, bool for_good);

/* Is as much of it here as may have been cosigned before this process? */
bool seek_may_cosign(const struct hub_log *l);

/* A peer says, over its own link, that this log goes as far as `size`; it
 * counts if the log is the peer's. */
void seek_hear(struct hub *h, struct hub_log *l, const struct hub_peer *p,
    uint64_t size);

/* Ask the next peer. */
void seek_step(struct hub *h);

#endif
