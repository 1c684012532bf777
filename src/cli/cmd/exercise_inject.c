/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara exercise inject: a draft that is released so long after the start.
 */
#include "cli/node.h"
#include "cli/out.h"

#include <stdio.h>

/* "90", "10m", "2h" as seconds. */
static bool
after_parse(const char *v, uint64_t *out)
{
	char unit = 's', end = '\0';
	unsigned n = 0;
	int got = v == NULL ? 0 : sscanf(v, "%6u%c%c", &n, &unit, &end);

	if (got < 1 || got > 2 ||
	    (unit != 's' && unit != 'm' && unit != 'h'))
		return false;
	*out = (uint64_t)n * (unit == 'h' ? 3600 : unit == 'm' ? 60 : 1);
	return true;
}

static int
run(struct cli *c)
{
	struct json_val data;
	struct request r;
	uint64_t at;
	int status;

	if (!after_parse(args_find(&c->args, "after"), &at))
		return cli_usage(c, "--after 90s|10m|2h");
	request_open(&r);
	json_put_member_str(&r.w, "id", c->args.operand[0]);
	json_put_member_str(&r.w, "draft", c->args.operand[1]);
	json_put_member_u64(&r.w, "at", at);
	request_put_option(&r, c, "expected", "expected");
	status = request_send(&r, c, "exercise_inject", &data);
	if (status != CLI_OK)
		return status;
	if (out_is_json(c))
		out_data(c, data);
	else
		printf("%s\n", out_str(c, data, "id"));
	return CLI_OK;
}

const struct command command_exercise_inject = {
	.name = "exercise inject", .group = GROUP_WATCH,
	.operands = "EXERCISE DRAFT", .least = 2, .most = 2, .run = run,
	.summary = { { "Release a draft so long after the start",
	    "Emitir un borrador tanto después del inicio",
	    "Emitir um rascunho tanto depois do início",
	    "Émettre un brouillon tant après le début" } },
	.option = {
		{ "after", 0, "TIME", { { "90s, 10m, 2h", "90s, 10m, 2h",
		    "90s, 10m, 2h", "90s, 10m, 2h" } } },
		{ "expected", 0, "TEXT", { { "what players should do",
		    "qué deberían hacer", "o que deveriam fazer",
		    "ce que les joueurs devraient faire" } } },
	},
};
