/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara overlap show: who holds it, and who of them may be named.
 */
#include "cli/node.h"
#include "cli/out.h"

#include <stdio.h>

static const char *
state_word(struct cli *c, struct json_val v)
{
	static const struct {
		const char *word;
		struct names names;
	} words[] = {
		{ "own", { { "own", "propio", "próprio", "le nôtre" } } },
		{ "shut", { { "not to be told", "no se comunica",
		    "não se comunica", "ne se dit pas" } } },
		{ "circle", { { "in the circle", "en el círculo",
		    "no círculo", "dans le cercle" } } },
		{ "gone", { { "gone", "ya no está", "não está mais",
		    "disparu" } } },
		{ "unasked", { { "not asked", "sin consultar",
		    "não consultada", "pas consultée" } } },
		{ "asked", { { "asked", "consultado", "consultada",
		    "consultée" } } },
		{ "agreed", { { "may be named", "puede ser nombrado",
		    "pode ser citada", "peut être nommée" } } },
		{ "declined", { { "may not be named", "no puede ser nombrado",
		    "não pode ser citada", "ne doit pas être nommée" } } },
	};
	const char *is = out_str(c, v, "state");

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strcmp(words[i].word, is) == 0)
			return words[i].names.in[c->lang];
	return is;
}

static int
run(struct cli *c)
{
	const char *const heads[] = { cli_word(c, "team"), "id",
		cli_word(c, "kind"), cli_word(c, "state"), NULL };
	struct json_val data, rows;
	struct table t;
	int status = node_call_id(c, "overlap", &data);

	if (status != CLI_OK)
		return status;
	if (out_is_json(c)) {
		out_data(c, data);
		return CLI_OK;
	}
	out_pair(c, "state", out_text(c, data, "state"));
	out_pair(c, "title", out_text(c, data,
	    out_text(c, data, "stands_for").n != 0 ? "stands_for" :
	    "observable"));
	if (out_text(c, data, "draft").n != 0)
		out_pair(c, "draft", out_tail(out_text(c, data, "draft")));
	if (out_text(c, data, "link").n != 0)
		printf("%s: %s (%.*s)\n", T(c, "told of one another",
		    "se conocen entre sí", "conhecem-se entre si",
		    "se connaissent"), out_join(c, json_get(data, "told")),
		    SPAN_FMT(out_tail(out_text(c, data, "link"))));
	rows = json_get(data, "sides");
	table_init(&t, &c->term, heads);
	for (struct json_val v = json_first(rows); v.type != JSON_ABSENT;
	     v = json_next(rows, v)) {
		table_put(&t, out_text(c, v, "team"), STYLE_BOLD);
		table_put(&t, out_tail(out_text(c, v, "id")), STYLE_PLAIN);
		table_put(&t, out_text(c, v, "kind"), STYLE_PLAIN);
		table_put_str(&t, state_word(c, v));
	}
	out_table(c, &t);
	return CLI_OK;
}

const struct command command_overlap_show = {
	.name = "overlap show", .group = GROUP_WATCH, .operands = "OVERLAP",
	.least = 1, .most = 1, .run = run,
	.summary = { { "Who holds it, and who may be named to the others",
	    "Quién lo tiene y quién puede ser nombrado a los demás",
	    "Quem o tem e quem pode ser citado aos demais",
	    "Qui le détient, et qui peut être nommé aux autres" } },
};
