/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara sighting list: how many saw it; who, at its origin only.
 */
#include "cli/node.h"
#include "cli/out.h"

#include <stdio.h>

static void
rows_put(struct cli *c, struct json_val rows)
{
	const char *const heads[] = { cli_word(c, "result"),
		cli_word(c, "teams"), cli_word(c, "count"), cli_word(c, "from"),
		NULL };
	struct table t;

	table_init(&t, &c->term, heads);
	for (struct json_val v = json_first(rows); v.type != JSON_ABSENT;
	     v = json_next(rows, v)) {
		struct span label = out_text(c, v, "label");

		table_put(&t, label.n != 0 ? label : out_text(c, v, "result"),
		    STYLE_BOLD);
		table_put(&t, out_text(c, v, "teams"), STYLE_PLAIN);
		table_put(&t, out_text(c, v, "count"), STYLE_PLAIN);
		table_put_str(&t, out_join(c, json_get(v, "by")));
	}
	out_table(c, &t);
}

static int
run(struct cli *c)
{
	struct json_val data, tally;
	int status = node_call_id(c, "sightings", &data);

	if (status != CLI_OK)
		return status;
	if (out_is_json(c)) {
		out_data(c, data);
		return CLI_OK;
	}
	tally = json_get(data, "told");
	rows_put(c, out_is_true(data, "mine") || tally.type != JSON_OBJECT ?
		json_get(data, "rows") : json_get(tally, "rows"));
	if (!out_is_true(data, "mine") && tally.type == JSON_OBJECT)
		out_pair(c, "issued", span_str(out_time(c,
		    out_u64(data, "told_at"))));
	return CLI_OK;
}

const struct command command_sighting_list = {
	.name = "sighting list", .group = GROUP_WATCH, .operands = "NOTICE",
	.least = 1, .most = 1, .run = run,
	.summary = { { "How many teams saw what a notice describes",
		    "Cuántos equipos vieron lo que describe una comunicación",
		    "Quantas equipes viram o que descreve um comunicado",
		    "Combien d’équipes ont vu ce que décrit une communication" } },
};
