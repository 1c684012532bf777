/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara close: a notice of this team ends: resolved, explained, unexplained, or
 * because another one goes on with it.
 */
#include "base/limits.h"
#include "cli/out.h"
#include "cli/remark.h"

struct ending {
	struct json_val body;
	const char *became; /* digest, or NULL */
};

static void
put(struct cli *c, struct request *r, void *ctx)
{
	const struct ending *x = ctx;
	struct json_out *w = &r->w;

	json_put_member_str(w, "notice", c->args.operand[0]);
	json_put_key(w, "body");
	json_put_open(w, '{');
	json_put_rest(w, x->body, NULL, &c->arena);
	json_put_key(w, "closed");
	json_put_open(w, '{');
	remark_put_text(c, w, "outcome", "outcome");
	remark_put_ml(c, w, "note", "reason");
	if (x->became != NULL) {
		json_put_key(w, "became");
		json_put_open(w, '[');
		json_put_str(w, x->became);
		json_put_close(w, ']');
	}
	json_put_close(w, '}');
	json_put_close(w, '}');
}

/* The answer lives until the next request: keep what is needed. */
static int
fetch(struct cli *c, const char *id, struct json_val *body,
    const char **digest)
{
	struct json *kept = arena_alloc(&c->arena, sizeof *kept);
	struct json_val data, notice;
	struct request r;
	int status;

	request_open(&r);
	json_put_member_str(&r.w, "id", id);
	status = request_send(&r, c, "show", &data);
	if (status != CLI_OK)
		return status;
	notice = json_get(data, "notice");
	*digest = out_str(c, notice, "digest");
	if (json_parse_arena(arena_copy(&c->arena, json_raw(json_get(notice,
		"body"))), LIMIT_JSON_DEPTH, LIMIT_JSON_TOKENS, &c->arena,
		kept, NULL) != ERR_NONE)
		return CLI_FAILED;
	*body = json_root(kept);
	return CLI_OK;
}

static int
run(struct cli *c)
{
	struct ending x = { .became = NULL };
	const char *became = args_find(&c->args, "became");
	const char *digest;
	struct json_val other;
	int status;

	if (!args_has(&c->args, "outcome"))
		return cli_usage(c,
		    "--outcome resolved|promoted|explained|unexplained");
	status = fetch(c, c->args.operand[0], &x.body, &digest);
	if (status == CLI_OK && became != NULL)
		status = fetch(c, became, &other, &x.became);
	return status == CLI_OK ? send_run(c, "update", put, &x) : status;
}

const struct command command_close = {
	.name = "close", .group = GROUP_SHARE, .operands = "NOTICE",
	.least = 1, .most = 1, .run = run,
	.summary = { { "End a notice of this team and say what it was",
		    "Cerrar una comunicación propia y decir qué fue",
		    "Encerrar um comunicado próprio e dizer o que foi",
		    "Clore une communication à nous et dire ce que c’était" } },
	.option = {
		{ "outcome", 0, "OUTCOME", { { "resolved|promoted|explained|unexplained",
		    "resolved|promoted|explained|unexplained",
		    "resolved|promoted|explained|unexplained",
		    "resolved|promoted|explained|unexplained" } } },
		{ "became", 0, "NOTICE", { { "which notice goes on with it",
		    "qué comunicación lo continúa",
		    "qual comunicado o continua",
		    "quelle communication la poursuit" } } },
		REMARK_NOTE,
		SEND_DRY_RUN,
		SEND_YES,
	},
};
