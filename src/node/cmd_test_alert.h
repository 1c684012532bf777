/* SPDX-License-Identifier: Apache-2.0
 *
 * What sending a test alert and putting one on a schedule share.
 */
#ifndef NODE_CMD_TEST_ALERT_H
#define NODE_CMD_TEST_ALERT_H

#include "node/plan.h"

/* One round of a schedule (schedules.h). */
struct test_round {
	struct uuid plan;
	int64_t at_s;
	struct uuid id; /* of the entry */
};

/* The argument `level`; false if the call has been answered. */
bool test_alert_level(struct call *c, int *out);

/* The plan of a test alert to `aud`; `round` NULL: of no schedule. As
 * plan_make; ERR_RULE too if another person would be asked. */
MUST enum err test_alert_plan(struct call *c, struct json_val aud, int level,
    const struct test_round *round, struct plan *out, struct fault *f);

#endif
