/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara reports class: of which sector a report is, and what harm was done;
 * by that its duties run.
 */
#include "cli/node.h"
#include "cli/out.h"

static int
run(struct cli *c)
{
	struct json_val data;
	struct request r;
	int status;

	if (!args_has(&c->args, "sector") && !args_has(&c->args, "harm"))
		return cli_usage(c, "--sector SECTOR, --harm HARM");
	request_open(&r);
	json_put_member_str(&r.w, "id", c->args.operand[0]);
	request_put_option(&r, c, "sector", "sector");
	request_put_option(&r, c, "harm", "harm");
	status = request_send(&r, c, "report_step", &data);
	if (status == CLI_OK && out_is_json(c))
		out_data(c, data);
	return status;
}

const struct command command_reports_class = {
	.name = "reports class", .group = GROUP_WATCH, .operands = "NUMBER",
	.least = 1, .most = 1, .run = run,
	.summary = { { "Say of which sector a report is, and what harm was done",
	    "Decir de qué sector es un informe y qué daño hubo",
	    "Dizer de que setor é um relato e que dano houve",
	    "Dire de quel secteur est un signalement et quel est le dommage" } },
	.option = {
		{ "sector", 0, "SECTOR", { { "of the sectors of the network",
		    "de los sectores de la red", "dos setores da rede",
		    "parmi les secteurs du réseau" } } },
		{ "harm", 0, "HARM", { { "none, limited, significant or vital",
		    "none, limited, significant o vital",
		    "none, limited, significant ou vital",
		    "none, limited, significant ou vital" } } },
	},
};
