/* SPDX-License-Identifier: Apache-2.0
 *
 * Exercises that this node directs: injects are drafts that it releases at
 * their time, by the command of the person who put them there.
 */
#ifndef NODE_DRILLS_H
#define NODE_DRILLS_H

#include "node/command.h"

/* Play what is due, and tell once that something real has stopped an
 * exercise. `wait_ms` is made smaller if there is something to do sooner. */
void drills_look(struct service *s, int64_t *wait_ms);

/* An inject as it stands. */
struct inject {
	struct index_row row; /* `kind` is empty: a new one */
	struct span exercise, draft, expected;
	int64_t at_s;
	uint64_t uid;
};

/* Append it in a state; `why` may be "". ERR_SCHEMA with `f`. */
MUST enum err inject_append(struct service *s, const struct inject *x,
    const char *state, const char *why, struct arena *a, hub_append_fn *done,
    void *ctx, struct fault *f);

/* Read what a row stands for. */
MUST enum err inject_read(struct service *s, const struct index_row *row,
    struct arena *a, struct inject *out);

#endif
