/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara group change: the owner's next word on who is in it.
 */
#include "cli/group.h"
#include "cli/remark.h"

static int
run(struct cli *c)
{
	return send_run(c, "group_change", group_put, NULL);
}

const struct command command_group_change = {
	.name = "group change", .group = GROUP_SHARE, .operands = "NAME",
	.least = 1, .most = 1, .run = run,
	.summary = { { "Change a group of this team, or close it",
	    "Cambiar un grupo de este equipo, o cerrarlo",
	    "Mudar um grupo desta equipe, ou encerrá-lo",
	    "Modifier un groupe de cette équipe, ou le fermer" } },
	.option = {
		{ "add", 0, "TEAM,...", { { "teams that join",
		    "equipos que se suman", "equipes que entram",
		    "équipes qui s’y joignent" } } },
		{ "remove", 0, "TEAM,...", { { "teams that are out",
		    "equipos que quedan fuera", "equipes que saem",
		    "équipes qui en sortent" } } },
		GROUP_UP_TO,
		GROUP_TITLE,
		REMARK_NOTE,
		{ "close", 0, NULL, { { "nobody is addressed by it any more",
		    "ya nadie es destinatario por él",
		    "ninguém mais é endereçado por ele",
		    "plus personne n’est désigné par lui" } } },
		SEND_DRY_RUN,
		SEND_YES,
	},
};
