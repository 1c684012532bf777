/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara exercise findings: what is to be mended, by whom, until when.
 */
#include "cli/node.h"
#include "cli/out.h"
#include "cli/remark.h"

void
remark_findings(struct cli *c, struct json_val rows)
{
	const char *const heads[] = { "id", cli_word(c, "state"),
		T(c, "owner", "responsable", "responsável", "responsable"),
		T(c, "due", "vence", "prazo", "échéance"),
		cli_word(c, "title"), NULL };
	struct table t;

	table_init(&t, &c->term, heads);
	for (struct json_val v = json_first(rows); v.type != JSON_ABSENT;
	     v = json_next(rows, v)) {
		struct json_val b = json_get(v, "body");

		table_put(&t, out_tail(out_text(c, v, "id")), STYLE_BOLD);
		table_put(&t, out_text(c, v, "label"), json_is_str(
		    json_get(v, "state"), "overdue") ? STYLE_BAD :
		    STYLE_PLAIN);
		table_put(&t, out_text(c, b, "owner"), STYLE_PLAIN);
		table_put_str(&t, out_time(c, out_u64(b, "due")));
		table_put(&t, out_text(c, v, "title"), STYLE_PLAIN);
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
	json_put_member_str(&r.w, "kind", "finding");
	json_put_member_bool(&r.w, "ended", args_has(&c->args, "all"));
	json_put_member_bool(&r.w, "full", true);
	status = request_send(&r, c, "cases", &data);
	if (status != CLI_OK)
		return status;
	if (out_is_json(c))
		out_rows(c, data, "rows");
	else
		remark_findings(c, json_get(data, "rows"));
	return CLI_OK;
}

const struct command command_exercise_findings = {
	.name = "exercise findings", .group = GROUP_WATCH, .operands = "",
	.least = 0, .most = 0, .run = run,
	.summary = { { "What exercises have shown and is not mended yet",
	    "Lo que mostraron los ejercicios y aún no se corrigió",
	    "O que os exercícios mostraram e ainda não foi corrigido",
	    "Ce que les exercices ont montré et qui n’est pas corrigé" } },
	.option = {
		{ "all", 0, NULL, { { "also those that have ended",
		    "también los terminados", "também os encerrados",
		    "aussi ceux qui sont clos" } } },
	},
};
