/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara readers: everybody who could read a document, from the logs.
 */
#include "cli/node.h"
#include "cli/out.h"
#include "cli/remark.h"

static int
run(struct cli *c)
{
	struct json_val data;
	int status;

	status = node_call_id(c, "readers", &data);
	if (status != CLI_OK)
		return status;
	if (out_is_json(c))
		out_rows(c, data, "readers");
	else
		remark_readers(c, data);
	return CLI_OK;
}

const struct command command_readers = {
	.name = "readers", .group = GROUP_WATCH, .operands = "ID",
	.least = 1, .most = 1, .run = run,
	.summary = { { "Who could read a document",
	    "Quién pudo leer un documento",
	    "Quem pôde ler um documento",
	    "Qui a pu lire un document" } },
};
