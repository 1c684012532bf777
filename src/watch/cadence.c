/* SPDX-License-Identifier: Apache-2.0
 *
 * When a receipt is due.
 */
#include "watch/cadence.h"

#include <stdint.h>

void
cadence_add(struct cadence *c, bool urgent, struct mono now)
{
	if (c->pending++ == 0)
		c->since = now;
	c->urgent = c->urgent || urgent;
}

struct mono
cadence_due(const struct cadence *c)
{
	if (c->pending == 0)
		return (struct mono){ INT64_MAX };
	if (c->urgent || c->pending >= CADENCE_RECEIPT_ENTRIES)
		return c->since;
	return (struct mono){ c->since.ms + CADENCE_RECEIPT_MS };
}

bool
cadence_is_due(const struct cadence *c, struct mono now)
{
	return now.ms >= cadence_due(c).ms;
}

void
cadence_clear(struct cadence *c)
{
	*c = (struct cadence){ 0 };
}
