/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara person change: what is given changes, all else stays.
 */
#include "cli/node.h"
#include "cli/out.h"
#include "cli/person_put.h"

static int
run(struct cli *c)
{
	struct json_val data;
	struct request r;
	int status;

	request_open(&r);
	status = person_put(&r, c);
	if (status != CLI_OK)
		return status;
	status = request_send(&r, c, "person_change", &data);
	if (status != CLI_OK)
		return status;
	if (out_is_json(c))
		out_data(c, data);
	else
		cli_say(c, "%s", c->args.operand[0]);
	return CLI_OK;
}

const struct command command_person_change = {
	.name = "person change", .group = GROUP_RUN, .operands = "UNIX-USER",
	.least = 1, .most = 1, .run = run,
	.summary = { { "Change a person: what is given, all else stays",
	    "Cambiar una persona: lo dado, el resto queda",
	    "Mudar uma pessoa: o que é dado, o resto fica",
	    "Changer une personne : ce qui est donné, le reste demeure" } },
	.option = { PERSON_OPTIONS },
};
