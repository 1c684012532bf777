/* SPDX-License-Identifier: Apache-2.0
 *
 * How often a network may do something: each /24 of IPv4 and /48 of IPv6 has
 * room for some acts, which is given back as time passes. A table of fixed
 * size, in which a network that comes again and again cannot push out another
 * one's place but by its own set of places. No address is kept longer than it
 * matters. Pure.
 */
#ifndef WEB_PACE_H
#define WEB_PACE_H

#include "web/crowd.h"

enum { PACE_SETS = 1024, PACE_WAYS = 8 };

struct pace {
	uint64_t salt;       /* nobody outside can foresee a set */
	int64_t each_ms;     /* one act costs so much, */
	int64_t most_ms;     /* of so much in all */
	struct pace_place {
		uint64_t net;    /* 0: free */
		int64_t full_ms; /* when all is given back */
	} place[PACE_SETS][PACE_WAYS];
};

/* `most` acts at once, and one more each `each_ms`. */
void pace_init(struct pace *p, unsigned most, int64_t each_ms, uint64_t salt);

/* May it? Then it counts; what is refused does not. Key 0 is not limited. */
bool pace_take(struct pace *p, crowd_key from, int64_t now_ms);

/* The network of an address: what is counted together. */
uint64_t pace_net(crowd_key from);

#endif
