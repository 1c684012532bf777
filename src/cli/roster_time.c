/* SPDX-License-Identifier: Apache-2.0
 *
 * A stretch of time on the command line.
 */
#include "cli/roster_time.h"

#include "base/instant.h"

bool
roster_time_put(struct cli *c, struct request *r)
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
