/* SPDX-License-Identifier: Apache-2.0
 *
 * Exercises run on the real pipe and are never taken for real: the name of the
 * exercise stands in the body, inside the signature. Here it is decided what
 * may bear it: nothing real refers to what bears it and the other way round,
 * readers are those who play, and a real notice of level 5 stops it all. What
 * arrives otherwise is another record for the index (index/take.c).
 */
#ifndef NODE_EXERCISE_H
#define NODE_EXERCISE_H

#include "node/plan.h"

/* An exercise that is known here: its newest revision. */
struct exercise {
	struct index_row row;
	const struct kind *kind;
	struct json_val brief;
	struct span state;  /* as it was signed */
	bool is_paused;     /* by a real notice of level 5, until it goes on */
	struct index_row real; /* that one */
};

/* The exercise of this name, a live one before one that has ended. */
bool exercise_find(struct call *c, struct span name, struct exercise *out);

/* May it send now? */
bool exercise_is_running(const struct exercise *x);

/* Does a real notice of level 5 stop what was let run by the record of `row`?
 * `real` gets it. */
bool exercise_is_stopped(struct call *c, const struct index_row *row,
    struct index_row *real);

/* The name that a row bears; "" if it is real. */
struct span exercise_of_row(struct call *c, const struct index_row *row);

/* Write the member `exercise` as the record of `row` bears it, if it does. */
void exercise_put_mark(struct call *c, const struct index_row *row,
    struct json_out *w);

/* The same for what `ask` revises or is about, if `body` has no such member. */
void exercise_complete(struct call *c, const struct plan_ask *ask,
    struct json_val body, struct json_out *w);

/* May this plan be sent? ERR_RULE, ERR_STATE, ERR_AUDIENCE with the place and
 * the rule in `f`. */
MUST enum err exercise_check(struct call *c, const struct plan_ask *ask,
    const struct plan *p, struct fault *f);

#endif
