/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara draft new: a draft from a file, from options, or both.
 */
#include "base/limits.h"
#include "cli/draft_body.h"
#include "cli/node.h"
#include "cli/out.h"
#include "cli/send.h"

#include <stdio.h>

/* Kind, label and audience: the option wins over the file. */
static void
head_put(struct cli *c, struct request *r, struct json_val whole,
    const struct kind *k)
{
	struct span tlp = out_text(c, whole, "tlp");
	struct json_val aud = json_get(whole, "aud");

	json_put_member_str(&r->w, "kind", k->name);
	if (args_has(&c->args, "tlp"))
		request_put_option(r, c, "tlp", "tlp");
	else if (tlp.n > 0)
		json_put_member_span(&r->w, "tlp", tlp);
	if (args_has(&c->args, "aud")) {
		request_put_audience(r, c);
	} else if (aud.type != JSON_ABSENT) {
		json_put_key(&r->w, "aud");
		json_put_raw(&r->w, json_raw(aud));
	}
}

static int
save(struct cli *c, struct json_val whole, const struct kind *k,
    struct span body)
{
	struct json_val data;
	struct request r;
	int status;

	request_open(&r);
	head_put(c, &r, whole, k);
	json_put_key(&r.w, "body");
	json_put_raw(&r.w, body);
	status = request_send(&r, c, "draft_save", &data);
	if (status != CLI_OK)
		return status;
	if (out_is_json(c)) {
		out_data(c, data);
		return CLI_OK;
	}
	printf("%s\n", out_str(c, data, "draft"));
	draft_faults_tell(c, data);
	cli_say(c, "  %s: almenara preview %s", cli_word(c, "next_step"),
	    out_str(c, data, "draft"));
	return CLI_OK;
}

/* What the person need not say: the language of the texts and the post of who
 * writes. Appended to the object in `b`. */
static int
body_complete(struct cli *c, struct buf *b)
{
	struct json_val data, body;
	struct json json;
	struct json_out w = { b, b->n > 2 };
	int status = CLI_OK;

	if (json_parse_arena(arena_copy(&c->arena, buf_span(b)),
	    LIMIT_JSON_DEPTH, LIMIT_JSON_TOKENS, &c->arena, &json, NULL) !=
	    ERR_NONE)
		return CLI_OK; /* the node tells what is wrong */
	body = json_root(&json);
	if (json_get(body, "author_post").type == JSON_ABSENT)
		status = node_call(c, "status", &data);
	if (status != CLI_OK)
		return status;
	b->n--; /* the closing brace */
	if (json_get(body, "language").type == JSON_ABSENT)
		json_put_member_str(&w, "language", lang_tag(c->lang));
	if (json_get(body, "author_post").type == JSON_ABSENT)
		json_put_member_span(&w, "author_post",
		    out_text(c, data, "post"));
	json_put_close(&w, '}');
	return CLI_OK;
}

static int
run(struct cli *c)
{
	struct json_val whole = { 0 }, body = { 0 };
	struct span name = span_str("");
	const struct kind *k;
	struct buf b;
	int status;

	if (c->args.count > 0) {
		status = draft_file_read(c, c->args.operand[0], &whole, &body);
		if (status != CLI_OK)
			return status;
	} else if (!draft_body_is_given(c)) {
		return cli_usage(c, T(c,
		    "a FILE or --title is missing", "falta FILE o --title",
		    "falta FILE ou --title", "il manque FILE ou --title"));
	}
	if (args_has(&c->args, "kind"))
		name = span_str(args_find(&c->args, "kind"));
	else if (whole.type == JSON_OBJECT && out_text(c, whole, "kind").n > 0)
		name = out_text(c, whole, "kind");
	k = kind_find(c->schema, name);
	if (k == NULL || !k->notice)
		return cli_usage(c, "--kind warning|watch|advisory|mitigation");
	buf_init(&b, LIMIT_CONTROL_FRAME / 2);
	status = draft_body_make(c, k, body, &b);
	if (status == CLI_OK)
		status = body_complete(c, &b);
	if (status == CLI_OK)
		status = save(c, whole, k, buf_span(&b));
	buf_release(&b);
	return status;
}

const struct command command_draft_new = {
	.name = "draft new", .group = GROUP_SHARE, .operands = "[FILE]",
	.most = 1, .run = run,
	.summary = { { "Begin a notice from a file or from options",
	    "Empezar una comunicación desde un archivo u opciones",
	    "Começar um comunicado de um arquivo ou de opções",
	    "Commencer une communication d’un fichier ou d’options" } },
	.option = {
		{ "kind", 'k', "KIND", { {
		    "warning|watch|advisory|mitigation",
		    "warning|watch|advisory|mitigation",
		    "warning|watch|advisory|mitigation",
		    "warning|watch|advisory|mitigation" } } },
		SEND_TLP, SEND_AUD, DRAFT_BODY_OPTIONS,
	},
};
