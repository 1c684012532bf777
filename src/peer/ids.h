/* SPDX-License-Identifier: Apache-2.0
 *
 * Which document has an id, which revision follows which.
 */
#ifndef PEER_IDS_H
#define PEER_IDS_H

#include "peer/hub_inside.h"

/* The document `d` at this place is good so far: is its name its own, and
 * does it name the revision before it? NULL, or why not. Others that must give
 * way, or follow, are judged anew. */
const char *ids_claim(struct hub *h, const struct hub_log *log,
    uint64_t index, const struct entry *e, const struct digest *d);

/* An entry of our own takes its name; it is known to be free. */
void ids_put(struct hub *h, const struct hub_log *log, uint64_t index,
    const struct entry *e, const struct digest *d);

/* It is void: its name is free again. */
void ids_give_up(struct hub *h, const struct hub_log *log, uint64_t index,
    const struct entry *e);

/* Another state of a body that is held. */
void ids_revise(struct hub *h, const struct hub_log *log, uint64_t index,
    enum store_body_state state, const char *why);

/* May this reason of a quarantine pass? */
bool ids_may_change(struct span why);

/* The place of a log among its team's. */
size_t ids_epoch(const struct hub *h, const struct hub_log *l);

#endif
