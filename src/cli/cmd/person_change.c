/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara person change: what is given changes, all else stays.
 */
#include "cli/node.h"
#include "cli/out.h"
#include "cli/person_put.h"

#include <string.h>

static int
run(struct cli *c)
{
	const char *active = args_find(&c->args, "active");
	struct json_val data;
	struct request r;
	int status;

	if (active != NULL && strcmp(active, "yes") != 0 &&
	    strcmp(active, "no") != 0)
		return cli_usage(c, "--active yes|no");
	request_open(&r);
	if (active != NULL)
		json_put_member_bool(&r.w, "active", active[0] == 'y');
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
	.option = {
		{ "active", 0, "yes|no", { { "no: she signs in and is called "
		    "no more; yes: again, with all that stood",
		    "no: ya no entra ni se la llama; yes: de nuevo, con todo "
		    "lo que había", "no: não entra nem é chamada; yes: de "
		    "novo, com tudo o que havia",
		    "no : elle n’entre plus et n’est plus appelée ; yes : de "
		    "nouveau, avec tout ce qu’il y avait" } } },
		PERSON_OPTIONS
	},
};
