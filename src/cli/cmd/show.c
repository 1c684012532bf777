/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara show: a notice in the reader's language, as the node that holds it
 * renders it, with its revisions and answers.
 */
#include "cli/node.h"
#include "cli/out.h"

#include <stdio.h>

static void
answers_show(struct cli *c, struct json_val list)
{
	const char *const heads[] = { cli_word(c, "team"),
		cli_word(c, "answer"), cli_word(c, "post"),
		cli_word(c, "issued"), NULL };
	struct table t;

	if (json_count(list) == 0)
		return;
	printf("\n");
	table_init(&t, &c->term, heads);
	for (struct json_val v = json_first(list); v.type != JSON_ABSENT;
	    v = json_next(list, v)) {
		const struct choices *known = choices_find(cli_schema(c),
		    "affected");
		struct span answer = out_text(c, v, "answer");
		const struct choice *ch = known == NULL ? NULL :
		    choice_find(known, answer);
		struct span team = out_text(c, v, "team");

		table_put(&t, team.n > 0 ? team : out_text(c, v, "iss"),
		    STYLE_BOLD);
		table_put(&t, ch != NULL ? span_str(ch->names.in[c->lang]) :
		    answer, STYLE_PLAIN);
		table_put(&t, out_text(c, v, "by_post"), STYLE_PLAIN);
		table_put_str(&t, out_time(c, out_u64(v, "at")));
	}
	out_table(c, &t);
}

/* Until when it is under embargo and what may be done; who passed it on. */
static void
reach_show(struct cli *c, struct json_val notice)
{
	struct json_val e = json_get(notice, "embargo");
	struct json_val copies = json_get(notice, "copies");

	if (e.type == JSON_OBJECT) {
		printf("\n");
		out_pair(c, "embargo", span_str(cli_text(c, "%s, %s",
		    out_time(c, out_u64(e, "until")), cli_word(c, cli_text(c,
			"then_%s", out_str(c, e, "then"))))));
		out_pair(c, "handling", span_str(cli_text(c, "%s: %s",
		    out_str(c, notice, "handling"), cli_word(c, cli_text(c,
			"embargo_%s", out_str(c, e, "state"))))));
	}
	for (struct json_val v = json_first(copies); v.type != JSON_ABSENT;
	     v = json_next(copies, v)) {
		if (json_is_str(json_get(v, "how"), "release"))
			continue;
		out_pair(c, "passed_on", span_str(cli_text(c, "%s, %s: %s",
		    out_str(c, v, "by"), out_str(c, v, "tlp"),
		    out_is_true(v, "open") ? cli_word(c, "everybody") :
			out_join(c, json_get(v, "to")))));
		if (out_text(c, v, "why").n != 0)
			out_pair(c, "breach_word", out_text(c, v, "why"));
	}
}

static void
others_show(struct cli *c, struct json_val list)
{
	for (struct json_val v = json_first(list); v.type != JSON_ABSENT;
	     v = json_next(list, v))
		printf("%s\t%s\t%s\t%s\n", out_str(c, v, "iss"),
		    cli_text(c, "%.*s",
			SPAN_FMT(out_tail(out_text(c, v, "id")))),
		    out_time(c, out_u64(v, "iat")), out_str(c, v, "title"));
}

/* Who works on it already: said before anybody begins. */
static void
claims_show(struct cli *c, struct json_val list)
{
	for (struct json_val v = json_first(list); v.type != JSON_ABSENT;
	     v = json_next(list, v))
		out_pair(c, "works_on", span_str(cli_text(c, T(c,
		    "%s: %s, until %s (%.*s)", "%s: %s, hasta %s (%.*s)",
		    "%s: %s, até %s (%.*s)", "%s : %s, jusqu’à %s (%.*s)"),
		    out_str(c, v, "team"), out_str(c, v, "label"),
		    out_time(c, out_u64(v, "until")),
		    SPAN_FMT(out_tail(out_text(c, v, "id"))))));
	if (json_count(list) != 0)
		printf("\n");
}

/* Who else holds the same, and who says so. */
static void
links_show(struct cli *c, struct json_val list)
{
	for (struct json_val v = json_first(list); v.type != JSON_ABSENT;
	     v = json_next(list, v)) {
		bool is_found = json_is_str(json_get(v, "what"), "overlap");

		printf("%s: %s (almenara %s %.*s)\n", T(c,
		    "the same is held by", "lo mismo tienen",
		    "o mesmo têm", "la même chose est détenue par"),
		    out_join(c, json_get(v, "teams")), is_found ?
		    "overlap show" : "show",
		    SPAN_FMT(out_tail(out_text(c, v, "id"))));
	}
}

static int
run(struct cli *c)
{
	struct json_val data, notice;
	struct request r;
	struct span text;
	int status;

	request_open(&r);
	json_put_member_str(&r.w, "id", c->args.operand[0]);
	json_put_member_u64(&r.w, "columns", c->term.columns);
	if (args_has(&c->args, "full"))
		json_put_member_bool(&r.w, "full", true);
	status = request_send(&r, c, "show", &data);
	if (status != CLI_OK)
		return status;
	if (out_is_json(c)) {
		out_data(c, data);
		return CLI_OK;
	}
	notice = json_get(data, "notice");
	if (out_is_true(notice, "disputed"))
		printf("%s\n\n", T(c, "DISPUTED: its origin has signed two "
		    "histories, and this stands in one of them only. Ask "
		    "that team by telephone: almenara status",
		    "DISPUTADA: su origen ha firmado dos historias, y esto "
		    "está solo en una. Pregunte a ese equipo por teléfono: "
		    "almenara status",
		    "CONTESTADA: a origem assinou duas histórias, e isto está "
		    "em apenas uma. Pergunte a essa equipe por telefone: "
		    "almenara status",
		    "CONTESTÉE : son origine a signé deux histoires, et ceci "
		    "n’est que dans l’une. Demandez à cette équipe par "
		    "téléphone : almenara status"));
	if (json_get(notice, "confirmed").type == JSON_FALSE)
		printf("%s\n\n", T(c, "UNCONFIRMED: nobody has accepted the "
		    "identity of its team here yet: almenara pin accept",
		    "SIN CONFIRMAR: nadie ha aceptado aquí la identidad de "
		    "su equipo: almenara pin accept",
		    "NÃO CONFIRMADA: ninguém aceitou aqui a identidade da "
		    "equipe: almenara pin accept",
		    "NON CONFIRMÉE : personne n’a accepté ici l’identité de "
		    "son équipe : almenara pin accept"));
	claims_show(c, json_get(notice, "claims"));
	text = out_text(c, data, "text");
	fwrite(text.p, 1, text.n, stdout);
	if (text.n > 0 && text.p[text.n - 1] != '\n')
		fputc('\n', stdout);
	reach_show(c, notice);
	links_show(c, json_get(notice, "links"));
	answers_show(c, json_get(notice, "acknowledgements"));
	others_show(c, json_get(notice, "others"));
	return CLI_OK;
}

const struct command command_show = {
	.name = "show", .group = GROUP_WATCH, .operands = "ID", .least = 1,
	.most = 1, .run = run,
	.summary = { { "A notice in your language",
	    "Una comunicación en su idioma",
	    "Um comunicado em seu idioma",
	    "Une communication dans votre langue" } },
	.option = {
		{ "full", 0, NULL, { { "every field", "todos los campos",
		    "todos os campos", "tous les champs" } } },
	},
};
