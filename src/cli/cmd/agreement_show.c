/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara agreement show: the terms, who has signed them or left, and whom
 * they bind to this team.
 */
#include "cli/node.h"
#include "cli/out.h"

/* What the members of IEP 2.0 say, one a line, under its own names. */
static void
show_terms(struct cli *c, struct json_val text)
{
	for (struct json_val m = json_first(text); m.type != JSON_ABSENT;
	     m = json_next(text, m)) {
		struct span key = json_key(m, &c->arena), value;

		if (json_text(m, &c->arena, &value) == ERR_NONE &&
		    !span_is_str(key, "id") && !span_is_str(key, "name"))
			out_pair(c, "terms", span_str(cli_text(c,
			    "%.*s: %.*s", SPAN_FMT(key), SPAN_FMT(value))));
	}
}

static void
show_parties(struct cli *c, struct json_val data)
{
	const char *const heads[] = { cli_word(c, "team"),
		cli_word(c, "state"), cli_word(c, "time"),
		cli_word(c, "between_us"), NULL };
	struct json_val rows = json_get(data, "parties");
	struct table t;

	table_init(&t, &c->term, heads);
	for (struct json_val v = json_first(rows); v.type != JSON_ABSENT;
	     v = json_next(rows, v)) {
		const char *bond = out_str(c, v, "bond");

		table_put(&t, out_text(c, v, "team"), STYLE_BOLD);
		table_put_str(&t, cli_word(c, cli_text(c, "agreement_%s",
		    out_str(c, v, "state"))));
		table_put_str(&t, out_time(c, out_u64(v, "at")));
		table_put_str(&t, bond[0] == '\0' ? "" :
			cli_word(c, cli_text(c, "agreement_%s", bond)));
	}
	out_table(c, &t);
}

static int
run(struct cli *c)
{
	struct json_val data, text;
	int status = node_call_id(c, "agreement", &data);

	if (status != CLI_OK)
		return status;
	if (out_is_json(c)) {
		out_data(c, data);
		return CLI_OK;
	}
	text = json_get(data, "text");
	out_pair(c, "agreement", out_text(c, data, "name"));
	out_pair(c, "identifier", out_text(c, data, "id"));
	out_pair(c, "ceiling", out_text(c, data, "tlp"));
	out_pair(c, "valid_from", out_text(c, data, "from"));
	out_pair(c, "valid_until", out_text(c, data, "until"));
	out_pair(c, "here", span_str(cli_word(c, cli_text(c, "agreement_%s",
	    out_str(c, data, "here")))));
	show_terms(c, text);
	show_parties(c, data);
	return CLI_OK;
}

const struct command command_agreement_show = {
	.name = "agreement show", .group = GROUP_SHARE, .operands = "AGREEMENT",
	.least = 1, .most = 1, .run = run,
	.summary = { { "The terms of an agreement, and whom it binds",
	    "Las condiciones de un acuerdo, y a quién obliga",
	    "As condições de um acordo, e a quem obriga",
	    "Les conditions d’un accord, et qui il lie" } },
};
