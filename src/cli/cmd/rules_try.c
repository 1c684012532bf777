/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara rules try: what another file of sharing rules would have released
 * or refused in the past ninety days, and what it would let out of what is
 * held here; differences only.
 */
#include "base/limits.h"
#include "cli/file.h"
#include "cli/out.h"
#include "cli/send.h"

/* What the other rules would have done: an act of the rules, or none. */
static const char *
would(struct cli *c, struct json_val v)
{
	if (!out_is_true(v, "allow"))
		return cli_word(c, "would_refuse");
	return json_is_str(json_get(v, "act"), "release") ?
	    cli_word(c, "would_release") :
	    T(c, "exported", "exportada", "exportado", "exportée");
}

static void
print(struct cli *c, struct json_val data)
{
	const char *const heads[] = { cli_word(c, "notice_one"),
		cli_word(c, "kind"), cli_word(c, "label"), cli_word(c, "act"),
		cli_word(c, "team"),
		cli_word(c, "would"), cli_word(c, "rule"), cli_word(c, "why"),
		NULL };
	struct json_val rows = json_get(data, "differences");
	struct table t;

	table_init(&t, &c->term, heads);
	for (struct json_val v = json_first(rows); v.type != JSON_ABSENT;
	     v = json_next(rows, v)) {
		bool yes = out_is_true(v, "allow");

		table_put(&t, out_tail(out_text(c, v, "notice")), STYLE_BOLD);
		table_put(&t, out_text(c, v, "kind"), STYLE_PLAIN);
		table_put(&t, out_text(c, v, "tlp"), STYLE_PLAIN);
		table_put(&t, out_text(c, v, "act"), STYLE_PLAIN);
		table_put(&t, out_text(c, v, "team"), STYLE_PLAIN);
		table_put(&t, span_str(would(c, v)),
		    yes ? STYLE_GOOD : STYLE_BAD);
		table_put(&t, out_text(c, v, "rule"), STYLE_PLAIN);
		table_put(&t, out_text(c, v, "why"), STYLE_PLAIN);
	}
	if (table_rows(&t) != 0)
		out_table(c, &t);
	else
		table_release(&t);
	cli_say(c, T(c, "%s notices of %s days: %s readers less, %s more",
	    "%s comunicaciones de %s días: %s lectores menos, %s más",
	    "%s comunicados de %s dias: %s leitores a menos, %s a mais",
	    "%s communications de %s jours : %s lecteurs de moins, %s de "
	    "plus"), out_str(c, data, "notices"), out_str(c, data, "days"),
	    out_str(c, data, "would_refuse"),
	    out_str(c, data, "would_release"));
	cli_say(c, T(c, "%s notices held here: %s exports less, %s more",
	    "%s comunicaciones presentes: %s exportaciones menos, %s más",
	    "%s comunicados presentes: %s exportações a menos, %s a mais",
	    "%s communications présentes : %s exportations de moins, %s de "
	    "plus"), out_str(c, data, "held"),
	    out_str(c, data, "would_hold"), out_str(c, data, "would_export"));
	cli_say(c, T(c, "%s notices would be kept for less time, %s longer",
	    "%s comunicaciones se conservarían menos tiempo, %s más",
	    "%s comunicados seriam guardados menos tempo, %s mais",
	    "%s communications seraient conservées moins, %s plus longtemps"),
	    out_str(c, data, "keep_less"), out_str(c, data, "keep_longer"));
}

static int
run(struct cli *c)
{
	struct json_val data;
	struct request r;
	struct buf b;
	int status;
	enum err e;

	buf_init(&b, LIMIT_RULES);
	e = file_read(c->args.operand[0], &b);
	if (e != ERR_NONE) {
		status = cli_fail_file(c, e, c->args.operand[0], NULL);
	} else {
		request_open(&r);
		json_put_member_span(&r.w, "text", buf_span(&b));
		status = request_send(&r, c, "rules_try", &data);
	}
	buf_release(&b);
	if (status != CLI_OK)
		return status;
	if (out_is_json(c))
		out_rows(c, data, "differences");
	else
		print(c, data);
	return CLI_OK;
}

const struct command command_rules_try = {
	.name = "rules try", .group = GROUP_SHARE, .operands = "FILE",
	.least = 1, .most = 1, .run = run,
	.summary = { { "What other rules would have released or refused",
	    "Qué habrían emitido o rechazado otras reglas",
	    "O que outras regras teriam emitido ou recusado",
	    "Ce que d’autres règles auraient émis ou refusé" } },
};
