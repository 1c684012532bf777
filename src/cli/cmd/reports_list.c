/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara reports list: what the public has reported.
 */
#include "cli/node.h"
#include "cli/out.h"

/* The duty that is due first. */
static const char *
next_due(struct cli *c, struct json_val list)
{
	struct json_val first = { 0 };

	if (list.type != JSON_ARRAY)
		return "";
	for (struct json_val v = json_first(list); v.type != JSON_ABSENT;
	     v = json_next(list, v))
		if (!json_is_str(json_get(v, "state"), "done") &&
		    (first.type == JSON_ABSENT ||
			out_u64(v, "due") < out_u64(first, "due")))
			first = v;
	return first.type == JSON_ABSENT ? "" : cli_text(c, "%s %s%s",
	    out_time(c, out_u64(first, "due")), out_str(c, first, "step"),
	    json_is_str(json_get(first, "state"), "late") ? T(c, ", LATE",
		", VENCIDO", ", VENCIDO", ", EN RETARD") : "");
}

static void
put_row(struct cli *c, struct json_val v, struct table *t)
{
	struct json_val from = json_get(v, "origin");
	bool is_slow = span_is_str(out_text(c, v, "lane"), "slow");

	table_put_str(t, out_str(c, v, "number"));
	table_put_str(t, out_str(c, v, "state_label"));
	table_put_str(t, out_str(c, v, "topic_label"));
	table_put_str(t, out_time(c, out_u64(v, "received")));
	table_put_str(t, out_str(c, v, "count"));
	table_put_str(t, is_slow ? T(c, "slow", "lenta", "lenta", "lente") :
				   "");
	table_put(t, from.type == JSON_OBJECT ? out_text(c, from, "team") :
	    span_str(""), STYLE_PLAIN);
	table_put_str(t, next_due(c, json_get(v, "deadlines")));
}

static int
run(struct cli *c)
{
	const char *heads[] = { T(c, "NUMBER", "NÚMERO", "NÚMERO", "NUMÉRO"),
		T(c, "STATE", "ESTADO", "SITUAÇÃO", "ÉTAT"),
		T(c, "ABOUT", "SOBRE", "SOBRE", "OBJET"),
		T(c, "RECEIVED", "RECIBIDO", "RECEBIDO", "REÇU"),
		T(c, "MESSAGES", "MENSAJES", "MENSAGENS", "MESSAGES"),
		T(c, "LANE", "VÍA", "VIA", "VOIE"),
		T(c, "HANDED BY", "DERIVADO POR", "ENCAMINHADO POR",
		    "TRANSMIS PAR"),
		T(c, "TO BE TOLD BY", "AVISAR HASTA", "AVISAR ATÉ",
		    "À SIGNALER AVANT"), NULL };
	struct json_val data;
	struct request r;
	int status;

	request_open(&r);
	json_put_member_bool(&r.w, "ended", args_has(&c->args, "all"));
	status = request_send(&r, c, "reports", &data);
	if (status != CLI_OK)
		return status;
	if (!out_is_json(c) && !out_is_true(data, "intake"))
		cli_say(c, T(c, "This node has no intake key and takes no "
		    "reports: almenara keyset prepare --rotate intake",
		    "Este nodo no tiene clave de recepción y no recibe "
		    "informes: almenara keyset prepare --rotate intake",
		    "Este nó não tem chave de recepção e não recebe relatos: "
		    "almenara keyset prepare --rotate intake",
		    "Ce nœud n’a pas de clé d’accueil et ne prend pas de "
		    "signalements : almenara keyset prepare --rotate intake"));
	out_list(c, data, "rows", heads, put_row);
	return CLI_OK;
}

const struct command command_reports_list = {
	.name = "reports list", .group = GROUP_WATCH, .operands = "",
	.least = 0, .most = 0, .run = run,
	.summary = { { "What the public has reported",
	    "Lo que el público informó", "O que o público relatou",
	    "Ce que le public a signalé" } },
	.option = {
		{ "all", 0, NULL, { { "also those that have ended",
		    "también los terminados", "também os encerrados",
		    "aussi ceux qui sont clos" } } },
	},
};
