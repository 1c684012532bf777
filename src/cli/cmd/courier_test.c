/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara courier test: call a person by each of the channels, as a test.
 */
#include "cli/node.h"
#include "cli/out.h"

static int
run(struct cli *c)
{
	struct json_val data, list;
	struct request r;
	int status;

	request_open(&r);
	json_put_member_str(&r.w, "person", c->args.operand[0]);
	request_put_option(&r, c, "channel", "channel");
	status = request_send(&r, c, "courier_test", &data);
	if (status != CLI_OK)
		return status;
	if (out_is_json(c)) {
		out_data(c, data);
		return CLI_OK;
	}
	list = json_get(data, "pages");
	for (struct json_val v = json_first(list); v.type != JSON_ABSENT;
	    v = json_next(list, v))
		cli_say(c, "%s %s", out_str(c, v, "channel"),
		    out_str(c, v, "page"));
	cli_say(c, "%s", T(c, "how it ends: almenara courier status",
	    "cómo termina: almenara courier status",
	    "como termina: almenara courier status",
	    "comment cela finit : almenara courier status"));
	return CLI_OK;
}

const struct command command_courier_test = {
	.name = "courier test", .group = GROUP_RUN, .operands = "UNIX-USER",
	.least = 1, .most = 1, .run = run,
	.summary = { { "Call a person by all channels, as a test",
	    "Llamar a una persona por todos los canales, como prueba",
	    "Chamar uma pessoa por todos os canais, como teste",
	    "Appeler une personne par tous les canaux, pour essai" } },
	.option = {
		{ "channel", 0, "CHANNEL", { {
		    "only this: mail, webhook, command, push, screen",
		    "solo este: mail, webhook, command, push, screen",
		    "só este: mail, webhook, command, push, screen",
		    "seulement : mail, webhook, command, push, screen" } } },
	},
};
