/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara reports answer: to write to who has reported; sealed to her code and to this team.
 */
#include "cli/node.h"
#include "cli/out.h"

static int
run(struct cli *c)
{
	struct json_val data;
	struct request r;
	int status;

	if (!args_has(&c->args, "text"))
		return cli_usage(c, "--text TEXT");
	request_open(&r);
	json_put_member_str(&r.w, "id", c->args.operand[0]);
	request_put_option(&r, c, "text", "text");
	request_put_option(&r, c, "state", "state");
	status = request_send(&r, c, "report_step", &data);
	if (status == CLI_OK && out_is_json(c))
		out_data(c, data);
	return status;
}

const struct command command_reports_answer = {
	.name = "reports answer", .group = GROUP_WATCH, .operands = "NUMBER",
	.least = 1, .most = 1, .run = run,
	.summary = { { "Answer who has reported",
	    "Responder a quien informó", "Responder a quem relatou",
	    "Répondre à l’auteur d’un signalement" } },
	.option = {
		{ "text", 0, "TEXT", { { "what who reported reads",
		    "lo que lee quien informó", "o que lê quem relatou",
		    "ce que lit l’auteur" } } },
		{ "state", 0, "STATE", { { "working, waiting or handed",
		    "working, waiting o handed", "working, waiting ou handed",
		    "working, waiting ou handed" } } },
	},
};
