/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara reports hand: a report goes to the team of the network that is
 * responsible, if who made it has allowed that.
 */
#include "cli/node.h"
#include "cli/out.h"

static int
run(struct cli *c)
{
	struct json_val data;
	struct request r;
	int status;

	if (!args_has(&c->args, "to"))
		return cli_usage(c, "--to TEAM");
	request_open(&r);
	json_put_member_str(&r.w, "id", c->args.operand[0]);
	request_put_option(&r, c, "to", "to");
	request_put_option(&r, c, "text", "text");
	request_put_option(&r, c, "note", "note");
	status = request_send(&r, c, "report_hand", &data);
	if (status == CLI_OK && out_is_json(c))
		out_data(c, data);
	return status;
}

const struct command command_reports_hand = {
	.name = "reports hand", .group = GROUP_WATCH, .operands = "NUMBER",
	.least = 1, .most = 1, .run = run,
	.summary = { { "Hand a report on to the team that is responsible",
	    "Derivar un informe al equipo responsable",
	    "Encaminhar um relato à equipe responsável",
	    "Transmettre un signalement à l’équipe compétente" } },
	.option = {
		{ "to", 0, "TEAM", { { "the team of the network",
		    "el equipo de la red", "a equipe da rede",
		    "l’équipe du réseau" } } },
		{ "note", 0, "TEXT", { { "what that team reads",
		    "lo que lee ese equipo", "o que lê essa equipe",
		    "ce que lit cette équipe" } } },
		{ "text", 0, "TEXT", { { "what who reported reads",
		    "lo que lee quien informó", "o que lê quem relatou",
		    "ce que lit l’auteur" } } },
	},
};
