/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara roster swap: somebody holds a post instead.
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
	json_put_member_str(&r.w, "post", c->args.operand[0]);
	json_put_member_str(&r.w, "person", c->args.operand[1]);
	if (!roster_time_put(c, &r)) {
		buf_release(&r.b);
		return cli_usage(c, "--from, --to: 2026-11-21T12:00:00-03:00");
	}
	status = request_send(&r, c, "roster_swap", &data);
	if (status != CLI_OK)
		return status;
	if (out_is_json(c))
		out_data(c, data);
	else
		cli_say(c, "%s", out_str(c, data, "id"));
	return CLI_OK;
}

const struct command command_roster_swap = {
	.name = "roster swap", .group = GROUP_WATCH, .operands = "POST USER",
	.least = 2, .most = 2, .run = run,
	.summary = { { "Somebody holds a post instead of whoever would",
	    "Alguien ocupa un puesto en lugar de quien correspondía",
	    "Alguém ocupa um posto no lugar de quem caberia",
	    "Quelqu’un tient un poste à la place de qui l’aurait tenu" } },
	.option = {
		{ "from", 0, "TIME", { { "RFC 3339", "RFC 3339", "RFC 3339",
		    "RFC 3339" } } },
		{ "to", 0, "TIME", { { "RFC 3339", "RFC 3339", "RFC 3339",
		    "RFC 3339" } } },
	},
};
