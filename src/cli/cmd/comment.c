/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara comment: a remark on a document, for its origin and its readers.
 */
#include "cli/remark.h"

static void
body(struct cli *c, struct json_out *w)
{
	remark_put_ml(c, w, "text", "text");
}

static int
run(struct cli *c)
{
	if (!args_has(&c->args, "text"))
		return cli_usage(c, "--text TEXT");
	return remark_send(c, "comment", body);
}

const struct command command_comment = {
	.name = "comment", .group = GROUP_SHARE, .operands = "ID",
	.least = 1, .most = 1, .run = run,
	.summary = { { "Remark on a document",
	    "Comentar un documento",
	    "Comentar um documento",
	    "Commenter un document" } },
	.option = {
		{ "text", 0, "TEXT", { { "the remark",
		    "la observación",
		    "a observação",
		    "la remarque" } } },
		SEND_DRY_RUN,
		SEND_YES,
	},
};
