/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara register remove: a row does not hold any more. Nothing is deleted:
 * the row stays in the private log with the reason.
 */
#include "cli/rows.h"

static int
run(struct cli *c)
{
	return rows_remove(c, NULL);
}

const struct command command_register_remove = {
	.name = "register remove", .group = GROUP_RECORD, .operands = "ID",
	.least = 1, .most = 1, .run = run,
	.summary = { { "Remove a row from a register",
	    "Dar de baja una fila de un registro",
	    "Remover uma linha de um registro",
	    "Retirer une ligne d’un registre" } },
	.option = { ROWS_REMOVE_OPTIONS },
};
