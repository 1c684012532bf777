/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara breach step: confirm, refute, contain, notify, review.
 */
#include "cli/remark.h"

static void
body(struct cli *c, struct json_out *w)
{
	remark_put_ml(c, w, "containment", "containment");
	remark_put_list(c, w, "told", "told");
	remark_put_ml(c, w, "lessons", "lessons");
}

static int
run(struct cli *c)
{
	return remark_case_step(c, c->args.operand[1], body);
}

const struct command command_breach_step = {
	.name = "breach step", .group = GROUP_SHARE, .operands = "CASE ACTION",
	.least = 2, .most = 2, .run = run,
	.summary = { { "Take a case of mishandling on",
	    "Llevar adelante un caso de mal manejo",
	    "Levar adiante um caso de mau manuseio",
	    "Faire avancer un dossier de manquement" } },
	.option = {
		{ "containment", 0, "TEXT", { { "for contain: what was done",
		    "para contain: qué se hizo",
		    "para contain: o que foi feito",
		    "pour contain : ce qui a été fait" } } },
		{ "told", 0, "TEAM,...", { { "for notify: who was told",
		    "para notify: a quién se avisó",
		    "para notify: quem foi avisado",
		    "pour notify : qui a été avisé" } } },
		{ "lessons", 0, "TEXT", { { "for review and refute",
		    "para review y refute",
		    "para review e refute",
		    "pour review et refute" } } },
		REMARK_TO,
		SEND_DRY_RUN,
		SEND_YES,
	},
};
