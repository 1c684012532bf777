/* SPDX-License-Identifier: Apache-2.0
 *
 * A group: teams that one name stands for, with the strictest label that may
 * go to them by it. Its owner says so in a record (a kind that `unites`), of which
 * the newest revision counts; whoever leaves says so in one of its own, which
 * counts at once for whoever has it and until it is withdrawn, whatever the
 * owner says. Pure.
 */
#ifndef RECORD_GROUP_H
#define RECORD_GROUP_H

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "schema/tlp.h"

#include <stdbool.h>
#include <stddef.h>

struct group {
	struct span name;    /* [a-z0-9-]{2,32} */
	struct span *member; /* ascending, no repeats */
	size_t n;
	enum tlp ceiling;
	bool closed;
};

/* Read the body of a record of that kind. ERR_SCHEMA with the field in `f`.
 * Spans in `a`. */
MUST enum err group_parse(struct json_val body, struct arena *a,
    struct group *out, struct fault *f);

/* Is `team` among the members? */
bool group_has(const struct group *g, struct span team);

/* Take out who has left; returns how many are left. */
size_t group_drop(struct group *g, const struct span *left, size_t left_n);

/* May what bears this label go to the group? ERR_RULE with the group and its
 * ceiling in `f`. */
MUST enum err group_check(const struct group *g, enum tlp label,
    struct fault *f);

/* "name" or "name@owner": false if it is neither. `owner` "" if none is
 * said. */
bool group_split(struct span token, struct span *name, struct span *owner);

#endif
