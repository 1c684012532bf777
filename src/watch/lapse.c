/* SPDX-License-Identifier: Apache-2.0
 *
 * What frees itself.
 */
#include "watch/lapse.h"

void
lapse_begin(struct lapse *l, struct wall now)
{
	l->told_s = now.ms / 1000 - LAPSE_BACK_S;
	l->wait_ms = LAPSE_LOOK_MS;
}

bool
lapse_look(struct lapse *l, int64_t at_s, struct wall now)
{
	int64_t left_ms = at_s * 1000 - now.ms;

	if (left_ms <= 0)
		return at_s > l->told_s;
	if (left_ms < l->wait_ms)
		l->wait_ms = left_ms;
	return false;
}

void
lapse_end(struct lapse *l, struct wall now)
{
	l->told_s = now.ms / 1000;
}
