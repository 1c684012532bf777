/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara exercise finding: what an exercise has shown that somebody has to
 * mend, and until when.
 */
#include "cli/out.h"
#include "cli/remark.h"

static int64_t due;
static const char *exercise;

static void
body(struct cli *c, struct json_out *w)
{
	json_put_member_str(w, "exercise", exercise);
	remark_put_ml(c, w, "title", "title");
	remark_put_text(c, w, "owner", "owner");
	json_put_member_u64(w, "due", (uint64_t)due);
	remark_put_ml(c, w, "description", "description");
}

static int
run(struct cli *c)
{
	struct json_val data;
	struct request r;
	int status;

	if (!remark_time(c, "due", &due, &status))
		return status;
	if (due == 0 || !args_has(&c->args, "title") ||
	    !args_has(&c->args, "owner"))
		return cli_usage(c, "--title TEXT --owner WHO --due TIME");
	request_open(&r);
	json_put_member_str(&r.w, "id", c->args.operand[0]);
	status = request_send(&r, c, "exercise_report", &data);
	if (status != CLI_OK)
		return status;
	exercise = out_str(c, data, "exercise");
	return remark_case_open(c, "finding", false, body);
}

const struct command command_exercise_finding = {
	.name = "exercise finding", .group = GROUP_WATCH,
	.operands = "EXERCISE", .least = 1, .most = 1, .run = run,
	.summary = { { "Note what an exercise has shown, for whom to mend by when",
	    "Anotar lo que mostró un ejercicio, quién lo corrige y para cuándo",
	    "Anotar o que um exercício mostrou, quem corrige e até quando",
	    "Noter ce qu’un exercice a montré, qui le corrige et avant quand" } },
	.option = {
		{ "title", 0, "TEXT", { { "what it is", "qué es", "o que é",
		    "ce que c’est" } } },
		{ "owner", 0, "WHO", { { "person, post or organisation that mends it",
		    "persona, cargo u organización que lo corrige",
		    "pessoa, cargo ou organização que corrige",
		    "personne, fonction ou organisation qui le corrige" } } },
		{ "due", 0, "TIME", { { "until when (RFC 3339)",
		    "hasta cuándo (RFC 3339)", "até quando (RFC 3339)",
		    "avant quand (RFC 3339)" } } },
		{ "description", 0, "TEXT", { { "in more words",
		    "en más palabras", "em mais palavras",
		    "en plus de mots" } } },
		SEND_DRY_RUN,
		SEND_YES,
	},
};
