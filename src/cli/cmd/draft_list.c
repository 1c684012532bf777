/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara draft list.
 */
#include "cli/node.h"
#include "cli/out.h"

static void
put_row(struct cli *c, struct json_val v, struct table *t)
{
	table_put(t, out_text(c, v, "draft"), STYLE_BOLD);
	table_put(t, out_text(c, v, "kind"), STYLE_PLAIN);
	table_put(t, out_text(c, v, "tlp"), STYLE_PLAIN);
	table_put_u64(t, out_u64(v, "level"));
	table_put(t, out_text(c, v, "state"), STYLE_PLAIN);
	table_put(t, out_text(c, v, "author"), STYLE_PLAIN);
	table_put(t, out_text(c, v, "title"), STYLE_PLAIN);
}

static int
run(struct cli *c)
{
	const char *const heads[] = { cli_word(c, "draft"),
		cli_word(c, "kind"), cli_word(c, "label"),
		cli_word(c, "level"),
		cli_word(c, "state"), cli_word(c, "author"),
		cli_word(c, "title"), NULL };
	struct json_val data;
	int status = node_call(c, "drafts", &data);

	if (status != CLI_OK)
		return status;
	out_list(c, data, "rows", heads, put_row);
	return CLI_OK;
}

const struct command command_draft_list = {
	.name = "draft list", .group = GROUP_SHARE, .operands = "",
	.run = run,
	.summary = { { "The drafts of this node",
	    "Los borradores de este nodo", "Os rascunhos deste nó",
	    "Les brouillons de ce nœud" } },
};
