/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara exercise start.
 */
#include "cli/remark.h"

#include <time.h>

static void
body(struct cli *c, struct json_out *w)
{
	(void)c;
	json_put_member_u64(w, "started", (uint64_t)time(NULL));
}

static int
run(struct cli *c)
{
	return remark_case_step(c, "start", body);
}

const struct command command_exercise_start = {
	.name = "exercise start", .group = GROUP_WATCH,
	.operands = "EXERCISE", .least = 1, .most = 1, .run = run,
	.summary = { { "Start an exercise", "Iniciar un ejercicio",
	    "Iniciar um exercício", "Lancer un exercice" } },
	.option = {
		SEND_DRY_RUN,
		SEND_YES,
	},
};
