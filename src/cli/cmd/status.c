/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara status: the node in one screen.
 */
#include "cli/node.h"
#include "cli/out.h"

static void
peers_show(struct cli *c, struct json_val peers)
{
	const char *const heads[] = { cli_word(c, "team"),
		cli_word(c, "link"), cli_word(c, "behind"), NULL };
	struct table t;

	if (json_count(peers) == 0)
		return;
	table_init(&t, &c->term, heads);
	for (struct json_val v = json_first(peers); v.type != JSON_ABSENT;
	    v = json_next(peers, v)) {
		bool is_up = out_is_true(v, "linked");

		table_put(&t, out_text(c, v, "team"), STYLE_PLAIN);
		table_put(&t, span_str(cli_word(c, is_up ? "link_up" :
		    "link_down")), is_up ? STYLE_GOOD : STYLE_BAD);
		table_put(&t, out_text(c, v, "due"), STYLE_PLAIN);
	}
	out_table(c, &t);
}

static void
logs_show(struct cli *c, struct json_val logs)
{
	for (struct json_val v = json_first(logs); v.type != JSON_ABSENT;
	    v = json_next(logs, v))
		out_pair(c, "log", span_str(cli_text(c, "%s  %s",
		    out_str(c, v, "origin"), out_str(c, v, "size"))));
}

static int
run(struct cli *c)
{
	static const char *const members[] = { "team", "node", "state", "why",
		"notices", "unacknowledged", "version" };
	struct json_val data;
	int status = node_call(c, "status", &data);

	if (status != CLI_OK)
		return status;
	if (out_is_json(c)) {
		out_data(c, data);
		return CLI_OK;
	}
	for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
		out_pair(c, members[i], out_text(c, data, members[i]));
	if (out_u64(data, "reviews_due") + out_u64(data, "reviews_overdue") !=
	    0)
		out_pair(c, "review", span_str(cli_text(c, T(c,
		    "%s waiting, %s overdue: almenara waiting",
		    "%s pendientes, %s vencidas: almenara waiting",
		    "%s pendentes, %s vencidas: almenara waiting",
		    "%s en attente, %s en retard : almenara waiting"),
		    out_str(c, data, "reviews_due"),
		    out_str(c, data, "reviews_overdue"))));
	logs_show(c, json_get(data, "logs"));
	peers_show(c, json_get(data, "peers"));
	return CLI_OK;
}

const struct command command_status = {
	.name = "status", .group = GROUP_START, .operands = "", .run = run,
	.summary = { { "The node in one screen",
	    "El nodo en una pantalla", "O nó em uma tela",
	    "Le nœud en un écran" } },
};
