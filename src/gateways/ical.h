/* SPDX-License-Identifier: Apache-2.0
 *
 * Shifts as calendars hold them (RFC 5545). An event is a shift: its SUMMARY
 * says "POST: USER" or "POST: USER, USER" (in turn), its times have a zone by
 * IANA name or are UTC, and it is repeated by DAILY or WEEKLY, if at all.
 * Nothing is ever expanded: a rule without an end is kept as a rule. What a
 * shift cannot say (moments left out, other rules, all-day events, DURATION) is
 * refused, never left out. VTIMEZONE is not read: zones are tzdata's.
 *
 * libical (3.0) is seen by ical.c alone, and only after size, lines and nesting
 * were looked at.
 */
#ifndef GATEWAYS_ICAL_H
#define GATEWAYS_ICAL_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/span.h"
#include "base/zone.h"

#include <stdbool.h>
#include <stdint.h>

enum { ICAL_PERSONS = 16 };

struct ical_shift {
	struct span post;
	struct span person[ICAL_PERSONS];
	size_t person_n;
	struct span zone;
	int64_t start_s, end_s; /* of the first, local, as if they were UTC */
	unsigned every;         /* days; 0: once */
	/* no further one begins after; of the zone, or of UTC */
	bool has_until, until_is_utc;
	int64_t until_s;
};

struct ical_shifts {
	struct ical_shift *at; /* of the arena, with all that they point to */
	size_t n;
};

/* Read a calendar; `post` and `zone` are for events that name none ("": then
 * they must). ERR_LIMIT, ERR_SYNTAX, ERR_UNSUPPORTED, ERR_SCHEMA: `f` has the
 * number of the event (0: the file itself), the property and the rule. */
MUST enum err ical_parse(struct span in, struct span post, struct span zone,
    struct arena *a, struct ical_shifts *out, struct fault *f);

/* Begin a calendar, write a zone with its changes from `from_s` on, and each
 * shift (one event a person of those who take turns); end it. */
void ical_begin(struct buf *out);
void ical_put_zone(struct span name, const struct zone *z, int64_t from_s,
    struct buf *out);
void ical_put_shift(const struct ical_shift *s, const struct zone *z,
    struct span id, int64_t now_s, struct buf *out);
void ical_end(struct buf *out);

#endif
