/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara embargo release: a person releases what was under embargo, when its
 * time has come, or before for a reason that is logged.
 */
#include "cli/remark.h"

static int
run(struct cli *c)
{
	return send_run(c, "embargo_release", remark_put_passing, NULL);
}

const struct command command_embargo_release = {
	.name = "embargo release", .group = GROUP_SHARE, .operands = "ID",
	.least = 1, .most = 1, .run = run,
	.summary = { { "Release what was under embargo",
	    "Liberar lo que estaba bajo embargo",
	    "Liberar o que estava sob embargo",
	    "Lever un embargo" } },
	.option = {
		REMARK_TO,
		SEND_TLP,
		{ "reason", 0, "TEXT", { { "why before its time; it is logged",
		    "por qué antes de tiempo; queda registrado",
		    "por quê antes da hora; fica registrado",
		    "pourquoi avant l’heure ; c’est consigné" } } },
		SEND_WAIT,
		SEND_DRY_RUN,
		SEND_YES,
	},
};
