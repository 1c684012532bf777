/* SPDX-License-Identifier: Apache-2.0
 *
 * When the private log is anchored.
 */
#include "watch/anchor.h"

bool
anchor_step(const struct anchor *last, int64_t every_s, uint64_t size,
    struct wall now, int64_t *wait_ms)
{
	int64_t left_ms = (last->at_s + every_s) * 1000 - now.ms;

	*wait_ms = ANCHOR_LOOK_MS;
	if (size <= last->size)
		return false;
	if (left_ms <= 0 || left_ms > every_s * 1000)
		return true;
	if (left_ms < *wait_ms)
		*wait_ms = left_ms;
	return false;
}
