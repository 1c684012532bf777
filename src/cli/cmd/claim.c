/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara claim: this team works on an aspect of a notice until a time, so
 * that nobody does the same work twice.
 */
#include "cli/remark.h"

static int64_t until;

static void
put(struct cli *c, struct request *r, void *ctx)
{
	(void)ctx;
	json_put_member_str(&r->w, "kind", "claim");
	json_put_member_str(&r->w, "id", c->args.operand[0]);
	json_put_member_bool(&r->w, "join", args_has(&c->args, "join"));
	request_put_option(r, c, "tlp", "tlp");
	request_put_audience(r, c);
	json_put_key(&r->w, "body");
	json_put_open(&r->w, '{');
	remark_put_text(c, &r->w, "aspect", "aspect");
	json_put_member_u64(&r->w, "until", (uint64_t)until);
	json_put_member_str(&r->w, "progress", "started");
	remark_put_ml(c, &r->w, "note", "note");
	json_put_close(&r->w, '}');
}

static int
run(struct cli *c)
{
	int status;

	if (!remark_time(c, "until", &until, &status))
		return status;
	if (until == 0 || !args_has(&c->args, "aspect"))
		return cli_usage(c, "--aspect ASPECT --until TIME");
	return send_run(c, "case_open", put, NULL);
}

const struct command command_claim = {
	.name = "claim", .group = GROUP_WATCH, .operands = "NOTICE",
	.least = 1, .most = 1, .run = run,
	.summary = { { "Take over the analysis of an aspect of a notice",
	    "Asumir el análisis de un aspecto de una comunicación",
	    "Assumir a análise de um aspecto de um comunicado",
	    "Prendre en charge l’analyse d’un aspect" } },
	.option = {
		{ "aspect", 0, "ASPECT", { {
		    "triage|malware|network|forensic|attribution|"
		    "vulnerability|victims|mitigation",
		    "triage|malware|network|forensic|attribution|"
		    "vulnerability|victims|mitigation",
		    "triage|malware|network|forensic|attribution|"
		    "vulnerability|victims|mitigation",
		    "triage|malware|network|forensic|attribution|"
		    "vulnerability|victims|mitigation" } } },
		REMARK_UNTIL("then it is free again (RFC 3339)",
		    "después queda libre (RFC 3339)",
		    "depois fica livre (RFC 3339)",
		    "ensuite c’est libre (RFC 3339)"),
		{ "join", 0, NULL, { { "work with the team that holds it",
		    "trabajar con el equipo que lo asumió",
		    "trabalhar com a equipe que o assumiu",
		    "travailler avec l’équipe qui l’a prise" } } },
		REMARK_TO,
		REMARK_NOTE,
		SEND_TLP,
		SEND_DRY_RUN,
		SEND_YES,
	},
};
