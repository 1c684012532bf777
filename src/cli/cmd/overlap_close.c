/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara overlap close: it is put aside until another origin comes.
 */
#include "cli/node.h"
#include "cli/out.h"

static int
run(struct cli *c)
{
	struct json_val data;
	int status = node_call_id(c, "overlap_close", &data);

	if (status != CLI_OK)
		return status;
	if (out_is_json(c))
		out_data(c, data);
	else
		cli_say(c, T(c, "put aside", "apartada", "posta de lado",
		    "mis de côté"));
	return CLI_OK;
}

const struct command command_overlap_close = {
	.name = "overlap close", .group = GROUP_WATCH, .operands = "OVERLAP",
	.least = 1, .most = 1, .run = run,
	.summary = { { "Put an overlap aside, until another origin comes",
	    "Apartar una coincidencia, hasta que llegue otro origen",
	    "Pôr de lado uma coincidência, até que venha outra origem",
	    "Mettre de côté un recoupement, jusqu’à une autre origine" } },
};
