/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara agreement list: what has been signed, and by whom.
 */
#include "cli/node.h"
#include "cli/out.h"

/* Those who have not left. */
static const char *
signers(struct cli *c, struct json_val parties)
{
	const char *all = "";

	for (struct json_val v = json_first(parties); v.type != JSON_ABSENT;
	     v = json_next(parties, v))
		if (json_is_str(json_get(v, "state"), "signed"))
			all = cli_text(c, "%s%s%s", all, *all ? " " : "",
			    out_str(c, v, "team"));
	return all;
}

static void
put_row(struct cli *c, struct json_val v, struct table *t)
{
	table_put(t, out_tail(out_text(c, v, "id")), STYLE_BOLD);
	table_put(t, out_text(c, v, "name"), STYLE_PLAIN);
	table_put(t, out_text(c, v, "tlp"), STYLE_PLAIN);
	table_put_str(t, cli_word(c, cli_text(c, "agreement_%s",
	    out_str(c, v, "here"))));
	table_put_str(t, signers(c, json_get(v, "parties")));
}

static int
run(struct cli *c)
{
	const char *const heads[] = { cli_word(c, "identifier"),
		cli_word(c, "agreement"), cli_word(c, "ceiling"),
		cli_word(c, "here"), cli_word(c, "signed_by"), NULL };
	struct json_val data;
	int status = node_call(c, "agreements", &data);

	if (status != CLI_OK)
		return status;
	out_list(c, data, "agreements", heads, put_row);
	return CLI_OK;
}

const struct command command_agreement_list = {
	.name = "agreement list", .group = GROUP_SHARE, .operands = "",
	.least = 0, .most = 0, .run = run,
	.summary = { { "Agreements on handling, and who has signed them",
	    "Acuerdos de manejo, y quién los firmó",
	    "Acordos de tratamento, e quem os assinou",
	    "Accords de traitement, et qui les a signés" } },
};
