/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara claim extend: until later, twice at the most.
 */
#include "base/limits.h"
#include "cli/out.h"
#include "cli/remark.h"

static int64_t until;
static struct json_val before; /* its body */

static void
body(struct cli *c, struct json_out *w)
{
	struct json_val list = json_get(before, "extended");

	(void)c;
	json_put_member_u64(w, "until", (uint64_t)until);
	json_put_key(w, "extended");
	json_put_open(w, '[');
	for (struct json_val v = json_first(list); v.type != JSON_ABSENT;
	     v = json_next(list, v))
		json_put_raw(w, json_raw(v));
	json_put_u64(w, out_u64(before, "until"));
	json_put_close(w, ']');
}

static int
run(struct cli *c)
{
	struct json *kept = arena_alloc(&c->arena, sizeof *kept);
	struct json_val data;
	struct request r;
	int status;

	if (!remark_time(c, "until", &until, &status))
		return status;
	if (until == 0)
		return cli_usage(c, "--until TIME");
	request_open(&r);
	json_put_member_str(&r.w, "id", c->args.operand[0]);
	status = request_send(&r, c, "case", &data);
	if (status != CLI_OK)
		return status;
	/* the answer lives until the next request */
	if (json_parse_arena(arena_copy(&c->arena, json_raw(json_get(data,
		"body"))), LIMIT_JSON_DEPTH, LIMIT_JSON_TOKENS, &c->arena,
		kept, NULL) != ERR_NONE)
		return CLI_FAILED;
	before = json_root(kept);
	return remark_case_step(c, "extend", body);
}

const struct command command_claim_extend = {
	.name = "claim extend", .group = GROUP_WATCH, .operands = "CLAIM",
	.least = 1, .most = 1, .run = run,
	.summary = { { "Hold a claim longer, twice at the most",
	    "Prolongar lo asumido, dos veces a lo sumo",
	    "Prolongar o assumido, duas vezes no máximo",
	    "Prolonger une prise en charge, deux fois au plus" } },
	.option = {
		REMARK_UNTIL("the new time (RFC 3339)",
		    "la nueva hora (RFC 3339)", "o novo horário (RFC 3339)",
		    "la nouvelle heure (RFC 3339)"),
		SEND_DRY_RUN,
		SEND_YES,
	},
};
