/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of escalations.
 */
#include "cli/escalated.h"

#include "cli/out.h"

#include <stdlib.h>
#include <string.h>

struct row {
	struct json_val v;
	uint64_t level, due;
};

/* Who was called by the last step, or told. */
static const char *
called(struct cli *c, struct json_val v)
{
	struct json_val list = json_get(v, "pages");
	const char *text = "";

	for (struct json_val p = json_first(list); p.type != JSON_ABSENT;
	     p = json_next(list, p)) {
		const char *told = out_str(c, p, "told");
		const char *mark = out_is_true(p, "failed") ? "✗" : "";

		text = told[0] != '\0' ? cli_text(c, "%s%s→%s", text,
		    text[0] != '\0' ? " " : "", told) :
		    cli_text(c, "%s%s%s:%s%s", text, text[0] != '\0' ? " " :
		    "", out_str(c, p, "person"), out_str(c, p, "channel"),
		    c->term.utf8 ? mark : "");
	}
	return text;
}

static const char *
case_text(struct cli *c, const char *what, const char *silent)
{
	if (strcmp(what, "recipient") == 0 || strcmp(what, "test") == 0)
		return T(c, "we owe an answer", "debemos una respuesta",
		    "devemos uma resposta", "nous devons une réponse");
	if (strcmp(what, "no_receipt") == 0)
		return cli_text(c, T(c, "%s: not received",
		    "%s: no recibida", "%s: não recebido",
		    "%s : pas reçue"), silent);
	return cli_text(c, T(c, "%s: no answer", "%s: sin respuesta",
	    "%s: sem resposta", "%s : pas de réponse"), silent);
}

/* What is not real. */
static const char *
mark_text(struct cli *c, struct json_val v)
{
	if (json_is_str(json_get(v, "case"), "test"))
		return T(c, " TEST", " PRUEBA", " TESTE", " ESSAI");
	return out_is_true(v, "exercise") ? T(c, " EXERCISE", " EJERCICIO",
	    " EXERCÍCIO", " EXERCICE") : "";
}

/* The most urgent first, of these what is due next: of a long list the end may
 * not be seen. */
static int
compare_rows(const void *x, const void *y)
{
	const struct row *a = x, *b = y;

	if (a->level != b->level)
		return a->level > b->level ? -1 : 1;
	return a->due < b->due ? -1 : a->due > b->due;
}

static struct row *
sorted(struct cli *c, struct json_val rows, size_t *n)
{
	struct row *out = arena_alloc(&c->arena, json_count(rows) *
	    sizeof *out);

	*n = 0;
	for (struct json_val v = json_first(rows); v.type != JSON_ABSENT;
	     v = json_next(rows, v))
		out[(*n)++] = (struct row){ v, out_u64(v, "level"),
			out_u64(v, "due") };
	qsort(out, *n, sizeof *out, compare_rows);
	return out;
}

void
escalated_show(struct cli *c, struct json_val data)
{
	const char *const heads[] = { cli_word(c, "notice"),
		cli_word(c, "level"), cli_word(c, "state"),
		T(c, "STEP", "PASO", "PASSO", "ÉTAPE"),
		T(c, "NEXT", "PRÓXIMO", "PRÓXIMO", "SUIVANTE"),
		T(c, "CALLED", "LLAMADOS", "CHAMADOS", "APPELÉS"), NULL };
	struct json_val rows = json_get(data, "escalations");
	const struct row *row;
	struct table t;
	size_t n;

	if (json_count(rows) == 0)
		return;
	table_init(&t, &c->term, heads);
	row = sorted(c, rows, &n);
	for (size_t i = 0; i < n; i++) {
		struct json_val v = row[i].v;
		bool is_urgent = out_u64(v, "level") >= 4;

		table_put(&t, out_tail(out_text(c, v, "notice")), STYLE_BOLD);
		table_put(&t, span_str(cli_text(c, "%s%s",
		    out_str(c, v, "level"), mark_text(c, v))), is_urgent ?
		    STYLE_BAD : STYLE_PLAIN);
		table_put_str(&t, case_text(c, out_str(c, v, "case"),
		    out_str(c, v, "silent")));
		table_put_str(&t, cli_text(c, "%s/%s", out_str(c, v, "step"),
		    out_str(c, v, "steps")));
		table_put_str(&t, out_time(c, out_u64(v, "due")));
		table_put_str(&t, called(c, v));
	}
	out_table(c, &t);
}

/* What is over and not answered, and what to type. */
static void
over_line(struct cli *c, struct json_val v)
{
	struct span id = out_tail(out_text(c, v, "notice"));
	const char *silent = out_str(c, v, "silent");
	const char *next = "receipts";

	printf("%s", term_on(&c->term, STYLE_BAD));
	if (json_is_str(json_get(v, "what"), "word")) {
		id = out_tail(out_text(c, v, "id"));
		next = "show";
		printf(T(c, "%s does not answer, says %s",
		    "%s no responde, dice %s", "%s não responde, diz %s",
		    "%s ne répond pas, dit %s"), silent,
		    out_str(c, v, "team"));
	} else if (json_is_str(json_get(v, "case"), "recipient")) {
		next = "ack";
		printf("%s", T(c, "nobody here has answered, all steps were "
		    "taken", "aquí nadie respondió y se dieron todos los "
		    "pasos", "aqui ninguém respondeu e todos os passos foram "
		    "dados", "personne ici n’a répondu, toutes les étapes ont "
		    "été franchies"));
	} else {
		printf(T(c, "%s is not reached, all steps were taken",
		    "no se alcanza a %s y se dieron todos los pasos",
		    "não se alcança %s e todos os passos foram dados",
		    "%s n’est pas joint, toutes les étapes ont été "
		    "franchies"), silent);
	}
	printf(" (%s %s%s) %s%s: almenara %s %.*s\n", cli_word(c, "level"),
	    out_str(c, v, "level"), out_is_true(v, "exercise") ?
	    T(c, ", EXERCISE", ", EJERCICIO", ", EXERCÍCIO", ", EXERCICE") :
	    "", out_time(c, out_u64(v, "since")), term_off(&c->term), next,
	    SPAN_FMT(id));
}

void
escalated_over(struct cli *c, struct json_val data)
{
	struct json_val rows = json_get(data, "over");

	for (struct json_val v = json_first(rows); v.type != JSON_ABSENT;
	     v = json_next(rows, v))
		over_line(c, v);
}

void
escalated_outdated(struct cli *c, struct json_val data)
{
	struct json_val rows = json_get(data, "outdated");

	for (struct json_val v = json_first(rows); v.type != JSON_ABSENT;
	     v = json_next(rows, v))
		printf("%s%s%s: almenara redistribute %.*s\n",
		    term_on(&c->term, STYLE_BAD),
		    json_is_str(json_get(v, "act"), "end") ?
		    T(c, "withdrawn or closed, and those served do not know",
			"retirada o cerrada, y los atendidos no lo saben",
			"retirado ou encerrado, e os atendidos não sabem",
			"retirée ou close, et ceux qui sont desservis "
			"l’ignorent") :
		    T(c, "those served have an earlier revision",
			"los atendidos tienen una revisión anterior",
			"os atendidos têm uma revisão anterior",
			"ceux qui sont desservis ont une révision "
			"antérieure"), term_off(&c->term),
		    SPAN_FMT(out_tail(out_text(c, v, "notice"))));
}

void
escalated_overlaps(struct cli *c, struct json_val data)
{
	struct json_val rows = json_get(data, "overlaps");

	for (struct json_val v = json_first(rows); v.type != JSON_ABSENT;
	     v = json_next(rows, v)) {
		bool is_link = json_is_str(json_get(v, "what"), "link");

		printf("%s%s%s%s: almenara %s %.*s\n",
		    term_on(&c->term, STYLE_BAD), is_link ?
		    T(c, "others hold the same as this team, and agreed to "
			"be named", "otros tienen lo mismo que este equipo y "
			"aceptaron ser nombrados", "outros têm o mesmo que "
			"esta equipe e aceitaram ser citados", "d’autres "
			"détiennent la même chose que cette équipe et ont "
			"accepté d’être nommés") :
		    T(c, "several origins hold the same",
			"varios orígenes tienen lo mismo",
			"várias origens têm o mesmo",
			"plusieurs origines détiennent la même chose"),
		    out_is_true(v, "exercise") ? T(c, " (EXERCISE)",
			" (EJERCICIO)", " (EXERCÍCIO)", " (EXERCICE)") : "",
		    term_off(&c->term), is_link ? "show" : "overlap show",
		    SPAN_FMT(out_tail(out_text(c, v, "id"))));
	}
}

/* In words: what, and for which notice. */
static void
pledge_line(struct cli *c, struct json_val v)
{
	bool is_update = json_is_str(json_get(v, "what"), "update");
	bool is_late = json_is_str(json_get(v, "state"), "late");
	bool is_near = json_is_str(json_get(v, "state"), "near");
	struct span id = out_tail(out_text(c, v, "notice"));

	printf("%s%s%s %s%s%s: almenara %s %.*s %s\n",
	    term_on(&c->term, is_late ? STYLE_BAD : STYLE_PLAIN),
	    is_update ? T(c, "news promised for", "novedad prometida para",
		"novidade prometida para", "nouvelles promises pour") :
	    T(c, "first assessment by", "primera evaluación hasta",
		"primeira avaliação até", "première évaluation avant"),
	    out_is_true(v, "exercise") ? T(c, " (EXERCISE)", " (EJERCICIO)",
		" (EXERCÍCIO)", " (EXERCICE)") : "",
	    out_time(c, out_u64(v, "due")),
	    is_late ? T(c, ", LATE", ", VENCIDA", ", VENCIDA", ", EN RETARD") :
	    is_near ? T(c, ", soon", ", pronto", ", em breve", ", bientôt") :
		      "",
	    term_off(&c->term), is_update ? "comment" : "ack", SPAN_FMT(id),
	    is_update ? "--text TEXT" : "--answer ANSWER");
}

void
escalated_pledges(struct cli *c, struct json_val data)
{
	struct json_val rows = json_get(data, "pledges");

	for (struct json_val v = json_first(rows); v.type != JSON_ABSENT;
	     v = json_next(rows, v))
		pledge_line(c, v);
}

static void
deadline_line(struct cli *c, struct json_val v, struct span number)
{
	bool is_late = json_is_str(json_get(v, "state"), "late");
	bool is_near = json_is_str(json_get(v, "state"), "near");
	bool is_done = json_is_str(json_get(v, "state"), "done");

	if (number.n == 0)
		number = out_text(c, v, "number");
	printf("%s%s %s %s %s", term_on(&c->term, is_late ? STYLE_BAD :
	    STYLE_PLAIN), out_str(c, v, "law"), out_str(c, v, "step"),
	    T(c, "to", "a", "a", "à"), out_str(c, v, "to"));
	if (is_done)
		printf("%s: %s %s\n", term_off(&c->term),
		    T(c, "done", "hecho", "feito", "fait"),
		    out_time(c, out_u64(v, "done")));
	else
		printf(" %s %s%s%s: almenara reports told %.*s --law %s "
		    "--step %s\n", T(c, "by", "hasta", "até", "avant"),
		    out_time(c, out_u64(v, "due")), is_late ?
		    T(c, ", LATE", ", VENCIDO", ", VENCIDO", ", EN RETARD") :
		    is_near ? T(c, ", soon", ", pronto", ", em breve",
			", bientôt") : "", term_off(&c->term),
		    SPAN_FMT(number), out_str(c, v, "law"),
		    out_str(c, v, "step"));
}

void
escalated_deadlines(struct cli *c, struct json_val rows, struct span number)
{
	for (struct json_val v = json_first(rows); v.type != JSON_ABSENT;
	     v = json_next(rows, v))
		deadline_line(c, v, number);
}

void
escalated_awaited(struct cli *c, struct json_val data)
{
	struct json_val rows = json_get(data, "awaited");

	for (struct json_val v = json_first(rows); v.type != JSON_ABSENT;
	     v = json_next(rows, v))
		printf("%s%s: %s%s %s%s%s: almenara receipts %.*s\n",
		    term_on(&c->term, STYLE_BAD), out_str(c, v, "team"),
		    T(c, "news promised for", "novedad prometida para",
			"novidade prometida para", "nouvelles promises pour"),
		    out_is_true(v, "exercise") ? T(c, " (EXERCISE)",
			" (EJERCICIO)", " (EXERCÍCIO)", " (EXERCICE)") : "",
		    out_time(c, out_u64(v, "due")),
		    json_is_str(json_get(v, "state"), "late") ?
		    T(c, ", LATE", ", VENCIDA", ", VENCIDA", ", EN RETARD") :
		    T(c, ", not heard since", ", sin oírse desde entonces",
			", sem se ouvir desde então",
			", plus entendu depuis"),
		    term_off(&c->term),
		    SPAN_FMT(out_tail(out_text(c, v, "notice"))));
}
