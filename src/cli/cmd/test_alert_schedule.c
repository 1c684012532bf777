/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara test-alert schedule: test alerts that go out by themselves, each
 * week or month. list (also without a word) shows them and when they go next,
 * set adds one, stop ends one.
 */
#include "cli/node.h"
#include "cli/out.h"

#include <string.h>

/* --- list --- */

static const char *
when_text(struct cli *c, struct json_val v)
{
	return cli_text(c, "%s %s %s %s %s", out_str(c, v, "every"),
	    out_str(c, v, "week"), out_str(c, v, "day"),
	    out_str(c, v, "hour"), out_str(c, v, "zone"));
}

static const char *
left_text(struct cli *c, struct json_val v)
{
	struct json_val left = json_get(v, "left");
	const char *all = out_str(c, v, "why");

	for (struct json_val m = json_first(left); m.type != JSON_ABSENT;
	     m = json_next(left, m)) {
		bool missed = json_is_str(json_get(m, "what"), "missed");

		all = cli_text(c, "%s%s%s: %s%s%s", all, all[0] != '\0' ?
		    "; " : "", out_str(c, m, "team"), missed ?
		    T(c, "skipped", "omitida", "omitido", "omise") :
		    T(c, "refused", "rechazada", "recusado", "refusée"),
		    missed ? "" : ", ", out_str(c, m, "why"));
	}
	return all;
}

static void
schedule_put(struct cli *c, struct json_val v, struct table *t)
{
	bool is_stopped = json_is_str(json_get(v, "state"), "done");

	table_put(t, out_tail(out_text(c, v, "id")), STYLE_BOLD);
	table_put_str(t, out_is_true(v, "all") ? "all" :
	    out_join(c, json_get(v, "teams")));
	table_put_str(t, when_text(c, v));
	table_put(t, out_text(c, v, "spread"), STYLE_PLAIN);
	if (is_stopped)
		table_put(t, span_str(T(c, "STOPPED", "DETENIDO", "PARADO",
		    "ARRÊTÉ")), STYLE_BAD);
	else
		table_put_str(t, out_u64(v, "next") == 0 ? "" :
		    out_time(c, out_u64(v, "next")));
	table_put(t, span_str(left_text(c, v)), STYLE_BAD);
}

static int
list(struct cli *c)
{
	const char *const heads[] = { cli_word(c, "id"), T(c, "to", "a",
	    "para", "à"), T(c, "every", "cada", "a cada", "chaque"),
		T(c, "minutes", "minutos", "minutos", "minutes"), T(c, "next",
		    "próxima", "próximo", "prochaine"), T(c, "not sent",
		    "no enviadas", "não enviados", "non envoyées"), NULL };
	struct json_val data;
	int status = node_call(c, "test_schedules", &data);

	if (status == CLI_OK)
		out_list(c, data, "rows", heads, schedule_put);
	return status;
}

/* --- set --- */

static int
set(struct cli *c)
{
	unsigned long level = 0, spread = 0;
	struct json_val data;
	struct request r;
	struct fault f;
	int status;

	if (!args_has(&c->args, "to") || !args_has(&c->args, "every") ||
	    !args_has(&c->args, "day") || !args_has(&c->args, "hour"))
		return cli_usage(c, "--to, --every, --day, --hour");
	if (args_number(&c->args, "level", 1, 5, &level, &f) != ERR_NONE ||
	    args_number(&c->args, "spread", 0, 720, &spread, &f) != ERR_NONE)
		return cli_usage(c, cli_text(c, "--%s: %s", f.field, f.rule));
	request_open(&r);
	request_put_audience(&r, c);
	request_put_option(&r, c, "every", "every");
	request_put_option(&r, c, "week", "week");
	request_put_option(&r, c, "day", "day");
	request_put_option(&r, c, "hour", "hour");
	request_put_option(&r, c, "zone", "zone");
	if (args_has(&c->args, "spread"))
		json_put_member_u64(&r.w, "spread", spread);
	if (level != 0)
		json_put_member_u64(&r.w, "level", level);
	status = request_send(&r, c, "test_schedule_set", &data);
	if (status != CLI_OK)
		return status;
	if (out_is_json(c)) {
		out_data(c, data);
		return CLI_OK;
	}
	printf("%s\n", out_str(c, data, "id"));
	cli_say(c, T(c, "first on %s", "primera vez el %s",
	    "primeira vez em %s", "première fois le %s"),
	    out_time(c, out_u64(data, "next")));
	cli_say(c, "  %s: almenara test-alert schedule list",
	    cli_word(c, "next_step"));
	return CLI_OK;
}

/* --- stop --- */

static int
stop(struct cli *c)
{
	struct json_val data;
	struct request r;
	int status;

	request_open(&r);
	json_put_member_str(&r.w, "id", c->args.operand[1]);
	status = request_send(&r, c, "test_schedule_stop", &data);
	if (status != CLI_OK)
		return status;
	return out_id(c, data);
}

static int
run(struct cli *c)
{
	const char *word = c->args.count == 0 ? "list" : c->args.operand[0];

	if (strcmp(word, "list") == 0 && c->args.count < 2)
		return list(c);
	if (strcmp(word, "set") == 0 && c->args.count == 1)
		return set(c);
	if (strcmp(word, "stop") == 0 && c->args.count == 2)
		return stop(c);
	return cli_usage(c, "list | set --to ... | stop ID");
}

const struct command command_test_alert_schedule = {
	.name = "test-alert schedule", .group = GROUP_WATCH,
	.operands = "[list|set|stop ID]", .least = 0, .most = 2, .run = run,
	.summary = { { "Test alerts that go out by themselves",
	    "Alertas de prueba que salen solas",
	    "Alertas de teste que saem sozinhos",
	    "Alertes d’essai qui partent d’elles-mêmes" } },
	.option = {
		{ "to", 0, "all|TEAM,...", { { "whom they test",
		    "a quiénes prueban", "a quem testam",
		    "qui est mis à l’essai" } } },
		{ "every", 0, "month|week", { { "how often", "cada cuánto",
		    "com que frequência", "à quel rythme" } } },
		{ "week", 0, "1..4|last", { { "which such day of the month",
		    "cuál de esos días del mes", "qual desses dias do mês",
		    "lequel de ces jours du mois" } } },
		{ "day", 0, "DAY", { { "monday, tuesday, ...",
		    "monday (lunes), tuesday (martes), ...",
		    "monday (segunda), tuesday (terça), ...",
		    "monday (lundi), tuesday (mardi), ..." } } },
		{ "hour", 0, "HH:MM", { { "when the round begins",
		    "cuándo empieza la ronda", "quando começa a rodada",
		    "quand commence le tour" } } },
		{ "zone", 0, "ZONE", { { "America/Lima, ... (UTC)",
		    "America/Lima, ... (UTC)", "America/Lima, ... (UTC)",
		    "America/Lima, ... (UTC)" } } },
		{ "spread", 0, "MINUTES", { {
		    "each state at a moment of its own within (30)",
		    "cada estado en su propio momento dentro de (30)",
		    "cada Estado no seu próprio momento dentro de (30)",
		    "chaque État à son propre moment durant (30)" } } },
		{ "level", 'l', "N", { { "goes the way of this level (4)",
		    "va por el camino de este nivel (4)",
		    "vai pelo caminho deste nível (4)",
		    "suit la voie de ce niveau (4)" } } },
	},
};
