/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara constituent set: change one; what it was stays in the private log.
 */
#include "cli/draft_body.h"
#include "cli/rows.h"

static int
run(struct cli *c)
{
	return rows_set(c, "constituent");
}

const struct command command_constituent_set = {
	.name = "constituent set", .group = GROUP_RECORD,
	.operands = "ID [FILE]", .least = 1, .most = 2, .run = run,
	.summary = { { "Change a constituent",
	    "Cambiar una entidad atendida",
	    "Mudar uma entidade atendida",
	    "Changer une entité desservie" } },
	.option = { DRAFT_BODY_SET },
};
