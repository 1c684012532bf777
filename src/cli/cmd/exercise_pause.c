/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara exercise pause.
 */
#include "cli/remark.h"

static void
body(struct cli *c, struct json_out *w)
{
	remark_put_ml(c, w, "reason", "reason");
}

static int
run(struct cli *c)
{
	return remark_case_step(c, "pause", body);
}

const struct command command_exercise_pause = {
	.name = "exercise pause", .group = GROUP_WATCH,
	.operands = "EXERCISE", .least = 1, .most = 1, .run = run,
	.summary = { { "Pause an exercise", "Pausar un ejercicio",
	    "Pausar um exercício", "Suspendre un exercice" } },
	.option = {
		{ "reason", 0, "TEXT", { { "why", "por qué", "por quê",
		    "pourquoi" } } },
		SEND_DRY_RUN,
		SEND_YES,
	},
};
