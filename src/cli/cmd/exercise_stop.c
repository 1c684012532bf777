/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara exercise stop.
 */
#include "cli/remark.h"

static int
run(struct cli *c)
{
	return remark_case_step(c, "stop", NULL);
}

const struct command command_exercise_stop = {
	.name = "exercise stop", .group = GROUP_WATCH,
	.operands = "EXERCISE", .least = 1, .most = 1, .run = run,
	.summary = { { "End an exercise", "Terminar un ejercicio",
	    "Encerrar um exercício", "Arrêter un exercice" } },
	.option = {
		SEND_DRY_RUN,
		SEND_YES,
	},
};
