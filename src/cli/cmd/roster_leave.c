/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara roster leave: somebody is away.
 */
#include "cli/out.h"
#include "cli/roster_time.h"

static int
run(struct cli *c)
{
	struct json_val data;
	struct request r;
	int status;

	request_open(&r);
	json_put_member_str(&r.w, "person", c->args.operand[0]);
	if (!roster_time_put(c, &r)) {
		buf_release(&r.b);
		return cli_usage(c, "--from, --to: 2026-11-21T12:00:00-03:00");
	}
	status = request_send(&r, c, "roster_leave", &data);
	if (status != CLI_OK)
		return status;
	if (out_is_json(c))
		out_data(c, data);
	else
		cli_say(c, "%s", out_str(c, data, "id"));
	return CLI_OK;
}

const struct command command_roster_leave = {
	.name = "roster leave", .group = GROUP_WATCH, .operands = "USER",
	.least = 1, .most = 1, .run = run,
	.summary = { { "Somebody is away and holds no post",
	    "Alguien está ausente y no ocupa puesto",
	    "Alguém está ausente e não ocupa posto",
	    "Quelqu’un est absent et ne tient aucun poste" } },
	.option = {
		{ "from", 0, "TIME", { { "RFC 3339", "RFC 3339", "RFC 3339",
		    "RFC 3339" } } },
		{ "to", 0, "TIME", { { "RFC 3339", "RFC 3339", "RFC 3339",
		    "RFC 3339" } } },
	},
};
