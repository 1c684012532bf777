/* SPDX-License-Identifier: Apache-2.0
 *
 * RFC 3339 timestamps without the C library's locale and time zone state.
 * Civil date arithmetic on the proleptic Gregorian calendar.
 */
#include "base/instant.h"

#include <stdio.h>

static int64_t
floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b != 0 && (a < 0) != (b < 0));
}

/* Days since 1970-01-01. */
static int64_t
days_from_civil(int64_t y, int64_t m, int64_t d)
{
	int64_t era, yoe, doy;

	y -= m <= 2;
	era = floor_div(y, 400);
	yoe = y - era * 400;
	doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
	return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

/* A date field that the compiler can see is below `limit`. */
static unsigned
field(int64_t v, unsigned limit)
{
	return (unsigned)v % limit;
}

void
wall_write(struct wall t, char out[INSTANT_TEXT_MAX])
{
	int64_t s = floor_div(t.ms, 1000), day = floor_div(s, 86400);
	int64_t sec = s - day * 86400, z = day + 719468;
	int64_t era = floor_div(z, 146097), doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153, m = mp < 10 ? mp + 3 : mp - 9;

	snprintf(out, INSTANT_TEXT_MAX, "%04u-%02u-%02uT%02u:%02u:%02uZ",
	    field(yoe + era * 400 + (m <= 2), 10000), field(m, 100),
	    field(doy - (153 * mp + 2) / 5 + 1, 100), field(sec / 3600, 100),
	    field(sec / 60 % 60, 100), field(sec % 60, 100));
}

/* `n` digits at *at; -1 if they are not there. */
static int64_t
digits(struct span s, size_t *at, size_t n)
{
	int64_t v = 0;

	if (s.n - *at < n)
		return -1;
	for (size_t i = 0; i < n; i++) {
		unsigned char c = s.p[(*at)++];

		if (c < '0' || c > '9')
			return -1;
		v = v * 10 + (c - '0');
	}
	return v;
}

static bool
literal(struct span s, size_t *at, char c)
{
	if (*at >= s.n || s.p[*at] != (unsigned char)c)
		return false;
	(*at)++;
	return true;
}

/* An optional ".123..." as milliseconds; -1 on a dot without digits. */
static int64_t
fraction(struct span s, size_t *at)
{
	int64_t ms = 0, scale = 100;
	size_t start;

	if (!literal(s, at, '.'))
		return 0;
	for (start = *at; *at < s.n && s.p[*at] >= '0' && s.p[*at] <= '9';
	     (*at)++, scale /= 10)
		ms += (s.p[*at] - '0') * scale;
	return *at == start ? -1 : ms;
}

/* The zone as minutes east; false on anything but Z or +hh:mm. */
static bool
zone(struct span s, size_t *at, int64_t *minutes)
{
	int64_t h, m;
	bool west;

	*minutes = 0;
	if (literal(s, at, 'Z') || literal(s, at, 'z'))
		return true;
	west = literal(s, at, '-');
	if (!west && !literal(s, at, '+'))
		return false;
	h = digits(s, at, 2);
	if (!literal(s, at, ':'))
		return false;
	m = digits(s, at, 2);
	if (h < 0 || h > 23 || m < 0 || m > 59)
		return false;
	*minutes = (h * 60 + m) * (west ? -1 : 1);
	return true;
}

static int64_t
month_days(int64_t y, int64_t m)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31,
		30, 31 };

	if (m == 2 && y % 4 == 0 && (y % 100 != 0 || y % 400 == 0))
		return 29;
	return days[m - 1];
}

enum err
wall_parse(struct span s, struct wall *out)
{
	size_t at = 0;
	int64_t y, mo, d, h, mi, sec, ms, east;
	bool ok;

	y = digits(s, &at, 4);
	ok = literal(s, &at, '-');
	mo = digits(s, &at, 2);
	ok = literal(s, &at, '-') && ok;
	d = digits(s, &at, 2);
	ok = (literal(s, &at, 'T') || literal(s, &at, 't')) && ok;
	h = digits(s, &at, 2);
	ok = literal(s, &at, ':') && ok;
	mi = digits(s, &at, 2);
	ok = literal(s, &at, ':') && ok;
	sec = digits(s, &at, 2);
	if (!ok || y < 0 || mo < 1 || mo > 12 || d < 1 ||
	    d > month_days(y, mo) || h < 0 || h > 23 || mi < 0 || mi > 59 ||
	    sec < 0 || sec > 60)
		return ERR_SYNTAX;
	ms = fraction(s, &at);
	if (ms < 0 || !zone(s, &at, &east) || at != s.n)
		return ERR_SYNTAX;
	out->ms = ((days_from_civil(y, mo, d) * 24 + h) * 60 + mi - east) *
		60000 + sec * 1000 + ms;
	return ERR_NONE;
}
