/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara guide show: a guide as a draft to be edited and released. Needs no
 * node.
 */
#include "base/embed.h"
#include "cli/out.h"
#include "site/guides.h"

extern const struct embed_set site_templates;

static int
run(struct cli *c)
{
	const char *name = c->args.operand[0];
	const struct embed *file = embed_find(&site_templates,
	    cli_text(c, "guides/%s.json", name));

	if (file == NULL)
		return cli_fail(c, &(struct trouble){ .exit = CLI_NOT_FOUND,
		    .code = err_token(ERR_NOT_FOUND),
		    .what = cli_text(c, T(c, "there is no guide \"%s\"",
			"no hay una guía «%s»", "não há um guia “%s”",
			"il n’y a pas de guide « %s »"), name),
		    .next = "almenara guide list" });
	printf("{\"kind\":\"guide\",\"tlp\":\"TLP:CLEAR\",\"body\":\n%.*s}\n",
	    (int)file->n, (const char *)file->p);
	return CLI_OK;
}

const struct command command_guide_show = {
	.name = "guide show", .group = GROUP_RUN, .operands = "NAME",
	.least = 1, .most = 1, .run = run,
	.summary = { { "A guide as a file for almenara draft new",
	    "Una guía como archivo para almenara draft new",
	    "Um guia como arquivo para almenara draft new",
	    "Un guide sous forme de fichier pour almenara draft new" } },
};
