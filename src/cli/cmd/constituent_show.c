/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara constituent show: one organisation in full.
 */
#include "cli/rows.h"

static int
run(struct cli *c)
{
	return rows_show(c, "constituent");
}

const struct command command_constituent_show = {
	.name = "constituent show", .group = GROUP_RECORD,
	.operands = "ID", .least = 1, .most = 1, .run = run,
	.summary = { { "A constituent in full",
	    "Una entidad atendida, completa",
	    "Uma entidade atendida, completa",
	    "Une entité desservie, en entier" } },
};
