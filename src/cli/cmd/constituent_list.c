/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara constituent list: who is served, and by which channels they are told.
 */
#include "cli/rows.h"

static int
run(struct cli *c)
{
	int status = CLI_OK;
	const struct kind *k = rows_kind(c, "constituent", &status);

	return k == NULL ? status :
	    rows_list(c, k);
}

const struct command command_constituent_list = {
	.name = "constituent list", .group = GROUP_RECORD,
	.operands = "", .least = 0, .most = 0, .run = run,
	.summary = { { "Organisations that this team serves",
	    "Organizaciones a las que sirve este equipo",
	    "Organizações que esta equipe atende",
	    "Organisations que cette équipe dessert" } },
	.option = { ROWS_LIST_OPTIONS },
};
