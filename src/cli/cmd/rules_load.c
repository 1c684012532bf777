/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara rules load: put the file of sharing rules in force now.
 */
#include "cli/node.h"
#include "cli/out.h"

static int
run(struct cli *c)
{
	struct json_val data;
	int status = node_call(c, "rules_load", &data);

	if (status != CLI_OK)
		return status;
	if (out_is_json(c))
		out_data(c, data);
	else if (out_is_true(data, "in_force"))
		cli_say(c, T(c, "in force: %s", "vigente: %s", "em vigor: %s",
		    "en vigueur : %s"), out_str(c, data, "file"));
	else
		cli_say(c, T(c, "there is no %s: nothing is shared",
		    "no existe %s: no se comparte nada",
		    "não existe %s: nada é compartilhado",
		    "%s n’existe pas : rien n’est partagé"),
		    out_str(c, data, "file"));
	return CLI_OK;
}

const struct command command_rules_load = {
	.name = "rules load", .group = GROUP_SHARE, .operands = "", .run = run,
	.summary = { { "Put the file of sharing rules in force now",
	    "Poner en vigor ahora el archivo de reglas",
	    "Pôr em vigor agora o arquivo de regras",
	    "Mettre en vigueur le fichier de règles maintenant" } },
};
