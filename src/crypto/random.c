/* SPDX-License-Identifier: Apache-2.0
 *
 * getrandom(2), until all bytes are there. A node without randomness must not
 * go on: every later byte that it signs or seals would be worthless.
 */
#include "crypto/random.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

void
random_fill(void *p, size_t n)
{
	unsigned char *at = p;

	while (n != 0) {
		ssize_t got = getrandom(at, n, 0);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			abort();
		at += got;
		n -= (size_t)got;
	}
}
