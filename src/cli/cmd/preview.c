/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara preview: exactly who would read a draft, computed by the code that
 * sends.
 */
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
	status = request_send(&r, c, "preview", &data);
	if (status != CLI_OK)
		return status;
	if (out_is_json(c))
		out_data(c, data);
	else
		send_show_plan(c, data);
	return CLI_OK;
}

const struct command command_preview = {
	.name = "preview", .group = GROUP_SHARE, .operands = "DRAFT",
	.least = 1, .most = 1, .run = run,
	.summary = { { "Exactly which states would be able to read a draft",
	    "Exactamente qué Estados podrían leer un borrador",
	    "Exatamente quais Estados poderiam ler um rascunho",
	    "Exactement quels États pourraient lire un brouillon" } },
	.option = { SEND_TLP, SEND_AUD, SEND_TO, SEND_EMBARGO,
		SEND_EXPIRES },
};
