/* SPDX-License-Identifier: Apache-2.0
 *
 * What one team is still owed of our own log: pure bookkeeping of the
 * delivery board. Per recipient: which indices are due (in its audience, not
 * yet receipted), which of them are urgent, which were sent on the present
 * link, and how much of the receiver's window is used.
 *
 *   due --send--> in flight --receipt--> done
 *    ^               |
 *    +---link lost---+        nothing but a receipt ends a duty
 *
 * Keys go before all else. Then urgent bodies, the newest before older ones; then all others,
 * newest first, so that the present is known before the past.
 */
#ifndef WATCH_DELIVERY_H
#define WATCH_DELIVERY_H

#include "base/buf.h"
#include "base/err.h"
#include "base/ranges.h"

#include <stdbool.h>
#include <stdint.h>

struct delivery {
	struct ranges due;    /* not receipted */
	struct ranges first;  /* subset of due: keys, which open others */
	struct ranges urgent; /* subset of due */
	struct ranges sent;   /* on this link */
	uint32_t flight_bodies;
	uint64_t flight_bytes;
};

/* A zeroed delivery owes nothing. */
void delivery_release(struct delivery *d);

/* Entry `index` is owed. */
void delivery_add(struct delivery *d, uint64_t index, bool urgent);

/* The same for one that hands out a key, without which others wait there. */
void delivery_add_first(struct delivery *d, uint64_t index);

/* The next index below `below` (the records that the receiver holds) to send,
 * if the window has room: false if there is nothing or no room. An urgent one
 * may go beyond the window once over. */
bool delivery_next(const struct delivery *d, uint64_t below, uint64_t *index,
    bool *urgent);

/* `index` was handed to the link: `bytes` of the window are used. */
void delivery_sent(struct delivery *d, uint64_t index, uint64_t bytes);

/* The receiver is done with so much of the window. */
void delivery_credit(struct delivery *d, uint32_t bodies, uint64_t bytes);

/* A receipt was verified and is durable: `done` is no longer owed. */
void delivery_done(struct delivery *d, const struct ranges *done);

/* The link is gone: what was in flight is to be sent again. */
void delivery_link_lost(struct delivery *d);

/* Is anything owed, how much? */
uint64_t delivery_count(const struct delivery *d);

#endif
