/* SPDX-License-Identifier: Apache-2.0
 *
 * A clock of a case (schema/life.h) that runs out is told: once when a quarter
 * of its time is left, and once when it has run out. What was told is on record
 * in the private log; this says what is to be told now.
 *
 *   QUIET --a quarter is left--> NEAR --its time is over--> LATE
 *
 * Pure.
 */
#ifndef WATCH_PROMISE_H
#define WATCH_PROMISE_H

#include "base/instant.h"

#include <stdint.h>

enum { PROMISE_LOOK_MS = 60000 /* the wall clock may be set meanwhile */ };

enum promise_state { PROMISE_QUIET, PROMISE_NEAR, PROMISE_LATE };

struct promise {
	int64_t due_s;
	int64_t within_s; /* how long it has in all */
	enum promise_state told;
};

/* How it stands; more than `told`: make that durable, then tell it. One that
 * was kept is not asked about. `wait_ms` gets when to look again, at most
 * PROMISE_LOOK_MS. */
enum promise_state promise_step(const struct promise *p, struct wall now,
    int64_t *wait_ms);

#endif
