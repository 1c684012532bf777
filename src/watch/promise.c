/* SPDX-License-Identifier: Apache-2.0
 *
 * Clocks that run out.
 */
#include "watch/promise.h"

enum promise_state
promise_step(const struct promise *p, struct wall now, int64_t *wait_ms)
{
	int64_t late_ms = p->due_s * 1000 - now.ms;
	int64_t near_ms = late_ms - p->within_s * 1000 / 4;
	int64_t next_ms = near_ms > 0 ? near_ms : late_ms;

	*wait_ms = next_ms > 0 && next_ms < PROMISE_LOOK_MS ? next_ms :
							      PROMISE_LOOK_MS;
	if (late_ms <= 0)
		return PROMISE_LATE;
	return near_ms <= 0 ? PROMISE_NEAR : PROMISE_QUIET;
}
