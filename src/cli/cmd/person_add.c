/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara person add: who may do what at this node.
 */
#include "cli/node.h"
#include "cli/out.h"

#include <string.h>

static void
list_put(struct request *r, struct cli *c, const char *option,
    const char *member)
{
	const char *v;

	if (!args_has(&c->args, option))
		return;
	json_put_key(&r->w, member);
	json_put_open(&r->w, '[');
	for (size_t i = 0; (v = args_find_at(&c->args, option, i)) != NULL;
	    i++) {
		while (*v != '\0') {
			size_t n = strcspn(v, ", ");

			if (n > 0)
				json_put_span(&r->w, span_of(v, n));
			v += n;
			v += strspn(v, ", ");
		}
	}
	json_put_close(&r->w, ']');
}

static int
run(struct cli *c)
{
	struct json_val data;
	struct request r;
	int status;

	if (!args_has(&c->args, "post"))
		return cli_usage(c, "--post TEXT");
	request_open(&r);
	json_put_member_str(&r.w, "unix_user", c->args.operand[0]);
	json_put_member_str(&r.w, "post", args_find(&c->args, "post"));
	request_put_option(&r, c, "name", "name");
	list_put(&r, c, "language", "languages");
	list_put(&r, c, "role", "roles");
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
	.option = {
		{ "post", 0, "TEXT", { { "what others see: duty officer",
		    "lo que ven los demás: oficial de guardia",
		    "o que os outros veem: oficial de plantão",
		    "ce que voient les autres : officier de garde" } } },
		{ "name", 0, "TEXT", { { "for this node only",
		    "solo para este nodo", "só para este nó",
		    "pour ce nœud seulement" } } },
		{ "role", 0, "ROLE", { { "duty_officer, analyst, team_lead, "
		    "node_admin, ... (repeatable)",
		    "duty_officer, analyst, team_lead, node_admin, ... "
		    "(repetible)",
		    "duty_officer, analyst, team_lead, node_admin, ... "
		    "(repetível)",
		    "duty_officer, analyst, team_lead, node_admin, ... "
		    "(répétable)" } } },
		{ "language", 0, "LANG", { { "es, pt-BR, ... (repeatable)",
		    "es, pt-BR, ... (repetible)",
		    "es, pt-BR, ... (repetível)",
		    "es, pt-BR, ... (répétable)" } } },
	},
};
