/* SPDX-License-Identifier: Apache-2.0
 *
 * One escalation: the clock of one unanswered notice on its ladder.
 *
 *   ARMED --step due--> CALLING --step due--> CALLING ... --> DONE
 *     |                    |
 *     +--------------------+-- answered | exhausted | cancelled
 *
 * Each change is a record of the private log before anything follows from it,
 * so the machine is told of a step twice: escalation_after says what the step
 * makes of it, and when that is durable it is put in place.
 *
 * While the process runs, steps come by the monotonic clock alone: no jump of
 * the wall clock makes one early, late or double. The wall clock counts only
 * at a start, and when it is trusted again after a doubt (watch/trust.h). Where
 * it cannot be right (it went back while the node was down), the wait is one
 * gap between two steps at the most; where it is ahead and in doubt, one step
 * comes at once and the others in time. In doubt early, never lost. Pure.
 */
#ifndef WATCH_ESCALATION_H
#define WATCH_ESCALATION_H

#include "base/instant.h"
#include "watch/ladder.h"

enum escalation_state {
	ESCALATION_ARMED,
	ESCALATION_CALLING,
	ESCALATION_DONE
};

enum escalation_end {
	ESCALATION_OPEN,
	ESCALATION_ANSWERED,
	ESCALATION_EXHAUSTED,
	ESCALATION_CANCELLED
};

struct escalation {
	enum escalation_state state;
	enum escalation_end end;
	unsigned step;       /* steps taken so far */
	int64_t from_ms;     /* wall time that the next one counts from: when the
	                      * last one was due, or the arming */
	bool is_doubted;     /* that time is of a clock in doubt */
	unsigned answered;   /* set of posts */
	/* not part of the record */
	struct mono due;
};

enum escalation_act {
	ESCALATION_WAIT,
	ESCALATION_STEP,   /* take step `step` of the ladder */
	ESCALATION_EXHAUST /* nobody answered */
};

/* Begin at `at`, which is not after `now`. */
void escalation_arm(struct escalation *e, const struct ladder *l,
    struct wall at, struct now now, bool is_trusted);

/* After a restart: the record was read, its time is set. True if that time is
 * still to come, so that the clock went back: then it counts from now, which is
 * to be recorded, lest restart after restart begins the wait anew. */
bool escalation_resume(struct escalation *e, const struct ladder *l,
    struct now now, bool is_trusted);

/* The wall clock is trusted again: what is overdue by it is due. */
void escalation_resync(struct escalation *e, const struct ladder *l,
    struct now now);

/* What is to be done now; `wait_ms` gets how long nothing is, -1: for ever. */
enum escalation_act escalation_look(const struct escalation *e,
    const struct ladder *l, struct mono now, int64_t *wait_ms);

/* Go to the next step now: a person asks for it, or nobody could be paged. */
void escalation_hasten(struct escalation *e, const struct ladder *l,
    struct now now, bool is_trusted);

/* What the escalation is after its next step, or after its end. */
struct escalation escalation_after(const struct escalation *e,
    const struct ladder *l, enum escalation_act act);
struct escalation escalation_ended(const struct escalation *e,
    enum escalation_end end);

/* What it is after a person who holds `posts` answered: DONE if that is enough
 * by the ladder, else all others are still to answer. */
struct escalation escalation_answered(const struct escalation *e,
    const struct ladder *l, unsigned posts);

#endif
