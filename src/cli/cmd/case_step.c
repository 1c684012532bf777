/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara case step: any step of the life cycle; `case show` lists them.
 */
#include "cli/remark.h"

static void
body(struct cli *c, struct json_out *w)
{
	remark_put_ml(c, w, "reason", "reason");
	remark_put_list(c, w, "advance", "advance_group");
	if (args_has(&c->args, "vendor")) {
		json_put_key(w, "vendors");
		json_put_open(w, '[');
		json_put_open(w, '{');
		remark_put_text(c, w, "vendor", "name");
		json_put_close(w, '}');
		json_put_close(w, ']');
	}
}

static int
run(struct cli *c)
{
	return remark_case_step(c, c->args.operand[1], body);
}

const struct command command_case_step = {
	.name = "case step", .group = GROUP_SHARE, .operands = "CASE ACTION",
	.least = 2, .most = 2, .run = run,
	.summary = { { "Take a case of disclosure on",
	    "Llevar adelante un caso de divulgación",
	    "Levar adiante um caso de divulgação",
	    "Faire avancer un dossier de divulgation" } },
	.option = {
		{ "reason", 0, "TEXT", { { "why, where a step needs it",
		    "por qué, si el paso lo pide",
		    "por quê, se o passo o pede",
		    "pourquoi, si l’étape le demande" } } },
		{ "advance", 0, "TEAM,...", { { "the advance group",
		    "el grupo anticipado",
		    "o grupo antecipado",
		    "le groupe prévenu" } } },
		{ "vendor", 0, "NAME", { { "the vendor",
		    "el proveedor",
		    "o fornecedor",
		    "le fournisseur" } } },
		REMARK_TO,
		SEND_DRY_RUN,
		SEND_YES,
	},
};
