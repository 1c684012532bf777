/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara exercise mend: a finding is mended, dropped, or gets another owner
 * or date.
 */
#include "cli/remark.h"

static int64_t due;

static void
body(struct cli *c, struct json_out *w)
{
	remark_put_ml(c, w, "result", "result");
	remark_put_ml(c, w, "drop", "reason");
	remark_put_text(c, w, "owner", "owner");
	if (due != 0)
		json_put_member_u64(w, "due", (uint64_t)due);
}

static int
run(struct cli *c)
{
	bool mended = args_has(&c->args, "result");
	bool dropped = args_has(&c->args, "drop");
	bool changed = args_has(&c->args, "due") ||
	    args_has(&c->args, "owner");
	int status;

	if (mended + dropped + changed != 1)
		return cli_usage(c, "--result TEXT | --drop WHY | "
		    "[--due TIME] [--owner WHO]");
	if (!remark_time(c, "due", &due, &status))
		return status;
	return remark_case_step(c, mended ? "mend" : dropped ? "drop" :
	    "change", body);
}

const struct command command_exercise_mend = {
	.name = "exercise mend", .group = GROUP_WATCH,
	.operands = "FINDING", .least = 1, .most = 1, .run = run,
	.summary = { { "Close a finding, drop it, or change who mends it by when",
	    "Cerrar un hallazgo, descartarlo o cambiar quién y cuándo",
	    "Fechar um achado, descartá-lo ou mudar quem e quando",
	    "Clore un constat, l’abandonner, ou changer qui et quand" } },
	.option = {
		{ "result", 0, "TEXT", { { "what was done", "qué se hizo",
		    "o que foi feito", "ce qui a été fait" } } },
		{ "drop", 0, "WHY", { { "it is not mended, and why",
		    "no se corrige, y por qué", "não se corrige, e por quê",
		    "il n’est pas corrigé, et pourquoi" } } },
		{ "owner", 0, "WHO", { { "another one mends it",
		    "otro lo corrige", "outro corrige",
		    "un autre le corrige" } } },
		{ "due", 0, "TIME", { { "until another time (RFC 3339)",
		    "hasta otra hora (RFC 3339)", "até outra hora (RFC 3339)",
		    "avant une autre heure (RFC 3339)" } } },
		SEND_DRY_RUN,
		SEND_YES,
	},
};
