/* SPDX-License-Identifier: Apache-2.0
 *
 * Bodies that their origin, or law, wants gone.
 */
#ifndef PEER_ERASURE_H
#define PEER_ERASURE_H

#include "peer/hub_inside.h"

/* In the transaction that keeps entry `index`, which erases. */
void erasure_note(struct hub *h, uint32_t log, uint64_t index);

/* Something may be left to be deleted from before: look soon. */
void erasure_load(struct hub *h);

/* Delete what is due, stage by stage, a slice a turn. */
void erasure_step(struct hub *h);

/* The logs are others now: they are read again. */
void erasure_abandon(struct hub *h);

/* Was the text that it carries erased, and this node follows? By what? */
bool erasure_covers(struct hub *h, const struct carried *c,
    struct digest *by);

/* The same of a text, whatever is thought of it: its entry, kind, and by what. */
bool erasure_is_carried(struct hub *h, struct span text, struct entry *e,
    const struct kind **kind, struct digest *by);

/* Keep only a stub of this entry, which came now. */
void erasure_refuse(struct hub *h, struct hub_log *l, uint64_t index,
    const struct entry *e, struct span jws, const struct digest *by);

#endif
