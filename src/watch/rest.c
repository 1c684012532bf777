/* SPDX-License-Identifier: Apache-2.0
 *
 * Rest before a look.
 */
#include "watch/rest.h"

#include "crypto/hash.h"

void
rest_news(struct rest *r, int64_t quiet_ms, int64_t most_ms, struct mono now)
{
	if (!r->has_news)
		r->latest.ms = now.ms + most_ms;
	r->has_news = true;
	r->due.ms = now.ms + quiet_ms;
	if (r->due.ms > r->latest.ms)
		r->due = r->latest;
}

struct mono
rest_due(const struct rest *r)
{
	return r->has_news ? r->due : (struct mono){ INT64_MAX };
}

bool
rest_is_due(const struct rest *r, struct mono now)
{
	return now.ms >= rest_due(r).ms;
}

void
rest_clear(struct rest *r)
{
	*r = (struct rest){ 0 };
}

int64_t
rest_spread(struct span node, int64_t spread_ms)
{
	struct digest d = hash_sha256(node);

	return (d.b[0] << 8 | d.b[1]) * spread_ms / 65536;
}
