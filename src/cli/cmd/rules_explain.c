/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara rules explain: for a draft or a notice, which line decides for every
 * team and every way out by a file, and why.
 */
#include "cli/out.h"
#include "cli/send.h"

static int
run(struct cli *c)
{
	const char *const heads[] = { cli_word(c, "team"), cli_word(c, "rule"),
		cli_word(c, "answer_one"), cli_word(c, "approvals"),
		cli_word(c, "why"), NULL };
	struct json_val data, rows, past;
	const char *next;
	struct table t;
	int status;

	status = node_call_id(c, "rules_explain", &data);
	if (status != CLI_OK)
		return status;
	if (out_is_json(c)) {
		out_rows(c, data, "decisions");
		return CLI_OK;
	}
	past = json_get(data, "decided");
	if (past.type == JSON_OBJECT)
		out_pair(c, "released_by", span_str(cli_text(c, "%s (%s)",
		    out_str(c, past, "rule"), out_str(c, past, "rules"))));
	out_pair(c, "kept", out_text(c, json_get(data, "keep"), "rule"));
	rows = json_get(data, "decisions");
	table_init(&t, &c->term, heads);
	for (struct json_val v = json_first(rows); v.type != JSON_ABSENT;
	     v = json_next(rows, v)) {
		bool yes = out_is_true(v, "allow");

		table_put(&t, out_text(c, v, "team"), STYLE_BOLD);
		table_put(&t, out_text(c, v, "rule"), STYLE_PLAIN);
		table_put(&t, span_str(cli_word(c, yes ? "yes" : "no")),
		    yes ? STYLE_GOOD : STYLE_BAD);
		table_put(&t, out_text(c, v, "approvals"), STYLE_PLAIN);
		next = out_str(c, v, "next");
		table_put_str(&t, cli_text(c, "%s%s%s",
		    out_str(c, v, "why"), next[0] != '\0' ? ": " : "",
		    next));
	}
	out_table(c, &t);
	return CLI_OK;
}

const struct command command_rules_explain = {
	.name = "rules explain", .group = GROUP_SHARE,
	.operands = "NOTICE|DRAFT", .least = 1, .most = 1, .run = run,
	.summary = { { "Which line decides for every team, and why",
	    "Qué línea decide para cada equipo, y por qué",
	    "Que linha decide para cada equipe, e por quê",
	    "Quelle ligne décide pour chaque équipe, et pourquoi" } },
};
