/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara evidence list.
 */
#include "cli/remark.h"

static int
run(struct cli *c)
{
	return remark_case_list(c, "evidence");
}

const struct command command_evidence_list = {
	.name = "evidence list", .group = GROUP_RECORD, .operands = "",
	.least = 0, .most = 0, .run = run,
	.summary = { { "Evidence in custody",
	    "Evidencia en custodia", "Evidência em custódia",
	    "Preuves sous garde" } },
	.option = {
		{ "all", 0, NULL, { { "also what was returned or destroyed",
		    "también la devuelta o destruida",
		    "também a devolvida ou destruída",
		    "aussi ce qui fut restitué ou détruit" } } },
	},
};
