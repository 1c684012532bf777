/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara erase: begin to erase the text of an own notice as law demands, in
 * all its revisions. What this makes is a draft: another person approves it,
 * and only its release erases anything.
 */
#include "base/limits.h"
#include "cli/node.h"
#include "cli/out.h"
#include "schema/tlp.h"

#include <stdio.h>

static void
put_targets(struct cli *c, struct json_out *w, struct json_val notice,
    const char *id)
{
	struct json_val list = json_get(notice, "originals");

	json_put_key(w, "of");
	json_put_open(w, '[');
	for (struct json_val v = json_first(list); v.type != JSON_ABSENT;
	     v = json_next(list, v)) {
		json_put_open(w, '{');
		json_put_member_span(w, "log", out_text(c, v, "log"));
		json_put_member_u64(w, "index", out_u64(v, "index"));
		json_put_member_span(w, "digest", out_text(c, v, "digest"));
		json_put_member_str(w, "id", id);
		json_put_close(w, '}');
	}
	json_put_close(w, ']');
}

/* The same readers under the same label, those of a release where there is
 * one, and no word of the text. */
static void
put_draft(struct cli *c, struct request *r, struct json_val notice)
{
	struct json_val envelope = json_get(notice, "envelope");
	struct json_val aud = json_get(envelope, "aud");
	struct span handling = out_text(c, notice, "handling");
	struct json_out *w = &r->w;
	enum tlp tlp;

	if (handling.n == 0)
		handling = out_text(c, envelope, "tlp");
	json_put_member_str(w, "kind", "erase");
	json_put_member_span(w, "tlp", handling);
	/* otherwise the label says who reads it */
	if (aud.type == JSON_ARRAY &&
	    tlp_parse(handling, &tlp) == ERR_NONE && tlp > TLP_GREEN) {
		json_put_key(w, "aud");
		json_put_raw(w, json_raw(aud));
	}
	json_put_key(w, "body");
	json_put_open(w, '{');
	json_put_member_str(w, "instrument",
	    args_find(&c->args, "instrument"));
	json_put_key(w, "reason");
	json_put_open(w, '{');
	json_put_member_str(w, lang_tag(c->lang),
	    args_find(&c->args, "reason"));
	json_put_close(w, '}');
	put_targets(c, w, notice, out_str(c, envelope, "id"));
	json_put_close(w, '}');
}

static int
run(struct cli *c)
{
	struct json_val data, notice;
	struct request r;
	const char *id;
	int status;

	if (!args_has(&c->args, "instrument") || !args_has(&c->args, "reason"))
		return cli_usage(c, "--instrument TEXT --reason TEXT");
	status = node_call_id(c, "show", &data);
	if (status != CLI_OK)
		return status;
	notice = json_get(data, "notice");
	if (!out_is_true(notice, "mine"))
		return cli_fail(c, &(struct trouble){ .exit = CLI_REFUSED,
		    .what = c->args.operand[0], .why = T(c,
			"a team erases what it said itself, and nothing else",
			"un equipo suprime lo que dijo él mismo, nada más",
			"uma equipe suprime o que ela mesma disse, nada mais",
			"une équipe n’efface que ce qu’elle a dit") });
	request_open(&r);
	put_draft(c, &r, notice);
	status = request_send(&r, c, "draft_save", &data);
	if (status != CLI_OK)
		return status;
	id = out_str(c, data, "draft");
	if (out_is_json(c))
		out_data(c, data);
	else
		printf("%s\n", id);
	cli_say(c, T(c, "nothing is erased yet. Another person: almenara "
	    "approve %s; then: almenara release %s",
	    "aún no se suprime nada. Otra persona: almenara approve %s; "
	    "después: almenara release %s",
	    "nada foi suprimido ainda. Outra pessoa: almenara approve %s; "
	    "depois: almenara release %s",
	    "rien n’est encore effacé. Une autre personne : almenara approve "
	    "%s ; puis : almenara release %s"), id, id);
	return CLI_OK;
}

const struct command command_erase = {
	.name = "erase", .group = GROUP_SHARE, .operands = "NOTICE",
	.least = 1, .most = 1, .run = run,
	.summary = { { "Erase the text of an own notice as law demands",
	    "Suprimir por ley el texto de una comunicación propia",
	    "Suprimir por lei o texto de um comunicado próprio",
	    "Effacer par la loi le texte d’une communication" } },
	.option = {
		{ "instrument", 0, "TEXT", { { "the judgment or law",
		    "la sentencia o ley", "a sentença ou lei",
		    "le jugement ou la loi" } } },
		{ "reason", 'r', "TEXT", { { "why", "por qué", "por quê",
		    "pourquoi" } } },
	},
};
