/* SPDX-License-Identifier: Apache-2.0
 *
 * A set of unsigned 64-bit numbers kept as sorted, disjoint, non-adjacent
 * ranges: which indices of a log are held, wanted or due. Adding at the end
 * is constant time; elsewhere it costs a search and a move. A zeroed set is
 * empty and ready; release it when done.
 */
#ifndef BASE_RANGES_H
#define BASE_RANGES_H

#include "base/buf.h"
#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

struct range {
	uint64_t first;
	uint64_t last; /* inclusive */
};

struct ranges {
	struct range *v;
	size_t n;
	size_t cap;
};

void ranges_release(struct ranges *r);
void ranges_clear(struct ranges *r);

void ranges_add(struct ranges *r, uint64_t first, uint64_t last);
void ranges_remove(struct ranges *r, uint64_t first, uint64_t last);
bool ranges_has(const struct ranges *r, uint64_t x);
bool ranges_is_empty(const struct ranges *r);

/* How many numbers are in the set. */
uint64_t ranges_count(const struct ranges *r);

/* Every number of `from` is added to, or taken from, `r`. */
void ranges_add_all(struct ranges *r, const struct ranges *from);
void ranges_remove_all(struct ranges *r, const struct ranges *from);

/* The largest number <= `x` that is in `r` and not in `except` (may be NULL).
 * False if there is none. */
bool ranges_find_down(const struct ranges *r, const struct ranges *except,
    uint64_t x, uint64_t *out);

/* The smallest number in the set; false if it is empty. */
bool ranges_min(const struct ranges *r, uint64_t *out);

/* As bytes: u32 count, then count times u64 first, u64 last. Parsing refuses
 * anything that is not sorted, disjoint and non-adjacent (ERR_CANONICAL), or
 * more than `max` ranges (ERR_LIMIT); `out` must be empty and stays so. */
void ranges_write(const struct ranges *r, struct buf *out);
MUST enum err ranges_parse(struct span in, size_t max, struct ranges *out);

#endif
