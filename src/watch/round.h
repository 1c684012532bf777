/* SPDX-License-Identifier: Apache-2.0
 *
 * Rounds of test alerts by a schedule: each week, or a certain weekday of each
 * month, by the clock on the wall of a zone. Each recipient has a moment of its
 * own within the spread, so that not all ring at once; it follows from a seed of
 * the schedule, which nobody else knows, round and team, and so does the id of
 * the entry: worked out again it says whether that was sent. Pure.
 */
#ifndef WATCH_ROUND_H
#define WATCH_ROUND_H

#include "base/uuid.h"
#include "base/zone.h"

#include <stdbool.h>

enum {
	ROUND_LAST = 5,             /* the last such weekday of a month */
	ROUND_SPREAD_MOST_S = 43200 /* so that two rounds never mix */
};

struct round_plan {
	bool is_weekly;
	unsigned week;   /* of a month: 1 to 4, or ROUND_LAST */
	unsigned day;    /* 0: Monday */
	int time_s;      /* of the day */
	int64_t spread_s;
	const struct zone *zone;
};

/* "month" or "week"; "1" to "4" or "last", "" for a week; "monday"; "09:30".
 * ERR_SCHEMA with field and rule. Spread and zone are left as they are. */
MUST enum err round_parse(struct span every, struct span week,
    struct span day, struct span hour, struct round_plan *out,
    struct fault *f);

/* The newest round that has begun, the first that has not; 0 if there is none
 * that the zone knows. One an hour that the clock leaps over is after the leap,
 * of an hour that it shows twice at the first. */
int64_t round_begun(const struct round_plan *p, int64_t now_s);
int64_t round_next(const struct round_plan *p, int64_t now_s);

/* When the team rings: from round_s to round_s + spread_s. */
int64_t round_moment(const struct round_plan *p, const struct uuid *seed,
    int64_t round_s, struct span team);

/* The id of its entry. */
struct uuid round_id(const struct uuid *seed, int64_t round_s,
    struct span team);

enum round_state {
	ROUND_WAITS,
	ROUND_DUE,
	ROUND_MISSED /* so late that its answer would be over: not made up */
};

enum round_state round_judge(int64_t moment_s, int64_t answer_s,
    int64_t now_s);

#endif
