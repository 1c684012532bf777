/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara take: keep a post from now on, with what is open there.
 */
#include "cli/duty_show.h"
#include "cli/node.h"
#include "cli/out.h"

static int
run(struct cli *c)
{
	struct json_val data;
	struct request r;
	int status;

	request_open(&r);
	if (c->args.count != 0)
		json_put_member_str(&r.w, "post", c->args.operand[0]);
	status = request_send(&r, c, "take", &data);
	if (status != CLI_OK)
		return status;
	if (out_is_json(c)) {
		out_data(c, data);
		return CLI_OK;
	}
	cli_say(c, T(c, "you are on watch: %s", "está de guardia: %s",
	    "você está de plantão: %s", "vous êtes de garde : %s"),
	    out_str(c, data, "post"));
	if (out_str(c, data, "from")[0] != '\0')
		out_pair(c, "from", out_text(c, data, "from"));
	if (out_str(c, data, "note")[0] != '\0')
		out_pair(c, "remark", out_text(c, data, "note"));
	duty_open_show(c, data);
	cli_say(c, "%s", T(c, "show that you are there: almenara watch",
	    "muestre que está presente: almenara watch",
	    "mostre que está presente: almenara watch",
	    "montrez que vous êtes là : almenara watch"));
	return CLI_OK;
}

const struct command command_take = {
	.name = "take", .group = GROUP_WATCH, .operands = "[POST]",
	.most = 1, .run = run,
	.summary = { { "Take the watch: what was handed over, or a post",
	    "Tomar la guardia: lo que se entregó, o un puesto",
	    "Assumir o plantão: o que foi entregue, ou um posto",
	    "Prendre la garde : ce qui a été passé, ou un poste" } },
};
