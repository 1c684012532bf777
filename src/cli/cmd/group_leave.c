/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara group leave: counts at once for every team that has it, whatever
 * the owner says.
 */
#include "cli/group.h"
#include "cli/remark.h"

static int
run(struct cli *c)
{
	return send_run(c, "group_leave", group_put, NULL);
}

const struct command command_group_leave = {
	.name = "group leave", .group = GROUP_SHARE, .operands = "NAME",
	.least = 1, .most = 1, .run = run,
	.summary = { { "Be a member of a group no more",
	    "Dejar de ser miembro de un grupo",
	    "Deixar de ser membro de um grupo",
	    "Ne plus être membre d’un groupe" } },
	.option = {
		{ "back", 0, NULL, { { "be a member again",
		    "volver a ser miembro", "voltar a ser membro",
		    "redevenir membre" } } },
		REMARK_NOTE,
		SEND_DRY_RUN,
		SEND_YES,
	},
};
