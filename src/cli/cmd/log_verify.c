/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara log verify: recompute every root, digest and signature from what is
 * stored. Exit 8 if anything does not hold.
 */
#include "cli/node.h"
#include "cli/out.h"

#include <stdio.h>

static void
erased_show(struct cli *c, struct json_val list)
{
	for (struct json_val v = json_first(list); v.type != JSON_ABSENT;
	     v = json_next(list, v))
		printf("%s\t%s %llu\n", cli_word(c, "erased"),
		    out_str(c, v, "log"),
		    (unsigned long long)out_u64(v, "index"));
}

static int
run(struct cli *c)
{
	static const char *const members[] = { "logs", "records", "bodies",
		"withheld", "signatures", "disputed", "erased" };
	struct json_val data;
	struct request r;
	int status;

	request_open(&r);
	if (c->args.count > 0)
		json_put_member_str(&r.w, "which", c->args.operand[0]);
	status = request_send(&r, c, "log_verify", &data);
	if (status != CLI_OK)
		return status;
	if (out_is_json(c)) {
		out_data(c, data);
		return CLI_OK;
	}
	for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
		out_pair(c, members[i], out_text(c, data, members[i]));
	if (out_u64(data, "disputed") != 0)
		cli_say(c, "%s", T(c, "an origin has signed two histories: "
		    "almenara status",
		    "un origen ha firmado dos historias: almenara status",
		    "uma origem assinou duas histórias: almenara status",
		    "une origine a signé deux histoires : almenara status"));
	erased_show(c, json_get(data, "erased_at"));
	cli_say(c, "%s", T(c, "everything holds", "todo se sostiene",
	    "tudo se sustenta", "tout tient"));
	return CLI_OK;
}

const struct command command_log_verify = {
	.name = "log verify", .group = GROUP_RECORD,
	.operands = "[own|private|ORIGIN]", .most = 1, .run = run,
	.summary = { { "Recompute all roots, digests and signatures",
	    "Recalcular todas las raíces, resúmenes y firmas",
	    "Recalcular todas as raízes, resumos e assinaturas",
	    "Recalculer racines, empreintes et signatures" } },
};
