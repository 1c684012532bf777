/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara agreement new: sign terms that no team has signed yet, from a file
 * with a policy of IEP 2.0.
 */
#include "base/limits.h"
#include "cli/file.h"
#include "cli/remark.h"

struct policy {
	struct span text;
};

static void
put(struct cli *c, struct request *r, void *ctx)
{
	const struct policy *p = ctx;

	json_put_key(&r->w, "policy");
	json_put_raw(&r->w, p->text);
	request_put_option(r, c, "tlp", "tlp");
	request_put_option(r, c, "note", "note");
}

static int
run(struct cli *c)
{
	const char *path = c->args.operand[0];
	struct fault f = { 0 };
	struct policy p;
	struct json doc;
	struct buf b;
	enum err e;

	buf_init(&b, LIMIT_PAYLOAD);
	e = file_read(path, &b);
	if (e != ERR_NONE) {
		buf_release(&b);
		return cli_fail_file(c, e, path, NULL);
	}
	p.text = arena_copy(&c->arena, buf_span(&b));
	buf_release(&b);
	e = json_parse_arena(p.text, LIMIT_JSON_DEPTH, LIMIT_JSON_TOKENS,
	    &c->arena, &doc, &f);
	if (e != ERR_NONE)
		return cli_fail_file(c, e, path, &f);
	return send_run(c, "agreement_sign", put, &p);
}

const struct command command_agreement_new = {
	.name = "agreement new", .group = GROUP_SHARE, .operands = "FILE",
	.least = 1, .most = 1, .run = run,
	.summary = { { "Sign new terms on handling, a policy of IEP 2.0",
	    "Firmar condiciones nuevas de manejo, una política IEP 2.0",
	    "Assinar novas condições de tratamento, uma política IEP 2.0",
	    "Signer de nouvelles conditions, une politique IEP 2.0" } },
	.option = {
		SEND_TLP,
		REMARK_NOTE,
		SEND_DRY_RUN,
		SEND_YES,
	},
};
