/* SPDX-License-Identifier: Apache-2.0
 *
 * Bytes that must not be swapped out, shown or left behind. There is no
 * function that formats a secret, on purpose.
 */
#ifndef CRYPTO_SECRET_H
#define CRYPTO_SECRET_H

#include <stddef.h>

struct secret {
	unsigned char *p; /* whole pages of its own */
	size_t n;
	size_t mapped;
};

/* `n` zeroed bytes in pages of their own: locked if the limits of the process
 * allow it, never in a core dump, gone in a child. Out of memory aborts. */
void secret_init(struct secret *s, size_t n);

/* Wipe and unmap; `s` is zeroed. Accepts a zeroed secret. */
void secret_release(struct secret *s);

/* Wipe `n` bytes in a way that no compiler leaves out. */
void secret_wipe(void *p, size_t n);

#endif
