/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara exercise injects: what stands on the clock, and what was played.
 */
#include "cli/node.h"
#include "cli/out.h"

static void
put_row(struct cli *c, struct json_val v, struct table *t)
{
	table_put(t, out_tail(out_text(c, v, "id")), STYLE_BOLD);
	table_put(t, out_text(c, v, "exercise"), STYLE_PLAIN);
	table_put_str(t, cli_word(c, cli_text(c, "inject_%s",
	    out_str(c, v, "state"))));
	table_put(t, out_text(c, v, "at"), STYLE_PLAIN);
	table_put(t, out_tail(out_text(c, v, "draft")), STYLE_PLAIN);
}

static int
run(struct cli *c)
{
	const char *const heads[] = { "id", cli_word(c, "exercise"),
		cli_word(c, "state"), "+s", cli_word(c, "draft"), NULL };
	struct json_val data;
	int status = node_call(c, "exercise_injects", &data);

	if (status != CLI_OK)
		return status;
	out_list(c, data, "rows", heads, put_row);
	return CLI_OK;
}

const struct command command_exercise_injects = {
	.name = "exercise injects", .group = GROUP_WATCH, .operands = "",
	.least = 0, .most = 0, .run = run,
	.summary = { { "What stands on the clock of exercises",
	    "Lo que está en el reloj de los ejercicios",
	    "O que está no relógio dos exercícios",
	    "Ce qui est à l’horloge des exercices" } },
};
