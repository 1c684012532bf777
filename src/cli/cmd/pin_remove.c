/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara pin remove: take a pin away; the register decides again.
 */
#include "cli/node_config.h"
#include "cli/pin_file.h"

static int
run(struct cli *c)
{
	return pin_change(c, PIN_ACT_REMOVE);
}

const struct command command_pin_remove = {
	.name = "pin remove", .group = GROUP_NETWORK,
	.operands = "TEAM|KEY", .least = 1, .most = 1, .run = run,
	.summary = { { "Take a pin away: the register decides again",
	    "Quitar una marca: vuelve a decidir el registro",
	    "Retirar uma marca: o registro volta a decidir",
	    "Retirer un repère : le registre décide à nouveau" } },
	.option = {
		NODE_CONFIG_CONF,
		NODE_CONFIG_DIR,
	},
};
