/* SPDX-License-Identifier: Apache-2.0
 *
 * Who is on watch, and what is open.
 */
#include "cli/duty_show.h"

#include "cli/out.h"

#include <string.h>

static const char *
presence_text(struct cli *c, const char *word)
{
	if (strcmp(word, "armed") == 0)
		return T(c, "armed", "en línea", "em linha", "en ligne");
	if (strcmp(word, "confirmed") == 0)
		return T(c, "confirmed", "confirmada", "confirmada",
		    "confirmée");
	return T(c, "NOT CONFIRMED", "SIN CONFIRMAR", "NÃO CONFIRMADA",
	    "NON CONFIRMÉE");
}

void
duty_show(struct cli *c, struct json_val data)
{
	const char *const heads[] = { cli_word(c, "post"),
		T(c, "ON WATCH", "DE GUARDIA", "DE PLANTÃO", "DE GARDE"),
		T(c, "SINCE", "DESDE", "DESDE", "DEPUIS"),
		T(c, "PRESENCE", "PRESENCIA", "PRESENÇA", "PRÉSENCE"),
		T(c, "HANDS OVER TO", "ENTREGA A", "ENTREGA A",
		    "PASSE LA GARDE À"), NULL };
	struct json_val rows = json_get(data, "duty");
	struct table t;

	if (json_count(rows) == 0)
		return;
	table_init(&t, &c->term, heads);
	for (struct json_val v = json_first(rows); v.type != JSON_ABSENT;
	     v = json_next(rows, v)) {
		const char *presence = out_str(c, v, "presence");

		table_put(&t, out_text(c, v, "post"), STYLE_BOLD);
		table_put(&t, out_text(c, v, "person"), STYLE_PLAIN);
		table_put_str(&t, out_time(c, out_u64(v, "since")));
		table_put(&t, span_str(presence_text(c, presence)),
		    strcmp(presence, "unconfirmed") == 0 ? STYLE_BAD :
		    STYLE_GOOD);
		table_put(&t, out_text(c, v, "to"), STYLE_PLAIN);
	}
	out_table(c, &t);
}

const char *
duty_line(struct cli *c, struct json_val data)
{
	struct json_val rows = json_get(data, "duty");
	const char *line = "";

	for (struct json_val v = json_first(rows); v.type != JSON_ABSENT;
	     v = json_next(rows, v))
		line = cli_text(c, "%s%s%s %s (%s%s%s)", line,
		    line[0] != '\0' ? ", " : "", out_str(c, v, "post"),
		    out_str(c, v, "person"), presence_text(c,
			out_str(c, v, "presence")),
		    out_str(c, v, "to")[0] != '\0' ? " > " : "",
		    out_str(c, v, "to"));
	return line;
}

static const char *
what_text(struct cli *c, const char *what)
{
	if (strcmp(what, "escalation") == 0)
		return T(c, "escalates", "escala", "escalona", "escalade");
	if (strcmp(what, "notice") == 0)
		return T(c, "not acknowledged", "sin acuse de recibo",
		    "sem confirmação", "sans accusé de réception");
	if (strcmp(what, "assessment") == 0)
		return T(c, "first assessment owed",
		    "se debe una primera evaluación",
		    "deve-se uma primeira avaliação",
		    "première évaluation due");
	if (strcmp(what, "update") == 0)
		return T(c, "news promised", "novedad prometida",
		    "novidade prometida", "nouvelles promises");
	if (strcmp(what, "work") == 0)
		return T(c, "claimed work", "trabajo reclamado",
		    "trabalho reivindicado", "travail réservé");
	if (strcmp(what, "draft") == 0)
		return T(c, "draft under way", "borrador en curso",
		    "rascunho em curso", "brouillon en cours");
	if (strcmp(what, "peer") == 0)
		return T(c, "node is not heard", "el nodo no se oye",
		    "o nó não é ouvido", "le nœud n’est pas entendu");
	return T(c, "case", "caso", "caso", "dossier");
}

void
duty_open_show(struct cli *c, struct json_val data)
{
	const char *const heads[] = { cli_word(c, "id"), cli_word(c, "level"),
		T(c, "OPEN", "PENDIENTE", "PENDENTE", "EN COURS"), NULL };
	struct json_val rows = json_get(data, "open");
	struct table t;

	if (json_count(rows) == 0) {
		cli_say(c, "%s", T(c, "nothing is open", "nada pendiente",
		    "nada pendente", "rien en cours"));
		return;
	}
	table_init(&t, &c->term, heads);
	for (struct json_val v = json_first(rows); v.type != JSON_ABSENT;
	     v = json_next(rows, v)) {
		uint64_t level = out_u64(v, "level");

		struct span team = out_text(c, v, "team");

		table_put(&t, team.n != 0 ? team : out_tail(out_text(c, v,
		    "id")), STYLE_BOLD);
		table_put(&t, level != 0 ? out_text(c, v, "level") :
		    span_str(""), level >= 4 ? STYLE_BAD : STYLE_PLAIN);
		table_put_str(&t, cli_text(c, "%s%s", what_text(c,
		    out_str(c, v, "what")), out_is_true(v, "exercise") ?
		    T(c, " EXERCISE", " EJERCICIO", " EXERCÍCIO",
			" EXERCICE") : ""));
	}
	out_table(c, &t);
	if (out_u64(data, "more") != 0)
		cli_say(c, T(c, "and %s more", "y %s más", "e mais %s",
		    "et %s de plus"), out_str(c, data, "more"));
}
