/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara overlap ask: each origin is asked, alone, whether it may be named
 * to the others. It learns that somebody holds the same, and not who.
 */
#include "cli/out.h"
#include "cli/send.h"

#include <string.h>

static const char *team;

static void
put(struct cli *c, struct request *r, void *ctx)
{
	(void)ctx;
	json_put_member_str(&r->w, "id", c->args.operand[0]);
	json_put_member_str(&r->w, "team", team);
}

static int
run(struct cli *c)
{
	const char *only = args_find(&c->args, "team");
	struct json_val data, sides;
	int status = node_call_id(c, "overlap", &data);

	if (status != CLI_OK)
		return status;
	sides = json_get(node_keep(c, data), "sides");
	for (struct json_val v = json_first(sides);
	     status == CLI_OK && v.type != JSON_ABSENT;
	     v = json_next(sides, v)) {
		if (only != NULL ? strcmp(only, out_str(c, v, "team")) != 0 :
			!json_is_str(json_get(v, "state"), "unasked"))
			continue;
		team = out_str(c, v, "team");
		status = send_run(c, "overlap_ask", put, NULL);
	}
	if (team != NULL || status != CLI_OK)
		return status;
	return cli_fail(c, &(struct trouble){ .exit = CLI_REFUSED,
	    .code = "rule", .what = T(c, "nobody was asked",
		"no se consultó a nadie", "ninguém foi consultado",
		"personne n’a été consulté"),
	    .why = T(c, "there is nobody whom one may ask, or all were "
		"asked", "no hay a quién consultar, o ya se consultó a todos",
		"não há a quem consultar, ou todos já foram consultados",
		"il n’y a personne à consulter, ou tous l’ont été"),
	    .next = cli_text(c, "almenara overlap show %s",
		c->args.operand[0]) });
}

const struct command command_overlap_ask = {
	.name = "overlap ask", .group = GROUP_WATCH, .operands = "OVERLAP",
	.least = 1, .most = 1, .run = run,
	.summary = { { "Ask each origin, alone, whether it may be named",
	    "Preguntar a cada origen, a solas, si puede ser nombrado",
	    "Perguntar a cada origem, a sós, se pode ser citada",
	    "Demander à chaque origine, seule, si elle peut être nommée" } },
	.option = {
		{ "team", 0, "TEAM", { { "only this one",
		    "solo este", "só esta", "seulement celle-ci" } } },
		SEND_DRY_RUN,
		SEND_YES,
	},
};
