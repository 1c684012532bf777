/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara test-alert results: what came of a test, a row a state; without ID
 * all of late, and which states are proved; with the ID of a schedule its
 * newest round. Ends with 1 if one is flagged.
 */
#include "cli/node.h"
#include "cli/out.h"

#include <inttypes.h>

static const char *
result_text(struct cli *c, struct span result)
{
	static const struct {
		const char *word;
		struct names names;
	} all[] = {
		{ "sent", { { "on its way", "en camino", "a caminho",
		    "en route" } } },
		{ "delivered", { { "no person yet", "aún ninguna persona",
		    "ainda ninguém", "personne encore" } } },
		{ "acknowledged", { { "acknowledged", "acusada", "confirmado",
		    "accusée" } } },
		{ "late", { { "acknowledged late", "acusada tarde",
		    "confirmado tarde", "accusée en retard" } } },
		{ "undelivered", { { "NOT DELIVERED", "NO ENTREGADA",
		    "NÃO ENTREGUE", "NON REMISE" } } },
		{ "unanswered", { { "NO PERSON ANSWERED", "NADIE RESPONDIÓ",
		    "NINGUÉM RESPONDEU", "PERSONNE N’A RÉPONDU" } } },
		{ "withdrawn", { { "withdrawn", "retirada", "retirado",
		    "retirée" } } },
	};

	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		if (span_is_str(result, all[i].word))
			return all[i].names.in[c->lang];
	return cli_text(c, "%.*s", SPAN_FMT(result));
}

static const char *
time_text(struct cli *c, struct json_val v, const char *key)
{
	return out_u64(v, key) == 0 ? "" : out_time(c, out_u64(v, key));
}

static void
proved_put(struct cli *c, struct table *t, struct json_val v)
{
	const char *proved = time_text(c, v, "proved");

	if (out_is_true(v, "flagged"))
		table_put(t, span_str(cli_text(c, "%s %s", T(c, "SILENT",
		    "EN SILENCIO", "EM SILÊNCIO", "SILENCIEUX"), proved)),
		    STYLE_BAD);
	else
		table_put_str(t, proved);
}

/* --- one --- */

static void
reply_put(struct cli *c, struct table *t, struct json_val v)
{
	struct span result = out_text(c, v, "result");
	bool bad = span_is_str(result, "undelivered") ||
	    span_is_str(result, "unanswered");

	table_put(t, out_text(c, v, "team"), STYLE_BOLD);
	table_put(t, span_str(result_text(c, result)), bad ? STYLE_BAD :
							     STYLE_PLAIN);
	table_put_str(t, time_text(c, v, "delivered"));
	table_put_str(t, out_u64(v, "called") == 0 ? "" : cli_text(c,
	    "%s (%s)", out_time(c, out_u64(v, "called")),
	    out_str(c, v, "channel")));
	table_put_str(t, out_u64(v, "acknowledged") == 0 ? "" : cli_text(c,
	    "%s (%s)", out_time(c, out_u64(v, "acknowledged")),
	    out_str(c, v, "by_post")));
	proved_put(c, t, v);
}

static void
one_show(struct cli *c, struct json_val data)
{
	const char *const heads[] = { cli_word(c, "team"), cli_word(c,
	    "result"), T(c, "delivered", "entregada", "entregue", "remise"),
		T(c, "first called", "primera llamada", "primeira chamada",
		    "premier appel"), T(c, "acknowledged by", "acusada por",
		    "confirmado por", "accusée par"), T(c, "last proved",
		    "última prueba", "último teste", "dernier essai"), NULL };
	struct json_val rows = json_get(data, "rows");
	struct table t;

	table_init(&t, &c->term, heads);
	for (struct json_val v = json_first(rows); v.type != JSON_ABSENT;
	     v = json_next(rows, v))
		reply_put(c, &t, v);
	out_table(c, &t);
}

/* --- all --- */

static void
tests_show(struct cli *c, struct json_val rows)
{
	const char *const heads[] = { "id", T(c, "sent", "enviada", "enviado",
	    "envoyée"), T(c, "round", "ronda", "rodada", "tour"), cli_word(c, "level"), T(c, "acknowledged", "acusada",
	    "confirmado", "accusée"), T(c, "flagged", "señalados",
	    "sinalizados", "signalés"), NULL };
	struct table t;

	table_init(&t, &c->term, heads);
	for (struct json_val v = json_first(rows); v.type != JSON_ABSENT;
	     v = json_next(rows, v)) {
		uint64_t flagged = out_u64(v, "flagged");

		table_put(&t, out_tail(out_text(c, v, "id")), STYLE_BOLD);
		table_put_str(&t, time_text(c, v, "sent"));
		table_put_str(&t, time_text(c, v, "round"));
		table_put(&t, out_text(c, v, "level"), STYLE_PLAIN);
		table_put_str(&t, cli_text(c, "%" PRIu64 "/%" PRIu64,
		    out_u64(v, "acknowledged"), out_u64(v, "asked")));
		table_put(&t, span_str(flagged == 0 ? "" : cli_text(c,
		    "%" PRIu64, flagged)), STYLE_BAD);
	}
	out_table(c, &t);
}

static void
teams_show(struct cli *c, struct json_val rows)
{
	const char *const heads[] = { cli_word(c, "team"), T(c, "last proved",
	    "última prueba", "último teste", "dernier essai"), NULL };
	struct table t;

	if (json_count(rows) == 0)
		return;
	table_init(&t, &c->term, heads);
	for (struct json_val v = json_first(rows); v.type != JSON_ABSENT;
	     v = json_next(rows, v)) {
		table_put(&t, out_text(c, v, "team"), STYLE_BOLD);
		proved_put(c, &t, v);
	}
	out_table(c, &t);
}

static int
status_of(struct json_val data)
{
	struct json_val rows = json_get(data, "rows");

	if (rows.type == JSON_ABSENT)
		rows = json_get(data, "teams");
	for (struct json_val v = json_first(rows); v.type != JSON_ABSENT;
	     v = json_next(rows, v))
		if (out_is_true(v, "flagged"))
			return CLI_FAILED;
	return CLI_OK;
}

static int
run(struct cli *c)
{
	struct json_val data;
	struct request r;
	int status;

	request_open(&r);
	if (c->args.count != 0)
		json_put_member_str(&r.w, "id", c->args.operand[0]);
	status = request_send(&r, c, "test_alert_results", &data);
	if (status != CLI_OK)
		return status;
	if (out_is_json(c)) {
		out_data(c, data);
	} else if (c->args.count != 0) {
		one_show(c, data);
	} else {
		tests_show(c, json_get(data, "tests"));
		teams_show(c, json_get(data, "teams"));
	}
	return status_of(data);
}

const struct command command_test_alert_results = {
	.name = "test-alert results", .group = GROUP_WATCH,
	.operands = "[ID]", .least = 0, .most = 1, .run = run,
	.summary = { { "Who acknowledged a test alert; status 1 if one is "
	    "silent",
	    "Quién acusó una alerta de prueba; estado 1 si alguno calla",
	    "Quem confirmou um alerta de teste; status 1 se há silêncio",
	    "Qui a accusé une alerte d’essai ; code 1 si un se tait" } },
};
