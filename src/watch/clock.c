/* SPDX-License-Identifier: Apache-2.0
 *
 * May what the wall clock says be acted on?
 */
#include "watch/clock.h"

bool
clock_step(struct clock *c, struct now now)
{
	int64_t drift = (now.wall.ms - c->last.wall.ms) -
	    (now.mono.ms - c->last.mono.ms);
	bool jumped = c->known &&
	    (drift > CLOCK_JUMP_MS || drift < -CLOCK_JUMP_MS);

	c->known = true;
	c->last = now;
	if (jumped) {
		c->doubted = true;
		c->jump_ms = drift;
		c->agreed_n = 0;
	}
	return jumped;
}

bool
clock_hear(struct clock *c, const void *peer, uint64_t time_s,
    struct now now)
{
	int64_t off = time_s > INT64_MAX / 1000 ? INT64_MAX :
	    (int64_t)time_s * 1000 - now.wall.ms;

	if (!c->doubted || off > CLOCK_JUMP_MS || off < -CLOCK_JUMP_MS)
		return false;
	for (unsigned i = 0; i < c->agreed_n; i++)
		if (c->agreed[i] == peer)
			return false;
	c->agreed[c->agreed_n++] = peer;
	if (c->agreed_n == CLOCK_PEERS)
		clock_accept(c);
	return clock_is_trusted(c);
}

void
clock_accept(struct clock *c)
{
	c->doubted = false;
	c->agreed_n = 0;
}
