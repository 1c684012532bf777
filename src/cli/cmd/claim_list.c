/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara claim list: who works on what, and until when.
 */
#include "cli/out.h"
#include "cli/remark.h"

static void
row_put(struct cli *c, struct table *t, struct json_val v)
{
	table_put(t, out_tail(out_text(c, v, "id")), STYLE_BOLD);
	table_put(t, out_text(c, v, "label"), STYLE_PLAIN);
	table_put(t, out_text(c, v, "iss"), STYLE_PLAIN);
	table_put(t, out_text(c, v, "value_label"), STYLE_PLAIN);
	table_put(t, span_str(out_time(c, out_u64(v, "lapses"))),
	    STYLE_PLAIN);
	table_put(t, out_text(c, v, "title"), STYLE_PLAIN);
}

static void
put_row(struct cli *c, struct json_val v, struct table *t)
{
	row_put(c, t, v);
}

static int
run(struct cli *c)
{
	const char *const heads[] = { "id", cli_word(c, "state"),
		cli_word(c, "from"), cli_word(c, "aspect"),
		cli_word(c, "until"), cli_word(c, "title"), NULL };
	struct json_val data;
	struct request r;
	int status;

	request_open(&r);
	json_put_member_str(&r.w, "kind", "claim");
	json_put_member_bool(&r.w, "ended", args_has(&c->args, "all"));
	status = request_send(&r, c, "cases", &data);
	if (status != CLI_OK)
		return status;
	out_list(c, data, "rows", heads, put_row);
	return CLI_OK;
}

const struct command command_claim_list = {
	.name = "claim list", .group = GROUP_WATCH, .operands = "",
	.least = 0, .most = 0, .run = run,
	.summary = { { "Who works on what",
	    "Quién trabaja en qué",
	    "Quem trabalha em quê",
	    "Qui travaille sur quoi" } },
	.option = {
		{ "all", 0, NULL, { { "also those that have ended",
		    "también los terminados",
		    "também os encerrados",
		    "aussi ceux qui sont clos" } } },
	},
};
