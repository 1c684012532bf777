/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara clock accept: the clock of this node has jumped, and is right.
 */
#include "cli/node.h"
#include "cli/out.h"

static int
run(struct cli *c)
{
	struct json_val data;
	int status = node_call(c, "clock_accept", &data);

	if (status != CLI_OK)
		return status;
	if (out_is_json(c))
		out_data(c, data);
	else
		cli_say(c, "%s", T(c, "the clock of this node counts as right",
		    "el reloj de este nodo vale como correcto",
		    "o relógio deste nó vale como certo",
		    "l’horloge de ce nœud est tenue pour juste"));
	return CLI_OK;
}

const struct command command_clock_accept = {
	.name = "clock accept", .group = GROUP_NETWORK, .operands = "",
	.run = run,
	.summary = { { "Say that the clock is right after a jump",
	    "Decir que el reloj está bien tras un salto",
	    "Dizer que o relógio está certo após um salto",
	    "Dire que l’horloge est juste après un saut" } },
};
