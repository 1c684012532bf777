/* SPDX-License-Identifier: Apache-2.0
 *
 * The clock of an exercise, and the times that come out of it. Pure.
 */
#ifndef WATCH_DRILL_H
#define WATCH_DRILL_H

#include "base/instant.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* --- injects --- */

struct drill {
	bool runs;         /* it was started, and neither paused nor stopped */
	int64_t started_s;
};

/* Is an inject that stands `at_s` after the start to be played now? One that
 * fell due while it was paused is, once it goes on. Else `wait_ms` is made
 * smaller, if its time comes sooner. */
bool drill_is_due(const struct drill *d, int64_t at_s, struct wall now,
    int64_t *wait_ms);

/* --- times --- */

enum { DRILL_TIMES = 1024 };

/* How long something took, over many. */
struct drill_times {
	size_t asked; /* of how many */
	size_t n;     /* that came */
	int64_t s[DRILL_TIMES];
};

/* From `from_s` to `to_s`; 0: it has not come. What the clock of another says
 * was before took no time. */
void drill_add(struct drill_times *t, int64_t from_s, int64_t to_s);

/* Of those that came; -1 if none did. Sorts them. */
int64_t drill_median(struct drill_times *t);
int64_t drill_longest(struct drill_times *t);

#endif
