/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara assistance close.
 */
#include "cli/remark.h"

static void
body(struct cli *c, struct json_out *w)
{
	remark_put_ml(c, w, "feedback", "feedback");
}

static int
run(struct cli *c)
{
	return remark_case_step(c, "finish", body);
}

const struct command command_assistance_close = {
	.name = "assistance close", .group = GROUP_WATCH, .operands = "REQUEST",
	.least = 1, .most = 1, .run = run,
	.summary = { { "End a request for help and say how it went",
		    "Cerrar un pedido de ayuda y decir cómo resultó",
		    "Encerrar um pedido de ajuda e dizer como foi",
		    "Clore une demande d’aide et dire comment cela s’est passé" } },
	.option = {
		{ "feedback", 0, "TEXT", { { "how it went",
		    "cómo resultó",
		    "como foi",
		    "comment cela s’est passé" } } },
		SEND_DRY_RUN,
		SEND_YES,
	},
};
