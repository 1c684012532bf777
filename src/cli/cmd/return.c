/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara return: a draft goes back to its author.
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
	json_put_member_str(&r.w, "id", c->args.operand[0]);
	request_put_option(&r, c, "reason", "reason");
	status = request_send(&r, c, "return", &data);
	if (status != CLI_OK)
		return status;
	if (out_is_json(c))
		out_data(c, data);
	else
		cli_say(c, T(c, "draft %s returned", "borrador %s devuelto",
		    "rascunho %s devolvido", "brouillon %s renvoyé"),
		    c->args.operand[0]);
	return CLI_OK;
}

const struct command command_return = {
	.name = "return", .group = GROUP_SHARE, .operands = "DRAFT",
	.least = 1, .most = 1, .run = run,
	.summary = { { "Give a draft back to its author, with a reason",
	    "Devolver un borrador a su autor, con un motivo",
	    "Devolver um rascunho ao autor, com um motivo",
	    "Renvoyer un brouillon à son auteur, avec un motif" } },
	.option = {
		{ "reason", 'r', "TEXT", { { "why", "por qué", "por quê",
		    "pourquoi" } } },
	},
};
