/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara exercise new: teams are asked to play; nothing of it is real.
 */
#include "cli/remark.h"

static void
body(struct cli *c, struct json_out *w)
{
	json_put_member_str(w, "exercise", c->args.operand[0]);
	remark_put_ml(c, w, "title", "title");
	json_put_member_str(w, "type", args_has(&c->args, "type") ?
		args_find(&c->args, "type") : "comms_check");
	remark_put_list(c, w, "to", "players");
	remark_put_list(c, w, "planners", "planners");
	remark_put_ml(c, w, "objectives", "objectives");
}

static int
run(struct cli *c)
{
	if (!args_has(&c->args, "title") || !args_has(&c->args, "to"))
		return cli_usage(c, "--title TEXT --to TEAM,...");
	return remark_case_open(c, "exercise", false, body);
}

const struct command command_exercise_new = {
	.name = "exercise new", .group = GROUP_WATCH, .operands = "NAME",
	.least = 1, .most = 1, .run = run,
	.summary = { { "Plan an exercise",
	    "Planificar un ejercicio",
	    "Planejar um exercício",
	    "Prévoir un exercice" } },
	.option = {
		{ "title", 0, "TEXT", { { "what it is about",
		    "de qué se trata", "do que se trata",
		    "de quoi il s’agit" } } },
		{ "type", 0, "TYPE", { {
		    "comms_check|tabletop|functional|full (comms_check)",
		    "comms_check|tabletop|functional|full (comms_check)",
		    "comms_check|tabletop|functional|full (comms_check)",
		    "comms_check|tabletop|functional|full (comms_check)" } } },
		{ "to", 0, "TEAM,...", { { "who plays", "quién participa",
		    "quem participa", "qui joue" } } },
		{ "planners", 0, "TEAM,...", { { "who directs it too",
		    "quién más dirige", "quem mais dirige",
		    "qui d’autre dirige" } } },
		{ "objectives", 0, "TEXT", { { "what it is for",
		    "para qué es", "para que serve", "à quoi il sert" } } },
		SEND_DRY_RUN,
		SEND_YES,
	},
};
