/* SPDX-License-Identifier: Apache-2.0
 *
 * Records and tiles that come in.
 */
#ifndef PEER_INTAKE_H
#define PEER_INTAKE_H

#include "peer/hub_inside.h"

/* PUSH: records with their checkpoint, which is verified first. Errors
 * close the link. */
enum err intake_push(struct hub *h, struct hub_link *l, struct span in);

/* TILE: one that was asked for. Errors close the link. */
enum err intake_tile(struct hub *h, struct hub_link *l, struct span in);

/* `l` shows a size of which the records are here and no checkpoint: ask for
 * it. */
void intake_note(struct hub *h, struct hub_log *log, struct hub_link *l);

/* `l` holds `log` up to `size`: ask for the records if that is more, and
 * nobody was asked. */
void intake_behind(struct hub *h, struct hub_log *log, struct hub_link *l,
    uint64_t size);

/* Give up on slow fillers, ask others. */
void intake_step(struct hub *h);

/* A peer went: whatever it was filling, another is asked. */
void intake_forget(struct hub *h, struct hub_peer *p);

#endif
