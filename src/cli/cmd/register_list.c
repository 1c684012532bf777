/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara register list: the registers that this node keeps, or the rows of
 * one.
 */
#include "cli/node.h"
#include "cli/out.h"
#include "cli/rows.h"

#include <stdio.h>

static int
list_registers(struct cli *c)
{
	const char *const heads[] = { cli_word(c, "register"),
		cli_word(c, "title"), cli_word(c, "meaning"), NULL };
	struct json_val data, rows;
	struct table t;
	int status = node_call(c, "registers", &data);

	if (status != CLI_OK)
		return status;
	if (out_is_json(c)) {
		out_rows(c, data, "rows");
		return CLI_OK;
	}
	rows = json_get(data, "rows");
	table_init(&t, &c->term, heads);
	for (struct json_val v = json_first(rows); v.type != JSON_ABSENT;
	     v = json_next(rows, v)) {
		table_put(&t, out_text(c, v, "kind"), STYLE_BOLD);
		table_put(&t, out_text(c, v, "label"), STYLE_PLAIN);
		table_put(&t, out_text(c, v, "meaning"), STYLE_PLAIN);
	}
	out_table(c, &t);
	return CLI_OK;
}

struct listing {
	const struct kind *kind;
	struct table table;
	struct buf b;
	struct json_out w;
};

static int
take_row(struct cli *c, struct json_val row, void *ctx)
{
	struct listing *l = ctx;

	if (!out_is_json(c))
		rows_put(c, l->kind, row, &l->table);
	else if (c->jsonl)
		printf("%.*s\n", SPAN_FMT(json_raw(row)));
	else
		json_put_raw(&l->w, json_raw(row));
	return CLI_OK;
}

static int
run(struct cli *c)
{
	struct listing l = { .kind = NULL };
	int status = CLI_OK;

	if (c->args.count == 0)
		return list_registers(c);
	l.kind = rows_kind(c, c->args.operand[0], &status);
	if (l.kind == NULL)
		return status;
	table_init(&l.table, &c->term, rows_heads(c, l.kind));
	out_open(c, &l.b, &l.w);
	json_put_key(&l.w, "rows");
	json_put_open(&l.w, '[');
	status = rows_each(c, l.kind, args_has(&c->args, "all"), take_row, &l);
	json_put_close(&l.w, ']');
	if (status == CLI_OK && !out_is_json(c)) {
		out_table(c, &l.table);
		buf_release(&l.b);
		return status;
	}
	table_release(&l.table);
	if (status == CLI_OK && !c->jsonl)
		out_close(&l.b, &l.w);
	else
		buf_release(&l.b);
	return status;
}

const struct command command_register_list = {
	.name = "register list", .group = GROUP_RECORD,
	.operands = "[REGISTER]", .least = 0, .most = 1, .run = run,
	.summary = { { "The registers of this node, or the rows of one",
	    "Los registros de este nodo, o las filas de uno",
	    "Os registros deste nó, ou as linhas de um",
	    "Les registres de ce nœud, ou les lignes de l’un" } },
	.option = {
		{ "all", 'a', NULL, { { "also rows that were removed",
		    "también las filas dadas de baja",
		    "também as linhas removidas",
		    "aussi les lignes retirées" } } },
	},
};
