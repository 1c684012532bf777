/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara site card: the description of the team that each site begins with,
 * as a draft to be filled in and released. Needs no node.
 */
#include "base/embed.h"
#include "cli/out.h"

extern const struct embed_set site_templates;

static int
run(struct cli *c)
{
	const struct embed *file = embed_find(&site_templates,
	    "team-card.json");

	(void)c;
	if (file == NULL)
		return CLI_FAILED;
	printf("{\"kind\":\"team-card\",\"tlp\":\"TLP:CLEAR\",\"body\":\n%.*s}\n",
	    (int)file->n, (const char *)file->p);
	return CLI_OK;
}

const struct command command_site_card = {
	.name = "site card", .group = GROUP_RUN, .operands = "", .run = run,
	.summary = { { "The description of the team, for almenara draft new",
	    "La descripción del equipo, para almenara draft new",
	    "A descrição da equipe, para almenara draft new",
	    "La description de l’équipe, pour almenara draft new" } },
};
