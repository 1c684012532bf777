/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara redistribute status: how far a notice has come with those whom the
 * team serves, and who was not reached.
 */
#include "cli/node.h"
#include "cli/out.h"

#include <inttypes.h>

static void
put_mailings(struct cli *c, struct json_val rows)
{
	const char *const heads[] = { T(c, "since", "desde", "desde",
	    "depuis"), T(c, "revision", "revisión", "revisão", "révision"),
		T(c, "readers", "destinatarios", "destinatários",
		    "destinataires"),
		T(c, "reached", "alcanzados", "alcançados", "joints"),
		T(c, "waiting", "en espera", "em espera", "en attente"),
		T(c, "not reached", "no alcanzados", "não alcançados",
		    "non joints"), NULL };
	struct table t;

	table_init(&t, &c->term, heads);
	for (struct json_val v = json_first(rows); v.type != JSON_ABSENT;
	     v = json_next(rows, v)) {
		table_put_str(&t, out_time(c, out_u64(v, "at")));
		table_put(&t, out_text(c, v, "rev"), STYLE_PLAIN);
		table_put(&t, out_text(c, v, "count"), STYLE_PLAIN);
		table_put(&t, out_text(c, v, "reached"), STYLE_PLAIN);
		table_put_str(&t, cli_text(c, "%" PRIu64,
		    out_u64(v, "waiting") + out_u64(v, "under_way")));
		table_put(&t, out_text(c, v, "given_up"), STYLE_PLAIN);
	}
	out_table(c, &t);
}

static void
put_unreached(struct cli *c, struct json_val rows)
{
	const char *const heads[] = { "id", T(c, "name", "nombre", "nome",
	    "nom"), T(c, "channel", "canal", "canal", "canal"),
		T(c, "tries", "intentos", "tentativas", "essais"),
		cli_word(c, "remark"), NULL };
	struct table t;
	size_t n = 0;

	table_init(&t, &c->term, heads);
	for (struct json_val v = json_first(rows); v.type != JSON_ABSENT;
	     v = json_next(rows, v)) {
		struct json_val list = json_get(v, "unreached");

		for (struct json_val u = json_first(list);
		     u.type != JSON_ABSENT; u = json_next(list, u), n++) {
			table_put(&t, out_tail(out_text(c, u, "id")),
			    STYLE_BOLD);
			table_put(&t, out_text(c, u, "name"), STYLE_PLAIN);
			table_put(&t, out_text(c, u, "channel"), STYLE_PLAIN);
			table_put(&t, out_text(c, u, "tries"), STYLE_PLAIN);
			table_put(&t, out_text(c, u, "why"), STYLE_PLAIN);
		}
	}
	if (n != 0)
		out_table(c, &t);
	else
		table_release(&t);
}

static int
retry(struct cli *c)
{
	struct json_val data;
	int status = node_call_id(c, "redistribute_retry", &data);

	if (status == CLI_OK)
		cli_say(c, T(c, "tried again now: %s", "se reintenta ya: %s",
		    "tenta-se de novo já: %s", "réessayé maintenant : %s"),
		    out_str(c, data, "waiting"));
	return status;
}

static int
run(struct cli *c)
{
	struct json_val data, rows;
	int status = args_has(&c->args, "retry") ? retry(c) : CLI_OK;

	if (status == CLI_OK)
		status = node_call_id(c, "redistribute_status", &data);
	if (status != CLI_OK)
		return status;
	rows = json_get(data, "rows");
	if (out_is_json(c)) {
		out_rows(c, data, "rows");
		return CLI_OK;
	}
	put_mailings(c, rows);
	put_unreached(c, rows);
	if (json_count(rows) != 0 && out_u64(json_first(rows), "rev") <
	    out_u64(data, "rev"))
		cli_say(c, T(c, "there is a newer revision: almenara "
		    "redistribute %s", "hay una revisión más nueva: almenara "
		    "redistribute %s", "há uma revisão mais nova: almenara "
		    "redistribute %s", "il y a une révision plus récente : "
		    "almenara redistribute %s"), c->args.operand[0]);
	return CLI_OK;
}

const struct command command_redistribute_status = {
	.name = "redistribute status", .group = GROUP_SHARE,
	.operands = "NOTICE", .least = 1, .most = 1, .run = run,
	.summary = { { "How far a notice has come with those served",
	    "Hasta dónde llegó una comunicación entre los atendidos",
	    "Até onde chegou um comunicado entre os atendidos",
	    "Où en est une communication parmi les desservis" } },
	.option = {
		{ "retry", 0, NULL, { { "try now what waits for another try",
		    "intentar ya lo que espera otro intento",
		    "tentar já o que espera outra tentativa",
		    "essayer maintenant ce qui attend" } } },
	},
};
