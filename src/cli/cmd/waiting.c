/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara waiting: what waits for this person: drafts of others to approve,
 * and notices to review that went out by one person alone.
 */
#include "cli/node.h"
#include "cli/out.h"

static void
row_show(struct cli *c, struct json_val v, struct table *t)
{
	bool is_review = json_is_str(json_get(v, "what"), "review");

	table_put(t, span_str(is_review ? T(c, "review", "revisar", "revisar",
	    "relire") : T(c, "approve", "aprobar", "aprovar", "approuver")),
	    out_is_true(v, "overdue") ? STYLE_BAD : STYLE_BOLD);
	table_put(t, out_tail(out_text(c, v, "id")), STYLE_PLAIN);
	table_put(t, out_text(c, v, "tlp"), STYLE_PLAIN);
	table_put_u64(t, out_u64(v, "level"));
	table_put(t, out_text(c, v, "by"), STYLE_PLAIN);
	if (is_review)
		table_put_str(t, out_time(c, out_u64(v, "due")));
	else
		table_put(t, span_str(""), STYLE_PLAIN);
}

static int
run(struct cli *c)
{
	const char *const heads[] = { "", cli_word(c, "id"),
		cli_word(c, "label"), cli_word(c, "level"),
		cli_word(c, "from"), T(c, "until", "hasta", "até",
		"jusqu’au"), NULL };
	struct json_val data;
	int status = node_call(c, "waiting", &data);

	if (status != CLI_OK)
		return status;
	out_list(c, data, "rows", heads, row_show);
	return CLI_OK;
}

const struct command command_waiting = {
	.name = "waiting", .group = GROUP_SHARE, .operands = "",
	.run = run,
	.summary = { { "What waits for your approval or review",
	    "Lo que espera su aprobación o revisión",
	    "O que espera sua aprovação ou revisão",
	    "Ce qui attend votre approbation ou relecture" } },
};
