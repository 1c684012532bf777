/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara blind new: a group gets a secret, to compare what its teams have
 * seen without saying what it is.
 */
#include "cli/send.h"

static void
put(struct cli *c, struct request *r, void *ctx)
{
	(void)ctx;
	json_put_member_str(&r->w, "group", c->args.operand[0]);
}

static int
run(struct cli *c)
{
	return send_run(c, "blind_new", put, NULL);
}

const struct command command_blind_new = {
	.name = "blind new", .group = GROUP_WATCH, .operands = "GROUP",
	.least = 1, .most = 1, .run = run,
	.summary = { { "Give a group a secret to compare what was seen blindly",
	    "Dar a un grupo un secreto para comparar a ciegas lo visto",
	    "Dar a um grupo um segredo para comparar às cegas o que foi visto",
	    "Donner à un groupe un secret pour comparer à l’aveugle" } },
	.option = {
		SEND_DRY_RUN,
		SEND_YES,
	},
};
