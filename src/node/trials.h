/* SPDX-License-Identifier: Apache-2.0
 *
 * Test alerts in the node (watch/trial.h): which of those that came call
 * people here, what those that were sent have come to. They are entries of the
 * one kind that tests, and walk the way of every notice.
 */
#ifndef NODE_TRIALS_H
#define NODE_TRIALS_H

#include "node/command.h"
#include "watch/trial.h"

/* Read the policy of the configuration. ERR_CONFIG, told in the log. */
MUST enum err trials_open(struct service *s);
void trials_close(struct service *s);

/* The kind that tests; NULL if this node knows none. */
const struct kind *trials_kind(const struct service *s);
bool trials_is(const struct service *s, struct span kind);

/* May people be called for the test of `row` now? If not, it is asked
 * again. */
bool trials_admit(struct service *s, const struct index_row *row);

/* Write the member `called` of an acknowledgement of a test: who was reached
 * first, by what. Nothing for another row, or if nobody was reached. */
void trials_put_called(struct call *c, const struct index_row *row,
    struct json_out *w);

/* --- those that were sent --- */

/* That are looked at together: by a schedule each team has one of its own. */
enum { TRIALS_NEWEST = 64 };

/* One recipient of one test. */
struct trial_reply {
	struct span team;
	struct trial_facts facts;
	struct index_row answer; /* if it was acknowledged */
};

/* The recipients of the own test of `row`, at most `max`, in the order of the
 * audience; all in `a`. */
size_t trials_replies(struct service *s, const struct index_row *row,
    struct arena *a, struct trial_reply *out, size_t max);

/* The newest own tests; in `a`. */
size_t trials_newest(struct service *s, struct arena *a,
    struct index_row *out, size_t max);

/* What the tests of a team have come to. */
struct trial_team {
	struct span team;
	struct trial_standing standing;
};

/* Of all teams that were tested; the count. */
size_t trials_standings(struct service *s, struct arena *a,
    struct trial_team *out, size_t max);

/* Tell people of those that have ended without an answer, once. Between
 * lapse_begin and lapse_end. */
void trials_look(struct service *s);

#endif
