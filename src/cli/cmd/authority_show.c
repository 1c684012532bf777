/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara authority show: what a proposal says and changes, who signed, who
 * is missing. Its exit code answers scripts: 0 complete, 6 signatures missing,
 * anything else refused.
 */
#include "cli/ceremony.h"

#include <time.h>

static int
run(struct cli *c)
{
	const char *path = c->args.operand[0];
	struct wall now = { (int64_t)time(NULL) * 1000 };
	struct judgement j = { 0 };
	struct fault f = { 0 };
	struct proposal p;
	int status;
	enum err e = ceremony_read(c, path, &p, &f);

	if (e == ERR_NONE)
		e = proposal_judge(&p, now, &c->arena, &j, &f);
	if (e != ERR_NONE)
		return ceremony_refused(c, e, path, &f);
	ceremony_show(c, &p, &j);
	status = j.is_complete ? CLI_OK : CLI_WAITS;
	judgement_release(&j);
	return status;
}

const struct command command_authority_show = {
	.name = "authority show", .group = GROUP_NETWORK,
	.operands = "PROPOSAL", .least = 1, .most = 1, .run = run,
	.summary = { { "What a proposal changes, who signed, who is missing",
	    "Qué cambia una propuesta, quién firmó, quién falta",
	    "O que muda uma proposta, quem assinou, quem falta",
	    "Ce que change une proposition, qui a signé, qui manque" } },
};
