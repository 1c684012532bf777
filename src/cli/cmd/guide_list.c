/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara guide list: the guides that stand on each site until the team
 * writes its own. Needs no node.
 */
#include "base/embed.h"
#include "base/limits.h"
#include "cli/out.h"
#include "schema/show.h"
#include "site/guides.h"

extern const struct embed_set site_templates;

static int
run(struct cli *c)
{
	const char *name;

	for (size_t i = 0; (name = guides_brought(i)) != NULL; i++) {
		const struct embed *file = embed_find(&site_templates,
		    cli_text(c, "guides/%s.json", name));
		struct json doc;

		if (file == NULL || json_parse_arena(span_of(file->p, file->n),
		    LIMIT_JSON_DEPTH, LIMIT_JSON_TOKENS, &c->arena, &doc,
		    NULL) != ERR_NONE)
			continue;
		printf("%-18s%.*s\n", name, SPAN_FMT(show_ml(json_get(
		    json_root(&doc), "title"), c->lang, span_str(""),
		    &c->arena, NULL)));
	}
	return CLI_OK;
}

const struct command command_guide_list = {
	.name = "guide list", .group = GROUP_RUN, .operands = "", .run = run,
	.summary = { { "The guides that the site brings",
	    "Las guías que trae el sitio", "Os guias que o site traz",
	    "Les guides que le site apporte" } },
};
