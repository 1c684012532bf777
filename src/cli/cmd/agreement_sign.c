/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara agreement sign: what another team has signed, word for word.
 */
#include "cli/remark.h"

static void
put(struct cli *c, struct request *r, void *ctx)
{
	(void)ctx;
	json_put_member_str(&r->w, "id", c->args.operand[0]);
	request_put_option(r, c, "from", "from");
	request_put_option(r, c, "tlp", "tlp");
	request_put_option(r, c, "note", "note");
}

static int
run(struct cli *c)
{
	return send_run(c, "agreement_sign", put, NULL);
}

const struct command command_agreement_sign = {
	.name = "agreement sign", .group = GROUP_SHARE, .operands = "AGREEMENT",
	.least = 1, .most = 1, .run = run,
	.summary = { { "Sign an agreement that another team has signed",
	    "Firmar un acuerdo que otro equipo firmó",
	    "Assinar um acordo que outra equipe assinou",
	    "Signer un accord qu’une autre équipe a signé" } },
	.option = {
		{ "from", 0, "TEAM", { { "the terms as this team signed them",
		    "las condiciones como las firmó este equipo",
		    "as condições como esta equipe as assinou",
		    "les conditions que cette équipe a signées" } } },
		SEND_TLP,
		REMARK_NOTE,
		SEND_DRY_RUN,
		SEND_YES,
	},
};
