/* SPDX-License-Identifier: Apache-2.0
 *
 * Randomness of the kernel. Only code that faces the world calls it; all
 * other code gets its randomness as an argument, so that a test or a
 * simulation gives the same bytes again.
 */
#ifndef CRYPTO_RANDOM_H
#define CRYPTO_RANDOM_H

#include <stddef.h>

/* Where a function takes its randomness from, as an argument. */
typedef void random_fn(void *p, size_t n);

/* Fill `n` bytes from getrandom(2). Aborts on failure. */
void random_fill(void *p, size_t n);

#endif
