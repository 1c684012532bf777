/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara token revoke: who has it reads nothing more.
 */
#include "cli/node.h"
#include "cli/out.h"

static int
run(struct cli *c)
{
	struct json_val data;
	int status = node_call_id(c, "token_revoke", &data);

	if (status != CLI_OK)
		return status;
	return out_id(c, data);
}

const struct command command_token_revoke = {
	.name = "token revoke", .group = GROUP_RUN, .operands = "ID",
	.least = 1, .most = 1, .run = run,
	.summary = { { "Take a token back: it is good for nothing more",
	    "Revocar una clave: ya no sirve",
	    "Revogar uma chave: não serve mais",
	    "Révoquer un jeton : il ne sert plus" } },
};
