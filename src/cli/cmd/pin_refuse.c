/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara pin refuse: a team or a key counts for nothing here, whatever
 * the register says.
 */
#include "cli/node_config.h"
#include "cli/pin_file.h"

static int
run(struct cli *c)
{
	return pin_change(c, PIN_ACT_REFUSE);
}

const struct command command_pin_refuse = {
	.name = "pin refuse", .group = GROUP_NETWORK,
	.operands = "TEAM|KEY", .least = 1, .most = 1, .run = run,
	.summary = { { "Refuse a team or a key, whatever the register says",
	    "Rechazar un equipo o una clave, diga lo que diga el registro",
	    "Recusar uma equipe ou uma chave, diga o que disser o registro",
	    "Refuser une équipe ou une clé, quoi que dise le registre" } },
	.option = {
		NODE_CONFIG_CONF,
		NODE_CONFIG_DIR,
		{ "remark", 0, "TEXT", { { "why, for whoever reads it later",
		    "por qué, para quien lo lea después",
		    "por quê, para quem ler depois",
		    "pourquoi, pour qui le lira ensuite" } } },
		{ "yes", 'y', NULL, { { "do not ask", "no preguntar",
		    "não perguntar", "ne pas demander" } } },
	},
};
