/* SPDX-License-Identifier: Apache-2.0
 *
 * Limits by network.
 */
#include "web/pace.h"

void
pace_init(struct pace *p, unsigned most, int64_t each_ms, uint64_t salt)
{
	*p = (struct pace){ .salt = salt, .each_ms = each_ms,
		.most_ms = (int64_t)most * each_ms };
}

uint64_t
pace_net(crowd_key from)
{
	if (from >> 32 == 0xffff)
		return from & ~(uint64_t)0xff;
	/* of the 64 bits that stand for an address of IPv6 the first 48 */
	return from != 0 && from >> 16 == 0 ? 1 : from & ~(uint64_t)0xffff;
}

/* The place of `net`, or the one that is given back first. */
static struct pace_place *
place_of(struct pace *p, uint64_t net)
{
	uint64_t h = (net ^ p->salt) * 0x9e3779b97f4a7c15u;
	struct pace_place *set = p->place[h >> 54], *best = set;

	for (size_t i = 0; i < PACE_WAYS; i++) {
		if (set[i].net == net)
			return &set[i];
		if (set[i].full_ms < best->full_ms)
			best = &set[i];
	}
	*best = (struct pace_place){ .net = net };
	return best;
}

bool
pace_take(struct pace *p, crowd_key from, int64_t now_ms)
{
	struct pace_place *x;

	if (from == 0)
		return true;
	x = place_of(p, pace_net(from));
	if (x->full_ms < now_ms)
		x->full_ms = now_ms;
	if (x->full_ms + p->each_ms > now_ms + p->most_ms)
		return false;
	x->full_ms += p->each_ms;
	return true;
}
