/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara register show: a row of a register in full.
 */
#include "cli/rows.h"

static int
run(struct cli *c)
{
	return rows_show(c, NULL);
}

const struct command command_register_show = {
	.name = "register show", .group = GROUP_RECORD, .operands = "ID",
	.least = 1, .most = 1, .run = run,
	.summary = { { "A row of a register in full",
	    "Una fila de un registro, completa",
	    "Uma linha de um registro, completa",
	    "Une ligne d’un registre, en entier" } },
};
