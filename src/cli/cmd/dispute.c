/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara dispute: this team holds a document of another to be wrong. It stays
 * as it is; the dispute is shown beside it.
 */
#include "cli/remark.h"

static void
body(struct cli *c, struct json_out *w)
{
	remark_put_text(c, w, "ground", "ground");
	remark_put_ml(c, w, "text", "text");
}

static int
run(struct cli *c)
{
	if (!args_has(&c->args, "ground") || !args_has(&c->args, "text"))
		return cli_usage(c, "--ground GROUND --text TEXT");
	return remark_send(c, "dispute", body);
}

const struct command command_dispute = {
	.name = "dispute", .group = GROUP_SHARE, .operands = "ID",
	.least = 1, .most = 1, .run = run,
	.summary = { { "Say that a document of another team is wrong",
	    "Decir que un documento de otro equipo es erróneo",
	    "Dizer que um documento de outra equipe está errado",
	    "Dire qu’un document d’une autre équipe est erroné" } },
	.option = {
		{ "ground", 0, "GROUND", { { "facts|level|attribution|handling|not_ours|other",
		    "facts|level|attribution|handling|not_ours|other",
		    "facts|level|attribution|handling|not_ours|other",
		    "facts|level|attribution|handling|not_ours|other" } } },
		{ "text", 0, "TEXT", { { "why",
		    "por qué",
		    "por quê",
		    "pourquoi" } } },
		SEND_DRY_RUN,
		SEND_YES,
	},
};
