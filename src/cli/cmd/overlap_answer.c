/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara overlap answer: this team may, or may not, be named to who holds
 * the same. Goes to who asked alone.
 */
#include "cli/remark.h"

static void
put(struct cli *c, struct request *r, void *ctx)
{
	struct json_out *w = &r->w;

	(void)ctx;
	json_put_member_str(w, "id", c->args.operand[0]);
	json_put_key(w, "body");
	json_put_open(w, '{');
	json_put_member_str(w, "answer", args_has(&c->args, "no") ?
		"declined" : "agreed");
	remark_put_ml(c, w, "note", "note");
	json_put_close(w, '}');
}

static int
run(struct cli *c)
{
	if (args_has(&c->args, "no") == args_has(&c->args, "agree"))
		return cli_usage(c, "--agree | --no");
	return send_run(c, "overlap_answer", put, NULL);
}

const struct command command_overlap_answer = {
	.name = "overlap answer", .group = GROUP_WATCH,
	.operands = "QUESTION", .least = 1, .most = 1, .run = run,
	.summary = { { "Say whether this team may be named to who holds the same",
	    "Decir si este equipo puede ser nombrado a quien tiene lo mismo",
	    "Dizer se esta equipe pode ser citada a quem tem o mesmo",
	    "Dire si cette équipe peut être nommée à qui détient la même chose" } },
	.option = {
		{ "agree", 0, NULL, { { "it may", "puede", "pode",
		    "elle le peut" } } },
		{ "no", 0, NULL, { { "it may not", "no puede", "não pode",
		    "elle ne le doit pas" } } },
		REMARK_NOTE,
		SEND_DRY_RUN,
		SEND_YES,
	},
};
