/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara exercise close.
 */
#include "cli/remark.h"

static void
body(struct cli *c, struct json_out *w)
{
	remark_put_ml(c, w, "lessons", "lessons");
}

static int
run(struct cli *c)
{
	return remark_case_step(c, "report", body);
}

const struct command command_exercise_close = {
	.name = "exercise close", .group = GROUP_WATCH,
	.operands = "EXERCISE", .least = 1, .most = 1, .run = run,
	.summary = { { "Close an exercise with what was learnt", "Cerrar un ejercicio con lo aprendido",
	    "Fechar um exercício com o que se aprendeu", "Clore un exercice avec ses leçons" } },
	.option = {
		{ "lessons", 0, "TEXT", { { "what was learnt",
		    "qué se aprendió", "o que se aprendeu",
		    "ce qu’on a appris" } } },
		SEND_DRY_RUN,
		SEND_YES,
	},
};
