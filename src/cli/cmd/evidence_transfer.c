/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara evidence transfer: handed over, until the receiver says so.
 */
#include "cli/evidence.h"
#include "cli/out.h"

static const char *from, *to;
static int64_t at;

static void
body(struct cli *c, struct json_out *w)
{
	json_put_member_str(w, "to", to);
	evidence_put_act(c, w, at, from, to, false);
}

static int
run(struct cli *c)
{
	struct json_val before;
	int status;

	to = args_find(&c->args, "receiver");
	if (to == NULL)
		return cli_usage(c, "--receiver NAME");
	if (!evidence_act_check(c, &at, &status))
		return status;
	status = evidence_fetch(c, &before);
	if (status != CLI_OK)
		return status;
	from = out_str(c, before, "custodian");
	return remark_case_step(c, "transfer", body);
}

const struct command command_evidence_transfer = {
	.name = "evidence transfer", .group = GROUP_RECORD, .operands = "ID",
	.least = 1, .most = 1, .run = run,
	.summary = { { "Hand evidence over to another custodian",
	    "Entregar evidencia a otro custodio",
	    "Entregar evidência a outro custodiante",
	    "Remettre une preuve à un autre gardien" } },
	.option = {
		{ "receiver", 0, "NAME", { { "who gets it", "quién la recibe",
		    "quem a recebe", "qui la reçoit" } } },
		EVIDENCE_REASON,
		EVIDENCE_AT,
		EVIDENCE_WITNESS,
		SEND_DRY_RUN,
		SEND_YES,
	},
};
