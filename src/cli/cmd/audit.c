/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara audit: who did what here; with a notice, who has seen it here, and
 * which teams have it. That it was asked is recorded too.
 */
#include "cli/trail.h"

#include <stdio.h>

static int
show_seen(struct cli *c, struct json_val data)
{
	if (out_is_json(c)) {
		out_rows(c, data, "here");
		return CLI_OK;
	}
	trail_show(c, json_get(data, "here"));
	if (c->term.out_tty || json_count(json_get(data, "teams")) != 0)
		printf("\n");
	trail_show_teams(c, data);
	trail_more(c, data);
	return CLI_OK;
}

static int
run(struct cli *c)
{
	bool is_seen = c->args.count != 0;
	struct json_val data;
	struct request r;
	int status;

	if (is_seen && (args_has(&c->args, "actor") ||
	    args_has(&c->args, "act")))
		return cli_usage(c, T(c, "--actor and --act are without ID",
		    "--actor y --act van sin ID", "--actor e --act vão sem ID",
		    "--actor et --act vont sans ID"));
	request_open(&r);
	if (is_seen)
		json_put_member_str(&r.w, "id", c->args.operand[0]);
	request_put_option(&r, c, "actor", "actor");
	request_put_option(&r, c, "act", "act");
	status = trail_put_bounds(c, &r, "since", "until");
	if (status != CLI_OK)
		return status;
	status = request_send(&r, c, is_seen ? "audit_seen" : "audit", &data);
	if (status != CLI_OK)
		return status;
	if (is_seen)
		return show_seen(c, data);
	if (out_is_json(c)) {
		out_rows(c, data, "rows");
		return CLI_OK;
	}
	trail_show(c, json_get(data, "rows"));
	trail_more(c, data);
	return CLI_OK;
}

const struct command command_audit = {
	.name = "audit", .group = GROUP_RECORD, .operands = "[ID]",
	.most = 1, .run = run,
	.summary = { { "Who did what here; of a notice, who has seen it",
	    "Quién hizo qué aquí; de una comunicación, quién la ha visto",
	    "Quem fez o quê aqui; de um comunicado, quem o viu",
	    "Qui a fait quoi ici ; d’une communication, qui l’a vue" } },
	.option = {
		{ "actor", 0, "LOGIN", { { "only what this person did",
		    "solo lo que hizo esta persona",
		    "só o que esta pessoa fez",
		    "seulement ce que cette personne a fait" } } },
		{ "act", 0, "ACT", { { "only this act: view, release, ...",
		    "solo este acto: view, release, ...",
		    "só este ato: view, release, ...",
		    "seulement cet acte : view, release, ..." } } },
		{ "since", 0, "TIME", { { "not what was before",
		    "no lo anterior", "não o anterior",
		    "pas ce qui précède" } } },
		{ "until", 0, "TIME", { { "only what was before",
		    "solo lo anterior", "só o anterior",
		    "seulement ce qui précède" } } },
		TRAIL_LIMIT, TRAIL_BEFORE,
	},
};
