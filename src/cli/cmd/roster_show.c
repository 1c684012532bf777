/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara roster show: who is on which post, and where the next 60 days have
 * gaps and overlaps. Exit 1 if there are any.
 */
#include "cli/duty_show.h"
#include "cli/node.h"
#include "cli/out.h"

#include <string.h>

static void
posts_show(struct cli *c, struct json_val rows)
{
	const char *const heads[] = { cli_word(c, "post"),
		T(c, "NOW", "AHORA", "AGORA", "MAINTENANT"), NULL };
	struct table t;

	table_init(&t, &c->term, heads);
	for (struct json_val v = json_first(rows); v.type != JSON_ABSENT;
	     v = json_next(rows, v)) {
		bool is_rostered = out_is_true(v, "rostered");
		bool is_held = json_count(json_get(v, "holders")) != 0;

		table_put(&t, out_text(c, v, "post"), STYLE_BOLD);
		if (!is_rostered)
			table_put_str(&t, T(c, "by role", "por función",
			    "por papel", "par rôle"));
		else if (!is_held)
			table_put(&t, span_str(T(c, "nobody", "nadie",
			    "ninguém", "personne")), STYLE_BAD);
		else
			table_put_str(&t, out_join(c,
			    json_get(v, "holders")));
	}
	out_table(c, &t);
}

static void
shifts_show(struct cli *c, struct json_val rows)
{
	const char *const heads[] = { cli_word(c, "id"), cli_word(c, "post"),
		cli_word(c, "from"), T(c, "UNTIL", "HASTA", "ATÉ", "JUSQU’À"),
		T(c, "DAYS", "DÍAS", "DIAS", "JOURS"),
		T(c, "IN TURN", "POR TURNO", "POR TURNO", "À TOUR DE RÔLE"),
		NULL };
	struct table t;

	if (json_count(rows) == 0)
		return;
	table_init(&t, &c->term, heads);
	for (struct json_val v = json_first(rows); v.type != JSON_ABSENT;
	     v = json_next(rows, v)) {
		table_put(&t, out_tail(out_text(c, v, "id")), STYLE_BOLD);
		table_put(&t, out_text(c, v, "post"), STYLE_PLAIN);
		table_put_str(&t, out_time(c, out_u64(v, "start")));
		table_put_str(&t, out_time(c, out_u64(v, "end")));
		table_put(&t, out_text(c, v, "every"), STYLE_PLAIN);
		table_put_str(&t, out_join(c, json_get(v, "persons")));
	}
	out_table(c, &t);
}

static void
gaps_show(struct cli *c, struct json_val rows)
{
	for (struct json_val v = json_first(rows); v.type != JSON_ABSENT;
	     v = json_next(rows, v))
		out_pair(c, "remark", span_str(cli_text(c,
		    strcmp(out_str(c, v, "what"), "gap") == 0 ?
		    T(c, "%s: nobody from %s until %s",
			"%s: nadie desde %s hasta %s",
			"%s: ninguém de %s até %s",
			"%s : personne de %s à %s") :
		    T(c, "%s: several from %s until %s",
			"%s: varios desde %s hasta %s",
			"%s: vários de %s até %s",
			"%s : plusieurs de %s à %s"), out_str(c, v, "post"),
		    out_time(c, out_u64(v, "from")),
		    out_time(c, out_u64(v, "to")))));
}

static int
run(struct cli *c)
{
	struct json_val data;
	int status = node_call(c, "roster", &data);

	if (status != CLI_OK)
		return status;
	if (out_is_json(c)) {
		out_data(c, data);
	} else {
		posts_show(c, json_get(data, "posts"));
		duty_show(c, data);
		shifts_show(c, json_get(data, "shifts"));
		gaps_show(c, json_get(data, "gaps"));
	}
	return json_count(json_get(data, "gaps")) != 0 ? CLI_FAILED : CLI_OK;
}

const struct command command_roster_show = {
	.name = "roster show", .group = GROUP_WATCH, .operands = "",
	.run = run,
	.summary = { { "Who is on watch; gaps of the next 60 days (1: some)",
	    "Quién está de guardia; huecos de los próximos 60 días (1: hay)",
	    "Quem está de plantão; lacunas dos próximos 60 dias (1: há)",
	    "Qui est de garde ; lacunes des 60 prochains jours (1 : il y en "
	    "a)" } },
};
