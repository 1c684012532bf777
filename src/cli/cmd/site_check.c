/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara site check: are the templates of a folder well written? By itself,
 * without a node.
 */
#include "cli/file.h"
#include "cli/node_config.h"
#include "cli/out.h"
#include "node/site_theme.h"
#include "site/pages.h"

static int
check(struct cli *c, const char *folder)
{
	struct site_about about = { .url = "", .name = "", .team = "",
		.state = "", .phone = "", .mail = "" };
	struct pages_set *pages = NULL;
	struct theme *theme = NULL;
	struct fault f = { 0 };
	enum err e = theme_open(folder, &theme, &f);

	if (e == ERR_NONE) {
		const struct template_source from = theme_source(theme);

		e = pages_open(&from, &about, cli_schema(c), NULL, &pages, &f);
	}
	pages_close(pages);
	theme_close(theme);
	if (e != ERR_NONE)
		return cli_fail(c, &(struct trouble){ .exit = CLI_REFUSED,
		    .code = err_token(e),
		    .what = cli_text(c, "%s: %s", f.field, f.rule),
		    .next = "almenara help site check" });
	cli_say(c, T(c, "%s: the templates are well written",
	    "%s: las plantillas están bien escritas",
	    "%s: os modelos estão bem escritos",
	    "%s : les modèles sont bien écrits"), folder);
	return CLI_OK;
}

static int
run(struct cli *c)
{
	struct config config;
	int status;

	if (c->args.count != 0)
		return check(c, c->args.operand[0]);
	status = node_config_read(c, &config);
	if (status != CLI_OK)
		return status;
	status = check(c, config.site_theme);
	config_release(&config);
	return status;
}

const struct command command_site_check = {
	.name = "site check", .group = GROUP_RUN, .operands = "[FOLDER]",
	.most = 1, .run = run,
	.summary = { { "Are the site's own templates well written?",
	    "¿Están bien escritas las plantillas propias del sitio?",
	    "Os modelos próprios do site estão bem escritos?",
	    "Les modèles propres au site sont-ils bien écrits ?" } },
	.option = { NODE_CONFIG_CONF, NODE_CONFIG_DIR },
};
