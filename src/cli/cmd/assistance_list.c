/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara assistance list.
 */
#include "cli/remark.h"

static int
run(struct cli *c)
{
	return remark_case_list(c, "assistance_request");
}

const struct command command_assistance_list = {
	.name = "assistance list", .group = GROUP_WATCH, .operands = "",
	.least = 0, .most = 0, .run = run,
	.summary = { { "Requests for help",
		    "Pedidos de ayuda",
		    "Pedidos de ajuda",
		    "Demandes d’aide" } },
	.option = {
		{ "all", 0, NULL, { { "also those that have ended",
		    "también los terminados",
		    "também os encerrados",
		    "aussi ceux qui sont clos" } } },
	},
};
