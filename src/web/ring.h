/* SPDX-License-Identifier: Apache-2.0
 *
 * The last events of the public stream, as they go over the wire: for readers
 * who come again, and for those who are a little behind. An event has the
 * number of its position in the log and, here, a serial that grows by one.
 * Pure.
 */
#ifndef WEB_RING_H
#define WEB_RING_H

#include "base/limits.h"
#include "base/span.h"
#include "web/talk.h"

#include <stdbool.h>
#include <stdint.h>

struct ring_event {
	uint64_t index;
	unsigned char *p; /* "id: ...\nevent: notice\ndata: ...\n\n" */
	size_t n;
};

struct ring {
	unsigned char log[TALK_LOG]; /* zeros: nothing came yet */
	struct ring_event at[LIMIT_WEB_EVENTS];
	uint64_t first, end; /* serials that are there */
};

void ring_release(struct ring *r); /* accepts a zeroed one */

/* Put an event behind the others; the oldest goes if there are too many. Of
 * another log it drops all that were there. One that is not behind the last,
 * or whose text has a line break, is passed over: false. */
bool ring_put(struct ring *r, const unsigned char log[TALK_LOG],
    uint64_t index, struct span json);

/* The first position that is not here yet, for the next question. */
uint64_t ring_next(const struct ring *r);

/* The event with this serial, first <= serial < end. */
struct span ring_at(const struct ring *r, uint64_t serial);

/* Where a reader who has seen `id` goes on, a Last-Event-ID. `is_gap`: what
 * came between is not here any more, or of another log: it begins with the
 * oldest. Without an id, or with one that is none, at the end. */
uint64_t ring_after(const struct ring *r, struct span id, bool *is_gap);

#endif
