/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara courier status: what waits to be sent to persons, and how each
 * channel does.
 */
#include "cli/node.h"
#include "cli/out.h"

static void
channels_put(struct cli *c, struct json_val list)
{
	const char *const heads[] = { T(c, "channel", "canal", "canal",
	    "canal"), T(c, "last proved", "último éxito", "último êxito",
	    "dernier succès"), T(c, "last failed", "último fallo",
	    "última falha", "dernier échec"), cli_word(c, "remark"), NULL };
	struct table t;

	table_init(&t, &c->term, heads);
	for (struct json_val v = json_first(list); v.type != JSON_ABSENT;
	    v = json_next(list, v)) {
		table_put(&t, out_text(c, v, "channel"), STYLE_BOLD);
		table_put_str(&t, out_u64(v, "proved") == 0 ? "" :
		    out_time(c, out_u64(v, "proved")));
		table_put_str(&t, out_u64(v, "failed") == 0 ? "" :
		    out_time(c, out_u64(v, "failed")));
		table_put(&t, out_text(c, v, "why"), STYLE_PLAIN);
	}
	out_table(c, &t);
}

/* "proved", "failing", ... */
static const char *
state_text(struct cli *c, struct span state)
{
	if (span_is_str(state, "proved"))
		return T(c, "proved", "probado", "provado", "prouvé");
	if (span_is_str(state, "new"))
		return T(c, "not yet proved", "aún no probado",
		    "ainda não provado", "pas encore prouvé");
	if (span_is_str(state, "old"))
		return T(c, "NOT PROVED LATELY", "SIN PRUEBA RECIENTE",
		    "SEM PROVA RECENTE", "PAS PROUVÉ RÉCEMMENT");
	if (span_is_str(state, "never"))
		return T(c, "NEVER PROVED", "NUNCA PROBADO", "NUNCA PROVADO",
		    "JAMAIS PROUVÉ");
	if (span_is_str(state, "unsealed"))
		return T(c, "WITHOUT ITS TEXT", "SIN EL TEXTO", "SEM O TEXTO",
		    "SANS LE TEXTE");
	return T(c, "FAILING", "FALLA", "FALHA", "EN ÉCHEC");
}

static void
contact_put(struct cli *c, struct table *t, struct span person,
    struct json_val v)
{
	bool bad = out_is_true(v, "flagged");

	table_put(t, person, STYLE_BOLD);
	table_put(t, out_text(c, v, "channel"), STYLE_PLAIN);
	table_put(t, span_str(state_text(c, out_text(c, v, "state"))),
	    bad ? STYLE_BAD : STYLE_PLAIN);
	table_put_str(t, out_u64(v, "proved") == 0 ? "" :
	    out_time(c, out_u64(v, "proved")));
	table_put_str(t, out_u64(v, "answered") == 0 ? "" :
	    out_time(c, out_u64(v, "answered")));
	table_put(t, out_text(c, v, "why"), STYLE_PLAIN);
}

/* Each way to each person. */
static void
persons_put(struct cli *c, struct json_val list)
{
	const char *const heads[] = { cli_word(c, "user"), T(c, "channel",
	    "canal", "canal", "canal"), T(c, "state", "estado", "estado",
	    "état"), T(c, "last proved", "último éxito", "último êxito",
	    "dernier succès"), T(c, "test answered", "prueba respondida",
	    "teste respondido", "essai répondu"), cli_word(c, "remark"), NULL };
	struct table t;

	if (json_count(list) == 0)
		return;
	table_init(&t, &c->term, heads);
	for (struct json_val p = json_first(list); p.type != JSON_ABSENT;
	    p = json_next(list, p)) {
		struct json_val ways = json_get(p, "contacts");

		for (struct json_val v = json_first(ways);
		    v.type != JSON_ABSENT; v = json_next(ways, v))
			contact_put(c, &t, out_text(c, p, "person"), v);
	}
	out_table(c, &t);
}

static void
pages_put(struct cli *c, struct json_val list)
{
	const char *const heads[] = { T(c, "page", "llamada", "chamada",
	    "appel"), T(c, "channel", "canal", "canal", "canal"),
		T(c, "level", "nivel", "nível", "niveau"),
		T(c, "state", "estado", "estado", "état"),
		T(c, "tries", "intentos", "tentativas", "essais"),
		cli_word(c, "remark"), NULL };
	struct table t;

	if (json_count(list) == 0)
		return;
	table_init(&t, &c->term, heads);
	for (struct json_val v = json_first(list); v.type != JSON_ABSENT;
	    v = json_next(list, v)) {
		table_put(&t, out_text(c, v, "page"), STYLE_BOLD);
		table_put(&t, out_text(c, v, "channel"), STYLE_PLAIN);
		table_put(&t, out_text(c, v, "level"), STYLE_PLAIN);
		table_put(&t, out_text(c, v, "state"), STYLE_PLAIN);
		table_put(&t, out_text(c, v, "tries"), STYLE_PLAIN);
		table_put(&t, out_text(c, v, "why"), STYLE_PLAIN);
	}
	out_table(c, &t);
}

static int
run(struct cli *c)
{
	struct json_val data;
	int status = node_call(c, "courier", &data);

	if (status != CLI_OK)
		return status;
	if (out_is_json(c)) {
		out_data(c, data);
		return CLI_OK;
	}
	channels_put(c, json_get(data, "channels"));
	persons_put(c, json_get(data, "persons"));
	pages_put(c, json_get(data, "pages"));
	cli_say(c, T(c, "pages waiting: %s", "llamadas en espera: %s",
	    "chamadas em espera: %s", "appels en attente : %s"),
	    out_str(c, data, "waiting"));
	return CLI_OK;
}

const struct command command_courier_status = {
	.name = "courier status", .group = GROUP_RUN, .operands = "",
	.run = run,
	.summary = { { "Pages to persons: what waits, how each channel does",
	    "Llamadas a personas: lo que espera y cómo va cada canal",
	    "Chamadas a pessoas: o que espera e como vai cada canal",
	    "Appels aux personnes : ce qui attend, l’état de chaque canal" } },
};
