/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara register list: the registers that this node keeps, or the rows of
 * one.
 */
#include "cli/node.h"
#include "cli/out.h"
#include "cli/rows.h"

static void
put_row(struct cli *c, struct json_val v, struct table *t)
{
	table_put(t, out_text(c, v, "kind"), STYLE_BOLD);
	table_put(t, out_text(c, v, "label"), STYLE_PLAIN);
	table_put(t, out_text(c, v, "meaning"), STYLE_PLAIN);
}

static int
list_registers(struct cli *c)
{
	const char *const heads[] = { cli_word(c, "register"),
		cli_word(c, "title"), cli_word(c, "meaning"), NULL };
	struct json_val data;
	int status = node_call(c, "registers", &data);

	if (status != CLI_OK)
		return status;
	out_list(c, data, "rows", heads, put_row);
	return CLI_OK;
}

static int
run(struct cli *c)
{
	const struct kind *k;
	int status = CLI_OK;

	if (c->args.count == 0)
		return list_registers(c);
	k = rows_kind(c, c->args.operand[0], &status);
	return k == NULL ? status : rows_list(c, k);
}

const struct command command_register_list = {
	.name = "register list", .group = GROUP_RECORD,
	.operands = "[REGISTER]", .least = 0, .most = 1, .run = run,
	.summary = { { "The registers of this node, or the rows of one",
	    "Los registros de este nodo, o las filas de uno",
	    "Os registros deste nó, ou as linhas de um",
	    "Les registres de ce nœud, ou les lignes de l’un" } },
	.option = { ROWS_LIST_OPTIONS },
};
