/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara rules show: the sharing rules in force, and the lines that are
 * built in.
 */
#include "cli/node.h"
#include "cli/out.h"

static void
print(struct cli *c, struct json_val data)
{
	struct json_val teams = json_get(data, "unknown_teams");
	const char *refused = out_str(c, data, "refused");

	out_pair(c, "file", out_text(c, data, "file"));
	out_pair(c, "digest", out_text(c, data, "rules"));
	if (refused[0] != '\0')
		out_pair(c, "rules_refused", span_str(refused));
	for (struct json_val v = json_first(teams); v.type != JSON_ABSENT;
	     v = json_next(teams, v))
		out_pair(c, "remark", span_str(cli_text(c,
		    T(c, "line %s: no team %s is known",
			"línea %s: no se conoce ningún equipo %s",
			"linha %s: não se conhece equipe %s",
			"ligne %s : aucune équipe %s n’est connue"),
		    out_str(c, v, "line"), out_str(c, v, "team"))));
	printf("\n%s\n%s", out_str(c, data, "text"),
	    out_str(c, data, "built_in"));
	if (!out_is_true(data, "in_force"))
		cli_say(c, "%s", T(c, "no rules are in force: nothing is shared",
		    "no rige ninguna regla: no se comparte nada",
		    "nenhuma regra em vigor: nada é compartilhado",
		    "aucune règle en vigueur : rien n’est partagé"));
}

static int
run(struct cli *c)
{
	struct json_val data;
	int status = node_call(c, "rules", &data);

	if (status != CLI_OK)
		return status;
	if (out_is_json(c))
		out_data(c, data);
	else
		print(c, data);
	return CLI_OK;
}

const struct command command_rules_show = {
	.name = "rules show", .group = GROUP_SHARE, .operands = "", .run = run,
	.summary = { { "The sharing rules in force",
	    "Las reglas de intercambio vigentes",
	    "As regras de compartilhamento em vigor",
	    "Les règles de partage en vigueur" } },
};
