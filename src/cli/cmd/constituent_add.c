/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara constituent add: an organisation from options, a file, or both.
 */
#include "cli/draft_body.h"
#include "cli/rows.h"

static int
run(struct cli *c)
{
	int status = CLI_OK;
	const struct kind *k = rows_kind(c, "constituent", &status);

	return k == NULL ? status :
	    rows_save(c, k, (struct json_val){ .type = JSON_ABSENT }, 0);
}

const struct command command_constituent_add = {
	.name = "constituent add", .group = GROUP_RECORD,
	.operands = "[FILE]", .least = 0, .most = 1, .run = run,
	.summary = { { "Add a constituent",
	    "Agregar una entidad atendida",
	    "Acrescentar uma entidade atendida",
	    "Ajouter une entité desservie" } },
	.option = { DRAFT_BODY_SET },
};
