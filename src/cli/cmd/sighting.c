/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara sighting: we saw, or did not see, what a notice describes. Goes to its
 * origin alone.
 */
#include "cli/remark.h"

static int64_t first, last;

static void
put(struct cli *c, struct request *r, void *ctx)
{
	const uint64_t *count = ctx;
	struct json_out *w = &r->w;

	json_put_member_str(w, "kind", "sighting");
	json_put_member_str(w, "id", c->args.operand[0]);
	json_put_key(w, "body");
	json_put_open(w, '{');
	json_put_member_str(w, "result", args_has(&c->args, "result") ?
		args_find(&c->args, "result") : "seen");
	if (args_has(&c->args, "count"))
		json_put_member_u64(w, "count", *count);
	if (first != 0)
		json_put_member_u64(w, "first", (uint64_t)first);
	if (last != 0)
		json_put_member_u64(w, "last", (uint64_t)last);
	remark_put_text(c, w, "observable", "observable");
	remark_put_text(c, w, "comment", "comment");
	json_put_member_bool(w, "named", args_has(&c->args, "named"));
	json_put_close(w, '}');
}

static int
run(struct cli *c)
{
	unsigned long n = 1;
	struct fault f;
	uint64_t count;
	int status;

	if (args_number(&c->args, "count", 0, 1000000000000, &n, &f) !=
	    ERR_NONE)
		return cli_usage(c, cli_text(c, "--%s: %s", f.field, f.rule));
	if (!remark_time(c, "first", &first, &status) ||
	    !remark_time(c, "last", &last, &status))
		return status;
	count = n;
	return send_run(c, "feedback", put, &count);
}

const struct command command_sighting = {
	.name = "sighting", .group = GROUP_WATCH, .operands = "NOTICE",
	.least = 1, .most = 1, .run = run,
	.summary = { { "Tell the origin of a notice that it was seen, or not",
		    "Decir al origen de una comunicación que se vio, o no",
		    "Dizer à origem de um comunicado que foi visto, ou não",
		    "Dire à l’origine d’une communication qu’on l’a vue, ou non" } },
	.option = {
		{ "result", 0, "RESULT", { { "seen|not_seen|false_positive|useful|not_useful|corrected (seen)",
		    "seen|not_seen|false_positive|useful|not_useful|corrected (seen)",
		    "seen|not_seen|false_positive|useful|not_useful|corrected (seen)",
		    "seen|not_seen|false_positive|useful|not_useful|corrected (seen)" } } },
		{ "count", 0, "N", { { "how often",
		    "cuántas veces",
		    "quantas vezes",
		    "combien de fois" } } },
		{ "first", 0, "TIME", { { "from when (RFC 3339)",
		    "desde cuándo (RFC 3339)",
		    "desde quando (RFC 3339)",
		    "depuis quand (RFC 3339)" } } },
		{ "last", 0, "TIME", { { "until when (RFC 3339)",
		    "hasta cuándo (RFC 3339)",
		    "até quando (RFC 3339)",
		    "jusqu’à quand (RFC 3339)" } } },
		{ "observable", 0, "TEXT", { { "what was seen",
		    "qué se vio",
		    "o que foi visto",
		    "ce qui a été vu" } } },
		{ "comment", 0, "TEXT", { { "a remark to the origin",
		    "una observación para el origen",
		    "uma observação para a origem",
		    "une remarque à l’origine" } } },
		{ "named", 0, NULL, { { "the others may know that it was this team",
		    "los demás pueden saber que fue este equipo",
		    "os demais podem saber que foi esta equipe",
		    "les autres peuvent savoir que c’était cette équipe" } } },
		SEND_DRY_RUN,
		SEND_YES,
	},
};
