/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara agreement leave: counts at once here, and at every team as soon as
 * it has it.
 */
#include "cli/remark.h"

static void
put(struct cli *c, struct request *r, void *ctx)
{
	(void)ctx;
	json_put_member_str(&r->w, "id", c->args.operand[0]);
	request_put_option(r, c, "note", "note");
}

static int
run(struct cli *c)
{
	return send_run(c, "agreement_leave", put, NULL);
}

const struct command command_agreement_leave = {
	.name = "agreement leave", .group = GROUP_SHARE,
	.operands = "AGREEMENT", .least = 1, .most = 1, .run = run,
	.summary = { { "Be bound by an agreement no more",
	    "Dejar de estar obligado por un acuerdo",
	    "Deixar de estar obrigado por um acordo",
	    "Ne plus être lié par un accord" } },
	.option = {
		REMARK_NOTE,
		SEND_DRY_RUN,
		SEND_YES,
	},
};
