/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara register import: many rows from a file.
 */
#include "cli/rows.h"

static int
run(struct cli *c)
{
	int status = CLI_OK;
	const struct kind *k = rows_kind(c, c->args.operand[0], &status);

	return k == NULL ? status : rows_import(c, k, c->args.operand[1]);
}

const struct command command_register_import = {
	.name = "register import", .group = GROUP_RECORD,
	.operands = "REGISTER FILE", .least = 2, .most = 2, .run = run,
	.summary = { { "Rows of a register from JSON lines or a table (.csv)",
	    "Filas de un registro desde líneas JSON o una tabla (.csv)",
	    "Linhas de um registro de linhas JSON ou de uma tabela (.csv)",
	    "Lignes d’un registre depuis des lignes JSON ou un tableau (.csv)" } },
};
