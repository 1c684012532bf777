/* SPDX-License-Identifier: Apache-2.0
 *
 * What one team is still owed.
 */
#include "watch/delivery.h"

#include "base/limits.h"

void
delivery_release(struct delivery *d)
{
	ranges_release(&d->due);
	ranges_release(&d->first);
	ranges_release(&d->urgent);
	ranges_release(&d->sent);
	*d = (struct delivery){ 0 };
}

void
delivery_add(struct delivery *d, uint64_t index, bool urgent)
{
	ranges_add(&d->due, index, index);
	if (urgent)
		ranges_add(&d->urgent, index, index);
}

void
delivery_add_first(struct delivery *d, uint64_t index)
{
	ranges_add(&d->due, index, index);
	ranges_add(&d->first, index, index);
}

bool
delivery_next(const struct delivery *d, uint64_t below, uint64_t *index,
    bool *urgent)
{
	bool room = d->flight_bodies < LIMIT_BODIES_IN_FLIGHT &&
	    d->flight_bytes < LIMIT_BYTES_IN_FLIGHT;

	if (below == 0)
		return false;
	/* backlog fills the window but never keeps an urgent body waiting */
	if (d->flight_bodies < 2 * LIMIT_BODIES_IN_FLIGHT &&
	    (ranges_find_down(&d->first, &d->sent, below - 1, index) ||
		ranges_find_down(&d->urgent, &d->sent, below - 1, index))) {
		*urgent = true;
		return true;
	}
	*urgent = false;
	return room && ranges_find_down(&d->due, &d->sent, below - 1, index);
}

void
delivery_sent(struct delivery *d, uint64_t index, uint64_t bytes)
{
	ranges_add(&d->sent, index, index);
	d->flight_bodies++;
	d->flight_bytes += bytes;
}

void
delivery_credit(struct delivery *d, uint32_t bodies, uint64_t bytes)
{
	/* a peer that returns more than it got only harms itself */
	d->flight_bodies -= bodies < d->flight_bodies ? bodies :
							d->flight_bodies;
	d->flight_bytes -= bytes < d->flight_bytes ? bytes : d->flight_bytes;
}

void
delivery_done(struct delivery *d, const struct ranges *done)
{
	ranges_remove_all(&d->due, done);
	ranges_remove_all(&d->first, done);
	ranges_remove_all(&d->urgent, done);
	ranges_remove_all(&d->sent, done);
}

void
delivery_link_lost(struct delivery *d)
{
	ranges_clear(&d->sent);
	d->flight_bodies = 0;
	d->flight_bytes = 0;
}

uint64_t
delivery_count(const struct delivery *d)
{
	return ranges_count(&d->due);
}
