/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara audit left: what left for a team, by which line of which rules, and
 * who approved it.
 */
#include "cli/trail.h"

static void
row_put(struct cli *c, struct json_val v, struct table *t)
{
	table_put(t, out_text(c, v, "index"), STYLE_PLAIN);
	table_put_str(t, out_time(c, out_u64(v, "iat")));
	table_put(t, c->term.out_tty ? out_tail(out_text(c, v, "id")) :
	    out_text(c, v, "id"), STYLE_BOLD);
	table_put(t, out_text(c, v, "rev"), STYLE_PLAIN);
	table_put(t, out_text(c, v, "kind"), STYLE_PLAIN);
	table_put(t, out_text(c, v, "tlp"), STYLE_PLAIN);
	table_put(t, out_text(c, v, "rule"), STYLE_PLAIN);
	table_put(t, out_text(c, v, "rules"), STYLE_PLAIN);
	table_put(t, out_text(c, v, "actor"), STYLE_PLAIN);
	table_put_str(t, out_join(c, json_get(v, "approved")));
}

static int
run(struct cli *c)
{
	const char *const heads[] = { cli_word(c, "log"),
		cli_word(c, "issued"), cli_word(c, "id"),
		cli_word(c, "revision"), cli_word(c, "kind"),
		cli_word(c, "label"), cli_word(c, "rule"),
		cli_word(c, "digest"), cli_word(c, "by"),
		cli_word(c, "approver"), NULL };
	struct json_val data;
	struct request r;
	int status;

	if (!args_has(&c->args, "to"))
		return cli_usage(c, T(c, "--to TEAM is missing",
		    "falta --to TEAM", "falta --to TEAM",
		    "il manque --to TEAM"));
	request_open(&r);
	request_put_option(&r, c, "to", "to");
	status = trail_put_bounds(c, &r, "from", "until");
	if (status != CLI_OK)
		return status;
	status = request_send(&r, c, "audit_left", &data);
	if (status != CLI_OK)
		return status;
	out_list(c, data, "rows", heads, row_put);
	trail_more(c, data);
	return CLI_OK;
}

const struct command command_audit_left = {
	.name = "audit left", .group = GROUP_RECORD, .operands = "",
	.run = run,
	.summary = { { "What left for a team, and by which rule",
	    "Qué salió hacia un equipo, y por qué regla",
	    "O que saiu para uma equipe, e por qual regra",
	    "Ce qui est parti pour une équipe, et par quelle règle" } },
	.option = {
		{ "to", 0, "TEAM", { { "for this team", "hacia este equipo",
		    "para esta equipe", "pour cette équipe" } } },
		{ "from", 0, "TIME", { { "not what left before",
		    "no lo que salió antes", "não o que saiu antes",
		    "pas ce qui est parti avant" } } },
		{ "until", 0, "TIME", { { "only what left before",
		    "solo lo que salió antes", "só o que saiu antes",
		    "seulement ce qui est parti avant" } } },
		TRAIL_LIMIT, TRAIL_BEFORE,
	},
};
