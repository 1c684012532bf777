/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara status: the node in one screen.
 */
#include "cli/duty_show.h"
#include "cli/face.h"
#include "cli/node.h"
#include "cli/out.h"
#include "cli/trust.h"

#include <string.h>

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

/* What has become of a log with two histories, and who can end it. */
static void
frozen_show(struct cli *c, struct json_val v)
{
	const char *from = out_str(c, v, "disputed_from");

	if (out_is_true(v, "astray"))
		cli_say(c, T(c, "  closed; disputed from entry %s on, for its "
		    "team closed it with another history: almenara log verify",
		    "  cerrado; disputado desde la entrada %s, pues su equipo "
		    "lo cerró con otra historia: almenara log verify",
		    "  fechado; contestado a partir da entrada %s, pois a "
		    "equipe o fechou com outra história: almenara log verify",
		    "  fermé ; contesté à partir de l’entrée %s, car son "
		    "équipe l’a fermé avec une autre histoire : almenara log "
		    "verify"), from);
	else
		cli_say(c, T(c, "  FROZEN: its origin signed two histories; "
		    "disputed from entry %s on. Its team ends it by a keyset "
		    "that closes this log: almenara peer list",
		    "  CONGELADO: su origen firmó dos historias; disputado "
		    "desde la entrada %s. Su equipo lo resuelve con un juego "
		    "de claves que cierra este registro: almenara peer list",
		    "  CONGELADO: a origem assinou duas histórias; contestado "
		    "a partir da entrada %s. A equipe resolve com um conjunto "
		    "de chaves que fecha este registro: almenara peer list",
		    "  GELÉ : son origine a signé deux histoires ; contesté à "
		    "partir de l’entrée %s. Son équipe y met fin par un jeu de "
		    "clés qui ferme ce journal : almenara peer list"), from);
}

static void
logs_show(struct cli *c, struct json_val logs)
{
	for (struct json_val v = json_first(logs); v.type != JSON_ABSENT;
	    v = json_next(logs, v)) {
		out_pair(c, "log", span_str(cli_text(c, "%s  %s",
		    out_str(c, v, "origin"), out_str(c, v, "size"))));
		if (json_get(v, "disputed_from").type != JSON_ABSENT)
			frozen_show(c, v);
	}
}

static void
trust_show(void *ctx, const char *about, const char *what, const char *next)
{
	struct cli *c = ctx;

	out_pair(c, "remark", span_str(cli_text(c, "%s: %s (%s)", about, what,
	    next)));
}

static void
face_show(void *ctx, enum face f, const char *word_id, const char *what,
    const char *next)
{
	struct cli *c = ctx;

	out_pair(c, word_id, span_str(f == FACE_GOOD ? what :
	    cli_text(c, "%s (%s)", what, next)));
}

static void
attachments_show(struct cli *c, struct json_val v)
{
	if (v.type == JSON_ABSENT || out_u64(v, "count") == 0)
		return;
	out_pair(c, "attachments", span_str(cli_text(c, T(c,
	    "%s, %llu KiB; %s that nothing names go a day after that",
	    "%s, %llu KiB; %s que nada nombra se borran un día después",
	    "%s, %llu KiB; %s que nada nomeia são apagados um dia depois",
	    "%s, %llu Kio ; %s que rien ne nomme partent un jour après"),
	    out_str(c, v, "count"),
	    (unsigned long long)(out_u64(v, "bytes") / 1024),
	    out_str(c, v, "unnamed"))));
}

/* Who asks must know what the node does not know now. */
static void
index_show(struct cli *c, struct json_val data)
{
	uint64_t left = out_u64(data, "index_left");
	uint64_t since_s = out_u64(data, "searched_since");

	if (left != 0)
		out_pair(c, "remark", span_str(cli_text(c, T(c,
		    "the index is being made anew, %llu entries are left: "
		    "counts are of what was read, and other commands wait",
		    "el índice se rehace, quedan %llu entradas: las cuentas "
		    "son de lo leído, y otros mandatos esperan",
		    "o índice é refeito, faltam %llu entradas: as contagens "
		    "são do que foi lido, e outros comandos esperam",
		    "l’index est refait, il reste %llu entrées : les comptes "
		    "portent sur ce qui est lu, et les autres commandes "
		    "attendent"), (unsigned long long)left)));
	if (since_s != 0)
		out_pair(c, "remark", span_str(cli_text(c, T(c,
		    "after an erasure words are being put anew: only notices "
		    "that came since %s are found by them",
		    "tras un borrado se rehacen las palabras: solo se "
		    "encuentran por ellas las comunicaciones desde %s",
		    "após um apagamento as palavras são refeitas: só se "
		    "encontram por elas as comunicações desde %s",
		    "après un effacement, les mots sont refaits : seules les "
		    "communications depuis %s se trouvent par eux"),
		    out_time(c, since_s))));
}

/* The node's state in words; a state that is new stays as it came. */
static struct span
state_text(struct cli *c, struct span state)
{
	static const struct {
		const char *token;
		struct names names;
	} states[] = {
		{ "boot", { { "starting", "arrancando", "iniciando",
		    "démarrage" } } },
		{ "asking", { { "asking the others", "pregunta a los demás",
		    "pergunta aos outros", "interroge les autres" } } },
		{ "ready", { { "ready", "listo", "pronto", "prêt" } } },
		{ "full", { { "full", "lleno", "cheio", "plein" } } },
		{ "restored", { { "restored from an older copy",
		    "restaurado de una copia anterior",
		    "restaurado de uma cópia anterior",
		    "restauré d’une copie plus ancienne" } } },
		{ "halted", { { "halted", "detenido", "parado",
		    "arrêté" } } },
	};

	for (size_t i = 0; i < sizeof states / sizeof states[0]; i++)
		if (span_is_str(state, states[i].token))
			return span_str(states[i].names.in[c->lang]);
	return state;
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
	for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
		struct span text = out_text(c, data, members[i]);

		out_pair(c, members[i], strcmp(members[i], "state") == 0 ?
		    state_text(c, text) : text);
	}
	if (out_str(c, data, "rules_refused")[0] != '\0')
		out_pair(c, "rules_refused",
		    out_text(c, data, "rules_refused"));
	if (!out_is_true(data, "rules"))
		out_pair(c, "remark", span_str(T(c,
		    "no sharing rules are in force: nothing is shared",
		    "no rigen reglas de intercambio: no se comparte nada",
		    "nenhuma regra de compartilhamento em vigor: nada é "
		    "compartilhado",
		    "aucune règle de partage en vigueur : rien n’est "
		    "partagé")));
	if (out_u64(data, "reviews_due") + out_u64(data, "reviews_overdue") !=
	    0)
		out_pair(c, "review", span_str(cli_text(c, T(c,
		    "%s waiting, %s overdue: almenara waiting",
		    "%s pendientes, %s vencidas: almenara waiting",
		    "%s pendentes, %s vencidas: almenara waiting",
		    "%s en attente, %s en retard : almenara waiting"),
		    out_str(c, data, "reviews_due"),
		    out_str(c, data, "reviews_overdue"))));
	index_show(c, data);
	trust_tell(c, data, trust_show, c);
	if (json_get(data, "clock_trusted").type == JSON_FALSE)
		cli_say(c, "%s", T(c, "the clock has jumped: what waits for a "
		    "time is not done; if it is right: almenara clock accept",
		    "el reloj ha saltado: lo que espera una hora no se hace; "
		    "si está bien: almenara clock accept",
		    "o relógio saltou: o que espera uma hora não se faz; se "
		    "está certo: almenara clock accept",
		    "l’horloge a sauté : ce qui attend une heure n’est pas "
		    "fait ; si elle est juste : almenara clock accept"));
	duty_show(c, data);
	attachments_show(c, json_get(data, "attachments"));
	face_tell(c, data, face_show, c);
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
