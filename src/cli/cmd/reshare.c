/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara reshare: pass on the document of another team, unchanged, as far as
 * its label and its origin allow.
 */
#include "cli/remark.h"

static void
put(struct cli *c, struct request *r, void *ctx)
{
	(void)ctx;
	json_put_member_str(&r->w, "id", c->args.operand[0]);
	request_put_option(r, c, "tlp", "tlp");
	request_put_audience(r, c);
	request_put_option(r, c, "note", "note");
}

static int
run(struct cli *c)
{
	return send_run(c, "reshare", put, NULL);
}

const struct command command_reshare = {
	.name = "reshare", .group = GROUP_SHARE, .operands = "ID",
	.least = 1, .most = 1, .run = run,
	.summary = { { "Pass on a document of another team",
	    "Transmitir un documento de otro equipo",
	    "Repassar um documento de outra equipe",
	    "Transmettre un document d’une autre équipe" } },
	.option = {
		REMARK_TO,
		SEND_TLP,
		REMARK_NOTE,
		SEND_WAIT,
		SEND_DRY_RUN,
		SEND_YES,
	},
};
