/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara breach open: a document came to where its label does not allow it;
 * its origin is told at once.
 */
#include "cli/remark.h"
#include <time.h>

static int64_t found;

static void
body(struct cli *c, struct json_out *w)
{
	remark_put_text(c, w, "how", "how");
	json_put_member_u64(w, "found", (uint64_t)found);
	remark_put_list(c, w, "by", "by");
	remark_put_ml(c, w, "extent", "extent");
}

static int
run(struct cli *c)
{
	int status;

	if (!args_has(&c->args, "how") || !args_has(&c->args, "extent"))
		return cli_usage(c, "--how HOW --extent TEXT");
	if (!remark_time(c, "found", &found, &status))
		return status;
	if (found == 0)
		found = time(NULL);
	return remark_case_open(c, "breach", true, body);
}

const struct command command_breach_open = {
	.name = "breach open", .group = GROUP_SHARE, .operands = "ID",
	.least = 1, .most = 1, .run = run,
	.summary = { { "Open a case about a document that was mishandled",
	    "Abrir un caso sobre un documento mal manejado",
	    "Abrir um caso sobre um documento mal manuseado",
	    "Ouvrir un dossier sur un document mal traité" } },
	.option = {
		{ "how", 0, "HOW", { { "wrong_recipient|public_posting|label_lost|embargo_broken|lost_device|other",
		    "wrong_recipient|public_posting|label_lost|embargo_broken|lost_device|other",
		    "wrong_recipient|public_posting|label_lost|embargo_broken|lost_device|other",
		    "wrong_recipient|public_posting|label_lost|embargo_broken|lost_device|other" } } },
		{ "extent", 0, "TEXT", { { "how far it went",
		    "hasta dónde llegó",
		    "até onde foi",
		    "jusqu’où il est allé" } } },
		{ "found", 0, "TIME", { { "when it was found (now)",
		    "cuándo se halló (ahora)",
		    "quando foi descoberto (agora)",
		    "quand il a été découvert (maintenant)" } } },
		{ "by", 0, "TEAM,...", { { "who passed it on",
		    "quién lo transmitió",
		    "quem o repassou",
		    "qui l’a transmis" } } },
		REMARK_TO,
		SEND_DRY_RUN,
		SEND_YES,
	},
};
