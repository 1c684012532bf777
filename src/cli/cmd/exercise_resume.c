/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara exercise resume.
 */
#include "cli/remark.h"

static int
run(struct cli *c)
{
	return remark_case_step(c, "resume", NULL);
}

const struct command command_exercise_resume = {
	.name = "exercise resume", .group = GROUP_WATCH,
	.operands = "EXERCISE", .least = 1, .most = 1, .run = run,
	.summary = { { "Let an exercise go on", "Continuar un ejercicio",
	    "Continuar um exercício", "Reprendre un exercice" } },
	.option = {
		SEND_DRY_RUN,
		SEND_YES,
	},
};
