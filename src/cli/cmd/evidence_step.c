/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara evidence step: seal, access, copy, analyse, return, destroy.
 */
#include "cli/evidence.h"
#include "cli/out.h"

#include <string.h>

static const char *from;
static int64_t at;
static bool is_checked;

static void
body(struct cli *c, struct json_out *w)
{
	evidence_put_act(c, w, at, from, args_find(&c->args, "receiver"),
	    is_checked);
}

static int
run(struct cli *c)
{
	const char *action = c->args.operand[1];
	struct evidence_file *file;
	struct json_val before;
	size_t n;
	int status;

	if (strcmp(action, "transfer") == 0)
		return cli_usage(c, "almenara evidence transfer ID");
	if (strcmp(action, "receive") == 0)
		return cli_usage(c, "almenara evidence receive ID");
	if (!evidence_act_check(c, &at, &status))
		return status;
	status = evidence_fetch(c, &before);
	if (status == CLI_OK)
		status = evidence_read(c, 2, &file, &n);
	if (status == CLI_OK && n != 0)
		status = evidence_compare(c, before, file, n);
	if (status != CLI_OK)
		return status;
	is_checked = n != 0;
	from = out_str(c, before, "custodian");
	return remark_case_step(c, action, body);
}

const struct command command_evidence_step = {
	.name = "evidence step", .group = GROUP_RECORD,
	.operands = "ID ACTION [FILE ...]", .least = 2, .most = 258,
	.run = run,
	.summary = { { "Note what was done with evidence in custody",
	    "Anotar qué se hizo con evidencia en custodia",
	    "Anotar o que se fez com evidência em custódia",
	    "Noter ce qui fut fait d’une preuve sous garde" } },
	.option = {
		{ "receiver", 0, "NAME", { { "for return: who has it again",
		    "para return: quién la tiene de nuevo",
		    "para return: quem a tem de novo",
		    "pour return : qui l’a de nouveau" } } },
		EVIDENCE_REASON,
		EVIDENCE_AT,
		EVIDENCE_WITNESS,
		SEND_DRY_RUN,
		SEND_YES,
	},
};
