/* SPDX-License-Identifier: Apache-2.0
 *
 * Writing calendars: lines of at most 75 bytes that end in CR LF.
 */
#include "base/instant.h"
#include "gateways/ical.h"

#include <stdio.h>
#include <string.h>

enum { FOLD = 74, DAY_S = 86400, TEXT = 1024, TIME = 20 };

/* A line, folded; never within a character of UTF-8. */
static void
put_line(struct buf *out, const char *text)
{
	size_t n = strlen(text), at = 0;

	while (n - at > FOLD) {
		size_t cut = FOLD;

		while (cut > 1 && ((unsigned char)text[at + cut] & 0xc0) ==
		    0x80)
			cut--;
		buf_put_mem(out, text + at, cut);
		buf_put_str(out, "\r\n ");
		at += cut;
	}
	buf_put_str(out, text + at);
	buf_put_str(out, "\r\n");
}

/* 20261121T060000 */
static void
write_time(int64_t s, char out[TIME])
{
	char text[INSTANT_TEXT_MAX];
	size_t n = 0;

	wall_write((struct wall){ s * 1000 }, text);
	for (size_t i = 0; i < 19 && text[i] != '\0'; i++)
		if (text[i] != '-' && text[i] != ':')
			out[n++] = text[i];
	out[n] = '\0';
}

void
ical_begin(struct buf *out)
{
	put_line(out, "BEGIN:VCALENDAR");
	put_line(out, "VERSION:2.0");
	put_line(out, "PRODID:-//Almenara//roster//EN");
}

void
ical_end(struct buf *out)
{
	put_line(out, "END:VCALENDAR");
}

static void
put_offset(struct buf *out, const char *name, int32_t s)
{
	char line[64];
	int32_t abs = s < 0 ? -s : s;

	snprintf(line, sizeof line, "%s:%c%02d%02d", name, s < 0 ? '-' : '+',
	    (int)(abs / 3600), (int)(abs / 60 % 60));
	put_line(out, line);
}

static void
put_change(struct buf *out, int64_t at_s, int32_t from, int32_t to)
{
	const char *name = to > from ? "DAYLIGHT" : "STANDARD";
	char line[64], time[TIME];

	snprintf(line, sizeof line, "BEGIN:%s", name);
	put_line(out, line);
	write_time(at_s + from, time);
	snprintf(line, sizeof line, "DTSTART:%s", time);
	put_line(out, line);
	put_offset(out, "TZOFFSETFROM", from);
	put_offset(out, "TZOFFSETTO", to);
	snprintf(line, sizeof line, "END:%s", name);
	put_line(out, line);
}

void
ical_put_zone(struct span name, const struct zone *z, int64_t from_s,
    struct buf *out)
{
	int32_t before = zone_offset(z, from_s);
	char line[TEXT];

	put_line(out, "BEGIN:VTIMEZONE");
	snprintf(line, sizeof line, "TZID:%.*s", SPAN_FMT(name));
	put_line(out, line);
	/* what holds at the beginning */
	put_change(out, from_s, before, before);
	for (size_t i = 0; i < z->n; i++) {
		if (z->at[i] <= from_s || z->offset[i] == before)
			continue;
		put_change(out, z->at[i], before, z->offset[i]);
		before = z->offset[i];
	}
	put_line(out, "END:VTIMEZONE");
}

static void
put_time(struct buf *out, const char *name, struct span zone, int64_t s)
{
	char line[TEXT], time[TIME];

	write_time(s, time);
	if (span_is_str(zone, "UTC"))
		snprintf(line, sizeof line, "%s:%sZ", name, time);
	else
		snprintf(line, sizeof line, "%s;TZID=%.*s:%s", name,
		    SPAN_FMT(zone), time);
	put_line(out, line);
}

static void
put_rule(struct buf *out, const struct ical_shift *s, const struct zone *z,
    unsigned every)
{
	char line[TEXT], time[TIME];

	if (every == 0)
		return;
	if (s->has_until) {
		write_time(zone_to_utc(z, s->until_s), time);
		snprintf(line, sizeof line,
		    "RRULE:FREQ=DAILY;INTERVAL=%u;UNTIL=%sZ", every, time);
	} else {
		snprintf(line, sizeof line, "RRULE:FREQ=DAILY;INTERVAL=%u",
		    every);
	}
	put_line(out, line);
}

static void
put_event(struct buf *out, const struct ical_shift *s, const struct zone *z,
    struct span id, size_t i, int64_t now_s)
{
	int64_t shift_s = (int64_t)i * (int64_t)s->every * DAY_S;
	char line[TEXT], time[TIME];

	if (s->has_until && s->start_s + shift_s > s->until_s)
		return;
	put_line(out, "BEGIN:VEVENT");
	snprintf(line, sizeof line, "UID:%.*s-%zu@almenara", SPAN_FMT(id), i);
	put_line(out, line);
	write_time(now_s, time);
	snprintf(line, sizeof line, "DTSTAMP:%sZ", time);
	put_line(out, line);
	put_time(out, "DTSTART", s->zone, s->start_s + shift_s);
	put_time(out, "DTEND", s->zone, s->end_s + shift_s);
	put_rule(out, s, z, s->every * (unsigned)s->person_n);
	snprintf(line, sizeof line, "SUMMARY:%.*s: %.*s", SPAN_FMT(s->post),
	    SPAN_FMT(s->person[i]));
	put_line(out, line);
	put_line(out, "END:VEVENT");
}

void
ical_put_shift(const struct ical_shift *s, const struct zone *z,
    struct span id, int64_t now_s, struct buf *out)
{
	/* of one that is not repeated, the first holds it */
	size_t n = s->every == 0 && s->person_n > 1 ? 1 : s->person_n;

	for (size_t i = 0; i < n; i++)
		put_event(out, s, z, id, i, now_s);
}
