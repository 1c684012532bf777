/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara draft discard: the draft is set aside; the private log keeps it.
 */
#include "cli/node.h"
#include "cli/out.h"

static int
run(struct cli *c)
{
	struct json_val data;
	int status;

	status = node_call_id(c, "draft_discard", &data);
	if (status != CLI_OK)
		return status;
	if (out_is_json(c))
		out_data(c, data);
	else
		cli_say(c, T(c, "draft %s discarded",
		    "borrador %s descartado", "rascunho %s descartado",
		    "brouillon %s abandonné"), c->args.operand[0]);
	return CLI_OK;
}

const struct command command_draft_discard = {
	.name = "draft discard", .group = GROUP_SHARE, .operands = "DRAFT",
	.least = 1, .most = 1, .run = run,
	.summary = { { "Set a draft aside", "Descartar un borrador",
	    "Descartar um rascunho", "Abandonner un brouillon" } },
};
