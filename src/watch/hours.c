/* SPDX-License-Identifier: Apache-2.0
 *
 * Hours of the day.
 */
#include "watch/hours.h"

enum { DAY_S = 86400 };

static int
digit(struct span s, size_t i)
{
	return s.p[i] >= '0' && s.p[i] <= '9' ? s.p[i] - '0' : 100;
}

enum err
hours_parse_time(struct span s, const char *field, int *out, struct fault *f)
{
	int hour, minute;

	if (s.n != 5 || s.p[2] != ':')
		return fault_at(f, ERR_SCHEMA, 0, field,
		    "is no time such as 22:00");
	hour = digit(s, 0) * 10 + digit(s, 1);
	minute = digit(s, 3) * 10 + digit(s, 4);
	if (hour > 23 || minute > 59)
		return fault_at(f, ERR_SCHEMA, 0, field,
		    "is no time of a day");
	*out = hour * 3600 + minute * 60;
	return ERR_NONE;
}

enum err
hours_parse(struct span from, struct span until, struct hours *out,
    struct fault *f)
{
	struct hours h;
	enum err e = hours_parse_time(from, "from", &h.from_s, f);

	if (e == ERR_NONE)
		e = hours_parse_time(until, "until", &h.until_s, f);
	if (e == ERR_NONE && h.from_s == h.until_s)
		e = fault_at(f, ERR_SCHEMA, 0, "until",
		    "is the same as from");
	if (e == ERR_NONE)
		*out = h;
	return e;
}

bool
hours_has(const struct hours *h, const struct zone *z, int64_t utc_s)
{
	int64_t local_s = utc_s + zone_offset(z, utc_s);
	int64_t s = (local_s % DAY_S + DAY_S) % DAY_S;

	if (h->from_s < h->until_s)
		return s >= h->from_s && s < h->until_s;
	return s >= h->from_s || s < h->until_s;
}

int64_t
hours_next_end(const struct hours *h, const struct zone *z, int64_t utc_s)
{
	int64_t local_s = utc_s + zone_offset(z, utc_s);
	int64_t day_s = local_s - (local_s % DAY_S + DAY_S) % DAY_S;
	int64_t end_s = zone_to_utc(z, day_s + h->until_s);

	return end_s > utc_s ? end_s :
	    zone_to_utc(z, day_s + DAY_S + h->until_s);
}
