/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara reports told: an authority was told of a report, as a duty asks for;
 * the clock of that duty ends.
 */
#include "cli/node.h"
#include "cli/out.h"
#include "cli/remark.h"

static int
run(struct cli *c)
{
	struct json_val data;
	struct request r;
	int64_t at = 0;
	int status;

	if (!args_has(&c->args, "law") || !args_has(&c->args, "step"))
		return cli_usage(c, "--law LAW --step STEP");
	if (!remark_time(c, "at", &at, &status))
		return status;
	request_open(&r);
	json_put_member_str(&r.w, "id", c->args.operand[0]);
	request_put_option(&r, c, "law", "law");
	request_put_option(&r, c, "step", "step");
	if (at != 0)
		json_put_member_u64(&r.w, "at", (uint64_t)at);
	status = request_send(&r, c, "report_told", &data);
	if (status == CLI_OK && out_is_json(c))
		out_data(c, data);
	return status;
}

const struct command command_reports_told = {
	.name = "reports told", .group = GROUP_WATCH, .operands = "NUMBER",
	.least = 1, .most = 1, .run = run,
	.summary = { { "Note that an authority was told of a report",
	    "Anotar que se avisó a una autoridad de un informe",
	    "Anotar que uma autoridade foi avisada de um relato",
	    "Noter qu’une autorité a été avisée d’un signalement" } },
	.option = {
		{ "law", 0, "LAW", { { "the law, as the profile names it",
		    "la ley, como la nombra el perfil",
		    "a lei, como o perfil a chama",
		    "la loi, comme le profil la nomme" } } },
		{ "step", 0, "STEP", { {
		    "early-warning|notification|intermediate|final",
		    "early-warning|notification|intermediate|final",
		    "early-warning|notification|intermediate|final",
		    "early-warning|notification|intermediate|final" } } },
		{ "at", 0, "TIME", { { "when, if not now (RFC 3339)",
		    "cuándo, si no es ahora (RFC 3339)",
		    "quando, se não agora (RFC 3339)",
		    "quand, sinon maintenant (RFC 3339)" } } },
	},
};
