/* SPDX-License-Identifier: Apache-2.0
 *
 * The private log is anchored: once in so long, if it has grown, its size and
 * root go into the shared log, which others mirror. So what an hour has covered
 * cannot be altered or taken away unseen, not even by who owns the disk.
 *
 * Pure.
 */
#ifndef WATCH_ANCHOR_H
#define WATCH_ANCHOR_H

#include "base/instant.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	ANCHOR_EVERY_S = 3600,
	ANCHOR_LOOK_MS = 60000 /* the wall clock may be set meanwhile */
};

/* The newest one; a log without one: size 0 and when its first entry was. */
struct anchor {
	uint64_t size;
	int64_t at_s;
};

/* Is a log that has `size` entries to be anchored now? `wait_ms` gets when to
 * look again. A clock that was set back makes it too often, not too seldom. */
bool anchor_step(const struct anchor *last, int64_t every_s, uint64_t size,
    struct wall now, int64_t *wait_ms);

#endif
