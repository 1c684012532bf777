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

static int
run(struct cli *c)
{
	const char *const heads[] = { "id", cli_word(c, "state"),
		cli_word(c, "from"), cli_word(c, "aspect"),
		cli_word(c, "until"), cli_word(c, "title"), NULL };
	struct json_val data, rows;
	struct request r;
	struct table t;
	int status;

	request_open(&r);
	json_put_member_str(&r.w, "kind", "claim");
	json_put_member_bool(&r.w, "ended", args_has(&c->args, "all"));
	status = request_send(&r, c, "cases", &data);
	if (status != CLI_OK)
		return status;
	if (out_is_json(c)) {
		out_rows(c, data, "rows");
		return CLI_OK;
	}
	rows = json_get(data, "rows");
	table_init(&t, &c->term, heads);
	for (struct json_val v = json_first(rows); v.type != JSON_ABSENT;
	     v = json_next(rows, v))
		row_put(c, &t, v);
	out_table(c, &t);
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
