/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara reports show: one report of the public, opened by the keeper for
 * who asks; the audit trail has who did.
 */
#include "cli/escalated.h"
#include "cli/node.h"
#include "cli/out.h"

static void
put_lines(struct cli *c, const char *word, struct span text)
{
	struct table t;
	const char *heads[] = { word, NULL };

	if (text.n == 0)
		return;
	/* a cell a line: foreign text cannot steer the terminal there */
	printf("%s:\n", word);
	table_init(&t, &c->term, heads);
	for (size_t from = 0, i = 0; i <= text.n; i++)
		if (i == text.n || text.p[i] == '\n') {
			table_put(&t, span_of(text.p + from, i - from),
			    STYLE_PLAIN);
			from = i + 1;
		}
	out_table(c, &t);
}

static void
put_messages(struct cli *c, struct json_val list)
{
	for (struct json_val v = json_first(list); v.type != JSON_ABSENT;
	    v = json_next(list, v))
		put_lines(c, cli_text(c, "%s, %s",
		    span_is_str(out_text(c, v, "from"), "team") ?
		    T(c, "the team", "el equipo", "a equipe", "l’équipe") :
		    T(c, "the reporter", "quien informó", "quem relatou",
			"l’auteur"), out_time(c, out_u64(v, "at"))),
		    out_text(c, json_get(v, "message"), "text"));
}

static void
put_head(struct cli *c, struct json_val data, struct json_val said)
{
	struct json_val from = json_get(data, "origin");
	struct json_val there = json_get(data, "there");
	const struct {
		const char *word;
		struct span text;
	} rows[] = {
		{ T(c, "number", "número", "número", "numéro"),
		    out_text(c, data, "number") },
		{ T(c, "state", "estado", "situação", "état"),
		    out_text(c, data, "state_label") },
		{ T(c, "coordination", "coordinación", "coordenação",
		    "coordination"), out_text(c, data, "stage_label") },
		{ T(c, "about", "sobre", "sobre", "objet"),
		    out_text(c, data, "topic_label") },
		{ T(c, "received", "recibido", "recebido", "reçu"),
		    span_str(out_time(c, out_u64(data, "received"))) },
		{ T(c, "lane", "vía", "via", "voie"),
		    out_text(c, data, "lane") },
		{ T(c, "handed to", "derivado a", "encaminhado a",
		    "transmis à"), out_text(c, data, "handed_to") },
		{ T(c, "number there", "número allá", "número lá",
		    "numéro là-bas"), out_text(c, there, "number") },
		{ T(c, "state there", "estado allá", "situação lá",
		    "état là-bas"), out_text(c, there, "state") },
		{ T(c, "may be handed on", "puede derivarse",
		    "pode ser encaminhado", "peut être transmis"),
		    out_text(c, data, "consent") },
		{ T(c, "sector", "sector", "setor", "secteur"),
		    out_text(c, data, "sector") },
		{ T(c, "harm", "daño", "dano", "dommage"),
		    out_text(c, data, "harm") },
		{ T(c, "handed by", "derivado por", "encaminhado por",
		    "transmis par"), out_text(c, from, "team") },
		{ T(c, "number there", "número allá", "número lá",
		    "numéro là-bas"), out_text(c, from, "number") },
		{ T(c, "remark", "observación", "observação", "remarque"),
		    from.type == JSON_OBJECT ? out_text(c, said, "note") :
		    span_str("") },
		{ T(c, "product", "producto", "produto",
		    "produit"), out_text(c, said, "product") },
		{ T(c, "maker", "fabricante", "fabricante",
		    "fabricant"), out_text(c, said, "vendor") },
		{ T(c, "version", "versión", "versão",
		    "version"), out_text(c, said, "version") },
		{ T(c, "exploited", "explotada", "explorada",
		    "exploitée"), out_text(c, said, "exploited") },
		{ T(c, "maker told", "fabricante avisado", "fabricante avisado",
		    "fabricant prévenu"), out_text(c, said, "informed") },
		{ T(c, "publication planned", "publicación prevista", "publicação prevista",
		    "publication prévue"), out_text(c, said, "publish") },
		{ T(c, "to be thanked", "a quien agradecer", "a quem agradecer",
		    "à remercier"), out_text(c, said, "credit") },
		{ T(c, "going on", "sigue", "continua", "en cours"),
		    out_text(c, said, "ongoing") },
		{ T(c, "since", "desde", "desde", "depuis"),
		    out_text(c, said, "when") },
		{ T(c, "contact", "contacto", "contato", "contact"),
		    out_text(c, said, "contact") },
		{ T(c, "may be told", "se puede avisar", "pode ser avisado",
		    "peut être prévenu"), out_text(c, said, "share") },
	};
	struct table t;
	const char *heads[] = { "", "", NULL };

	table_init(&t, &c->term, heads);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (rows[i].text.n == 0)
			continue;
		table_put_str(&t, rows[i].word);
		table_put(&t, rows[i].text, STYLE_PLAIN);
	}
	out_table(c, &t);
}

/* Name and type are what who sent them says. */
static void
put_files(struct cli *c, struct json_val list)
{
	const char *heads[] = { "N", T(c, "NAME", "NOMBRE", "NOME", "NOM"),
		T(c, "BYTES", "BYTES", "BYTES", "OCTETS"),
		T(c, "TYPE CLAIMED", "TIPO DECLARADO", "TIPO DECLARADO",
		    "TYPE DÉCLARÉ"), "SHA-256", NULL };
	struct table t;

	if (json_count(list) == 0)
		return;
	printf("%s:\n", T(c, "files", "archivos", "arquivos", "fichiers"));
	table_init(&t, &c->term, heads);
	for (struct json_val v = json_first(list); v.type != JSON_ABSENT;
	    v = json_next(list, v)) {
		bool is_open = out_is_true(v, "open");

		table_put_u64(&t, out_u64(v, "n"));
		table_put_str(&t, is_open ? out_str(c, v, "name") :
		    T(c, "(cannot be opened)", "(no se puede abrir)",
			"(não pode ser aberto)", "(ne peut être ouvert)"));
		table_put_u64(&t, out_u64(v, "size"));
		table_put_str(&t, is_open ? out_str(c, v, "media") : "");
		table_put_str(&t, is_open ? out_str(c, v, "sha256") : "");
	}
	out_table(c, &t);
}

static int
run(struct cli *c)
{
	struct json_val data, said;
	struct request r;
	int status;

	request_open(&r);
	json_put_member_str(&r.w, "id", c->args.operand[0]);
	status = request_send(&r, c, "report", &data);
	if (status != CLI_OK)
		return status;
	if (out_is_json(c)) {
		out_data(c, data);
		return CLI_OK;
	}
	said = json_get(data, "report");
	put_head(c, data, said);
	if (said.type != JSON_OBJECT)
		cli_say(c, T(c, "What was written cannot be opened: no intake "
		    "key of this node fits.", "Lo escrito no se puede abrir: "
		    "ninguna clave de recepción de este nodo sirve.",
		    "O que foi escrito não pode ser aberto: nenhuma chave de "
		    "recepção deste nó serve.", "Ce qui a été écrit ne peut "
		    "être ouvert : aucune clé d’accueil de ce nœud ne "
		    "convient."));
	escalated_deadlines(c, json_get(data, "deadlines"),
	    out_text(c, data, "number"));
	put_lines(c, T(c, "what happened", "qué ocurrió", "o que aconteceu",
	    "ce qui s’est passé"), out_text(c, said, "what"));
	put_messages(c, json_get(data, "messages"));
	put_files(c, json_get(data, "enclosed"));
	return CLI_OK;
}

const struct command command_reports_show = {
	.name = "reports show", .group = GROUP_WATCH, .operands = "NUMBER",
	.least = 1, .most = 1, .run = run,
	.summary = { { "Read a report of the public",
	    "Leer un informe del público", "Ler um relato do público",
	    "Lire un signalement du public" } },
};
