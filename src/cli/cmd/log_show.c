/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara log show: the heads of the logs, or the entries of one.
 */
#include "base/limits.h"
#include "cli/node.h"
#include "cli/out.h"

static int
heads_show(struct cli *c)
{
	const char *const heads[] = { cli_word(c, "log"), cli_word(c, "size"),
		cli_word(c, "root"), cli_word(c, "state"), NULL };
	struct json_val data, logs;
	struct table t;
	int status = node_call(c, "log", &data);

	if (status != CLI_OK)
		return status;
	logs = json_get(data, "logs");
	if (out_is_json(c)) {
		out_rows(c, data, "logs");
		return CLI_OK;
	}
	table_init(&t, &c->term, heads);
	for (struct json_val v = json_first(logs); v.type != JSON_ABSENT;
	    v = json_next(logs, v)) {
		table_put(&t, out_text(c, v, "origin"), STYLE_BOLD);
		table_put(&t, out_text(c, v, "size"), STYLE_PLAIN);
		table_put(&t, out_text(c, v, "root"), STYLE_PLAIN);
		table_put(&t, out_text(c, v, "state"), STYLE_PLAIN);
	}
	out_table(c, &t);
	return CLI_OK;
}

static void
row_put(struct cli *c, struct table *t, struct json_val v)
{
	table_put(t, out_text(c, v, "index"), STYLE_PLAIN);
	table_put_str(t, cli_word(c, out_is_true(v, "sealed") ? "sealed" :
	    "open"));
	table_put(t, out_text(c, v, "digest"), STYLE_PLAIN);
	table_put(t, out_text(c, v, "container"), STYLE_PLAIN);
}

static int
entries_show(struct cli *c)
{
	const char *const heads[] = { cli_word(c, "index"),
		"", cli_word(c, "digest"), cli_word(c, "container"), NULL };
	unsigned long from = 0, count = 50;
	struct json_val data, rows;
	struct request r;
	struct table t;
	struct fault f;
	int status;

	if (args_number(&c->args, "from", 0, INT64_MAX, &from, &f) !=
	    ERR_NONE || args_number(&c->args, "count", 1, LIMIT_LIST_ROWS,
	    &count, &f) != ERR_NONE)
		return cli_usage(c, cli_text(c, "--%s: %s", f.field, f.rule));
	request_open(&r);
	json_put_member_str(&r.w, "which", c->args.operand[0]);
	json_put_member_u64(&r.w, "from", from);
	json_put_member_u64(&r.w, "count", count);
	status = request_send(&r, c, "log_show", &data);
	if (status != CLI_OK)
		return status;
	rows = json_get(data, "records");
	if (out_is_json(c)) {
		out_rows(c, data, "records");
		return CLI_OK;
	}
	table_init(&t, &c->term, heads);
	for (struct json_val v = json_first(rows); v.type != JSON_ABSENT;
	    v = json_next(rows, v))
		row_put(c, &t, v);
	out_table(c, &t);
	return CLI_OK;
}

static int
run(struct cli *c)
{
	return c->args.count == 0 ? heads_show(c) : entries_show(c);
}

const struct command command_log_show = {
	.name = "log show", .group = GROUP_RECORD,
	.operands = "[own|private|ORIGIN]", .most = 1, .run = run,
	.summary = { { "Heads of the logs, or the entries of one",
	    "Cabezas de los registros, o las entradas de uno",
	    "Cabeças dos registros, ou as entradas de um",
	    "Têtes des journaux, ou les entrées de l’un" } },
	.option = {
		{ "from", 0, "INDEX", { { "first entry", "primera entrada",
		    "primeira entrada", "première entrée" } } },
		{ "count", 0, "N", { { "how many (50)", "cuántas (50)",
		    "quantas (50)", "combien (50)" } } },
	},
};
