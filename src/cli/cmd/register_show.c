/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara register show: a row of a register in full.
 */
#include "base/limits.h"
#include "cli/out.h"
#include "cli/rows.h"
#include "schema/show.h"

#include <stdio.h>

static int
run(struct cli *c)
{
	struct show how = { .schema = c->schema, .lang = c->lang,
		.columns = c->term.columns, .ascii = !c->term.utf8 };
	struct show_head head = { .kind = span_str("") };
	const struct kind *k;
	struct json_val row;
	struct buf b;
	enum err e;
	int status = rows_fetch(c, &k, &row);

	if (status != CLI_OK)
		return status;
	if (out_is_json(c)) {
		out_data(c, row);
		return CLI_OK;
	}
	head = (struct show_head){ .kind = span_str(k->name),
		.id = out_tail(out_text(c, row, "id")),
		.rev = out_u64(row, "rev") };
	buf_init(&b, LIMIT_SHOWN);
	e = show_record(&how, &head, json_get(row, "body"), &c->arena, &b);
	if (e == ERR_NONE)
		fwrite(b.p, 1, b.n, stdout);
	buf_release(&b);
	return e == ERR_NONE ? CLI_OK :
	    cli_fail_file(c, e, c->args.operand[0], NULL);
}

const struct command command_register_show = {
	.name = "register show", .group = GROUP_RECORD, .operands = "ID",
	.least = 1, .most = 1, .run = run,
	.summary = { { "A row of a register in full",
	    "Una fila de un registro, completa",
	    "Uma linha de um registro, completa",
	    "Une ligne d’un registre, en entier" } },
};
