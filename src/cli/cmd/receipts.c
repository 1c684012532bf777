/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara receipts: who holds a notice, proved by their machines, and who has
 * answered. Exit 7 as long as somebody's receipt is missing.
 */
#include "cli/escalated.h"
#include "cli/node.h"
#include "cli/out.h"

#include <string.h>

static enum term_style
style_of(const char *state)
{
	if (strcmp(state, "acknowledged") == 0 || strcmp(state, "stored") == 0)
		return STYLE_GOOD;
	return STYLE_WARN;
}

/* By when it promised more, as long as that is owed. */
static void
promise_put(struct cli *c, struct table *t, struct json_val v)
{
	bool is_late = json_is_str(json_get(v, "promise"), "late");
	bool is_unheard = json_is_str(json_get(v, "promise"), "unheard");

	if (out_u64(v, "next_update") == 0)
		table_put_str(t, "");
	else
		table_put(t, span_str(cli_text(c, "%s%s",
		    out_time(c, out_u64(v, "next_update")), is_late ?
		    T(c, " LATE", " VENCIDA", " VENCIDA", " EN RETARD") :
		    is_unheard ? T(c, " (not heard since)",
			" (sin oírse desde entonces)",
			" (sem se ouvir desde então)",
			" (plus entendu depuis)") : "")),
		    is_late ? STYLE_BAD : STYLE_PLAIN);
}

static int
run(struct cli *c)
{
	const char *const heads[] = { cli_word(c, "team"),
		cli_word(c, "state"), cli_word(c, "received"),
		cli_word(c, "answer"), cli_word(c, "post"),
		T(c, "NEXT NEWS", "PRÓXIMA NOVEDAD", "PRÓXIMA NOTÍCIA",
		    "PROCHAINES NOUVELLES"), NULL };
	struct json_val data, rows;
	bool is_missing = false;
	struct table t;
	int status;

	status = node_call_id(c, "receipts", &data);
	if (status != CLI_OK)
		return status;
	rows = json_get(data, "rows");
	table_init(&t, &c->term, heads);
	for (struct json_val v = json_first(rows); v.type != JSON_ABSENT;
	    v = json_next(rows, v)) {
		const char *state = out_str(c, v, "state");

		is_missing |= style_of(state) != STYLE_GOOD;
		table_put(&t, out_text(c, v, "team"), STYLE_BOLD);
		table_put(&t, span_str(cli_word(c, cli_text(c, "receipt_%s",
		    state))), style_of(state));
		table_put_str(&t, out_time(c, out_u64(v, "at")));
		table_put(&t, out_text(c, v, "answer"), STYLE_PLAIN);
		table_put(&t, out_text(c, v, "by_post"), STYLE_PLAIN);
		promise_put(c, &t, v);
	}
	if (out_is_json(c)) {
		out_rows(c, data, "rows");
		table_release(&t);
	} else {
		out_table(c, &t);
		escalated_show(c, data);
	}
	return is_missing ? CLI_UNDELIVERED : CLI_OK;
}

const struct command command_receipts = {
	.name = "receipts", .group = GROUP_SHARE, .operands = "ID",
	.least = 1, .most = 1, .run = run,
	.summary = { { "Who holds a notice and who has answered (7: not all)",
	    "Quién tiene una comunicación y quién respondió (7: no todos)",
	    "Quem tem um comunicado e quem respondeu (7: nem todos)",
	    "Qui détient une communication et qui a répondu (7 : pas tous)" } },
};
