/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara embargo broken: tell the origin that its text is in public already.
 */
#include "base/instant.h"
#include "cli/remark.h"
#include <time.h>

static int64_t seen;

static void
body(struct cli *c, struct json_out *w)
{
	remark_put_text(c, w, "where", "where");
	json_put_member_u64(w, "seen", (uint64_t)seen);
	remark_put_text(c, w, "evidence", "evidence");
}

static int
run(struct cli *c)
{
	int status;

	if (!args_has(&c->args, "where"))
		return cli_usage(c, "--where TEXT");
	if (!remark_time(c, "seen", &seen, &status))
		return status;
	if (seen == 0)
		seen = time(NULL);
	return remark_send(c, "embargo-broken", body);
}

const struct command command_embargo_broken = {
	.name = "embargo broken", .group = GROUP_SHARE, .operands = "ID",
	.least = 1, .most = 1, .run = run,
	.summary = { { "Tell the origin that its embargo was broken",
	    "Avisar al origen que su embargo fue roto",
	    "Avisar a origem de que seu embargo foi rompido",
	    "Dire à l’origine que son embargo a été rompu" } },
	.option = {
		{ "where", 0, "TEXT", { { "where it was seen",
		    "dónde se vio",
		    "onde foi visto",
		    "où il a été vu" } } },
		{ "seen", 0, "TIME", { { "when (now)",
		    "cuándo (ahora)",
		    "quando (agora)",
		    "quand (maintenant)" } } },
		{ "evidence", 0, "TEXT", { { "what proves it",
		    "qué lo prueba",
		    "o que o prova",
		    "ce qui le prouve" } } },
		SEND_DRY_RUN,
		SEND_YES,
	},
};
