/* SPDX-License-Identifier: Apache-2.0
 *
 * How fast a log of another origin may grow.
 */
#include "watch/budget.h"

#include "base/limits.h"

enum { DAY_MS = 86400000 };

static void
refill(struct budget *b, struct mono now)
{
	int64_t more = (now.ms - b->at.ms) * LIMIT_LEAVES_PER_DAY / DAY_MS;

	if (more <= 0)
		return; /* too little for a leaf: `at` stays */
	b->left += more;
	b->at = now;
}

bool
budget_take(struct budget *b, uint64_t size, struct mono now)
{
	if (!b->known) {
		*b = (struct budget){ true, size, LIMIT_LEAVES_PER_DAY, now };
		return true;
	}
	if (size <= b->seen)
		return true;
	refill(b, now);
	if (size - b->seen > (uint64_t)(b->left > 0 ? b->left : 0))
		return false;
	b->left -= (int64_t)(size - b->seen);
	b->seen = size;
	return true;
}

void
budget_heard(struct budget *b, struct mono now)
{
	if (!b->known)
		return;
	refill(b, now);
	if (b->left > LIMIT_LEAVES_PER_DAY)
		b->left = LIMIT_LEAVES_PER_DAY;
}
