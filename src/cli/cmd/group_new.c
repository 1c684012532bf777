/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara group new: teams that one name stands for. Its record goes to its
 * members, or, with TLP:GREEN, to all teams.
 */
#include "cli/group.h"
#include "cli/remark.h"

static int
run(struct cli *c)
{
	if (!args_has(&c->args, "members"))
		return cli_usage(c, "--members TEAM,...");
	return send_run(c, "group_new", group_put, NULL);
}

const struct command command_group_new = {
	.name = "group new", .group = GROUP_SHARE, .operands = "NAME",
	.least = 1, .most = 1, .run = run,
	.summary = { { "Give a name to teams that are written to together",
	    "Dar un nombre a equipos a los que se escribe juntos",
	    "Dar um nome a equipes às quais se escreve em conjunto",
	    "Nommer des équipes à qui l’on écrit ensemble" } },
	.option = {
		GROUP_MEMBERS,
		GROUP_UP_TO,
		GROUP_TITLE,
		REMARK_NOTE,
		{ "tlp", 0, "LABEL", { { "of the group itself; TLP:GREEN: "
		    "all teams know it", "del grupo mismo; TLP:GREEN: todos "
		    "los equipos lo conocen", "do próprio grupo; TLP:GREEN: "
		    "todas as equipes o conhecem", "du groupe même ; "
		    "TLP:GREEN : toutes les équipes le connaissent" } } },
		SEND_DRY_RUN,
		SEND_YES,
	},
};
