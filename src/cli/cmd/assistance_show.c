/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara assistance show: a request, who answered, and how soon.
 */
#include "cli/out.h"
#include "cli/remark.h"

#include <inttypes.h>
#include <stdio.h>

static bool
has_answered(struct cli *c, struct json_val rows, struct span team)
{
	for (struct json_val v = json_first(rows); v.type != JSON_ABSENT;
	     v = json_next(rows, v))
		if (span_is_equal(out_text(c, v, "iss"), team))
			return true;
	return false;
}

static void
answers_put(struct cli *c, struct json_val data)
{
	const char *const heads[] = { cli_word(c, "team"),
		cli_word(c, "answer"), "s", "id", NULL };
	struct json_val rows = json_get(data, "replies");
	struct json_val asked = json_get(json_get(data, "body"), "asked_of");
	struct table t;
	struct span s;

	table_init(&t, &c->term, heads);
	for (struct json_val v = json_first(rows); v.type != JSON_ABSENT;
	     v = json_next(rows, v)) {
		table_put(&t, out_text(c, v, "iss"), STYLE_BOLD);
		table_put(&t, out_text(c, v, "label"), STYLE_PLAIN);
		table_put(&t, out_text(c, v, "after_s"), STYLE_PLAIN);
		table_put(&t, out_tail(out_text(c, v, "id")), STYLE_PLAIN);
	}
	for (struct json_val m = json_first(asked); m.type != JSON_ABSENT;
	     m = json_next(asked, m)) {
		if (json_text(m, &c->arena, &s) != ERR_NONE ||
		    has_answered(c, rows, s))
			continue;
		table_put(&t, s, STYLE_BOLD);
		table_put_str(&t, cli_word(c, "answer_due"));
		table_put_str(&t, "");
		table_put_str(&t, "");
	}
	out_table(c, &t);
}

static int
run(struct cli *c)
{
	struct json_val data;
	int status = node_call_id(c, "case", &data);

	if (status != CLI_OK)
		return status;
	if (out_is_json(c)) {
		out_data(c, data);
		return CLI_OK;
	}
	out_pair(c, "title", out_text(c, data, "title"));
	out_pair(c, "state", out_text(c, data, "label"));
	out_pair(c, "from", out_text(c, data, "iss"));
	out_pair(c, "until", span_str(out_time(c, out_u64(data, "lapses"))));
	answers_put(c, data);
	return CLI_OK;
}

const struct command command_assistance_show = {
	.name = "assistance show", .group = GROUP_WATCH, .operands = "REQUEST",
	.least = 1, .most = 1, .run = run,
	.summary = { { "A request for help, who answered and how soon",
		    "Un pedido de ayuda, quién respondió y en cuánto tiempo",
		    "Um pedido de ajuda, quem respondeu e em quanto tempo",
		    "Une demande d’aide, qui a répondu et en combien de temps" } },
};
