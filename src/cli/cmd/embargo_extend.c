/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara embargo extend: a new revision with a later time.
 */
#include "cli/remark.h"

static void
put(struct cli *c, struct request *r, void *ctx)
{
	const int64_t *until = ctx;

	json_put_member_str(&r->w, "id", c->args.operand[0]);
	json_put_member_u64(&r->w, "until", (uint64_t)*until);
}

static int
run(struct cli *c)
{
	int64_t until;
	int status;

	if (!remark_time(c, "until", &until, &status))
		return status;
	if (until == 0)
		return cli_usage(c, "--until 2026-11-21T12:00:00Z");
	return send_run(c, "embargo_extend", put, &until);
}

const struct command command_embargo_extend = {
	.name = "embargo extend", .group = GROUP_SHARE, .operands = "ID",
	.least = 1, .most = 1, .run = run,
	.summary = { { "Keep a notice under embargo until another time",
	    "Mantener una comunicación bajo embargo hasta otra fecha",
	    "Manter um comunicado sob embargo até outra data",
	    "Garder une communication sous embargo jusqu’à une autre date" } },
	.option = {
		REMARK_UNTIL("the new time (RFC 3339)",
		    "la nueva fecha (RFC 3339)", "a nova data (RFC 3339)",
		    "la nouvelle date (RFC 3339)"),
		SEND_DRY_RUN,
		SEND_YES,
	},
};
