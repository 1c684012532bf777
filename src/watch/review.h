/* SPDX-License-Identifier: Apache-2.0
 *
 * What was released alone is reviewed by another person: within an hour at
 * level 5, within four at level 4.
 *
 *   DUE --time--> OVERDUE (alarm, once)
 *    |               |
 *    +----review-----+--> DONE
 *
 * The state is a record of the private log (kind `review`); this machine says
 * what follows from it now. Pure.
 */
#ifndef WATCH_REVIEW_H
#define WATCH_REVIEW_H

#include "base/instant.h"

#include <stdbool.h>
#include <stdint.h>

enum review_state { REVIEW_DUE, REVIEW_OVERDUE, REVIEW_DONE };

enum {
	REVIEW_LEVEL_5_S = 3600,
	REVIEW_LEVEL_4_S = 4 * 3600,
	REVIEW_LOOK_MS = 60000 /* the wall clock may be set meanwhile */
};

struct review {
	enum review_state state;
	int64_t due_s;
};

/* Until when what was released at `at_s` is reviewed. */
int64_t review_due_s(int level, int64_t at_s);

/* True if it becomes overdue now: the caller makes that durable, then tells.
 * `wait_ms` gets when to look again, at most REVIEW_LOOK_MS; -1: no need. */
bool review_step(const struct review *r, struct wall now, int64_t *wait_ms);

#endif
