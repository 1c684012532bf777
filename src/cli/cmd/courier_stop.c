/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara courier stop: a page that has not gone out is not sent any more.
 */
#include "cli/node.h"
#include "cli/out.h"

static int
run(struct cli *c)
{
	struct json_val data;
	struct request r;
	int status;

	request_open(&r);
	json_put_member_str(&r.w, "page", c->args.operand[0]);
	status = request_send(&r, c, "courier_stop", &data);
	if (status != CLI_OK)
		return status;
	if (out_is_json(c))
		out_data(c, data);
	else
		cli_say(c, T(c, "stopped: %s", "detenida: %s",
		    "interrompida: %s", "arrêté : %s"),
		    out_str(c, data, "page"));
	return CLI_OK;
}

const struct command command_courier_stop = {
	.name = "courier stop", .group = GROUP_RUN, .operands = "PAGE",
	.least = 1, .most = 1, .run = run,
	.summary = { { "Do not send a page that has not gone out",
	    "No enviar una llamada que aún no salió",
	    "Não enviar uma chamada que ainda não saiu",
	    "Ne pas envoyer un appel qui n’est pas parti" } },
};
