/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara overlap tell: those who agreed to be named are told of one another.
 * The node does it by itself; this is for where it could not.
 */
#include "cli/send.h"

static void
put(struct cli *c, struct request *r, void *ctx)
{
	(void)ctx;
	json_put_member_str(&r->w, "id", c->args.operand[0]);
}

static int
run(struct cli *c)
{
	return send_run(c, "overlap_tell", put, NULL);
}

const struct command command_overlap_tell = {
	.name = "overlap tell", .group = GROUP_WATCH, .operands = "OVERLAP",
	.least = 1, .most = 1, .run = run,
	.summary = { { "Tell those who agreed to be named of one another",
	    "Dar a conocer entre sí a quienes aceptaron ser nombrados",
	    "Dar a conhecer entre si quem aceitou ser citado",
	    "Faire connaître les uns aux autres ceux qui l’ont accepté" } },
	.option = {
		SEND_DRY_RUN,
		SEND_YES,
	},
};
