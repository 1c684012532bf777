/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara inbox: the notices of this node, newest first.
 */
#include "base/limits.h"
#include "cli/node.h"
#include "cli/out.h"

static void
row_put(struct cli *c, struct json_val v, struct table *t)
{
	const struct kind *k = kind_find(cli_schema(c), out_text(c, v, "kind"));
	uint64_t n = out_u64(v, "level");
	const struct level *level = level_find(schema_levels(cli_schema(c)),
	    (int)n);
	const char *state = out_str(c, v, "state");
	bool is_due = !out_is_true(v, "acknowledged") &&
	    !out_is_true(v, "mine") && (k == NULL || k->answers);

	table_put(t, out_tail(out_text(c, v, "id")), STYLE_BOLD);
	table_put(t, span_str(level == NULL ? "" : cli_text(c, "%s %d",
	    c->term.utf8 ? level->sign : level->ascii, level->level)),
	    n >= 5 ? STYLE_BAD : n >= LEVEL_URGENT ? STYLE_WARN :
	    STYLE_PLAIN);
	table_put(t, k != NULL ? span_str(k->names.in[c->lang]) :
	    out_text(c, v, "kind"), STYLE_PLAIN);
	table_put(t, out_text(c, v, "tlp"), STYLE_PLAIN);
	table_put(t, out_text(c, v, "iss"), STYLE_PLAIN);
	table_put_str(t, out_time(c, out_u64(v, "iat")));
	table_put(t, span_str(cli_word(c, state)),
	    out_is_true(v, "quarantined") ? STYLE_BAD : STYLE_PLAIN);
	table_put(t, span_str(is_due ? cli_word(c, "answer_due") : ""),
	    STYLE_WARN);
	table_put(t, out_text(c, v, "title"), STYLE_PLAIN);
}

static int
run(struct cli *c)
{
	const char *const heads[] = { cli_word(c, "id"), cli_word(c, "level"),
		cli_word(c, "kind"), cli_word(c, "label"),
		cli_word(c, "from"), cli_word(c, "issued"),
		cli_word(c, "state"), "", cli_word(c, "title"), NULL };
	struct json_val data;
	unsigned long limit = 50;
	struct request r;
	struct fault f;
	int status;

	if (args_number(&c->args, "limit", 1, LIMIT_LIST_ROWS, &limit, &f) !=
	    ERR_NONE)
		return cli_usage(c, cli_text(c, "--%s: %s", f.field, f.rule));
	request_open(&r);
	json_put_member_u64(&r.w, "limit", limit);
	json_put_member_bool(&r.w, "ended", true);
	if (args_has(&c->args, "unacknowledged"))
		json_put_member_bool(&r.w, "unacknowledged", true);
	request_put_option(&r, c, "kind", "kind");
	request_put_option(&r, c, "search", "search");
	status = request_send(&r, c, "inbox", &data);
	if (status != CLI_OK)
		return status;
	out_list(c, data, "rows", heads, row_put);
	if (!out_is_json(c) && out_u64(data, "searched_since") != 0)
		cli_say(c, T(c, "Only notices that came since %s were "
		    "searched: after an erasure the words of older ones are "
		    "being put anew. almenara status",
		    "Solo se buscó en comunicaciones llegadas desde %s: tras "
		    "un borrado se rehacen las palabras de las anteriores. "
		    "almenara status",
		    "Só se buscou em comunicações que chegaram desde %s: após "
		    "um apagamento as palavras das anteriores são refeitas. "
		    "almenara status",
		    "Seules les communications reçues depuis %s ont été "
		    "cherchées : après un effacement, les mots des plus "
		    "anciennes sont refaits. almenara status"),
		    out_time(c, out_u64(data, "searched_since")));
	return CLI_OK;
}

const struct command command_inbox = {
	.name = "inbox", .group = GROUP_WATCH, .operands = "", .run = run,
	.summary = { { "Notices, newest first",
	    "Comunicaciones, las nuevas primero",
	    "Comunicados, os novos primeiro",
	    "Communications, les nouvelles d’abord" } },
	.option = {
		{ "unacknowledged", 'u', NULL, { {
		    "only those that wait for an answer",
		    "solo las que esperan respuesta",
		    "só os que esperam resposta",
		    "seulement celles qui attendent une réponse" } } },
		{ "kind", 0, "KIND", { { "only of this kind",
		    "solo de este tipo", "só deste tipo",
		    "seulement de ce type" } } },
		{ "search", 0, "WORDS", { { "only those with these words",
		    "solo las que tienen estas palabras",
		    "só os que têm estas palavras",
		    "seulement celles avec ces mots" } } },
		{ "limit", 0, "N", { { "at most so many (50)",
		    "a lo sumo tantas (50)", "no máximo tantos (50)",
		    "au plus tant (50)" } } },
	},
};
