/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara reports state: how a report stands, as who has made it sees it too.
 */
#include "cli/node.h"
#include "cli/out.h"

static int
run(struct cli *c)
{
	struct json_val data;
	struct request r;
	int status;

	if (!args_has(&c->args, "state") && !args_has(&c->args, "stage"))
		return cli_usage(c, "--state STATE, --stage STAGE");
	request_open(&r);
	json_put_member_str(&r.w, "id", c->args.operand[0]);
	request_put_option(&r, c, "state", "state");
	request_put_option(&r, c, "stage", "stage");
	request_put_option(&r, c, "text", "text");
	status = request_send(&r, c, "report_step", &data);
	if (status == CLI_OK && out_is_json(c))
		out_data(c, data);
	return status;
}

const struct command command_reports_state = {
	.name = "reports state", .group = GROUP_WATCH, .operands = "NUMBER",
	.least = 1, .most = 1, .run = run,
	.summary = { { "Say how a report stands",
	    "Decir cómo está un informe", "Dizer como está um relato",
	    "Dire où en est un signalement" } },
	.option = {
		{ "state", 0, "STATE", { { "working, waiting or handed",
		    "working, waiting o handed", "working, waiting ou handed",
		    "working, waiting ou handed" } } },
		{ "stage", 0, "STAGE", { { "of a weakness: received, confirmed, "
		    "informed (its maker), mended or published",
		    "de una debilidad: received, confirmed, informed (su "
		    "fabricante), mended o published",
		    "de uma fraqueza: received, confirmed, informed (seu "
		    "fabricante), mended ou published",
		    "d’une faille : received, confirmed, informed (son "
		    "fabricant), mended ou published" } } },
		{ "text", 0, "TEXT", { { "what who reported reads",
		    "lo que lee quien informó", "o que lê quem relatou",
		    "ce que lit l’auteur" } } },
	},
};
