/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara reshare: pass on the document of another team, unchanged, as far as
 * its label and its origin allow.
 */
#include "cli/remark.h"

static int
run(struct cli *c)
{
	return send_run(c, "reshare", remark_put_passing, NULL);
}

const struct command command_reshare = {
	.name = "reshare", .group = GROUP_SHARE, .operands = "ID",
	.least = 1, .most = 1, .run = run,
	.summary = { { "Pass on a document of another team",
	    "Transmitir un documento de otro equipo",
	    "Repassar um documento de outra equipe",
	    "Transmettre un document d’une autre équipe" } },
	.option = {
		REMARK_TO,
		SEND_TLP,
		REMARK_NOTE,
		SEND_WAIT,
		SEND_DRY_RUN,
		SEND_YES,
	},
};
