/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara constituent import: many from a file.
 */
#include "cli/rows.h"

static int
run(struct cli *c)
{
	int status = CLI_OK;
	const struct kind *k = rows_kind(c, "constituent", &status);

	return k == NULL ? status :
	    rows_import(c, k, c->args.operand[0]);
}

const struct command command_constituent_import = {
	.name = "constituent import", .group = GROUP_RECORD,
	.operands = "FILE", .least = 1, .most = 1, .run = run,
	.summary = { { "Constituents from JSON lines or a table (.csv)",
	    "Entidades atendidas desde líneas JSON o una tabla (.csv)",
	    "Entidades atendidas de linhas JSON ou de uma tabela (.csv)",
	    "Entités desservies depuis des lignes JSON ou un tableau (.csv)" } },
};
