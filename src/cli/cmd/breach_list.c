/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara breach list.
 */
#include "cli/remark.h"

static int
run(struct cli *c)
{
	return remark_case_list(c, "breach");
}

const struct command command_breach_list = {
	.name = "breach list", .group = GROUP_SHARE, .operands = "",
	.least = 0, .most = 0, .run = run,
	.summary = { { "Cases of documents that were mishandled",
	    "Casos de documentos mal manejados",
	    "Casos de documentos mal manuseados",
	    "Dossiers de documents mal traités" } },
	.option = {
		{ "all", 0, NULL, { { "also those that have ended",
		    "también los terminados",
		    "também os encerrados",
		    "aussi ceux qui sont clos" } } },
	},
};
