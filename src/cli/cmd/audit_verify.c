/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara audit verify: hold the audit trail against what was anchored in the
 * shared log. Exit 8 if anything does not hold.
 */
#include "cli/node.h"
#include "cli/out.h"

static int
run(struct cli *c)
{
	struct json_val data;
	int status = node_call(c, "audit_verify", &data);

	if (status != CLI_OK)
		return status;
	if (out_is_json(c)) {
		out_data(c, data);
		return CLI_OK;
	}
	out_pair(c, "records", out_text(c, data, "records"));
	out_pair(c, "signatures", out_text(c, data, "signatures"));
	out_pair(c, "anchors", out_text(c, data, "anchors"));
	out_pair(c, "anchored", out_text(c, data, "anchored"));
	out_pair(c, "until", span_str(out_time(c,
	    out_u64(data, "anchored_at"))));
	out_pair(c, "witnesses", out_text(c, data, "witnesses"));
	cli_say(c, "%s", out_u64(data, "anchored") != 0 ?
	    T(c, "everything holds; what was done until then cannot have been "
		"altered",
		"todo se sostiene; lo hecho hasta entonces no pudo alterarse",
		"tudo se sustenta; o feito até então não pôde ser alterado",
		"tout tient ; ce qui a été fait jusque-là n’a pu être altéré") :
	    T(c, "everything holds; nothing has been anchored yet",
		"todo se sostiene; nada está anclado aún",
		"tudo se sustenta; nada foi ancorado ainda",
		"tout tient ; rien n’est encore ancré"));
	return CLI_OK;
}

const struct command command_audit_verify = {
	.name = "audit verify", .group = GROUP_RECORD, .operands = "",
	.run = run,
	.summary = { { "Has the audit trail been altered?",
	    "¿Se alteró la auditoría?",
	    "A auditoria foi alterada?",
	    "L’audit a-t-il été altéré ?" } },
};
