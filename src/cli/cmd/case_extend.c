/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara case extend: a later date, with its reason.
 */
#include "cli/remark.h"

static int64_t until;

static void
body(struct cli *c, struct json_out *w)
{
	json_put_member_u64(w, "embargo_until", (uint64_t)until);
	json_put_member_u64(w, "publication", (uint64_t)until);
	json_put_key(w, "extensions");
	json_put_open(w, '[');
	json_put_open(w, '{');
	json_put_member_u64(w, "until", (uint64_t)until);
	remark_put_text(c, w, "reason", "reason");
	json_put_close(w, '}');
	json_put_close(w, ']');
}

static int
run(struct cli *c)
{
	int status;

	if (!remark_time(c, "until", &until, &status))
		return status;
	if (until == 0 || !args_has(&c->args, "reason"))
		return cli_usage(c, "--until TIME --reason TEXT");
	return remark_case_step(c, "extend", body);
}

const struct command command_case_extend = {
	.name = "case extend", .group = GROUP_SHARE, .operands = "CASE",
	.least = 1, .most = 1, .run = run,
	.summary = { { "Move the date of a case",
	    "Mover la fecha de un caso",
	    "Mudar a data de um caso",
	    "Déplacer la date d’un dossier" } },
	.option = {
		REMARK_UNTIL("the new date (RFC 3339)", "la nueva fecha (RFC 3339)",
		    "a nova data (RFC 3339)", "la nouvelle date (RFC 3339)"),
		{ "reason", 0, "TEXT", { { "why",
		    "por qué",
		    "por quê",
		    "pourquoi" } } },
		SEND_DRY_RUN,
		SEND_YES,
	},
};
