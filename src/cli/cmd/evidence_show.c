/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara evidence show: the manifest, who has it, and the chain of custody.
 */
#include "cli/out.h"
#include "cli/remark.h"

#include <stdio.h>

static void
put_items(struct cli *c, struct json_val items)
{
	const char *const heads[] = { cli_word(c, "file"),
		cli_word(c, "size"), "SHA-256", NULL };
	struct table t;

	table_init(&t, &c->term, heads);
	for (struct json_val v = json_first(items); v.type != JSON_ABSENT;
	     v = json_next(items, v)) {
		table_put(&t, out_text(c, v, "name"), STYLE_BOLD);
		table_put(&t, out_text(c, v, "size"), STYLE_PLAIN);
		table_put(&t, out_text(c, v, "sha256"), STYLE_PLAIN);
	}
	out_table(c, &t);
}

static void
put_acts(struct cli *c, struct json_val acts)
{
	const char *const heads[] = { "rev", cli_word(c, "time"),
		cli_word(c, "evidence_what"), cli_word(c, "from"), cli_word(c, "to"),
		cli_word(c, "evidence_checked"), cli_word(c, "why"),
		cli_word(c, "digest"), NULL };
	struct table t;

	table_init(&t, &c->term, heads);
	for (struct json_val v = json_first(acts); v.type != JSON_ABSENT;
	     v = json_next(acts, v)) {
		struct json_val e = json_get(v, "event");

		table_put(&t, out_text(c, v, "rev"), STYLE_PLAIN);
		table_put_str(&t, out_time(c, out_u64(e, "at")));
		table_put(&t, out_text(c, e, "what"), STYLE_BOLD);
		table_put(&t, out_text(c, e, "from"), STYLE_PLAIN);
		table_put(&t, out_text(c, e, "to"), STYLE_PLAIN);
		table_put_str(&t, cli_word(c, out_is_true(e, "hash_checked") ?
			"yes" : "no"));
		table_put(&t, out_text(c, e, "reason"), STYLE_PLAIN);
		table_put(&t, out_text(c, v, "digest"), STYLE_PLAIN);
	}
	out_table(c, &t);
}

static int
run(struct cli *c)
{
	struct json_val data, body;
	int status = node_call_id(c, "case", &data);

	if (status != CLI_OK)
		return status;
	if (out_is_json(c)) {
		out_data(c, data);
		return CLI_OK;
	}
	body = json_get(data, "body");
	out_pair(c, "title", out_text(c, data, "title"));
	out_pair(c, "state", out_text(c, data, "label"));
	out_pair(c, "custodian", out_text(c, body, "custodian"));
	printf("\n");
	put_items(c, json_get(body, "items"));
	printf("\n");
	put_acts(c, json_get(data, "acts"));
	return CLI_OK;
}

const struct command command_evidence_show = {
	.name = "evidence show", .group = GROUP_RECORD, .operands = "ID",
	.least = 1, .most = 1, .run = run,
	.summary = { { "Manifest and chain of custody of evidence",
	    "Manifiesto y cadena de custodia de una evidencia",
	    "Manifesto e cadeia de custódia de uma evidência",
	    "Manifeste et chaîne de garde d’une preuve" } },
};
