/* SPDX-License-Identifier: Apache-2.0
 *
 * The level of a notice, 1 (information) to 5 (emergency), computed from
 * severity, urgency and certainty (CAP 1.2) and from floors, so that two nodes
 * find the same number. The tables are schemas/levels.json. A person may raise
 * a level freely and lower it only with a reason and an approver.
 */
#ifndef SCHEMA_LEVEL_H
#define SCHEMA_LEVEL_H

#include "base/err.h"
#include "base/json.h"
#include "schema/words.h"

enum { LEVEL_MIN = 1, LEVEL_MAX = 5, LEVEL_URGENT = 4 };

struct levels;

/* One of the five. */
struct level {
	int level;
	const char *id; /* "emergency" */
	struct names names;
	struct names meaning;
	const char *sign;  /* UTF-8; colour is never the only sign */
	const char *ascii; /* the same for terminals without UTF-8 */
	const char *colour; /* "#a3001b" */
};

/* What the computation looks at. The three words are CAP 1.2 values. */
struct level_input {
	struct span severity, urgency, certainty;
	unsigned states_down; /* states with a critical service down now */
	double cvss;          /* highest base score, 0 if none */
	bool exploited;       /* exploitation observed */
};

/* ERR_SCHEMA if one of the words is not in its table. */
MUST enum err level_compute(const struct levels *l,
    const struct level_input *in, int *out);

/* Read the input from the members of a notice body: severity, urgency,
 * certainty, states_down, cvss[].score, exploitation. Members that are absent
 * or of another type count as unknown, so it cannot fail. */
void level_input_of(struct json_val body, struct arena *a,
    struct level_input *out);

/* ERR_SCHEMA if the level that `body` states is below the computed one and
 * no `level_lowered` {reason, by} says why. */
MUST enum err level_check(const struct levels *l, struct json_val body,
    struct arena *a, struct fault *f);

/* 1..5, NULL for another number. */
const struct level *level_find(const struct levels *l, int level);

/* The `level` of a body, 0 if it has none. */
int level_of(struct json_val body);

#endif
