/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara rules keep: delete what has been kept long enough, now instead of
 * within the day; or only say what would go, and what is held back by what.
 */
#include "cli/out.h"
#include "cli/send.h"

static void
print(struct cli *c, struct json_val data)
{
	const char *const heads[] = { cli_word(c, "identifier"),
		cli_word(c, "kind"), cli_word(c, "label"),
		cli_word(c, "keeps_until"), cli_word(c, "goes"),
		cli_word(c, "rule"), cli_word(c, "why"), NULL };
	struct json_val rows = json_get(data, "rows");
	struct table t;

	table_init(&t, &c->term, heads);
	for (struct json_val v = json_first(rows); v.type != JSON_ABSENT;
	     v = json_next(rows, v)) {
		bool yes = out_is_true(v, "goes");

		table_put(&t, out_tail(out_text(c, v, "id")), STYLE_BOLD);
		table_put(&t, out_text(c, v, "kind"), STYLE_PLAIN);
		table_put(&t, out_text(c, v, "tlp"), STYLE_PLAIN);
		table_put_str(&t, out_time(c, out_u64(v, "due")));
		table_put(&t, span_str(cli_word(c, yes ? "yes" : "no")),
		    yes ? STYLE_BAD : STYLE_GOOD);
		table_put(&t, out_text(c, v, "rule"), STYLE_PLAIN);
		table_put(&t, out_text(c, v, "why"), STYLE_PLAIN);
	}
	if (table_rows(&t) != 0)
		out_table(c, &t);
	else
		table_release(&t);
	cli_say(c, out_is_true(data, "dry") ?
		T(c, "%s entries would go, %s are held back",
		    "%s entradas se irían, %s quedan retenidas",
		    "%s entradas sairiam, %s ficam retidas",
		    "%s entrées partiraient, %s sont retenues") :
		T(c, "%s entries go, %s are held back",
		    "%s entradas se van, %s quedan retenidas",
		    "%s entradas saem, %s ficam retidas",
		    "%s entrées partent, %s sont retenues"),
	    out_str(c, data, "goes"), out_str(c, data, "stays"));
}

static int
run(struct cli *c)
{
	bool dry = args_has(&c->args, "dry-run");
	struct json_val data;
	struct request r;
	int status;

	if (!dry && !args_has(&c->args, "yes"))
		return cli_usage(c, T(c,
		    "texts are deleted for good: give --yes or --dry-run",
		    "los textos se suprimen para siempre: --yes o --dry-run",
		    "os textos são suprimidos de vez: --yes ou --dry-run",
		    "les textes sont effacés pour toujours : --yes ou "
		    "--dry-run"));
	request_open(&r);
	json_put_member_bool(&r.w, "dry_run", dry);
	status = request_send(&r, c, "rules_keep", &data);
	if (status != CLI_OK)
		return status;
	if (out_is_json(c))
		out_rows(c, data, "rows");
	else
		print(c, data);
	return CLI_OK;
}

const struct command command_rules_keep = {
	.name = "rules keep", .group = GROUP_SHARE, .operands = "",
	.least = 0, .most = 0, .run = run,
	.summary = { { "Delete texts that were kept long enough",
	    "Suprimir textos conservados el tiempo debido",
	    "Suprimir textos guardados pelo prazo devido",
	    "Effacer les textes conservés assez longtemps" } },
	.option = {
		{ "dry-run", 'n', NULL, { {
		    "only say what would go, and what holds others back",
		    "solo decir qué se iría y qué retiene a otros",
		    "só dizer o que sairia e o que retém outros",
		    "seulement dire ce qui partirait et ce qui retient" } } },
		{ "yes", 'y', NULL, { { "do it", "hacerlo", "fazê-lo",
		    "le faire" } } },
	},
};
