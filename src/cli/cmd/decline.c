/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara decline: this team cannot help a team that asks.
 */
#include "cli/remark.h"

static void
put(struct cli *c, struct request *r, void *ctx)
{
	(void)ctx;
	json_put_member_str(&r->w, "kind", "assistance_offer");
	json_put_member_str(&r->w, "action", "decline");
	json_put_member_str(&r->w, "id", c->args.operand[0]);
	json_put_key(&r->w, "body");
	json_put_open(&r->w, '{');
	remark_put_ml(c, &r->w, "note", "conditions");
	json_put_close(&r->w, '}');
}

static int
run(struct cli *c)
{
	return send_run(c, "case_open", put, NULL);
}

const struct command command_decline = {
	.name = "decline", .group = GROUP_WATCH, .operands = "REQUEST",
	.least = 1, .most = 1, .run = run,
	.summary = { { "Say that this team cannot help",
		    "Decir que este equipo no puede ayudar",
		    "Dizer que esta equipe não pode ajudar",
		    "Dire que cette équipe ne peut pas aider" } },
	.option = {
		REMARK_NOTE,
		SEND_DRY_RUN,
		SEND_YES,
	},
};
