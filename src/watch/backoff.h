/* SPDX-License-Identifier: Apache-2.0
 *
 * When to dial again: the wait doubles from `least` to `most`, with jitter of
 * a quarter so that a returning network is not hit by everybody at once.
 * While a link was up for long enough, or the machine's network changed, it
 * starts over. A first attempt within 5 s of a link's return is promised:
 * the wait never exceeds 5 s while the peer was heard within the last hour.
 */
#ifndef WATCH_BACKOFF_H
#define WATCH_BACKOFF_H

#include "base/instant.h"

#include <stdbool.h>
#include <stdint.h>

struct backoff {
	int64_t least_ms;
	int64_t most_ms;
	int64_t wait_ms;      /* the last wait; 0 before the first */
	struct mono due;      /* when to try */
	struct mono heard;    /* when a link was last up */
	bool was_up;
};

void backoff_init(struct backoff *b, int64_t least_ms, int64_t most_ms,
    struct mono now);

/* A try failed or a link ended: fixes `due`. `random` is any number. */
void backoff_failed(struct backoff *b, uint32_t random, struct mono now);

/* A link came up. */
void backoff_up(struct backoff *b, struct mono now);

#endif
