/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara log reindex: the index made anew from the logs.
 */
#include "cli/node.h"
#include "cli/out.h"

static int
run(struct cli *c)
{
	struct json_val data;
	int status = node_call(c, "log_reindex", &data);

	if (status != CLI_OK)
		return status;
	if (out_is_json(c))
		out_data(c, data);
	else
		cli_say(c, "%s", T(c, "the index was made anew",
		    "el índice se rehízo", "o índice foi refeito",
		    "l’index a été refait"));
	return CLI_OK;
}

const struct command command_log_reindex = {
	.name = "log reindex", .group = GROUP_RECORD, .operands = "",
	.run = run,
	.summary = { { "Make the index anew from the logs",
	    "Rehacer el índice desde los registros",
	    "Refazer o índice a partir dos registros",
	    "Refaire l’index à partir des journaux" } },
};
