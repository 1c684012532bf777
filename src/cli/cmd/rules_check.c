/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara rules check: is a file of sharing rules well written? By itself,
 * without a node.
 */
#include "cli/file.h"
#include "cli/node_config.h"
#include "cli/out.h"
#include "rules/rules.h"

/* The file that is named, else that of the node. */
static int
find_path(struct cli *c, const char **out)
{
	struct config config;
	int status;

	if (c->args.count > 0) {
		*out = c->args.operand[0];
		return CLI_OK;
	}
	status = node_config_read(c, &config);
	if (status == CLI_OK) {
		*out = config_rules_path(&config, &c->arena);
		config_release(&config);
	}
	return status;
}

static int
tell(struct cli *c, const char *path, const struct rules *r)
{
	struct json_out w;
	struct buf b;

	if (out_is_json(c)) {
		out_open(c, &b, &w);
		json_put_member_str(&w, "file", path);
		json_put_member_u64(&w, "bytes", rules_text(r).n);
		out_close(&b, &w);
	} else {
		cli_say(c, T(c, "%s is well written",
		    "%s está bien escrito", "%s está bem escrito",
		    "%s est bien écrit"), path);
	}
	return CLI_OK;
}

static int
run(struct cli *c)
{
	const struct rules *r = NULL;
	const char *path = NULL;
	struct fault f = { 0 };
	struct buf b;
	int status = find_path(c, &path);
	enum err e;

	if (status != CLI_OK)
		return status;
	buf_init(&b, LIMIT_RULES);
	e = file_read(path, &b);
	if (e != ERR_NONE)
		status = cli_fail_file(c, e, path, NULL);
	else if (rules_parse(buf_span(&b), cli_schema(c), &c->arena, &r, &f) !=
	    ERR_NONE)
		status = cli_fail(c, &(struct trouble){ .exit = CLI_REFUSED,
		    .code = err_token(ERR_CONFIG),
		    .what = cli_text(c, "%s:%s: %s", path, f.field, f.rule),
		    .next = "man almenara.rules" });
	else
		status = tell(c, path, r);
	buf_release(&b);
	return status;
}

const struct command command_rules_check = {
	.name = "rules check", .group = GROUP_SHARE, .operands = "[FILE]",
	.most = 1, .run = run,
	.summary = { { "Is a file of sharing rules well written?",
	    "¿Está bien escrito un archivo de reglas de intercambio?",
	    "Um arquivo de regras de compartilhamento está bem escrito?",
	    "Un fichier de règles de partage est-il bien écrit ?" } },
	.option = { NODE_CONFIG_CONF, NODE_CONFIG_DIR },
};
