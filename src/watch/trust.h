/* SPDX-License-Identifier: Apache-2.0
 *
 * May this node act because the wall clock says that a time has come?
 *
 *   TRUSTED --wall and monotonic time part by over 60 s--> JUMPED
 *      ^                                                     |
 *      +---- three peers' heartbeats agree, or an operator --+
 *
 * A start after more than TRUST_GAP_MS of darkness, or before the last known
 * time, begins as UNSURE, which ends in the same way: a clock that was set
 * while the node was down cannot be told from a long night. Where the network
 * has fewer than three other nodes, all of them must agree; alone, only an
 * operator can end a jump. Nothing else depends on it: order never uses
 * clocks.
 */
#ifndef WATCH_TRUST_H
#define WATCH_TRUST_H

#include "base/instant.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum trust_state { TRUST_TRUSTED, TRUST_UNSURE, TRUST_JUMPED };

enum {
	TRUST_JUMP_MS = 60000, /* apart: a jump; a heartbeat so near agrees */
	TRUST_GAP_MS = 90000,  /* down no longer than this: no question */
	TRUST_VOICE_MS = 90000, /* a heartbeat counts so long */
	TRUST_NEED = 3
};

/* A peer whose heartbeat agreed. */
struct trust_voice {
	const void *who; /* only compared; NULL: none */
	struct mono at;
};

struct trust {
	enum trust_state state;
	struct now seen;
	struct trust_voice voice[TRUST_NEED];
};

/* At the start. `last_ms` is the newest wall time that was written down while
 * the clock was trusted; 0: none, a new node. */
void trust_init(struct trust *c, int64_t last_ms, struct now now);

/* Time passes; call it often. `peers` is how many other nodes the network
 * has. True if the state changed. */
bool trust_step(struct trust *c, size_t peers, struct now now);

/* A verified heartbeat of `who` states `time_s`. */
void trust_beat(struct trust *c, const void *who, uint64_t time_s,
    struct now now);

/* An operator says that the clock is right. */
void trust_confirm(struct trust *c, struct now now);

/* Has the time come after which something is shown as past, and nobody is
 * called for it any more? Not by a doubted clock. 0 never comes. */
static inline bool
trust_has_expired(enum trust_state state, int64_t exp_s, struct wall now)
{
	return state == TRUST_TRUSTED && exp_s != 0 &&
	    now.ms / 1000 >= exp_s;
}

static inline bool
trust_is_trusted(const struct trust *c)
{
	return c->state == TRUST_TRUSTED;
}

#endif
