/* SPDX-License-Identifier: Apache-2.0
 *
 * UUID version 7 (RFC 9562 section 5.7): time-ordered, so that keys ascend.
 */
#ifndef BASE_UUID_H
#define BASE_UUID_H

#include "base/err.h"
#include "base/instant.h"
#include "base/span.h"

#include <stdbool.h>
#include <string.h>

enum { UUID_TEXT = 36 };

struct uuid {
	unsigned char b[16];
};

/* A version 7 UUID of `t` with 74 bits taken from `random`. */
struct uuid uuid_make(struct wall t, const unsigned char random[10]);

/* Lower-case text with hyphens, NUL-ended. */
void uuid_write(const struct uuid *u, char out[UUID_TEXT + 1]);

/* Canonical lower-case text of any version and variant 10. ERR_SYNTAX or
 * ERR_CANONICAL (upper case) otherwise. */
MUST enum err uuid_parse(struct span s, struct uuid *out);

static inline bool
uuid_is_equal(const struct uuid *a, const struct uuid *b)
{
	return memcmp(a->b, b->b, sizeof a->b) == 0;
}

bool uuid_is_v7(const struct uuid *u);

#endif
