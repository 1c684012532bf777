/* SPDX-License-Identifier: Apache-2.0
 *
 * Rounds.
 */
#include "watch/round.h"

#include "crypto/hash.h"
#include "watch/hours.h"

enum {
	DAY_S = 86400,
	LOOK_DAYS = 40,  /* two rounds of a month are 35 days apart at most */
	MONDAY = 4,      /* 1970-01-05, counted from 1970-01-01 */
	MONTH_AT = 5, DAY_AT = 8 /* in 2026-11-21T... */
};

static const char *const days[7] = { "monday", "tuesday", "wednesday",
	"thursday", "friday", "saturday", "sunday" };

/* --- what was said --- */

static enum err
parse_week(struct span every, struct span week, struct round_plan *p,
    struct fault *f)
{
	p->is_weekly = span_is_str(every, "week");
	if (!p->is_weekly && !span_is_str(every, "month"))
		return fault_at(f, ERR_SCHEMA, 0, "every",
		    "is not month or week");
	if (p->is_weekly)
		return week.n == 0 ? ERR_NONE : fault_at(f, ERR_SCHEMA, 0,
		    "week", "is said of a month alone");
	if (span_is_str(week, "last"))
		p->week = ROUND_LAST;
	else if (week.n == 1 && week.p[0] >= '1' && week.p[0] <= '4')
		p->week = week.p[0] - (unsigned)'0';
	else
		return fault_at(f, ERR_SCHEMA, 0, "week",
		    "is not 1 to 4 or last");
	return ERR_NONE;
}

enum err
round_parse(struct span every, struct span week, struct span day,
    struct span hour, struct round_plan *out, struct fault *f)
{
	struct round_plan p = *out;
	enum err e = parse_week(every, week, &p, f);

	for (p.day = 0; p.day < 7 && !span_is_str(day, days[p.day]); p.day++)
		;
	if (e == ERR_NONE && p.day == 7)
		e = fault_at(f, ERR_SCHEMA, 0, "day",
		    "is not monday to sunday");
	if (e == ERR_NONE)
		e = hours_parse_time(hour, "hour", &p.time_s, f);
	if (e == ERR_NONE)
		*out = p;
	return e;
}

/* --- days, counted since 1970 --- */

static unsigned
digits(int64_t day, size_t at)
{
	char text[INSTANT_TEXT_MAX];

	wall_write((struct wall){ day * DAY_S * 1000 }, text);
	return (unsigned)(text[at] - '0') * 10 + (unsigned)(text[at + 1] -
	    '0');
}

static bool
is_day(const struct round_plan *p, int64_t day)
{
	if ((day + 7 - MONDAY) % 7 != (int64_t)p->day)
		return false;
	if (p->is_weekly)
		return true;
	if (p->week == ROUND_LAST)
		return digits(day, MONTH_AT) != digits(day + 7, MONTH_AT);
	return (digits(day, DAY_AT) + 6) / 7 == p->week;
}

/* 0: none on that day. */
static int64_t
round_of_day(const struct round_plan *p, int64_t day)
{
	int64_t at_s;

	if (day < 0 || !is_day(p, day))
		return 0;
	at_s = zone_to_utc(p->zone, day * DAY_S + p->time_s);
	return at_s > p->zone->until_s ? 0 : at_s;
}

static int64_t
today(const struct round_plan *p, int64_t now_s)
{
	return (now_s + zone_offset(p->zone, now_s)) / DAY_S;
}

int64_t
round_begun(const struct round_plan *p, int64_t now_s)
{
	int64_t from = today(p, now_s);

	for (int64_t day = from; day >= from - LOOK_DAYS; day--) {
		int64_t at_s = round_of_day(p, day);

		if (at_s != 0 && at_s <= now_s)
			return at_s;
	}
	return 0;
}

int64_t
round_next(const struct round_plan *p, int64_t now_s)
{
	int64_t from = today(p, now_s);

	for (int64_t day = from; day <= from + LOOK_DAYS; day++) {
		int64_t at_s = round_of_day(p, day);

		if (at_s > now_s)
			return at_s;
	}
	return 0;
}

/* --- one team --- */

static struct digest
hash_of(const char *what, const struct uuid *seed, int64_t round_s,
    struct span team)
{
	unsigned char at[8];
	const struct span in[] = { span_of(what, strlen(what) + 1),
		span_of(seed->b, sizeof seed->b), span_of(at, sizeof at),
		team };

	for (size_t i = 0; i < sizeof at; i++)
		at[i] = (unsigned char)((uint64_t)round_s >> (56 - 8 * i));
	return hash_sha256_spans(in, sizeof in / sizeof *in);
}

int64_t
round_moment(const struct round_plan *p, const struct uuid *seed,
    int64_t round_s, struct span team)
{
	struct digest d = hash_of("almenara test round moment", seed, round_s,
	    team);
	uint64_t n = 0;

	for (size_t i = 0; i < 6; i++)
		n = n << 8 | d.b[i];
	return round_s + (int64_t)(n % ((uint64_t)p->spread_s + 1));
}

struct uuid
round_id(const struct uuid *seed, int64_t round_s, struct span team)
{
	struct digest d = hash_of("almenara test round id", seed, round_s,
	    team);

	return uuid_make((struct wall){ round_s * 1000 }, d.b);
}

enum round_state
round_judge(int64_t moment_s, int64_t answer_s, int64_t now_s)
{
	if (now_s < moment_s)
		return ROUND_WAITS;
	return now_s - moment_s < answer_s ? ROUND_DUE : ROUND_MISSED;
}
