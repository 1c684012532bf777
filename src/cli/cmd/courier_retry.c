/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara courier retry: try now what waits after a failure.
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
	if (c->args.count != 0)
		json_put_member_str(&r.w, "page", c->args.operand[0]);
	status = request_send(&r, c, "courier_retry", &data);
	if (status != CLI_OK)
		return status;
	if (out_is_json(c))
		out_data(c, data);
	else
		cli_say(c, T(c, "tried now: %s", "se intentan ahora: %s",
		    "tentadas agora: %s", "réessayés : %s"),
		    out_str(c, data, "pages"));
	return CLI_OK;
}

const struct command command_courier_retry = {
	.name = "courier retry", .group = GROUP_RUN, .operands = "[PAGE]",
	.least = 0, .most = 1, .run = run,
	.summary = { { "Try now what waits to be sent again",
	    "Intentar ahora lo que espera otro intento",
	    "Tentar agora o que espera nova tentativa",
	    "Réessayer maintenant ce qui attend" } },
};
