/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara exercise inject: a draft that is released so long after the start.
 */
#include "cli/node.h"
#include "cli/out.h"

#include <stdlib.h>
#include <string.h>

enum { AFTER_MAX = 7 }; /* bytes of "999999s" */

/* "90", "10m", "2h" as seconds. */
static bool
after_parse(const char *v, uint64_t *out)
{
	static const struct {
		char unit;
		unsigned s;
	} units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { '\0', 1 } };
	char *end;
	unsigned long n;
	size_t i = 0;

	if (v == NULL || v[0] < '0' || v[0] > '9' || strlen(v) > AFTER_MAX)
		return false;
	n = strtoul(v, &end, 10);
	while (i < 4 && (end[0] != units[i].unit ||
			    (end[0] != '\0' && end[1] != '\0')))
		i++;
	if (i == 4)
		return false;
	*out = (uint64_t)n * units[i].s;
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
	return out_id(c, data);
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
