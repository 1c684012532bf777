/* SPDX-License-Identifier: Apache-2.0
 *
 * Appending to the own logs.
 */
#ifndef PEER_OWN_H
#define PEER_OWN_H

#include "peer/hub_inside.h"

/* The JWS as it is kept at rest, under the store key; and read again. */
MUST enum err own_wrap(struct hub *h, const struct hub_log *l, uint64_t index,
    struct span jws, struct buf *out);

/* Read it again. ERR_DECRYPT. */
MUST enum err own_unwrap(struct hub *h, const struct hub_log *l,
    uint64_t index, struct span wrapped, struct buf *out);

/* Jobs for the drafts that wait: payloads to be signed. At most `max`;
 * refused ones are told at once. Returns how many. */
size_t own_jobs(struct hub *h, struct keeper_job *jobs, size_t max);

/* Write rows for those whose jobs were done, in the same order. */
void own_stage(struct hub *h, struct keeper_job *jobs);

/* Is there anything that own_release would let go? */
bool own_has_staged(const struct hub *h);

/* The keeper has signed the size that the log has now: that is its
 * checkpoint, to be written with its head. ERR_NOT_FOUND if no keyset has the
 * log. */
MUST enum err own_checkpoint(struct hub *h, struct hub_log *l,
    struct span sig);

/* The signed note for `size`, "" if it is not remembered. Borrowed. */
struct span own_note(const struct hub *h, uint64_t size);

/* Step 5: pushes and answers. */
void own_release(struct hub *h);

/* All drafts that wait are refused. */
void own_refuse(struct hub *h, enum err e, const char *why);

#endif
