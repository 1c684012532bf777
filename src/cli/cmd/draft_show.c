/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara draft show: a draft as its readers would see it.
 */
#include "base/limits.h"
#include "cli/node.h"
#include "cli/out.h"
#include "schema/show.h"

#include <stdio.h>

static int
body_show(struct cli *c, struct json_val data)
{
	struct show how = { .schema = cli_schema(c), .lang = c->lang,
		.columns = c->term.columns, .ascii = !c->term.utf8 };
	struct show_head head = { .kind = out_text(c, data, "kind"),
		.id = out_text(c, data, "draft"),
		.rev = out_u64(data, "rev") };
	struct buf b;
	enum err e;

	head.has_tlp = tlp_parse(out_text(c, data, "tlp"), &head.tlp) ==
	    ERR_NONE;
	buf_init(&b, LIMIT_SHOWN);
	e = show_record(&how, &head, json_get(data, "body"), &c->arena, &b);
	if (e == ERR_NONE)
		fwrite(b.p, 1, b.n, stdout);
	buf_release(&b);
	return e == ERR_NONE ? CLI_OK : cli_fail_file(c, e,
	    c->args.operand[0], NULL);
}

static int
run(struct cli *c)
{
	struct json_val data;
	int status;

	status = node_call_id(c, "draft", &data);
	if (status != CLI_OK)
		return status;
	if (out_is_json(c)) {
		out_data(c, data);
		return CLI_OK;
	}
	return body_show(c, data);
}

const struct command command_draft_show = {
	.name = "draft show", .group = GROUP_SHARE, .operands = "DRAFT",
	.least = 1, .most = 1, .run = run,
	.summary = { { "A draft as its readers would see it",
	    "Un borrador como lo verían sus lectores",
	    "Um rascunho como seus leitores o veriam",
	    "Un brouillon tel que ses lecteurs le verraient" } },
};
