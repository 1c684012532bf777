/* SPDX-License-Identifier: Apache-2.0
 *
 * Keys of circles: making, using, waiting for them.
 */
#ifndef PEER_CIRCLES_H
#define PEER_CIRCLES_H

#include "peer/hub_inside.h"

/* Tables of the store that keywant.c reads and circles.c writes. */
#define CIRCLE_PLACES "circle"
#define CIRCLE_WAITS "circle-wait"

/* The keys that are in force, from the store. */
MUST enum err circles_load(struct hub *h);

/* Forget them. */
void circles_release(struct hub *h);

/* Arrivals anew of what has waited for a key that is here now. */
void circles_step(struct hub *h);

/* The circle of a draft whose readers have the keys `kid`, which are put in
 * order. */
struct digest circles_name(struct hub *h, const struct hub_pending *p,
    struct digest *kid, size_t n);

/* Seal the JWS of `p`, whose circle is set: ERR_NOT_FOUND if no key of it is
 * in force. */
MUST enum err circles_seal(struct hub *h, struct hub_pending *p,
    const struct jwe_random *random);

/* An own entry at `index` is staged: if it hands out a key, write down which. */
void circles_stage(struct hub *h, const struct hub_pending *p);

/* An own entry is released: a key is in force, or one is to be made. */
void circles_see(struct hub *h, const struct hub_pending *p);

/* Is the arrival sealed to a circle, and is its key here? */
void circles_look(struct hub *h, struct hub_arrival *a);

/* It waits for its key, or does so no more. */
void circles_wait(struct hub *h, const struct hub_arrival *a, bool waits);

/* A good entry that hands out a key was staged. */
void circles_learn(struct hub *h, const struct hub_log *log, uint64_t index,
    const struct digest *id);

/* What is wrong with an entry that came by this key; NULL: nothing. */
const char *circles_judge(struct hub *h, const struct hub_log *log,
    uint64_t index, const struct hub_circle *key, const struct entry *e);

/* What is wrong with an entry that hands out a key; NULL: nothing. */
const char *circles_judge_key(struct hub *h, const struct entry *e,
    struct span jws);

#endif
