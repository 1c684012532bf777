/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara overlap list: what several origins hold without knowing of one
 * another.
 */
#include "cli/node.h"
#include "cli/out.h"

static void
put_row(struct cli *c, struct json_val v, struct table *t)
{
	table_put(t, out_tail(out_text(c, v, "id")), STYLE_BOLD);
	table_put(t, out_text(c, v, "state"), STYLE_PLAIN);
	table_put(t, out_text(c, v,
	    out_text(c, v, "stands_for").n != 0 ? "stands_for" :
	    "observable"), STYLE_PLAIN);
	table_put_str(t, out_join(c, json_get(v, "teams")));
}

static int
run(struct cli *c)
{
	const char *const heads[] = { "id", cli_word(c, "state"),
		T(c, "observable", "observable", "observável", "observable"),
		cli_word(c, "teams"), NULL };
	struct json_val data;
	struct request r;
	int status;

	request_open(&r);
	json_put_member_bool(&r.w, "all", args_has(&c->args, "all"));
	status = request_send(&r, c, "overlaps", &data);
	if (status != CLI_OK)
		return status;
	out_list(c, data, "rows", heads, put_row);
	return CLI_OK;
}

const struct command command_overlap_list = {
	.name = "overlap list", .group = GROUP_WATCH, .operands = "",
	.least = 0, .most = 0, .run = run,
	.summary = { { "What several origins hold without knowing it",
	    "Lo que varios orígenes tienen sin saberlo",
	    "O que várias origens têm sem saber",
	    "Ce que plusieurs origines détiennent sans le savoir" } },
	.option = {
		{ "all", 0, NULL, { { "also those put aside",
		    "también las apartadas", "também as postas de lado",
		    "aussi ceux mis de côté" } } },
	},
};
