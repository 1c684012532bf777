/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara approve: the second pair of eyes. Bound to exactly what would be
 * sent: a draft that is changed is approved again.
 */
#include "cli/node.h"
#include "cli/out.h"
#include "cli/send.h"

static int
run(struct cli *c)
{
	struct json_val data;
	struct request r;
	int status;

	if (!send_times_check(c, &status))
		return status;
	request_open(&r);
	json_put_member_str(&r.w, "id", c->args.operand[0]);
	request_put_option(&r, c, "tlp", "tlp");
	request_put_audience(&r, c);
	send_put_times(&r, c);
	status = request_send(&r, c, "approve", &data);
	if (status != CLI_OK)
		return status;
	if (out_is_json(c))
		out_data(c, data);
	else
		cli_say(c, T(c, "approved: %s of %s",
		    "aprobado: %s de %s", "aprovado: %s de %s",
		    "approuvé : %s sur %s"), out_str(c, data, "approvals"),
		    out_str(c, data, "needed"));
	return CLI_OK;
}

const struct command command_approve = {
	.name = "approve", .group = GROUP_SHARE, .operands = "DRAFT",
	.least = 1, .most = 1, .run = run,
	.summary = { { "Approve the draft of another person as it is",
	    "Aprobar tal cual el borrador de otra persona",
	    "Aprovar tal como está o rascunho de outra pessoa",
	    "Approuver tel quel le brouillon d’une autre personne" } },
	.option = { SEND_TLP, SEND_AUD, SEND_TO, SEND_EMBARGO,
		SEND_EXPIRES },
};
