/* SPDX-License-Identifier: Apache-2.0
 *
 * Origins that have signed two histories.
 */
#ifndef PEER_FROZEN_H
#define PEER_FROZEN_H

#include "peer/hub_inside.h"

/* Proof and place of the parting, from the store. */
MUST enum err frozen_load(struct hub *h, struct hub_log *l);

/* Free what a log holds of it. */
void frozen_release(struct hub_log *l);

/* EQUIVOCATION: a proof that an origin signed two histories; checked, and
 * the log frozen. Errors close the link. */
enum err frozen_take(struct hub *h, struct hub_link *l, struct span in);

/* Where do the branches part? */
void frozen_step(struct hub *h);

/* A peer went: it guides nobody any more. */
void frozen_forget(struct hub *h, const struct hub_peer *p);

/* Frozen, and no keyset has closed it yet. */
bool frozen_is(const struct hub *h, const struct hub_log *l);

/* A keyset came: set `astray` and `disputed`. */
void frozen_refresh(struct hub *h, struct hub_log *l);

/* Its row of HEADS; false if it must not stand there. */
bool frozen_head(const struct hub *h, const struct hub_log *l,
    struct wire_head *out);

/* May records up to this checkpoint be taken at all? */
bool frozen_takes(const struct hub *h, const struct hub_log *l, uint64_t size,
    const struct digest *root);

/* `note` is a verified checkpoint of not more than is held, with another
 * root than ours there: make the proof and freeze the log. */
void frozen_contradicted(struct hub *h, struct hub_log *l,
    struct hub_link *from, struct span note, uint64_t size);

/* Records that do not go on from ours, under a checkpoint that the origin
 * signed: nonsense, or another history, which the sender, who holds more,
 * can prove. ERR_PROOF if its time for that is over. */
MUST enum err frozen_suspect(struct hub *h, struct hub_log *l,
    struct hub_link *from);

/* Tiles that lead to a root that the origin signed do not go on from ours:
 * freeze the log. */
void frozen_differs(struct hub *h, struct hub_log *l, struct hub_link *from,
    struct span note, uint64_t size);

/* `to` does not know yet, or it would not ask for this log, or show it: it
 * gets the proof, not too often. */
void frozen_tell(struct hub *h, struct hub_log *l, struct hub_link *to);

/* A tile that `from` was asked for to find where the histories part. */
void frozen_tile(struct hub *h, struct hub_log *l, struct hub_link *from,
    const struct tile *t, const struct wire_tile *m);

#endif
