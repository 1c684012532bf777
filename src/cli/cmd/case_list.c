/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara case list.
 */
#include "cli/remark.h"

static int
run(struct cli *c)
{
	return remark_case_list(c, "cvd_case");
}

const struct command command_case_list = {
	.name = "case list", .group = GROUP_SHARE, .operands = "",
	.least = 0, .most = 0, .run = run,
	.summary = { { "Cases of coordinated disclosure",
	    "Casos de divulgación coordinada",
	    "Casos de divulgação coordenada",
	    "Dossiers de divulgation coordonnée" } },
	.option = {
		{ "all", 0, NULL, { { "also those that have ended",
		    "también los terminados",
		    "também os encerrados",
		    "aussi ceux qui sont clos" } } },
	},
};
