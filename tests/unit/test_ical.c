/* SPDX-License-Identifier: Apache-2.0
 *
 * gateways/ical.c: calendars become shifts, and what a shift cannot say, or is
 * made to hurt, is refused with its place and the rule.
 */
#include "base/mem.h"
#include "gateways/ical.h"

#include "cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct arena mem;

#define HEAD "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n"
#define EVENT "BEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260101T000000Z\r\n"
#define TAIL "END:VEVENT\r\nEND:VCALENDAR\r\n"
#define LIMA "DTSTART;TZID=America/Lima:20261121T060000\r\n" \
	"DTEND;TZID=America/Lima:20261121T180000\r\n"

static enum err
parse(const char *text, struct ical_shifts *out, struct fault *f)
{
	return ical_parse(span_str(text), span_str(""), span_str(""), &mem,
	    out, f);
}

static struct ical_shifts
good(const char *text)
{
	struct ical_shifts all = { 0 };
	struct fault f = { 0 };

	if (parse(text, &all, &f) != ERR_NONE)
		fail_msg("%s %s", f.field, f.rule);
	return all;
}

static void
test_an_event_is_a_shift(void **state)
{
	struct ical_shifts all = good(HEAD EVENT LIMA
	    "RRULE:FREQ=DAILY;INTERVAL=2\r\n"
	    "SUMMARY:first: ana\\, eva\r\n" TAIL);
	const struct ical_shift *s = all.at;

	(void)state;
	assert_int_equal(all.n, 1);
	assert_true(span_is_str(s->post, "first"));
	assert_int_equal(s->person_n, 2);
	assert_true(span_is_str(s->person[0], "ana"));
	assert_true(span_is_str(s->person[1], "eva"));
	assert_true(span_is_str(s->zone, "America/Lima"));
	/* 2026-11-21 06:00, as if it were UTC */
	assert_int_equal(s->start_s, 1795240800);
	assert_int_equal(s->end_s - s->start_s, 12 * 3600);
	assert_int_equal(s->every, 2);
	assert_false(s->has_until);
}

static void
test_ends_of_rules(void **state)
{
	struct ical_shifts all = good(HEAD EVENT LIMA
	    "RRULE:FREQ=DAILY;INTERVAL=2;COUNT=3\r\n"
	    "SUMMARY:first: ana\r\n" TAIL);

	(void)state;
	assert_true(all.at->has_until && !all.at->until_is_utc);
	assert_int_equal(all.at->until_s, all.at->start_s + 4 * 86400);
	all = good(HEAD EVENT LIMA
	    "RRULE:FREQ=WEEKLY;UNTIL=20261212T110000Z\r\n"
	    "SUMMARY:first: ana\r\n" TAIL);
	assert_int_equal(all.at->every, 7);
	assert_true(all.at->until_is_utc);
	assert_int_equal(all.at->until_s, 1797073200);
	all = good(HEAD EVENT LIMA "RRULE:FREQ=DAILY;UNTIL=20261212\r\n"
	    "SUMMARY:first: ana\r\n" TAIL);
	assert_false(all.at->until_is_utc);
	assert_int_equal(all.at->until_s, 1797119999);
}

/* The 21st is a Saturday. */
static void
test_weekdays_are_shifts_each(void **state)
{
	struct ical_shifts all = good(HEAD EVENT LIMA
	    "RRULE:FREQ=WEEKLY;BYDAY=SA,SU,WE\r\n"
	    "SUMMARY:first: ana\r\n" TAIL);

	(void)state;
	assert_int_equal(all.n, 3);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(all.at[i].every, 7);
	/* in the order of a week that begins on Monday */
	assert_int_equal(all.at[2].start_s - all.at[1].start_s, 86400);
	assert_int_equal(all.at[0].start_s - all.at[1].start_s, 4 * 86400);
	assert_int_equal(all.at[0].end_s - all.at[1].end_s, 4 * 86400);
}

static void
test_what_others_leave_out(void **state)
{
	const char *text = HEAD EVENT "DTSTART:20261121T060000\r\n"
	    "DTEND:20261121T180000\r\nSUMMARY:ana\r\n"
	    "BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:-PT5M\r\n"
	    "DESCRIPTION:x\r\nEND:VALARM\r\n" TAIL;
	struct ical_shifts all;
	struct fault f = { 0 };

	(void)state;
	assert_int_equal(ical_parse(span_str(text), span_str("lead"),
	    span_str("America/Bogota"), &mem, &all, &f), ERR_NONE);
	assert_true(span_is_str(all.at->post, "lead"));
	assert_true(span_is_str(all.at->zone, "America/Bogota"));
	assert_true(span_is_str(all.at->person[0], "ana"));
}

static void
test_what_is_refused(void **state)
{
	static const struct {
		const char *text, *field, *rule;
		enum err e;
	} row[] = {
		{ "", "file", "is empty", ERR_SYNTAX },
		{ "hello\r\n", "file", "is no calendar", ERR_SYNTAX },
		{ HEAD "END:VCALENDAR\r\n", "VEVENT", "there is none",
		    ERR_SCHEMA },
		{ HEAD EVENT LIMA "SUMMARY:first: ana\r\n", "BEGIN",
		    "without an END", ERR_SYNTAX },
		{ HEAD "END:VCALENDAR\r\nEND:VCALENDAR\r\n", "END",
		    "without a BEGIN", ERR_SYNTAX },
		{ HEAD EVENT LIMA "SUMMARY:ana\r\n" TAIL, "SUMMARY",
		    "says no post, as in \"first: ana\"", ERR_SCHEMA },
		{ HEAD EVENT LIMA "SUMMARY:first:\r\n" TAIL, "SUMMARY",
		    "names nobody", ERR_SCHEMA },
		{ HEAD EVENT LIMA "SUMMARY:first: ana\\, \\, eva\r\n" TAIL,
		    "SUMMARY", "an empty name", ERR_SCHEMA },
		{ HEAD EVENT "DTSTART;VALUE=DATE:20261121\r\n"
		    "DTEND;VALUE=DATE:20261122\r\nSUMMARY:first: ana\r\n"
		    TAIL, "DTSTART", "is a day without a time",
		    ERR_UNSUPPORTED },
		{ HEAD EVENT "DTSTART:20261121T060000\r\n"
		    "DTEND:20261121T180000\r\nSUMMARY:first: ana\r\n" TAIL,
		    "DTSTART", "has no zone with a name such as "
		    "America/Lima", ERR_UNSUPPORTED },
		{ HEAD EVENT "DTSTART;TZID=../../etc/passwd:20261121T060000"
		    "\r\nDTEND:20261121T180000\r\nSUMMARY:first: ana\r\n"
		    TAIL, "DTSTART", "has no zone with a name such as "
		    "America/Lima", ERR_UNSUPPORTED },
		{ HEAD EVENT "DTSTART;TZID=America/Lima:20261121T060000\r\n"
		    "DTEND:20261121T180000Z\r\nSUMMARY:first: ana\r\n" TAIL,
		    "DTEND", "is of another zone than DTSTART",
		    ERR_UNSUPPORTED },
		{ HEAD EVENT "DTSTART:20261121T060000Z\r\n"
		    "DTEND:20261121T060000Z\r\nSUMMARY:first: ana\r\n" TAIL,
		    "DTEND", "is not after DTSTART", ERR_SCHEMA },
		{ HEAD EVENT "DTSTART:20261121T060000Z\r\n"
		    "DURATION:PT8H\r\nSUMMARY:first: ana\r\n" TAIL,
		    "DURATION", "is not read: DTEND says when it ends",
		    ERR_UNSUPPORTED },
		{ HEAD EVENT LIMA "EXDATE:20261122T110000Z\r\n"
		    "SUMMARY:first: ana\r\n" TAIL, "EXDATE",
		    "is not read: almenara roster swap", ERR_UNSUPPORTED },
		/* bombs */
		{ HEAD EVENT LIMA "RRULE:FREQ=SECONDLY\r\n"
		    "SUMMARY:first: ana\r\n" TAIL, "RRULE",
		    "is neither DAILY nor WEEKLY", ERR_UNSUPPORTED },
		{ HEAD EVENT LIMA "RRULE:FREQ=MINUTELY;COUNT=2000000000\r\n"
		    "SUMMARY:first: ana\r\n" TAIL, "RRULE",
		    "is neither DAILY nor WEEKLY", ERR_UNSUPPORTED },
		{ HEAD EVENT LIMA "RRULE:FREQ=DAILY;COUNT=2000000000\r\n"
		    "SUMMARY:first: ana\r\n" TAIL, "RRULE",
		    "COUNT is too large", ERR_LIMIT },
		{ HEAD EVENT LIMA "RRULE:FREQ=DAILY;BYHOUR=1,2,3;BYMINUTE=1"
		    "\r\nSUMMARY:first: ana\r\n" TAIL, "RRULE",
		    "says more than a shift can", ERR_UNSUPPORTED },
		{ HEAD EVENT LIMA "RRULE:FREQ=WEEKLY;BYSETPOS=1;BYDAY=MO\r\n"
		    "SUMMARY:first: ana\r\n" TAIL, "RRULE",
		    "says more than a shift can", ERR_UNSUPPORTED },
		{ HEAD EVENT LIMA "RRULE:FREQ=DAILY;INTERVAL=9999\r\n"
		    "SUMMARY:first: ana\r\n" TAIL, "RRULE",
		    "is not repeated within a year", ERR_LIMIT },
		{ HEAD EVENT LIMA "RRULE:FREQ=DAILY\r\n"
		    "RRULE:FREQ=WEEKLY\r\nSUMMARY:first: ana\r\n" TAIL,
		    "RRULE", "is there twice", ERR_UNSUPPORTED },
		{ HEAD EVENT "DTSTART:20261121T060030Z\r\n"
		    "DTEND:20261121T180000Z\r\nSUMMARY:first: ana\r\n" TAIL,
		    "DTSTART", "is not a whole minute", ERR_UNSUPPORTED },
		{ HEAD EVENT LIMA "RRULE:FREQ=WEEKLY;COUNT=4;BYDAY=SA,SU"
		    "\r\nSUMMARY:first: ana\r\n" TAIL, "RRULE",
		    "several days a week, counted or not every week",
		    ERR_UNSUPPORTED },
		{ HEAD EVENT LIMA "RRULE:FREQ=WEEKLY;BYDAY=MO\r\n"
		    "SUMMARY:first: ana\r\n" TAIL, "RRULE",
		    "the first is not on its day", ERR_UNSUPPORTED },
		{ HEAD EVENT LIMA "RRULE:FREQ=WEEKLY;BYDAY=1SA\r\n"
		    "SUMMARY:first: ana\r\n" TAIL, "RRULE",
		    "BYDAY with a position", ERR_UNSUPPORTED },
		{ HEAD EVENT LIMA "RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TU"
		    "\r\nSUMMARY:first: ana\r\n" TAIL, "RRULE",
		    "several days a week, counted or not every week",
		    ERR_UNSUPPORTED },
		{ HEAD EVENT "BEGIN:VEVENT\r\nBEGIN:VEVENT\r\n"
		    "BEGIN:VEVENT\r\nEND:VEVENT\r\nEND:VEVENT\r\n"
		    "END:VEVENT\r\n" TAIL, "BEGIN", "is nested too deeply",
		    ERR_LIMIT },
	};

	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		struct ical_shifts all = { .n = 77 };
		struct fault f = { 0 };
		enum err e = parse(row[i].text, &all, &f);

		if (e != row[i].e || strcmp(f.field, row[i].field) != 0 ||
		    strcmp(f.rule, row[i].rule) != 0)
			fail_msg("%zu: %s: %s %s", i, err_token(e), f.field,
			    f.rule);
		assert_int_equal(all.n, 77);
	}
}

static void
test_what_was_cancelled_is_none(void **state)
{
	struct ical_shifts all = good(HEAD EVENT LIMA "STATUS:CANCELLED\r\n"
	    "SUMMARY:nobody at all\r\nEND:VEVENT\r\n" EVENT LIMA
	    "STATUS:CONFIRMED\r\nSUMMARY:first: eva\r\n" TAIL);

	(void)state;
	assert_int_equal(all.n, 1);
	assert_true(span_is_str(all.at[0].person[0], "eva"));
}

static void
test_too_many_are_refused(void **state)
{
	static const char one[] = EVENT LIMA
	    "SUMMARY:first: ana\r\nEND:VEVENT\r\n";
	struct ical_shifts all = { .n = 0 };
	struct fault f = { 0 };
	struct buf b;

	(void)state;
	buf_init(&b, LIMIT_CALENDAR);
	buf_put_str(&b, HEAD);
	for (size_t i = 0; i < LIMIT_ROSTER_IMPORT; i++)
		buf_put_str(&b, one);
	buf_put_str(&b, "END:VCALENDAR\r\n");
	assert_int_equal(ical_parse(buf_span(&b), span_str(""), span_str(""),
	    &mem, &all, &f), ERR_NONE);
	assert_int_equal(all.n, LIMIT_ROSTER_IMPORT);
	buf_release(&b);
	buf_init(&b, LIMIT_CALENDAR);
	buf_put_str(&b, HEAD);
	for (size_t i = 0; i <= LIMIT_ROSTER_IMPORT; i++)
		buf_put_str(&b, one);
	buf_put_str(&b, "END:VCALENDAR\r\n");
	assert_int_equal(ical_parse(buf_span(&b), span_str(""), span_str(""),
	    &mem, &all, &f), ERR_LIMIT);
	assert_string_equal(f.rule, "too many shifts");
	buf_release(&b);
}

static void
test_what_is_huge_is_refused_unread(void **state)
{
	char *text = mem_alloc(LIMIT_CALENDAR + 2);
	struct ical_shifts all = { 0 };
	struct fault f = { 0 };

	(void)state;
	memset(text, 'A', LIMIT_CALENDAR + 1);
	assert_int_equal(parse(text, &all, &f), ERR_LIMIT);
	assert_string_equal(f.rule, "has more than 1048576 bytes");
	/* one line, folded again and again */
	for (size_t i = 0; i < LIMIT_CALENDAR; i += 4)
		memcpy(text + i, i == 0 ? "ABC\n" : " BC\n", 4);
	text[LIMIT_CALENDAR] = '\0';
	assert_int_equal(parse(text, &all, &f), ERR_LIMIT);
	/* few lines, and one of them long: at once, or folded */
	snprintf(text, LIMIT_CALENDAR, HEAD "X:%0*d\r\nEND:VCALENDAR\r\n",
	    LIMIT_CALENDAR_LINE, 0);
	assert_int_equal(parse(text, &all, &f), ERR_LIMIT);
	assert_string_equal(f.rule, "has more, or longer, lines than a roster "
	    "can have");
	snprintf(text, LIMIT_CALENDAR, HEAD "X:%0*d\r\n %0*d\r\n"
	    "END:VCALENDAR\r\n", LIMIT_CALENDAR_LINE / 2, 0,
	    LIMIT_CALENDAR_LINE / 2, 0);
	assert_int_equal(parse(text, &all, &f), ERR_LIMIT);
	memcpy(text + 100, "\0", 1);
	assert_int_equal(ical_parse(span_of(text, 200), span_str(""),
	    span_str(""), &mem, &all, &f), ERR_SYNTAX);
	free(text);
}

static void
test_what_is_written_is_read_again(void **state)
{
	static int64_t when[] = { 1793509200 }; /* 2026-11-01 */
	static int32_t offset[] = { -5 * 3600 };
	const struct zone z = { when, offset, 1, -4 * 3600, INT64_MAX };
	const struct ical_shift s = { .post = span_str("second"),
		.person = { span_str("ana"), span_str("eva") }, .person_n = 2,
		.zone = span_str("America/New_York"), .start_s = 1795240800,
		.end_s = 1795240800 + 8 * 3600, .every = 1, .has_until = true,
		.until_s = 1797119999 };
	struct ical_shifts all;
	struct buf b;

	(void)state;
	buf_init(&b, 65536);
	ical_begin(&b);
	ical_put_zone(s.zone, &z, 1790000000, &b);
	ical_put_shift(&s, &z, span_str("0198c0de-0000-7000-8000-000000000001"
	    "-a-name-that-makes-the-line-too-long"), 1795000000, &b);
	ical_end(&b);
	assert_non_null(strstr(buf_str(&b), "BEGIN:STANDARD\r\n"
	    "DTSTART:20261101T010000\r\nTZOFFSETFROM:-0400\r\n"
	    "TZOFFSETTO:-0500\r\n"));
	for (const char *line = buf_str(&b), *end; *line != '\0';
	     line = end + 2) {
		end = strstr(line, "\r\n");
		assert_non_null(end);
		assert_true(end - line <= 75);
	}
	all = good(buf_str(&b));
	assert_int_equal(all.n, 2);
	for (size_t i = 0; i < 2; i++) {
		assert_true(span_is_equal(all.at[i].person[0], s.person[i]));
		assert_true(span_is_equal(all.at[i].zone, s.zone));
		assert_int_equal(all.at[i].every, 2);
		assert_int_equal(all.at[i].start_s, s.start_s + (int64_t)i *
		    86400);
		assert_true(all.at[i].until_is_utc);
		assert_int_equal(all.at[i].until_s, s.until_s + 5 * 3600);
	}
	buf_release(&b);
}

static size_t
events_of(const struct ical_shift *s)
{
	const struct zone utc = { .until_s = INT64_MAX };
	const char *at;
	struct buf b;
	size_t n = 0;

	buf_init(&b, 65536);
	ical_put_shift(s, &utc, span_str("id"), 1795000000, &b);
	for (at = buf_str(&b); (at = strstr(at, "BEGIN:VEVENT")) != NULL; at++)
		n++;
	buf_release(&b);
	return n;
}

/* Who never has a turn has no event. */
static void
test_only_turns_that_come_are_written(void **state)
{
	struct ical_shift s = { .post = span_str("second"),
		.person = { span_str("ana"), span_str("eva"),
		    span_str("luis") }, .person_n = 3, .zone = span_str("UTC"),
		.start_s = 1795240800, .end_s = 1795240800 + 3600, .every = 1,
		.has_until = true };

	(void)state;
	s.until_s = s.start_s + 2 * 86400;
	assert_int_equal(events_of(&s), 3);
	s.until_s = s.start_s + 2 * 86400 - 1;
	assert_int_equal(events_of(&s), 2);
	/* one that is not repeated is the first one's */
	s.every = 0;
	s.has_until = false;
	assert_int_equal(events_of(&s), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_an_event_is_a_shift),
		cmocka_unit_test(test_ends_of_rules),
		cmocka_unit_test(test_weekdays_are_shifts_each),
		cmocka_unit_test(test_what_others_leave_out),
		cmocka_unit_test(test_what_is_refused),
		cmocka_unit_test(test_what_was_cancelled_is_none),
		cmocka_unit_test(test_only_turns_that_come_are_written),
		cmocka_unit_test(test_too_many_are_refused),
		cmocka_unit_test(test_what_is_huge_is_refused_unread),
		cmocka_unit_test(test_what_is_written_is_read_again),
	};
	int status = cmocka_run_group_tests(tests, NULL, NULL);

	arena_release(&mem);
	return status;
}
