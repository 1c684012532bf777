/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara audit case: the file of a breach or of a disclosure, each line with
 * its place in a log, by which `almenara log export` proves it.
 */
#include "cli/trail.h"

#include <stdio.h>

static void
lines_show(struct cli *c, struct json_val data, const char *member)
{
	const char *const heads[] = { cli_word(c, "issued"),
		cli_word(c, "kind"), cli_word(c, "revision"),
		cli_word(c, "state"), cli_word(c, "from"), cli_word(c, "log"),
		cli_word(c, "index"), cli_word(c, "digest"), NULL };
	struct json_val rows = json_get(data, member);
	struct table t;

	table_init(&t, &c->term, heads);
	for (struct json_val v = json_first(rows); v.type != JSON_ABSENT;
	     v = json_next(rows, v)) {
		table_put_str(&t, out_time(c, out_u64(v, "iat")));
		table_put(&t, out_text(c, v, "kind"), STYLE_PLAIN);
		table_put(&t, out_text(c, v, "rev"), STYLE_PLAIN);
		table_put(&t, out_text(c, v, "state"), STYLE_BOLD);
		table_put(&t, out_text(c, v, "iss"), STYLE_PLAIN);
		table_put(&t, out_text(c, v, "log"), STYLE_PLAIN);
		table_put(&t, out_text(c, v, "index"), STYLE_PLAIN);
		table_put(&t, out_text(c, v, "digest"), STYLE_PLAIN);
	}
	out_table(c, &t);
}

static void
clocks_show(struct cli *c, struct json_val data)
{
	const char *const heads[] = { cli_word(c, "promise"),
		cli_word(c, "due"), cli_word(c, "done"), "", NULL };
	struct json_val rows = json_get(data, "clocks");
	struct table t;

	table_init(&t, &c->term, heads);
	for (struct json_val v = json_first(rows); v.type != JSON_ABSENT;
	     v = json_next(rows, v)) {
		table_put(&t, out_text(c, v, "label"), STYLE_PLAIN);
		table_put_str(&t, out_time(c, out_u64(v, "due")));
		table_put_str(&t, out_time(c, out_u64(v, "done")));
		table_put_str(&t, out_is_true(v, "late") ?
			cli_word(c, "late") : "");
	}
	out_table(c, &t);
}

static int
run(struct cli *c)
{
	struct json_val data;
	struct request r;
	int status;

	request_open(&r);
	json_put_member_str(&r.w, "id", c->args.operand[0]);
	status = trail_put_bounds(c, &r, NULL, NULL);
	if (status != CLI_OK)
		return status;
	status = request_send(&r, c, "audit_case", &data);
	if (status != CLI_OK)
		return status;
	if (out_is_json(c)) {
		out_data(c, data);
		return CLI_OK;
	}
	out_pair(c, "title", out_text(c, data, "title"));
	out_pair(c, "state", out_text(c, data, "label"));
	out_pair(c, "from", out_text(c, data, "iss"));
	lines_show(c, data, "steps");
	printf("\n");
	clocks_show(c, data);
	printf("\n");
	if (json_count(json_get(data, "others")) != 0) {
		lines_show(c, data, "others");
		printf("\n");
	}
	trail_show_teams(c, data);
	printf("\n");
	trail_show(c, json_get(data, "here"));
	trail_more(c, data);
	return CLI_OK;
}

const struct command command_audit_case = {
	.name = "audit case", .group = GROUP_RECORD, .operands = "CASE",
	.least = 1, .most = 1, .run = run,
	.summary = { { "The file of a breach or of a disclosure",
	    "El expediente de un incumplimiento o de una divulgación",
	    "O dossiê de uma violação ou de uma divulgação",
	    "Le dossier d’un manquement ou d’une divulgation" } },
	.option = { TRAIL_LIMIT, TRAIL_BEFORE },
};
