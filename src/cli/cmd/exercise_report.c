/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara exercise report: how long it took to receive, to acknowledge and to
 * act, by state; and what it has shown that is to be mended.
 */
#include "cli/node.h"
#include "cli/out.h"
#include "cli/remark.h"

#include <inttypes.h>
#include <stdio.h>

/* "3/4, 61 s (120 s)": how many of how many, the median, the longest. */
static void
times_put(struct cli *c, struct table *t, struct json_val v)
{
	uint64_t n = out_u64(v, "n");

	table_put_str(t, n == 0 ?
	    cli_text(c, "0/%" PRIu64, out_u64(v, "asked")) :
	    cli_text(c, "%" PRIu64 "/%" PRIu64 ", %" PRIu64 " s (%" PRIu64
		" s)", n, out_u64(v, "asked"), out_u64(v, "median_s"),
		out_u64(v, "longest_s")));
}

static int
run(struct cli *c)
{
	const char *const heads[] = { cli_word(c, "state_of_team"),
		cli_word(c, "to_receive"), cli_word(c, "to_acknowledge"),
		cli_word(c, "to_act"), NULL };
	struct json_val data, rows;
	struct request r;
	struct table t;
	int status;

	request_open(&r);
	json_put_member_str(&r.w, "id", c->args.operand[0]);
	status = request_send(&r, c, "exercise_report", &data);
	if (status != CLI_OK)
		return status;
	if (out_is_json(c)) {
		out_data(c, data);
		return CLI_OK;
	}
	printf("[%s] %s\n", cli_word(c, "exercise_mark"),
	    out_str(c, data, "exercise"));
	rows = json_get(data, "states");
	table_init(&t, &c->term, heads);
	for (struct json_val v = json_first(rows); v.type != JSON_ABSENT;
	     v = json_next(rows, v)) {
		table_put(&t, out_text(c, v, "state"), STYLE_BOLD);
		times_put(c, &t, json_get(v, "receive"));
		times_put(c, &t, json_get(v, "acknowledge"));
		times_put(c, &t, json_get(v, "act"));
	}
	out_table(c, &t);
	if (json_count(json_get(data, "findings")) != 0)
		remark_findings(c, json_get(data, "findings"));
	return CLI_OK;
}

const struct command command_exercise_report = {
	.name = "exercise report", .group = GROUP_WATCH,
	.operands = "EXERCISE", .least = 1, .most = 1, .run = run,
	.summary = { { "Times to receive, acknowledge and act, by state",
	    "Tiempos de recepción, acuse y acción, por Estado",
	    "Tempos de recepção, confirmação e ação, por Estado",
	    "Temps de réception, d’accusé et d’action, par État" } },
};
