/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara case publish: the case ends in publication: at its date, or before
 * for a reason that is logged.
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
	return remark_case_step(c, args_has(&c->args, "reason") ?
		"leak_or_exploit" : "publish", body);
}

const struct command command_case_publish = {
	.name = "case publish", .group = GROUP_SHARE, .operands = "CASE",
	.least = 1, .most = 1, .run = run,
	.summary = { { "End a case by publication",
	    "Terminar un caso con la publicación",
	    "Encerrar um caso com a publicação",
	    "Clore un dossier par la publication" } },
	.option = {
		{ "reason", 0, "TEXT", { { "why before its date; it is logged",
		    "por qué antes de la fecha; queda registrado",
		    "por quê antes da data; fica registrado",
		    "pourquoi avant la date ; c’est consigné" } } },
		SEND_DRY_RUN,
		SEND_YES,
	},
};
