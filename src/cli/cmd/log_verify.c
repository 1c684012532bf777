/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara log verify: recompute every root, digest and signature from what is
 * stored. Exit 8 if anything does not hold.
 */
#include "cli/node.h"
#include "cli/out.h"

#include <stdio.h>

static int
run(struct cli *c)
{
	const char *const heads[] = { cli_word(c, "log"), cli_word(c, "size"),
		cli_word(c, "result"), cli_word(c, "remark"), NULL };
	struct json_val data, logs;
	bool is_bad = false;
	struct request r;
	struct table t;
	int status;

	request_open(&r);
	if (c->args.count > 0)
		json_put_member_str(&r.w, "which", c->args.operand[0]);
	status = request_send(&r, c, "log_verify", &data);
	if (status != CLI_OK)
		return status;
	logs = json_get(data, "logs");
	table_init(&t, &c->term, heads);
	for (struct json_val v = json_first(logs); v.type != JSON_ABSENT;
	    v = json_next(logs, v)) {
		bool ok = out_is_true(v, "ok");

		is_bad |= !ok;
		table_put(&t, out_text(c, v, "origin"), STYLE_PLAIN);
		table_put(&t, out_text(c, v, "size"), STYLE_PLAIN);
		table_put(&t, span_str(cli_word(c, ok ? "sound" :
		    "unsound")), ok ? STYLE_GOOD : STYLE_BAD);
		table_put(&t, out_text(c, v, "why"), STYLE_PLAIN);
	}
	if (json_get(data, "ok").type == JSON_FALSE)
		is_bad = true;
	if (out_is_json(c)) {
		out_data(c, data);
		table_release(&t);
	} else {
		out_table(c, &t);
	}
	return is_bad ? CLI_UNVERIFIED : CLI_OK;
}

const struct command command_log_verify = {
	.name = "log verify", .group = GROUP_RECORD,
	.operands = "[own|private|ORIGIN]", .most = 1, .run = run,
	.summary = { { "Recompute all roots, digests and signatures",
	    "Recalcular todas las raíces, resúmenes y firmas",
	    "Recalcular todas as raízes, resumos e assinaturas",
	    "Recalculer racines, empreintes et signatures" } },
};
