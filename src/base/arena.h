/* SPDX-License-Identifier: Apache-2.0
 *
 * Memory for one turn of work, dropped whole. Nothing in it is freed alone.
 * Never for keys or opened plaintext that outlives the turn.
 * A zeroed arena is empty and ready; release or reset it when done.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/span.h"

struct arena_block;

struct arena {
	struct arena_block *head;
};

/* `n` zeroed bytes, aligned for any object; they live until reset/release. */
void *arena_alloc(struct arena *a, size_t n);

/* A copy of `s`; the result also has a NUL behind it that is not counted. */
struct span arena_copy(struct arena *a, struct span s);

/* The same, with the capitals of ASCII made small. */
struct span arena_lower(struct arena *a, struct span s);

/* A NUL-ended copy of `s`. */
char *arena_string(struct arena *a, struct span s);

/* Forget everything, wipe it, keep one block for the next turn. */
void arena_reset(struct arena *a);

/* Wipe and free everything; `a` is empty and may be used again. */
void arena_release(struct arena *a);

#endif
