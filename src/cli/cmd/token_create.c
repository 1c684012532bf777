/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara token create: lets an official read notices of the site's node. The
 * token is printed once.
 */
#include "cli/node.h"
#include "cli/out.h"
#include "cli/remark.h"

static int
run(struct cli *c)
{
	struct json_val data;
	struct request r;
	int64_t until_s;
	int status = CLI_OK;

	if (!args_has(&c->args, "for"))
		return cli_usage(c, "--for NAME");
	if (!remark_time(c, "until", &until_s, &status))
		return status;
	request_open(&r);
	request_put_option(&r, c, "for", "for");
	request_put_option(&r, c, "most", "most");
	if (until_s != 0) {
		json_put_key(&r.w, "until");
		json_put_i64(&r.w, until_s);
	}
	status = request_send(&r, c, "token_create", &data);
	if (status != CLI_OK)
		return status;
	if (out_is_json(c)) {
		out_data(c, data);
		return CLI_OK;
	}
	printf("%s\n", out_str(c, data, "token"));
	cli_say(c, T(c, "%s until %s; it is not shown again. To take it back: "
	    "almenara token revoke %s", "%s hasta el %s; no se muestra otra "
	    "vez. Para quitarla: almenara token revoke %s", "%s até %s; não "
	    "é mostrada de novo. Para retirá-la: almenara token revoke %s",
	    "%s jusqu’au %s ; il n’est plus montré. Pour le reprendre : "
	    "almenara token revoke %s"), out_str(c, data, "most"),
	    out_time(c, out_u64(data, "until")), out_str(c, data, "id"));
	if (!out_is_true(data, "served"))
		cli_say(c, "%s", T(c, "nothing is served yet: site_api yes in "
		    "almenarad.conf", "todavía no se atiende nada: site_api "
		    "yes en almenarad.conf", "nada é atendido ainda: site_api "
		    "yes em almenarad.conf", "rien n’est encore servi : "
		    "site_api yes dans almenarad.conf"));
	return CLI_OK;
}

const struct command command_token_create = {
	.name = "token create", .group = GROUP_RUN, .operands = "",
	.run = run,
	.summary = { { "Let an official outside the team read notices",
	    "Permitir a un funcionario ajeno al equipo leer avisos",
	    "Permitir que um funcionário de fora da equipe leia avisos",
	    "Laisser un responsable extérieur lire les avis" } },
	.option = {
		{ "for", 0, "NAME", { { "who gets it", "quién la recibe",
		    "quem a recebe", "qui le reçoit" } } },
		{ "most", 0, "LABEL", { {
		    "nothing stricter: CLEAR, GREEN, AMBER (GREEN)",
		    "nada más estricto: CLEAR, GREEN, AMBER (GREEN)",
		    "nada mais restrito: CLEAR, GREEN, AMBER (GREEN)",
		    "rien de plus strict : CLEAR, GREEN, AMBER (GREEN)" } } },
		REMARK_UNTIL("its end, a year away at the most (90 days)",
		    "su fin, a lo sumo en un año (90 días)",
		    "seu fim, no máximo em um ano (90 dias)",
		    "sa fin, dans un an au plus (90 jours)"),
	},
};
