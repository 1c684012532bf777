/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara authority merge: signatures that were collected side by side come
 * together in one file.
 */
#include "base/limits.h"
#include "cli/ceremony.h"

#include <time.h>

static int
run(struct cli *c)
{
	const char *out = args_find(&c->args, "out");
	const char *path = c->args.operand[0];
	struct wall now = { (int64_t)time(NULL) * 1000 };
	struct proposal all, other;
	struct judgement j = { 0 };
	struct fault f = { 0 };
	enum err e;

	if (out == NULL)
		return cli_usage(c, "--out FILE");
	e = ceremony_read(c, path, &all, &f);
	for (size_t i = 1; i < c->args.count && e == ERR_NONE; i++) {
		path = c->args.operand[i];
		e = ceremony_read(c, path, &other, &f);
		if (e == ERR_NONE)
			e = proposal_merge(&all, &other, &c->arena, &all, &f);
	}
	if (e == ERR_NONE)
		e = proposal_judge(&all, now, &c->arena, &j, &f);
	if (e == ERR_NONE) {
		path = out;
		e = ceremony_write(c, out, &all);
	}
	if (e != ERR_NONE) {
		judgement_release(&j);
		return ceremony_refused(c, e, path, &f);
	}
	ceremony_show(c, &all, &j);
	judgement_release(&j);
	return CLI_OK;
}

const struct command command_authority_merge = {
	.name = "authority merge", .group = GROUP_NETWORK,
	.operands = "PROPOSAL...", .least = 2,
	.most = LIMIT_DOCUMENT_SIGNATURES, .run = run,
	.summary = { { "Bring signatures of copies together",
	    "Reunir las firmas de varias copias",
	    "Reunir as assinaturas de várias cópias",
	    "Réunir les signatures de plusieurs copies" } },
	.option = { CEREMONY_OUT },
};
