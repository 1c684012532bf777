/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara claim release: others may take the work.
 */
#include "cli/remark.h"

static void
body(struct cli *c, struct json_out *w)
{
	remark_put_ml(c, w, "note", "note");
}

static int
run(struct cli *c)
{
	return remark_case_step(c, "release", body);
}

const struct command command_claim_release = {
	.name = "claim release", .group = GROUP_WATCH, .operands = "CLAIM",
	.least = 1, .most = 1, .run = run,
	.summary = { { "Give a claim up: others may take the work",
	    "Dejar lo asumido: otros pueden tomarlo",
	    "Deixar o assumido: outros podem pegá-lo",
	    "Rendre une prise en charge : d’autres peuvent la prendre" } },
	.option = {
		REMARK_NOTE,
		SEND_DRY_RUN,
		SEND_YES,
	},
};
