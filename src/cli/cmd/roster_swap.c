/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara roster swap: somebody holds a post instead.
 */
#include "cli/roster_time.h"

static int
run(struct cli *c)
{
	struct request r;

	request_open(&r);
	json_put_member_str(&r.w, "post", c->args.operand[0]);
	json_put_member_str(&r.w, "person", c->args.operand[1]);
	return roster_time_send(c, &r, "roster_swap");
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
