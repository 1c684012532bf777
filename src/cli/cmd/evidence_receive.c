/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara evidence receive: whom it was handed to has it, and has held the
 * files against the manifest if they are given. What does not fit is told and
 * not received.
 */
#include "cli/evidence.h"
#include "cli/out.h"

static const char *from, *to;
static int64_t at;
static bool is_checked;

static void
body(struct cli *c, struct json_out *w)
{
	json_put_member_str(w, "custodian", to);
	evidence_put_act(c, w, at, from, to, is_checked);
}

static int
run(struct cli *c)
{
	struct evidence_file *file;
	struct json_val before;
	size_t n;
	int status;

	if (!evidence_act_check(c, &at, &status))
		return status;
	status = evidence_fetch(c, &before);
	if (status == CLI_OK)
		status = evidence_read(c, 1, &file, &n);
	if (status != CLI_OK)
		return status;
	is_checked = n != 0;
	if (is_checked)
		status = evidence_compare(c, before, file, n);
	if (status != CLI_OK)
		return status;
	from = out_str(c, before, "custodian");
	to = out_str(c, before, "to");
	return remark_case_step(c, "receive", body);
}

const struct command command_evidence_receive = {
	.name = "evidence receive", .group = GROUP_RECORD,
	.operands = "ID [FILE ...]", .least = 1, .most = 257, .run = run,
	.summary = { { "Receive evidence, its files held against the manifest",
	    "Recibir evidencia, cotejando sus archivos con el manifiesto",
	    "Receber evidência, conferindo seus arquivos com o manifesto",
	    "Recevoir une preuve, ses fichiers comparés au manifeste" } },
	.option = {
		EVIDENCE_REASON,
		EVIDENCE_AT,
		EVIDENCE_WITNESS,
		SEND_DRY_RUN,
		SEND_YES,
	},
};
