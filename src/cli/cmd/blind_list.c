/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara blind list: the secrets of groups, and who has shown how much.
 */
#include "cli/node.h"
#include "cli/out.h"

static const char *
shown(struct cli *c, struct json_val list)
{
	const char *text = "";

	for (struct json_val v = json_first(list); v.type != JSON_ABSENT;
	     v = json_next(list, v))
		text = cli_text(c, "%s%s%s %s", text,
		    text[0] != '\0' ? ", " : "", out_str(c, v, "team"),
		    out_str(c, v, "count"));
	return text;
}

static void
put_row(struct cli *c, struct json_val v, struct table *t)
{
	table_put(t, out_tail(out_text(c, v, "id")), STYLE_BOLD);
	table_put(t, out_text(c, v, "group"), STYLE_PLAIN);
	table_put(t, out_text(c, v, "team"), STYLE_PLAIN);
	table_put_str(t, out_time(c, out_u64(v, "at")));
	table_put_str(t, shown(c, json_get(v, "shown")));
}

static int
run(struct cli *c)
{
	const char *const heads[] = { "id", cli_word(c, "group"),
		cli_word(c, "from"), T(c, "since", "desde", "desde", "depuis"),
		T(c, "shown", "mostrado", "mostrado", "montré"), NULL };
	struct json_val data;
	int status = node_call(c, "blinds", &data);

	if (status != CLI_OK)
		return status;
	out_list(c, data, "rows", heads, put_row);
	return CLI_OK;
}

const struct command command_blind_list = {
	.name = "blind list", .group = GROUP_WATCH, .operands = "",
	.least = 0, .most = 0, .run = run,
	.summary = { { "Secrets of groups, and who has shown how many digests",
	    "Secretos de grupos y quién mostró cuántos resúmenes",
	    "Segredos de grupos e quem mostrou quantos resumos",
	    "Secrets de groupes, et qui a montré combien d’empreintes" } },
};
