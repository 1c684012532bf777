/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara draft new: a draft from a file, from options, or both.
 */
#include "base/limits.h"
#include "cli/draft_body.h"
#include "cli/draft_saved.h"
#include "cli/node.h"
#include "cli/out.h"
#include "cli/send.h"


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
	return status != CLI_OK ? status : draft_saved_tell(c, data);
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

/* What a warning takes over from the notice that it grows out of: the fields
 * that its kind has, and the link. */
static int
from_put(struct cli *c, const struct kind *k, struct json_val *body)
{
	struct json *kept = arena_alloc(&c->arena, sizeof *kept);
	struct json_val data, notice, old;
	struct json_out w;
	struct request r;
	struct buf b;
	int status;

	request_open(&r);
	json_put_member_str(&r.w, "id", args_find(&c->args, "from"));
	status = request_send(&r, c, "show", &data);
	if (status != CLI_OK)
		return status;
	notice = json_get(data, "notice");
	old = json_get(notice, "body");
	buf_init(&b, LIMIT_CONTROL_FRAME / 2);
	json_out_init(&w, &b);
	json_put_open(&w, '{');
	for (struct json_val m = json_first(old); m.type != JSON_ABSENT;
	    m = json_next(old, m)) {
		struct span key = json_key(m, &c->arena);
		const struct field *fd = field_find(k, key);

		if (fd == NULL || fd->ends || span_is_str(key, "related") ||
		    span_is_str(key, "author_post"))
			continue;
		json_put_key_span(&w, key);
		json_put_raw(&w, json_raw(m));
	}
	json_put_key(&w, "related");
	json_put_open(&w, '[');
	json_put_str(&w, out_str(c, notice, "digest"));
	json_put_close(&w, ']');
	json_put_close(&w, '}');
	if (json_parse_arena(arena_copy(&c->arena, buf_span(&b)),
	    LIMIT_JSON_DEPTH, LIMIT_JSON_TOKENS, &c->arena, kept, NULL) ==
	    ERR_NONE)
		*body = json_root(kept);
	else
		status = CLI_FAILED;
	buf_release(&b);
	return status;
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
	} else if (!draft_body_is_given(c) && !args_has(&c->args, "from")) {
		return cli_usage(c, T(c,
		    "a FILE or --title is missing", "falta FILE o --title",
		    "falta FILE ou --title", "il manque FILE ou --title"));
	}
	if (args_has(&c->args, "kind"))
		name = span_str(args_find(&c->args, "kind"));
	else if (whole.type == JSON_OBJECT && out_text(c, whole, "kind").n > 0)
		name = out_text(c, whole, "kind");
	else if (args_has(&c->args, "from"))
		name = span_str("warning");
	k = kind_find(cli_schema(c), name);
	if (k == NULL || !k->notice)
		return cli_usage(c, "--kind warning|watch|advisory|mitigation");
	if (args_has(&c->args, "from")) {
		status = from_put(c, k, &body);
		if (status != CLI_OK)
			return status;
	}
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
		{ "from", 0, "NOTICE", { {
		    "grows out of this one, such as a watch",
		    "surge de esta, como una vigilancia",
		    "surge deste, como uma vigilância",
		    "naît de celle-ci, comme une veille" } } },
		SEND_TLP, SEND_AUD, DRAFT_BODY_OPTIONS,
	},
};
