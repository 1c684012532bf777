/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara review: what went out by one person alone is read by another.
 */
#include "cli/node.h"
#include "cli/out.h"

static int
run(struct cli *c)
{
	struct json_val data;
	struct request r;
	int status;

	request_open(&r);
	json_put_member_str(&r.w, "id", c->args.operand[0]);
	request_put_option(&r, c, "verdict", "verdict");
	request_put_option(&r, c, "comment", "comment");
	status = request_send(&r, c, "review", &data);
	if (status != CLI_OK)
		return status;
	if (out_is_json(c))
		out_data(c, data);
	else
		cli_say(c, T(c, "%s reviewed", "%s revisada",
		    "%s revisado", "%s relue"), c->args.operand[0]);
	return CLI_OK;
}

const struct command command_review = {
	.name = "review", .group = GROUP_SHARE, .operands = "NOTICE",
	.least = 1, .most = 1, .run = run,
	.summary = { { "Review what another person released alone",
	    "Revisar lo que otra persona emitió sola",
	    "Revisar o que outra pessoa emitiu sozinha",
	    "Relire ce qu’une autre personne a émis seule" } },
	.option = {
		{ "verdict", 0, "VERDICT", { { "confirmed|objected (confirmed)",
		    "confirmed|objected (confirmed)",
		    "confirmed|objected (confirmed)",
		    "confirmed|objected (confirmed)" } } },
		{ "comment", 0, "TEXT", { { "a remark for the record",
		    "una observación para el registro",
		    "uma observação para o registro",
		    "une remarque pour la trace" } } },
	},
};
