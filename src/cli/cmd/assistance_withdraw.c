/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara assistance withdraw.
 */
#include "cli/remark.h"

static int
run(struct cli *c)
{
	return remark_case_step(c, "withdraw", NULL);
}

const struct command command_assistance_withdraw = {
	.name = "assistance withdraw", .group = GROUP_WATCH, .operands = "REQUEST",
	.least = 1, .most = 1, .run = run,
	.summary = { { "Withdraw a request for help",
		    "Retirar un pedido de ayuda",
		    "Retirar um pedido de ajuda",
		    "Retirer une demande d’aide" } },
	.option = {
		SEND_DRY_RUN,
		SEND_YES,
	},
};
