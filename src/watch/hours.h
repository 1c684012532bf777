/* SPDX-License-Identifier: Apache-2.0
 *
 * Hours of the day, by the clock on the wall of a zone: when a person wants to
 * be left in peace. Pure.
 */
#ifndef WATCH_HOURS_H
#define WATCH_HOURS_H

#include "base/zone.h"

#include <stdbool.h>

struct hours {
	int from_s, until_s; /* of the day; from > until: over midnight */
};

/* "22:00", "06:30". ERR_SCHEMA with the rule if one is no time of a day, or
 * both are the same. */
MUST enum err hours_parse(struct span from, struct span until,
    struct hours *out, struct fault *f);

/* One of them: seconds of the day. ERR_SCHEMA, with `field` and the rule. */
MUST enum err hours_parse_time(struct span s, const char *field, int *out,
    struct fault *f);

/* Is it within them? The end is not. */
bool hours_has(const struct hours *h, const struct zone *z, int64_t utc_s);

/* When do they end next, after `utc_s`? */
int64_t hours_next_end(const struct hours *h, const struct zone *z,
    int64_t utc_s);

#endif
