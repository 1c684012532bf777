/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara cancel: withdraw an own notice, with the same guarantees and to at
 * least everybody who got it.
 */
#include "cli/send.h"

static void
put(struct cli *c, struct request *r, void *ctx)
{
	(void)ctx;
	json_put_member_str(&r->w, "notice", c->args.operand[0]);
	request_put_option(r, c, "reason", "reason");
}

static int
run(struct cli *c)
{
	if (!args_has(&c->args, "reason"))
		return cli_usage(c, "--reason TEXT");
	return send_run(c, "cancel", put, NULL);
}

const struct command command_cancel = {
	.name = "cancel", .group = GROUP_SHARE, .operands = "ID", .least = 1,
	.most = 1, .run = run,
	.summary = { { "Withdraw a notice of this team",
	    "Retirar una comunicación de este equipo",
	    "Retirar um comunicado desta equipe",
	    "Retirer une communication de cette équipe" } },
	.option = {
		{ "reason", 'r', "TEXT", { { "why, for everybody who got it",
		    "por qué, para todos los que la recibieron",
		    "por quê, para todos os que o receberam",
		    "pourquoi, pour tous ceux qui l’ont reçue" } } },
		SEND_WAIT, SEND_DRY_RUN, SEND_YES },
};
