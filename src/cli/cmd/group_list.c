/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara group list: the groups that may be named in an audience.
 */
#include "cli/node.h"
#include "cli/out.h"

static uint64_t
count(struct json_val list)
{
	uint64_t n = 0;

	for (struct json_val v = json_first(list); v.type != JSON_ABSENT;
	     v = json_next(list, v))
		n++;
	return n;
}

static void
put_row(struct cli *c, struct json_val v, struct table *t)
{
	table_put(t, out_text(c, v, "name"), STYLE_BOLD);
	table_put(t, out_text(c, v, "owner"), STYLE_PLAIN);
	table_put(t, out_text(c, v, "ceiling"), STYLE_PLAIN);
	table_put_u64(t, count(json_get(v, "members")));
	table_put(t, out_text(c, v, "title"), STYLE_PLAIN);
}

static int
run(struct cli *c)
{
	const char *const heads[] = { cli_word(c, "group"),
		cli_word(c, "from"), cli_word(c, "ceiling"),
		cli_word(c, "teams"), cli_word(c, "title"), NULL };
	struct json_val data;
	struct request r;
	int status;

	request_open(&r);
	json_put_member_bool(&r.w, "ended", args_has(&c->args, "all"));
	status = request_send(&r, c, "groups", &data);
	if (status != CLI_OK)
		return status;
	out_list(c, data, "groups", heads, put_row);
	return CLI_OK;
}

const struct command command_group_list = {
	.name = "group list", .group = GROUP_SHARE, .operands = "",
	.least = 0, .most = 0, .run = run,
	.summary = { { "Groups that an audience may name",
	    "Grupos que un destinatario puede nombrar",
	    "Grupos que um destinatário pode nomear",
	    "Groupes que l’on peut nommer comme destinataires" } },
	.option = {
		{ "all", 0, NULL, { { "also those that are closed",
		    "también los cerrados", "também os encerrados",
		    "aussi ceux qui sont fermés" } } },
	},
};
