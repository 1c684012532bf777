/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara embargo list: what is under embargo, until when, and what is to be
 * done.
 */
#include "cli/node.h"
#include "cli/out.h"

static void
put_row(struct cli *c, struct json_val v, struct table *t)
{
	struct json_val e = json_get(v, "embargo");

	table_put(t, out_tail(out_text(c, v, "id")), STYLE_BOLD);
	table_put(t, out_text(c, v, "iss"), STYLE_PLAIN);
	table_put_str(t, out_time(c, out_u64(e, "until")));
	table_put_str(t, cli_word(c, cli_text(c, "then_%s",
	    out_str(c, e, "then"))));
	table_put(t, out_text(c, v, "tlp"), STYLE_PLAIN);
	table_put_str(t, cli_word(c, cli_text(c, "embargo_%s",
	    out_str(c, e, "state"))));
	table_put(t, out_text(c, v, "title"), STYLE_PLAIN);
}

static int
run(struct cli *c)
{
	const char *const heads[] = { "id", cli_word(c, "from"),
		cli_word(c, "until"), cli_word(c, "then"),
		cli_word(c, "label"), cli_word(c, "state"),
		cli_word(c, "title"), NULL };
	struct json_val data;
	int status = node_call(c, "embargo_list", &data);

	if (status != CLI_OK)
		return status;
	out_list(c, data, "rows", heads, put_row);
	if (!out_is_json(c) && json_count(json_get(data, "rows")) != 0 &&
	    !json_is_str(json_get(data, "clock"), "trusted"))
		cli_say(c, "%s", T(c, "the clock is not trusted: nothing is "
		    "released by itself; if it is right: almenara clock "
		    "accept", "no se confía en el reloj: nada se libera solo; "
		    "si es correcto: almenara clock accept",
		    "não se confia no relógio: nada é liberado sozinho; se "
		    "estiver certo: almenara clock accept",
		    "l’horloge n’est pas sûre : rien n’est levé de soi-même ; "
		    "si elle est juste : almenara clock accept"));
	return CLI_OK;
}

const struct command command_embargo_list = {
	.name = "embargo list", .group = GROUP_SHARE, .operands = "",
	.least = 0, .most = 0, .run = run,
	.summary = { { "What is under embargo",
	    "Lo que está bajo embargo",
	    "O que está sob embargo",
	    "Ce qui est sous embargo" } },
};
