/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara situation read: an authority has read a brief.
 */
#include "base/limits.h"
#include "cli/out.h"
#include "cli/rows.h"

#include <time.h>

/* The body with one more reader. */
static void
put_read(struct cli *c, struct json_out *w, struct json_val body)
{
	struct json_val m;
	struct json_val read = json_get(body, "read");

	json_put_open(w, '{');
	json_put_rest(w, body, JSON_WITHOUT("read"), &c->arena);
	json_put_key(w, "read");
	json_put_open(w, '[');
	for (m = json_first(read); m.type != JSON_ABSENT;
	     m = json_next(read, m))
		json_put_raw(w, json_raw(m));
	json_put_open(w, '{');
	json_put_member_str(w, "by", args_find(&c->args, "by"));
	json_put_member_u64(w, "at", (uint64_t)time(NULL));
	json_put_close(w, '}');
	json_put_close(w, ']');
	json_put_close(w, '}');
}

static int
run(struct cli *c)
{
	const struct kind *k;
	struct json_val row, data;
	struct json_out w;
	struct buf b;
	int status;

	if (!args_has(&c->args, "by"))
		return cli_usage(c, "--by");
	status = rows_fetch(c, NULL, &k, &row);
	if (status != CLI_OK)
		return status;
	buf_init(&b, LIMIT_PAYLOAD + 1024);
	json_out_init(&w, &b);
	put_read(c, &w, json_get(row, "body"));
	status = rows_change(c, k, row, buf_span(&b), &data);
	buf_release(&b);
	if (status == CLI_OK && out_is_json(c))
		out_data(c, data);
	return status;
}

const struct command command_situation_read = {
	.name = "situation read", .group = GROUP_WATCH, .operands = "BRIEF",
	.least = 1, .most = 1, .run = run,
	.summary = { { "Record that an authority has read a brief",
	    "Dejar constancia de que una autoridad leyó un informe",
	    "Registrar que uma autoridade leu um informe",
	    "Noter qu’une autorité a lu une note" } },
	.option = {
		{ "by", 0, "NAME", { { "who has read it", "quién lo leyó",
		    "quem o leu", "qui l’a lue" } } },
	},
};
