/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara expert list: whom to ask for.
 */
#include "cli/out.h"
#include "cli/remark.h"

static void
put_row(struct cli *c, struct json_val v, struct table *t)
{
	struct json_val body = json_get(v, "body");

	table_put(t, out_tail(out_text(c, v, "id")), STYLE_BOLD);
	table_put(t, out_text(c, v, "iss"), STYLE_PLAIN);
	table_put(t, out_text(c, v, "label"), STYLE_PLAIN);
	table_put(t, out_text(c, body, "holder"), STYLE_PLAIN);
	table_put_str(t, out_join(c, json_get(body, "fields")));
	table_put_str(t, out_join(c, json_get(body, "languages")));
}

static int
run(struct cli *c)
{
	const char *const heads[] = { "id", cli_word(c, "team"),
		cli_word(c, "state"), cli_word(c, "post"),
		cli_word(c, "aspect"), cli_word(c, "languages"), NULL };
	struct json_val data;
	struct request r;
	int status;

	request_open(&r);
	json_put_member_str(&r.w, "kind", "expert");
	json_put_member_bool(&r.w, "full", true);
	status = request_send(&r, c, "cases", &data);
	if (status != CLI_OK)
		return status;
	out_list(c, data, "rows", heads, put_row);
	return CLI_OK;
}

const struct command command_expert_list = {
	.name = "expert list", .group = GROUP_WATCH, .operands = "",
	.least = 0, .most = 0, .run = run,
	.summary = { { "Experts whom teams have listed",
		    "Expertos que los equipos han inscrito",
		    "Especialistas que as equipes inscreveram",
		    "Experts que les équipes ont inscrits" } },
};
