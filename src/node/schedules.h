/* SPDX-License-Identifier: Apache-2.0
 *
 * Schedules of test alerts (watch/round.h): records of the private log, and
 * what they make the node send. Each recipient gets an entry of its own, whose
 * id follows from seed, round and team: what stands in the log is never
 * sent again, over restarts and crashes. It is sent for the person who set the
 * schedule, with that person's rights as they are then.
 */
#ifndef NODE_SCHEDULES_H
#define NODE_SCHEDULES_H

#include "node/command.h"
#include "watch/round.h"

#define SCHEDULE_KIND "test-schedule"

enum { SCHEDULES_MOST = 32, SCHEDULE_SPREAD = 30 /* minutes, if not said */ };

struct schedule {
	struct index_row row;
	struct json_val body;
	struct round_plan plan;
	bool is_all;
	uint64_t level;
	uint64_t uid;       /* who set it, */
	struct span login;  /* "" for an administrator */
	struct uuid seed;   /* never leaves this node */
	int64_t set_s;
	int64_t over_s;     /* the round that is over; 0 */
	int64_t left_s;     /* the round that `left` is of; 0 */
};

/* What a body says of its rounds: every, week, day, hour, zone, spread. Zone in
 * `a`. ERR_SCHEMA and those of zone_file_load. */
MUST enum err schedule_parse(struct json_val body, struct arena *a,
    struct round_plan *out, struct fault *f);

/* All in `a`. */
MUST enum err schedule_read(struct service *s, const struct index_row *row,
    struct arena *a, struct schedule *out, struct fault *f);

/* Write a revision of it, or a new one: `body` must be good. */
void schedule_append(struct service *s, const struct schedule *earlier,
    struct span body, hub_append_fn *done, void *ctx);

/* Send what is due, tell what is not sent; `wait_ms` is made smaller if
 * something comes sooner. */
void schedules_look(struct service *s, int64_t *wait_ms);

#endif
