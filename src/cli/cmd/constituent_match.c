/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara constituent match: whom a notice concerns, and why. Nothing is sent.
 */
#include "cli/proposal.h"

static int
run(struct cli *c)
{
	struct json_val data;

	return proposal_show(c, &data);
}

const struct command command_constituent_match = {
	.name = "constituent match", .group = GROUP_RECORD,
	.operands = "NOTICE", .least = 1, .most = 1, .run = run,
	.summary = { { "Whom of those served a notice concerns, and why",
	    "A quiénes de los atendidos concierne una comunicación, y por qué",
	    "A quem dos atendidos diz respeito um comunicado, e por quê",
	    "Qui, parmi les desservis, est concerné, et pourquoi" } },
	.option = { PROPOSAL_BY, PROPOSAL_ALL },
};
