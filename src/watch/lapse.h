/* SPDX-License-Identifier: Apache-2.0
 *
 * What frees itself at a time: a claim that nobody has ended, a request that
 * nobody has answered. Each node works it out by its own clock, so the team
 * that claimed need not be there. People are told once for each; after a step
 * of the clock backwards rather twice than never.
 *
 *	lapse_begin; { lapse_look of each; lapse_end } ...
 *
 * Pure.
 */
#ifndef WATCH_LAPSE_H
#define WATCH_LAPSE_H

#include "base/instant.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	LAPSE_BACK_S = 3600,   /* a node that was away tells of so much */
	LAPSE_LOOK_MS = 30000  /* the wall clock may be set meanwhile */
};

struct lapse {
	int64_t told_s;  /* all that lapses until then has been told */
	int64_t wait_ms; /* after lapse_end: look again then */
};

void lapse_begin(struct lapse *l, struct wall now);

/* Is it to be told now that something lapsed at `at_s`? */
bool lapse_look(struct lapse *l, int64_t at_s, struct wall now);

/* All were looked at. */
void lapse_end(struct lapse *l, struct wall now);

#endif
