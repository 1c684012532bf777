/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara authority diff: what one document or proposal changes against
 * another, in words.
 */
#include "cli/ceremony.h"
#include "cli/out.h"
#include "record/network.h"

static enum err
read_one(struct cli *c, const char *path, struct parsed *out,
    struct fault *f)
{
	struct proposal p;
	enum err e = ceremony_read(c, path, &p, f);

	if (e != ERR_NONE)
		return e;
	return parsed_read(&p.doc, keyset_domain(&p.doc), &c->arena, out, f);
}

static int
run(struct cli *c)
{
	struct difference_list l = { .a = &c->arena };
	struct parsed doc[2];
	struct json_out w;
	struct buf b;
	size_t i = 0;
	struct fault f = { 0 };
	enum err e = read_one(c, c->args.operand[0], &doc[0], &f);

	if (e == ERR_NONE)
		e = read_one(c, c->args.operand[i = 1], &doc[1], &f);
	if (e == ERR_NONE)
		e = diff_documents(&doc[0], &doc[1], &l);
	if (e == ERR_CONFLICT && f.rule[0] == '\0')
		e = fault_at(&f, e, 0, "kind",
		    "the two are of different kinds");
	if (e != ERR_NONE)
		return ceremony_refused(c, e, c->args.operand[i], &f);
	if (!out_is_json(c)) {
		ceremony_show_changes(c, &l);
		return CLI_OK;
	}
	out_open(c, &b, &w);
	ceremony_put_changes(c, &w, &l);
	out_close(&b, &w);
	return CLI_OK;
}

const struct command command_authority_diff = {
	.name = "authority diff", .group = GROUP_NETWORK,
	.operands = "OLD NEW", .least = 2, .most = 2, .run = run,
	.summary = { { "What one document changes against another, in words",
	    "Qué cambia un documento respecto de otro, en palabras",
	    "O que um documento muda em relação a outro, em palavras",
	    "Ce qu’un document change par rapport à un autre, en mots" } },
};
