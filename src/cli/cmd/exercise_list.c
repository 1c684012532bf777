/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara exercise list.
 */
#include "cli/remark.h"

static int
run(struct cli *c)
{
	return remark_case_list(c, "exercise");
}

const struct command command_exercise_list = {
	.name = "exercise list", .group = GROUP_WATCH, .operands = "",
	.least = 0, .most = 0, .run = run,
	.summary = { { "Exercises", "Ejercicios", "Exercícios",
	    "Exercices" } },
	.option = {
		{ "all", 0, NULL, { { "also those that have ended",
		    "también los terminados", "também os encerrados",
		    "aussi ceux qui sont clos" } } },
	},
};
