/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara log export: an entry with its proof, to be checked by tools that
 * are not ours (C2SP tlog-proof).
 */
#include "cli/file.h"
#include "cli/node.h"
#include "cli/out.h"

#include <stdio.h>

static int
file_out(struct cli *c, struct json_val data, const char *member,
    const char *suffix)
{
	const char *stem = args_find(&c->args, "out");
	const char *path = cli_text(c, "%s%s", stem, suffix);
	struct span s = out_text(c, data, member);
	enum err e;

	if (s.n == 0)
		return CLI_OK;
	e = file_write_new(path, 0600, s);
	if (e != ERR_NONE)
		return cli_fail_file(c, e, path, NULL);
	cli_say(c, "%s", path);
	return CLI_OK;
}

static int
run(struct cli *c)
{
	struct json_val data;
	int status;

	status = node_call_id(c, "log_export", &data);
	if (status != CLI_OK)
		return status;
	if (args_has(&c->args, "out")) {
		status = file_out(c, data, "jws", ".jws");
		if (status == CLI_OK)
			status = file_out(c, data, "proof", ".tlog-proof");
		if (status == CLI_OK)
			status = file_out(c, data, "checkpoint",
			    ".checkpoint");
		return status;
	}
	if (out_is_json(c)) {
		out_data(c, data);
		return CLI_OK;
	}
	printf("%s\n", out_str(c, data, "jws"));
	printf("%s", out_str(c, data, "proof"));
	return CLI_OK;
}

const struct command command_log_export = {
	.name = "log export", .group = GROUP_RECORD, .operands = "ID",
	.least = 1, .most = 1, .run = run,
	.summary = { { "An entry with its proof, for other tools",
	    "Una entrada con su prueba, para otras herramientas",
	    "Uma entrada com sua prova, para outras ferramentas",
	    "Une entrée avec sa preuve, pour d’autres outils" } },
	.option = {
		{ "out", 'o', "STEM", { {
		    "files STEM.jws, STEM.tlog-proof, STEM.checkpoint",
		    "archivos STEM.jws, STEM.tlog-proof, STEM.checkpoint",
		    "arquivos STEM.jws, STEM.tlog-proof, STEM.checkpoint",
		    "fichiers STEM.jws, STEM.tlog-proof, STEM.checkpoint" } } },
	},
};
