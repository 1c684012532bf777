/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara ask: this team asks others for help, by name or by what their experts
 * know.
 */
#include "cli/out.h"
#include "cli/remark.h"

#include <string.h>

static int64_t by;
static const char *teams[64];
static size_t team_n;

static bool
has_word(struct cli *c, struct json_val list, const char *word)
{
	struct span s;

	for (struct json_val m = json_first(list); m.type != JSON_ABSENT;
	     m = json_next(list, m))
		if (json_text(m, &c->arena, &s) == ERR_NONE &&
		    span_is_str(s, word))
			return true;
	return false;
}

static void
add_team(struct cli *c, struct span team)
{
	for (size_t i = 0; i < team_n; i++)
		if (span_is_str(team, teams[i]))
			return;
	if (team_n < sizeof teams / sizeof *teams)
		teams[team_n++] = arena_string(&c->arena, team);
}

/* The teams whose listed experts know the field and the language. */
static int
call_out(struct cli *c)
{
	const char *field = args_find(&c->args, "field");
	const char *language = args_find(&c->args, "language");
	struct json_val data, rows;
	struct request r;
	int status;

	if (field == NULL && language == NULL)
		return CLI_OK;
	request_open(&r);
	json_put_member_str(&r.w, "kind", "expert");
	json_put_member_bool(&r.w, "full", true);
	status = request_send(&r, c, "cases", &data);
	if (status != CLI_OK)
		return status;
	rows = json_get(data, "rows");
	for (struct json_val v = json_first(rows); v.type != JSON_ABSENT;
	     v = json_next(rows, v)) {
		struct json_val body = json_get(v, "body");

		if (!out_is_true(v, "mine") &&
		    json_is_str(json_get(v, "state"), "listed") &&
		    (field == NULL ||
			has_word(c, json_get(body, "fields"), field)) &&
		    (language == NULL ||
			has_word(c, json_get(body, "languages"), language)))
			add_team(c, out_text(c, v, "iss"));
	}
	if (team_n != 0)
		return CLI_OK;
	return cli_fail(c, &(struct trouble){ .exit = CLI_NOT_FOUND,
	    .code = "not-found", .what = T(c,
		"no listed expert knows that",
		"ningún experto inscrito sabe de eso",
		"nenhum especialista inscrito sabe disso",
		"aucun expert inscrit ne connaît cela"),
	    .next = "almenara expert list" });
}

static void
put_teams(struct cli *c, struct json_out *w)
{
	const char *v = args_find(&c->args, "to");

	json_put_open(w, '[');
	for (size_t i = 0; i < team_n; i++)
		json_put_str(w, teams[i]);
	while (v != NULL && *v != '\0') {
		size_t n = strcspn(v, ",");

		if (n != 0)
			json_put_span(w, span_of(v, n));
		v += n + (v[n] == ',');
	}
	json_put_close(w, ']');
}

static void
put(struct cli *c, struct request *r, void *ctx)
{
	struct json_out *w = &r->w;

	(void)ctx;
	json_put_member_str(w, "kind", "assistance_request");
	request_put_option(r, c, "tlp", "tlp");
	json_put_key(w, "aud");
	put_teams(c, w);
	json_put_key(w, "body");
	json_put_open(w, '{');
	remark_put_ml(c, w, "title", "title");
	remark_put_text(c, w, "need", "need");
	remark_put_ml(c, w, "text", "description");
	json_put_member_u64(w, "wanted_by", (uint64_t)by);
	json_put_key(w, "asked_of");
	put_teams(c, w);
	remark_put_text(c, w, "constraints", "constraints");
	remark_put_text(c, w, "exercise", "exercise");
	json_put_close(w, '}');
}

static int
run(struct cli *c)
{
	int status;

	if (!remark_time(c, "by", &by, &status))
		return status;
	if (by == 0 || !args_has(&c->args, "title") ||
	    !args_has(&c->args, "need") || !args_has(&c->args, "text"))
		return cli_usage(c, "--title TEXT --need NEED --text TEXT "
		    "--by TIME --to TEAM,...");
	status = call_out(c);
	return status == CLI_OK ? send_run(c, "case_open", put, NULL) :
				  status;
}

const struct command command_ask = {
	.name = "ask", .group = GROUP_WATCH, .operands = "",
	.least = 0, .most = 0, .run = run,
	.summary = { { "Ask other teams for help",
		    "Pedir ayuda a otros equipos",
		    "Pedir ajuda a outras equipes",
		    "Demander de l’aide à d’autres équipes" } },
	.option = {
		{ "title", 0, "TEXT", { { "what it is about",
		    "de qué se trata",
		    "do que se trata",
		    "de quoi il s’agit" } } },
		{ "need", 0, "NEED", { { "analysis|forensics|takedown|ddos|expert|equipment|coordination|translation|public_message|training",
		    "analysis|forensics|takedown|ddos|expert|equipment|coordination|translation|public_message|training",
		    "analysis|forensics|takedown|ddos|expert|equipment|coordination|translation|public_message|training",
		    "analysis|forensics|takedown|ddos|expert|equipment|coordination|translation|public_message|training" } } },
		{ "text", 0, "TEXT", { { "what is needed",
		    "qué se necesita",
		    "o que é necessário",
		    "ce dont on a besoin" } } },
		{ "by", 0, "TIME", { { "until when (RFC 3339)",
		    "hasta cuándo (RFC 3339)",
		    "até quando (RFC 3339)",
		    "jusqu’à quand (RFC 3339)" } } },
		REMARK_TO,
		{ "field", 0, "FIELD", { { "whoever has an expert of this field",
		    "a quien tenga un experto en esto",
		    "a quem tenha um especialista nisto",
		    "à qui a un expert de ce domaine" } } },
		{ "language", 0, "LANG", { { "and who speaks this language",
		    "y que hable este idioma",
		    "e que fale este idioma",
		    "et qui parle cette langue" } } },
		{ "constraints", 0, "TEXT", { { "what helpers must keep to",
		    "qué deben respetar",
		    "o que devem respeitar",
		    "ce qu’il faut respecter" } } },
		{ "exercise", 0, "NAME", { { "of this exercise",
		    "de este ejercicio",
		    "deste exercício",
		    "de cet exercice" } } },
		SEND_TLP,
		SEND_DRY_RUN,
		SEND_YES,
	},
};
