/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara constituent remove: one is not served any more; it stays in the private log.
 */
#include "cli/rows.h"

static int
run(struct cli *c)
{
	return rows_remove(c, "constituent");
}

const struct command command_constituent_remove = {
	.name = "constituent remove", .group = GROUP_RECORD,
	.operands = "ID", .least = 1, .most = 1, .run = run,
	.summary = { { "Remove a constituent",
	    "Dar de baja una entidad atendida",
	    "Remover uma entidade atendida",
	    "Retirer une entité desservie" } },
	.option = { ROWS_REMOVE_OPTIONS },
};
