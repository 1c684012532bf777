/* SPDX-License-Identifier: Apache-2.0
 *
 * A new log when the old one may not be signed any more.
 */
#ifndef PEER_EPOCH_H
#define PEER_EPOCH_H

#include "peer/hub_inside.h"

/* Which log is the own one: what the store says, else the configuration. */
MUST enum err epoch_find_own(struct hub *h);

/* Was the own log made for an epoch, was nothing of it ever let go, and is
 * `origin` the one before it? Then a sentinel of that one is of this moment. */
bool epoch_is_fresh(struct hub *h, struct span origin);

/* Was the store made from a backup that had this log as its own? */
bool epoch_is_restored(struct hub *h);

/* Do the documents name a later log of this team? */
void epoch_judge(struct hub *h);

/* Open the log that was asked for. */
void epoch_step(struct hub *h);

/* A peer signs a log that is not its team's latest, or one shorter than we
 * hold: its people must know. */
void epoch_watch_peer(struct hub *h, struct hub_peer *p,
    const struct wire_head *own);

#endif
