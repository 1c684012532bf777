/* SPDX-License-Identifier: Apache-2.0
 *
 * The logs that this team signed before the present one.
 */
#ifndef PEER_FORMER_H
#define PEER_FORMER_H

#include "peer/hub_inside.h"

/* Is it a log that this team signed before the present one? */
bool former_is(const struct hub *h, const struct hub_log *l);

/* What the peer may lack of each, from the board. */
MUST enum err former_load(struct hub *h, struct hub_peer *p);

/* Forget it. */
void former_release(struct hub_peer *p);

/* How much can be offered. */
uint64_t former_due(const struct hub_debt *d);

/* A body of a former log came back: who else was to have it? */
void former_arrived(struct hub *h, struct hub_log *l, uint64_t index,
    const struct body_meta *m);

/* A receipt for a log of before, signed and checked but for what it says of
 * the log. Its chain may have holes: each stands for itself. Errors close
 * the link. */
enum err former_receipt(struct hub *h, struct hub_link *l,
    const struct wire_receipt *m, const struct receipt *r,
    struct hub_log *log);

/* Offer what others may lack. */
void former_step(struct hub *h);

/* The next time that an index of it is asked for. */
void former_ask(struct hub *h, struct hub_log *l);

#endif
