/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara evidence verify: are these still the files that were taken into
 * custody?
 */
#include "cli/evidence.h"

static int
run(struct cli *c)
{
	struct evidence_file *file;
	struct json_val body;
	size_t n;
	int status = evidence_fetch(c, &body);

	if (status == CLI_OK)
		status = evidence_read(c, 1, &file, &n);
	return status != CLI_OK ? status : evidence_compare(c, body, file, n);
}

const struct command command_evidence_verify = {
	.name = "evidence verify", .group = GROUP_RECORD,
	.operands = "ID FILE ...", .least = 2, .most = 257, .run = run,
	.summary = { { "Are these the files that are in custody?",
	    "¿Son estos los archivos que están en custodia?",
	    "São estes os arquivos que estão em custódia?",
	    "Sont-ce les fichiers qui sont sous garde ?" } },
};
