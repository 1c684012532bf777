/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara group show: who is in a group, who has left, and who of them would
 * read what goes to it now.
 */
#include "cli/node.h"
#include "cli/out.h"

static void
show_members(struct cli *c, struct json_val data)
{
	const char *const heads[] = { cli_word(c, "team"),
		cli_word(c, "country"), cli_word(c, "can_read"), NULL };
	struct json_val rows = json_get(data, "members");
	struct table t;

	table_init(&t, &c->term, heads);
	for (struct json_val v = json_first(rows); v.type != JSON_ABSENT;
	     v = json_next(rows, v)) {
		table_put(&t, out_text(c, v, "team"), STYLE_BOLD);
		table_put(&t, out_text(c, v, "state"), STYLE_PLAIN);
		table_put_str(&t, cli_word(c, out_is_true(v, "reads") ?
			"yes" : "no"));
	}
	out_table(c, &t);
}

static int
run(struct cli *c)
{
	struct json_val data;
	struct request r;
	int status;

	request_open(&r);
	json_put_member_str(&r.w, "name", c->args.operand[0]);
	status = request_send(&r, c, "group", &data);
	if (status != CLI_OK)
		return status;
	if (out_is_json(c)) {
		out_data(c, data);
		return CLI_OK;
	}
	out_pair(c, "group", out_text(c, data, "name"));
	out_pair(c, "from", out_text(c, data, "owner"));
	out_pair(c, "title", out_text(c, data, "title"));
	out_pair(c, "ceiling", out_text(c, data, "ceiling"));
	out_pair(c, "has_left", span_str(out_join(c, json_get(data,
	    "left"))));
	show_members(c, data);
	return CLI_OK;
}

const struct command command_group_show = {
	.name = "group show", .group = GROUP_SHARE, .operands = "NAME",
	.least = 1, .most = 1, .run = run,
	.summary = { { "Who is in a group, and who can read",
	    "Quién integra un grupo y quién puede leer",
	    "Quem integra um grupo e quem pode ler",
	    "Qui est dans un groupe, et qui peut lire" } },
};
