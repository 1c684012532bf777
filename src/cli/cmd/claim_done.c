/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara claim done: the work is done, with what came out.
 */
#include "cli/remark.h"

static void
body(struct cli *c, struct json_out *w)
{
	json_put_member_str(w, "progress", "done");
	remark_put_ml(c, w, "result", "result");
}

static int
run(struct cli *c)
{
	if (!args_has(&c->args, "result"))
		return cli_usage(c, "--result TEXT");
	return remark_case_step(c, "publish", body);
}

const struct command command_claim_done = {
	.name = "claim done", .group = GROUP_WATCH, .operands = "CLAIM",
	.least = 1, .most = 1, .run = run,
	.summary = { { "Tell what came out of the claimed work",
	    "Decir qué resultó del trabajo asumido",
	    "Dizer o que resultou do trabalho assumido",
	    "Dire ce qui est sorti du travail pris en charge" } },
	.option = {
		{ "result", 0, "TEXT", { { "what came out", "qué resultó",
		    "o que resultou", "ce qui en est sorti" } } },
		SEND_DRY_RUN,
		SEND_YES,
	},
};
