/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara embargo clock: an operator says that the clock of the node is right,
 * after it was moved.
 */
#include "cli/node.h"
#include "cli/out.h"

static int
run(struct cli *c)
{
	struct json_val data;
	int status = node_call(c, "embargo_clock", &data);

	if (status != CLI_OK)
		return status;
	if (out_is_json(c))
		out_data(c, data);
	else
		cli_say(c, "%s", T(c, "the clock is trusted", "se confía en el "
		    "reloj", "confia-se no relógio",
		    "l’horloge est tenue pour juste"));
	return CLI_OK;
}

const struct command command_embargo_clock = {
	.name = "embargo clock", .group = GROUP_RUN, .operands = "",
	.least = 0, .most = 0, .run = run,
	.summary = { { "Say that the clock is right after it was moved",
	    "Decir que el reloj es correcto tras un cambio",
	    "Dizer que o relógio está certo após uma mudança",
	    "Dire que l’horloge est juste après un changement" } },
};
