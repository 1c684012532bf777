/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara person add: who may do what at this node.
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

	if (!args_has(&c->args, "post"))
		return cli_usage(c, "--post TEXT");
	request_open(&r);
	status = person_put(&r, c);
	if (status != CLI_OK)
		return status;
	status = request_send(&r, c, "person_add", &data);
	if (status != CLI_OK)
		return status;
	if (out_is_json(c))
		out_data(c, data);
	else
		cli_say(c, "%s: %s", c->args.operand[0],
		    args_find(&c->args, "post"));
	return CLI_OK;
}

const struct command command_person_add = {
	.name = "person add", .group = GROUP_RUN, .operands = "UNIX-USER",
	.least = 1, .most = 1, .run = run,
	.summary = { { "A person of this node: post, roles, languages",
	    "Una persona de este nodo: cargo, funciones, idiomas",
	    "Uma pessoa deste nó: função, papéis, idiomas",
	    "Une personne de ce nœud : poste, rôles, langues" } },
	.option = { PERSON_OPTIONS },
};
