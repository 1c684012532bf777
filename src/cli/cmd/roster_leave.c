/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara roster leave: somebody is away.
 */
#include "cli/roster_time.h"

static int
run(struct cli *c)
{
	struct request r;

	request_open(&r);
	json_put_member_str(&r.w, "person", c->args.operand[0]);
	return roster_time_send(c, &r, "roster_leave");
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
