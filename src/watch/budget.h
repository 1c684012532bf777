/* SPDX-License-Identifier: Apache-2.0
 *
 * How fast a log of another origin may grow: LIMIT_LEAVES_PER_DAY. More is not
 * refused, it waits. What was there when it was first seen is history and
 * free; while nothing is heard of the origin its allowance adds up, so that a
 * cut of days is caught up at once. Pure.
 */
#ifndef WATCH_BUDGET_H
#define WATCH_BUDGET_H

#include "base/instant.h"

#include <stdbool.h>
#include <stdint.h>

struct budget {
	bool known;
	uint64_t seen;   /* the largest size that was let through */
	int64_t left;    /* leaves */
	struct mono at;
};

/* May a checkpoint of `size` be taken now? */
bool budget_take(struct budget *b, uint64_t size, struct mono now);

/* The origin says that there is nothing newer: nothing is saved up beyond a
 * day's worth. */
void budget_heard(struct budget *b, struct mono now);

#endif
