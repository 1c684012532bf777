/* SPDX-License-Identifier: Apache-2.0
 *
 * When to look at what came, if nobody waits for the look: deliveries go
 * first, here and at other nodes of the same machine, and what came together
 * is looked at together. So it rests until nothing has come for a while, but
 * no longer than a given time from the first of it on: a stream must not put
 * it off for ever. What comes to all nodes comes at once: each has its own
 * place in a spread of time, so that they do not all look at once.
 */
#ifndef WATCH_REST_H
#define WATCH_REST_H

#include "base/instant.h"
#include "base/span.h"

#include <stdbool.h>
#include <stdint.h>

struct rest { /* zeroed: nothing has come */
	bool has_news;
	struct mono latest;
	struct mono due;
};

/* Something came: look when it was quiet for `quiet_ms`, at the latest
 * `most_ms` after the first that was not looked at. */
void rest_news(struct rest *r, int64_t quiet_ms, int64_t most_ms,
    struct mono now);

/* INT64_MAX ms if nothing came. */
struct mono rest_due(const struct rest *r);
bool rest_is_due(const struct rest *r, struct mono now);

/* It is looked at. */
void rest_clear(struct rest *r);

/* How much later than the first of them the node of this name looks, below
 * `spread_ms` (at most 65,536), the same at every start. */
int64_t rest_spread(struct span node, int64_t spread_ms);

#endif
