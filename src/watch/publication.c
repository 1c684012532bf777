/* SPDX-License-Identifier: Apache-2.0
 *
 * When the site is carried on.
 */
#include "watch/publication.h"

enum { LEAST_MS = 2000, MOST_MS = 600 * 1000 };

void
publication_init(struct publication *p, const struct digest *done,
    int64_t done_s, struct mono now)
{
	*p = (struct publication){ .done_s = done_s };
	if (done_s != 0) {
		p->has_done = true;
		p->done = *done;
	}
	backoff_init(&p->backoff, LEAST_MS, MOST_MS, now);
}

void
publication_want(struct publication *p, const struct digest *d, bool is_asked,
    struct mono now)
{
	p->wanted = *d;
	if (is_asked)
		p->backoff.due = now;
	/* whether the run takes it is known when it ends */
	p->is_due = is_asked || (p->is_running ?
	    !digest_is_equal(d, &p->taken) :
	    !p->has_done || !digest_is_equal(d, &p->done));
}

bool
publication_next(const struct publication *p, struct mono *due)
{
	*due = p->backoff.due;
	return p->is_due && !p->is_running;
}

uint32_t
publication_begin(struct publication *p)
{
	p->is_running = true;
	p->is_due = false;
	p->taken = p->wanted;
	return ++p->number;
}

bool
publication_end(struct publication *p, uint32_t number, bool good,
    uint32_t random, struct now now)
{
	if (!p->is_running || number != p->number)
		return false;
	p->is_running = false;
	if (good) {
		p->done = p->taken;
		p->has_done = true;
		p->done_s = now.wall.ms / 1000;
		p->failures = 0;
		backoff_init(&p->backoff, LEAST_MS, MOST_MS, now.mono);
	} else {
		p->is_due = true;
		p->failed_s = now.wall.ms / 1000;
		p->failures++;
		backoff_failed(&p->backoff, random, now.mono);
	}
	return true;
}
