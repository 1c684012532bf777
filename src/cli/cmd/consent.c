/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara consent: the origin allows a document to be passed on.
 */
#include "cli/remark.h"

static int
run(struct cli *c)
{
	return send_run(c, "consent", remark_put_passing, NULL);
}

const struct command command_consent = {
	.name = "consent", .group = GROUP_SHARE, .operands = "ID",
	.least = 1, .most = 1, .run = run,
	.summary = { { "Allow a document of this team to be passed on",
	    "Permitir transmitir un documento de este equipo",
	    "Permitir repassar um documento desta equipe",
	    "Permettre de transmettre un document de cette équipe" } },
	.option = {
		REMARK_TO,
		SEND_TLP,
		REMARK_NOTE,
		SEND_DRY_RUN,
		SEND_YES,
	},
};
