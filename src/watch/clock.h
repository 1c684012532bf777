/* SPDX-License-Identifier: Apache-2.0
 *
 * May what the wall clock says be acted on? While the monotonic clock and the
 * wall clock agree, yes. After a jump of one against the other by more than a
 * minute nothing that waits for a time is done (embargoes, expiry, standing)
 * until a person says that the clock is right, or three peers' heartbeats
 * agree with it. Pure. doc/protocol.md, "Heartbeats".
 */
#ifndef WATCH_CLOCK_H
#define WATCH_CLOCK_H

#include "base/instant.h"

#include <stdbool.h>
#include <stdint.h>

enum { CLOCK_JUMP_MS = 60000, CLOCK_PEERS = 3 };

struct clock {
	bool known;
	bool doubted;
	struct now last;
	int64_t jump_ms;              /* the last one; < 0: back */
	const void *agreed[CLOCK_PEERS];
	unsigned agreed_n;
};

/* Time passes. True if the clock has jumped. */
bool clock_step(struct clock *c, struct now now);

/* `peer` (any name of its own) has said that it is `time_s`. True if that made
 * the clock trusted again. */
bool clock_hear(struct clock *c, const void *peer, uint64_t time_s,
    struct now now);

/* A person says that it is right. */
void clock_accept(struct clock *c);

static inline bool
clock_is_trusted(const struct clock *c)
{
	return !c->doubted;
}

#endif
