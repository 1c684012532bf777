/* SPDX-License-Identifier: Apache-2.0
 *
 * Time zones as TZif files hold them (RFC 8536): what the clock on the wall
 * shows at a moment, and which moment it is when it shows something. Only
 * transitions that the file lists count; a file that goes on with a rule after
 * them is good until the last of them (Debian's files list them up to 2037).
 */
#ifndef BASE_ZONE_H
#define BASE_ZONE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/span.h"

#include <stdint.h>

struct zone {
	int64_t *at;     /* POSIX seconds, ascending */
	int32_t *offset; /* from then on, seconds east of UTC */
	size_t n;
	int32_t first;   /* before all of them */
	int64_t until_s; /* not to be asked about later times */
};

/* Read a file of version 2 or later; memory from `a`. ERR_SYNTAX,
 * ERR_UNSUPPORTED (version 1), ERR_LIMIT. */
MUST enum err zone_parse(struct span file, struct arena *a, struct zone *out,
    struct fault *f);

int32_t zone_offset(const struct zone *z, int64_t utc_s);

/* The moment at which the wall shows `local_s` (seconds as if it were UTC). Of
 * two, the earlier; of none (the clock leaps over it), as if it had not been
 * set yet, which is after the leap. */
int64_t zone_to_utc(const struct zone *z, int64_t local_s);

/* "America/Port-au-Prince": no path to anywhere else. */
bool zone_is_name(struct span name);

#endif
