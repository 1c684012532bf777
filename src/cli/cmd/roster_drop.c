/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara roster drop: take a shift, swap or leave back.
 */
#include "cli/node.h"
#include "cli/out.h"

static int
run(struct cli *c)
{
	struct json_val data;
	int status = node_call_id(c, "roster_drop", &data);

	if (status != CLI_OK)
		return status;
	return out_id(c, data);
}

const struct command command_roster_drop = {
	.name = "roster drop", .group = GROUP_WATCH, .operands = "ID",
	.least = 1, .most = 1, .run = run,
	.summary = { { "Take a shift, a swap or a leave back",
	    "Anular un turno, un cambio o una ausencia",
	    "Anular um turno, uma troca ou uma ausência",
	    "Annuler une garde, un échange ou une absence" } },
};
