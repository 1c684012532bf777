/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara reports close: a report is dealt with.
 */
#include "cli/node.h"
#include "cli/out.h"

static int
run(struct cli *c)
{
	struct json_val data;
	struct request r;
	int status;

	request_open(&r);
	json_put_member_str(&r.w, "id", c->args.operand[0]);
	json_put_member_str(&r.w, "state", "closed");
	request_put_option(&r, c, "text", "text");
	status = request_send(&r, c, "report_step", &data);
	if (status == CLI_OK && out_is_json(c))
		out_data(c, data);
	return status;
}

const struct command command_reports_close = {
	.name = "reports close", .group = GROUP_WATCH, .operands = "NUMBER",
	.least = 1, .most = 1, .run = run,
	.summary = { { "Close a report", "Cerrar un informe",
	    "Encerrar um relato", "Clore un signalement" } },
	.option = {
		{ "text", 0, "TEXT", { { "what who reported reads",
		    "lo que lee quien informó", "o que lê quem relatou",
		    "ce que lit l’auteur" } } },
	},
};
