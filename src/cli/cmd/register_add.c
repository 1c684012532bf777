/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara register add: a new row from options, a file, or both.
 */
#include "cli/draft_body.h"
#include "cli/rows.h"

static int
run(struct cli *c)
{
	int status = CLI_OK;
	const struct kind *k = rows_kind(c, c->args.operand[0], &status);

	return k == NULL ? status :
	    rows_save(c, k, (struct json_val){ .type = JSON_ABSENT }, 1);
}

const struct command command_register_add = {
	.name = "register add", .group = GROUP_RECORD,
	.operands = "REGISTER [FILE]", .least = 1, .most = 2, .run = run,
	.summary = { { "Add a row to a register",
	    "Agregar una fila a un registro",
	    "Acrescentar uma linha a um registro",
	    "Ajouter une ligne à un registre" } },
	.option = { DRAFT_BODY_SET },
};
