/* SPDX-License-Identifier: Apache-2.0
 *
 * A stretch of time on the command line.
 */
#include "cli/roster_time.h"

#include "base/instant.h"
#include "cli/out.h"

static bool
put_ends(struct cli *c, struct request *r)
{
	static const char *const ends[] = { "from", "to" };

	for (size_t i = 0; i < 2; i++) {
		const char *text = args_find(&c->args, ends[i]);
		struct wall t;

		if (text == NULL ||
		    wall_parse(span_str(text), &t) != ERR_NONE)
			return false;
		json_put_member_u64(&r->w, ends[i], (uint64_t)(t.ms / 1000));
	}
	return true;
}

int
roster_time_send(struct cli *c, struct request *r, const char *cmd)
{
	struct json_val data;
	int status;

	if (!put_ends(c, r)) {
		buf_release(&r->b);
		return cli_usage(c, "--from, --to: 2026-11-21T12:00:00-03:00");
	}
	status = request_send(r, c, cmd, &data);
	return status != CLI_OK ? status : out_id(c, data);
}
