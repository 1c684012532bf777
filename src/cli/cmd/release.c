/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara release: a draft goes out.
 */
#include "cli/send.h"

static void
put(struct cli *c, struct request *r, void *ctx)
{
	(void)ctx;
	json_put_member_str(&r->w, "id", c->args.operand[0]);
	request_put_option(r, c, "tlp", "tlp");
	request_put_audience(r, c);
	request_put_option(r, c, "reason", "reason");
	send_put_times(r, c);
}

static int
run(struct cli *c)
{
	int status;

	return send_times_check(c, &status) ?
	    send_run(c, "release", put, NULL) : status;
}

const struct command command_release = {
	.name = "release", .group = GROUP_SHARE, .operands = "DRAFT",
	.least = 1, .most = 1, .run = run,
	.summary = { { "Send a draft to its readers",
	    "Enviar un borrador a sus lectores",
	    "Enviar um rascunho a seus leitores",
	    "Envoyer un brouillon à ses lecteurs" } },
	.option = { SEND_TLP, SEND_AUD, SEND_TO, SEND_EMBARGO, SEND_EXPIRES,
		SEND_REASON, SEND_WAIT, SEND_DRY_RUN, SEND_YES },
};
