/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara case party: another team takes part, from the next revision on.
 */
#include "cli/remark.h"

static int
run(struct cli *c)
{
	if (!args_has(&c->args, "to"))
		return cli_usage(c, "--to TEAM,...");
	return remark_case_step(c, "", NULL);
}

const struct command command_case_party = {
	.name = "case party", .group = GROUP_SHARE, .operands = "CASE",
	.least = 1, .most = 1, .run = run,
	.summary = { { "Let more teams take part in a case",
	    "Dejar que más equipos participen en un caso",
	    "Deixar mais equipes participar de um caso",
	    "Faire participer d’autres équipes à un dossier" } },
	.option = {
		REMARK_TO,
		SEND_DRY_RUN,
		SEND_YES,
	},
};
