/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara pin accept: the identity key that the register gives a team now was
 * compared by voice: from now on sealed notices go to it. Or a hot key.
 */
#include "cli/node_config.h"
#include "cli/pin_file.h"

static int
run(struct cli *c)
{
	return pin_change(c, PIN_ACT_ACCEPT);
}

const struct command command_pin_accept = {
	.name = "pin accept", .group = GROUP_NETWORK,
	.operands = "TEAM|KEY", .least = 1, .most = 1, .run = run,
	.summary = { { "Confirm the identity of a team, after comparing it",
	    "Confirmar la identidad de un equipo, ya comparada",
	    "Confirmar a identidade de uma equipe, já comparada",
	    "Confirmer l’identité d’une équipe, après comparaison" } },
	.option = {
		NODE_CONFIG_CONF,
		NODE_CONFIG_DIR,
		{ "remark", 0, "TEXT", { { "why, for whoever reads it later",
		    "por qué, para quien lo lea después",
		    "por quê, para quem ler depois",
		    "pourquoi, pour qui le lira ensuite" } } },
		{ "standing", 0, NULL, { {
		    "the team, not its key: good whatever the register says",
		    "el equipo, no su clave: vale diga lo que diga el registro",
		    "a equipe, não a chave: vale diga o que disser o registro",
		    "l’équipe, non sa clé : bonne quoi que dise le registre"
		    } } },
		{ "yes", 'y', NULL, { { "do not ask", "no preguntar",
		    "não perguntar", "ne pas demander" } } },
	},
};
