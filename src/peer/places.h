/* SPDX-License-Identifier: Apache-2.0
 *
 * Places of logs that are kept under a digest, in a table of items of the
 * store: what waits for a key, what carries entries of a log.
 */
#ifndef PEER_PLACES_H
#define PEER_PLACES_H

#include "peer/hub_inside.h"

enum { PLACES_KEY = 32 + 4 + 8 /* digest, log, index */ };

struct place {
	uint32_t log; /* the store's number */
	uint64_t index;
};

struct places {
	size_t n;
	struct place at[HUB_ARRIVALS];
};

/* Keep the place, or forget it; within a transaction, as hub_write. */
void places_put(struct hub *h, const char *table, const struct digest *of,
    struct place at, bool is_kept);

/* The digest of a key of such a table. ERR_SYNTAX. */
MUST enum err places_parse(struct span key, struct digest *of,
    struct place *at);

/* At most `most` (<= HUB_ARRIVALS) of the digest, from `from` on, in order. */
MUST enum err places_find(struct hub *h, const char *table,
    const struct digest *of, struct place from, size_t most,
    struct places *out);

#endif
