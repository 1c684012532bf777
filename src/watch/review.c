/* SPDX-License-Identifier: Apache-2.0
 *
 * The clock of reviews.
 */
#include "watch/review.h"

int64_t
review_due_s(int level, int64_t at_s)
{
	return at_s + (level >= 5 ? REVIEW_LEVEL_5_S : REVIEW_LEVEL_4_S);
}

bool
review_step(const struct review *r, struct wall now, int64_t *wait_ms)
{
	int64_t left_ms = r->due_s * 1000 - now.ms;

	*wait_ms = -1;
	if (r->state != REVIEW_DUE)
		return false;
	if (left_ms <= 0)
		return true;
	*wait_ms = left_ms < REVIEW_LOOK_MS ? left_ms : REVIEW_LOOK_MS;
	return false;
}
