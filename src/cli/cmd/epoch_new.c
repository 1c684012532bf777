/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara epoch new: after a rollback the node goes on with a new log.
 */
#include "cli/node.h"
#include "cli/out.h"

static int
run(struct cli *c)
{
	struct json_val data;
	struct request r;
	int status;

	if (!args_has(&c->args, "reason"))
		return cli_usage(c, "--reason TEXT");
	request_open(&r);
	request_put_option(&r, c, "reason", "reason");
	status = request_send(&r, c, "epoch_new", &data);
	if (status != CLI_OK)
		return status;
	if (out_is_json(c))
		out_data(c, data);
	else
		cli_say(c, T(c, "the node goes on with the log %s",
		    "el nodo continúa con el registro %s",
		    "o nó continua com o registro %s",
		    "le nœud continue avec le journal %s"),
		    out_str(c, data, "origin"));
	return CLI_OK;
}

const struct command command_epoch_new = {
	.name = "epoch new", .group = GROUP_RUN, .operands = "", .run = run,
	.summary = { { "After a rollback: go on with a new log",
	    "Tras una vuelta atrás: continuar con un registro nuevo",
	    "Após um retrocesso: continuar com um registro novo",
	    "Après un retour en arrière : continuer avec un nouveau journal"
	} },
	.option = {
		{ "reason", 0, "TEXT", { { "what happened, in one line",
		    "qué pasó, en una línea", "o que houve, em uma linha",
		    "ce qui s’est passé, en une ligne" } } },
	},
};
