/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara expert remove: consent was taken back, or the post is gone.
 */
#include "cli/remark.h"

static int
run(struct cli *c)
{
	return remark_case_step(c, "remove", NULL);
}

const struct command command_expert_remove = {
	.name = "expert remove", .group = GROUP_WATCH, .operands = "EXPERT",
	.least = 1, .most = 1, .run = run,
	.summary = { { "Take an expert of this team off the list",
		    "Quitar de la lista a un experto de este equipo",
		    "Tirar da lista um especialista desta equipe",
		    "Retirer de la liste un expert de cette équipe" } },
	.option = {
		SEND_DRY_RUN,
		SEND_YES,
	},
};
