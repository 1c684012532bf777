/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara authority suspend: propose to take trust from a team for at most
 * seven days. To renew it needs a register.
 */
#include "base/limits.h"
#include "cli/ceremony.h"

#include <time.h>

static int
run(struct cli *c)
{
	const char *with = args_find(&c->args, "with");
	const char *reason = args_find(&c->args, "reason");
	struct suspension s = { .from_s = (int64_t)time(NULL),
		.team = span_str(c->args.operand[0]) };
	struct registry *r = NULL;
	unsigned long days = 7;
	struct fault f = { 0 };
	struct proposal p;
	struct buf payload;
	int status;
	enum err e;

	if (!args_has(&c->args, "out"))
		return cli_usage(c, "--out FILE");
	if (with == NULL || reason == NULL)
		return cli_usage(c, "--with FOLDER --reason TEXT");
	e = args_number(&c->args, "days", 1, 7, &days, &f);
	if (e != ERR_NONE)
		return cli_usage(c, cli_text(c, "%s: %s", f.field, f.rule));
	e = ceremony_with(c, with, DOCUMENT_SUSPENSION, span_of(NULL, 0), &p,
	    &r, &f);
	if (e == ERR_NONE && !ceremony_hash(r, DOCUMENT_REGISTER,
	    span_of(NULL, 0), &s.register_hash))
		e = fault_at(&f, ERR_NOT_FOUND, 0, "with",
		    "there is no register in it");
	registry_free(r);
	if (e != ERR_NONE)
		return ceremony_refused(c, e, with, &f);
	s.until_s = s.from_s + (int64_t)days * DAY_S;
	s.reason = span_str(reason);
	buf_init(&payload, LIMIT_DOCUMENT);
	suspension_write(&s, &payload);
	status = ceremony_finish(c, &p, &payload);
	buf_release(&payload);
	return status;
}

const struct command command_authority_suspend = {
	.name = "authority suspend", .group = GROUP_NETWORK,
	.operands = "TEAM", .least = 1, .most = 1, .run = run,
	.summary = { { "Propose to suspend a team for some days",
	    "Proponer suspender a un equipo unos días",
	    "Propor suspender uma equipe por alguns dias",
	    "Proposer de suspendre une équipe quelques jours" } },
	.option = {
		CEREMONY_OUT,
		CEREMONY_WITH,
		{ "reason", 0, "TEXT", { { "one line that all will read",
		    "una línea que todos leerán",
		    "uma linha que todos lerão",
		    "une ligne que tous liront" } } },
		{ "days", 0, "N", { { "1 to 7 (7)", "de 1 a 7 (7)",
		    "de 1 a 7 (7)", "de 1 à 7 (7)" } } },
	},
};
