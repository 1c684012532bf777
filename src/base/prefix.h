/* SPDX-License-Identifier: Apache-2.0
 *
 * A network of IPv4 or IPv6 addresses, or one address (RFC 4632, RFC 4291).
 */
#ifndef BASE_PREFIX_H
#define BASE_PREFIX_H

#include "base/err.h"
#include "base/must.h"
#include "base/span.h"

#include <stdbool.h>

enum { PREFIX_TEXT = 52 }; /* room for one as text, with its NUL */

struct prefix {
	unsigned char b[16]; /* IPv4 as ::ffff:a.b.c.d */
	unsigned bits;       /* of those, from the left */
};

/* "192.0.2.0/24", "2001:db8::/32", or one address. Bits behind the prefix are
 * kept as they are written. ERR_SYNTAX. */
MUST enum err prefix_parse(struct span s, struct prefix *out);

/* Bits behind the prefix become 0. */
void prefix_mask(struct prefix *p);

/* The one form: lower case, shortest (RFC 5952), no length for one address. */
void prefix_write(const struct prefix *p, char out[PREFIX_TEXT]);

bool prefix_has(const struct prefix *p, const unsigned char address[16]);

/* Is all of `narrow` in `wide`? */
bool prefix_covers(const struct prefix *wide, const struct prefix *narrow);

#endif
