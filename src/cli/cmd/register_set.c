/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara register set: change a row; what it was stays in the private log.
 */
#include "cli/draft_body.h"
#include "cli/rows.h"

static int
run(struct cli *c)
{
	return rows_set(c, NULL);
}

const struct command command_register_set = {
	.name = "register set", .group = GROUP_RECORD,
	.operands = "ID [FILE]", .least = 1, .most = 2, .run = run,
	.summary = { { "Change a row of a register",
	    "Cambiar una fila de un registro",
	    "Mudar uma linha de um registro",
	    "Changer une ligne d’un registre" } },
	.option = { DRAFT_BODY_SET },
};
