/* SPDX-License-Identifier: Apache-2.0
 *
 * When to dial again.
 */
#include "watch/backoff.h"

enum { SOON_MS = 4000, RECENT_MS = 3600 * 1000 };

void
backoff_init(struct backoff *b, int64_t least_ms, int64_t most_ms,
    struct mono now)
{
	*b = (struct backoff){ .least_ms = least_ms, .most_ms = most_ms,
		.due = now };
}

void
backoff_failed(struct backoff *b, uint32_t random, struct mono now)
{
	int64_t most = b->most_ms, jitter;

	if (b->was_up && now.ms - b->heard.ms < RECENT_MS && most > SOON_MS)
		most = SOON_MS;
	b->wait_ms = b->wait_ms == 0 ? b->least_ms : b->wait_ms * 2;
	if (b->wait_ms > most)
		b->wait_ms = most;
	jitter = b->wait_ms / 4;
	b->due.ms = now.ms + b->wait_ms - jitter / 2 +
	    (jitter != 0 ? (int64_t)(random % (uint32_t)jitter) : 0);
}

void
backoff_up(struct backoff *b, struct mono now)
{
	b->wait_ms = 0;
	b->was_up = true;
	b->heard = now;
}
