/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara network show: the register documents that the node holds, what is
 * near its date, and what contradicts itself.
 */
#include "cli/node.h"
#include "cli/out.h"
#include "cli/trust.h"

#include <stdio.h>

static void
warnings_show(struct cli *c, struct json_val list)
{
	for (struct json_val v = json_first(list); v.type != JSON_ABSENT;
	    v = json_next(list, v))
		printf("%s %s  %s\n", out_str(c, v, "kind"),
		    out_str(c, v, "team"), trust_date(c, v));
}

static int
run(struct cli *c)
{
	const char *const heads[] = { cli_word(c, "kind"),
		cli_word(c, "team"), cli_word(c, "version"), "", NULL };
	struct json_val data, list;
	struct table t;
	int status = node_call(c, "documents", &data);

	if (status != CLI_OK)
		return status;
	if (out_is_json(c)) {
		out_rows(c, data, "documents");
		return CLI_OK;
	}
	list = json_get(data, "documents");
	table_init(&t, &c->term, heads);
	for (struct json_val v = json_first(list); v.type != JSON_ABSENT;
	    v = json_next(list, v)) {
		table_put(&t, out_text(c, v, "kind"), STYLE_BOLD);
		table_put(&t, out_text(c, v, "team"), STYLE_PLAIN);
		table_put(&t, out_text(c, v, "version"), STYLE_PLAIN);
		table_put(&t, out_text(c, v, "hash"), STYLE_DIM);
	}
	out_table(c, &t);
	warnings_show(c, json_get(data, "warnings"));
	list = json_get(data, "alarms");
	for (struct json_val v = json_first(list); v.type != JSON_ABSENT;
	    v = json_next(list, v)) {
		struct span text;

		if (json_text(v, &c->arena, &text) == ERR_NONE)
			printf("! %.*s\n", SPAN_FMT(text));
	}
	return CLI_OK;
}

const struct command command_network_show = {
	.name = "network show", .group = GROUP_NETWORK, .operands = "",
	.run = run,
	.summary = { { "The register documents here, dates and contradictions",
	    "Los documentos de la red aquí, fechas y contradicciones",
	    "Os documentos da rede aqui, datas e contradições",
	    "Les documents du réseau ici, dates et contradictions" } },
};
