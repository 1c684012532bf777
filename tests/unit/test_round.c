/* SPDX-License-Identifier: Apache-2.0
 *
 * watch/round.h in virtual time: when rounds of test alerts begin, when each
 * team rings, what is made up and what is not.
 */
#include "watch/round.h"

#include "base/instant.h"

#include "cmocka_all.h"

enum { HOUR_S = 3600, DAY_S = 86400 };

static const struct zone utc = { .until_s = INT64_MAX };

/* New York in 2026: EST, summer time from March 8 to November 1. */
static int64_t east_at[2];
static int32_t east_offset[2] = { -4 * HOUR_S, -5 * HOUR_S };
static const struct zone east = { .at = east_at, .offset = east_offset,
	.n = 2, .first = -5 * HOUR_S, .until_s = INT64_MAX };

static int64_t
at(const char *text)
{
	struct wall t;

	assert_int_equal(wall_parse(span_str(text), &t), ERR_NONE);
	return t.ms / 1000;
}

static struct round_plan
plan(const char *every, const char *week, const char *day, const char *hour,
    const struct zone *zone)
{
	struct round_plan p = { .zone = zone };
	struct fault f = { 0 };

	assert_int_equal(round_parse(span_str(every), span_str(week),
	    span_str(day), span_str(hour), &p, &f), ERR_NONE);
	return p;
}

static int
setup(void **state)
{
	(void)state;
	east_at[0] = at("2026-03-08T07:00:00Z");
	east_at[1] = at("2026-11-01T06:00:00Z");
	return 0;
}

/* --- what is said --- */

static void
refuses(const char *every, const char *week, const char *day,
    const char *hour, const char *field)
{
	struct round_plan p = { .day = 99 };
	struct fault f = { 0 };

	assert_int_equal(round_parse(span_str(every), span_str(week),
	    span_str(day), span_str(hour), &p, &f), ERR_SCHEMA);
	assert_string_equal(f.field, field);
	assert_int_equal(p.day, 99);
}

static void
test_what_is_no_plan_is_refused(void **state)
{
	(void)state;
	refuses("day", "", "monday", "09:00", "every");
	refuses("week", "1", "monday", "09:00", "week");
	refuses("month", "", "monday", "09:00", "week");
	refuses("month", "5", "monday", "09:00", "week");
	refuses("month", "0", "monday", "09:00", "week");
	refuses("month", "last", "lunes", "09:00", "day");
	refuses("month", "last", "monday", "24:00", "hour");
	refuses("month", "last", "monday", "9:00", "hour");
}

/* --- days --- */

static void
test_each_week(void **state)
{
	struct round_plan p = plan("week", "", "sunday", "09:30", &utc);
	int64_t round_s = at("2026-11-22T09:30:00Z");

	(void)state;
	assert_int_equal(round_next(&p, round_s - 1), round_s);
	assert_int_equal(round_begun(&p, round_s - 1), round_s - 7 * DAY_S);
	assert_int_equal(round_begun(&p, round_s), round_s);
	assert_int_equal(round_next(&p, round_s), round_s + 7 * DAY_S);
	p = plan("week", "", "monday", "00:00", &utc);
	assert_int_equal(round_next(&p, round_s), at("2026-11-23T00:00:00Z"));
}

static void
test_which_of_a_month(void **state)
{
	static const struct {
		const char *week, *day, *from, *round;
	} all[] = {
		{ "1", "sunday", "2026-10-31T00:00:00Z",
		    "2026-11-01T12:00:00Z" },
		{ "1", "saturday", "2026-11-01T00:00:00Z",
		    "2026-11-07T12:00:00Z" },
		{ "2", "sunday", "2026-11-01T00:00:00Z",
		    "2026-11-08T12:00:00Z" },
		{ "4", "monday", "2026-11-01T00:00:00Z",
		    "2026-11-23T12:00:00Z" },
		/* the last is the fourth, or the fifth */
		{ "last", "saturday", "2026-11-01T00:00:00Z",
		    "2026-11-28T12:00:00Z" },
		{ "last", "monday", "2026-11-01T00:00:00Z",
		    "2026-11-30T12:00:00Z" },
		{ "last", "thursday", "2026-12-01T00:00:00Z",
		    "2026-12-31T12:00:00Z" },
		/* a short month, and a long one */
		{ "last", "sunday", "2027-02-01T00:00:00Z",
		    "2027-02-28T12:00:00Z" },
		{ "last", "tuesday", "2028-02-01T00:00:00Z",
		    "2028-02-29T12:00:00Z" },
		{ "1", "monday", "2026-11-02T12:00:00Z",
		    "2026-12-07T12:00:00Z" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		struct round_plan p = plan("month", all[i].week, all[i].day,
		    "12:00", &utc);
		int64_t round_s = at(all[i].round);

		assert_int_equal(round_next(&p, at(all[i].from)), round_s);
		assert_int_equal(round_begun(&p, round_s), round_s);
		assert_true(round_begun(&p, round_s - 1) < round_s - 27 *
		    DAY_S);
	}
}

/* Twelve months have twelve rounds, whatever is asked from when. */
static void
test_one_a_month(void **state)
{
	static const char *const weeks[] = { "1", "2", "3", "4", "last" };

	(void)state;
	for (size_t i = 0; i < 5; i++) {
		struct round_plan p = plan("month", weeks[i], "friday",
		    "08:15", &east);
		int64_t s = at("2026-01-01T00:00:00Z"), n = 0;

		while ((s = round_next(&p, s)) < at("2027-01-01T00:00:00Z")) {
			assert_int_equal(round_begun(&p, s + 20 * DAY_S), s);
			n++;
		}
		assert_int_equal(n, 12);
	}
}

static void
test_the_wall_says_when(void **state)
{
	struct round_plan p = plan("week", "", "friday", "09:00", &east);

	(void)state;
	assert_int_equal(round_next(&p, at("2026-03-02T00:00:00Z")),
	    at("2026-03-06T14:00:00Z"));
	assert_int_equal(round_next(&p, at("2026-03-09T00:00:00Z")),
	    at("2026-03-13T13:00:00Z"));
	/* of another day in UTC */
	p = plan("week", "", "friday", "22:00", &east);
	assert_int_equal(round_next(&p, at("2026-03-14T01:59:59Z")),
	    at("2026-03-14T02:00:00Z"));
	assert_int_equal(round_begun(&p, at("2026-03-14T02:00:00Z")),
	    at("2026-03-14T02:00:00Z"));
}

static void
test_an_hour_that_is_not_there_and_one_that_is_twice(void **state)
{
	struct round_plan p = plan("week", "", "sunday", "02:30", &east);
	int64_t leap_s = round_next(&p, at("2026-03-05T00:00:00Z"));

	(void)state;
	assert_int_equal(leap_s, at("2026-03-08T07:30:00Z"));
	assert_int_equal(round_next(&p, leap_s), at("2026-03-15T06:30:00Z"));
	/* later that day the offset is another than at its midnight */
	p = plan("week", "", "sunday", "12:00", &east);
	assert_int_equal(round_next(&p, at("2026-03-05T00:00:00Z")),
	    at("2026-03-08T16:00:00Z"));
	p = plan("week", "", "sunday", "01:30", &east);
	assert_int_equal(round_next(&p, at("2026-10-30T00:00:00Z")),
	    at("2026-11-01T05:30:00Z"));
	assert_int_equal(round_next(&p, at("2026-11-01T05:30:00Z")),
	    at("2026-11-08T06:30:00Z"));
}

static void
test_what_a_zone_does_not_know_is_none(void **state)
{
	const struct zone short_lived = { .until_s =
		at("2026-11-24T00:00:00Z") };
	struct round_plan p = plan("week", "", "monday", "09:00",
	    &short_lived);

	(void)state;
	assert_int_equal(round_next(&p, at("2026-11-22T00:00:00Z")),
	    at("2026-11-23T09:00:00Z"));
	assert_int_equal(round_next(&p, at("2026-11-23T10:00:00Z")), 0);
}

/* --- one team --- */

static const struct uuid some = { { 1, 2, 3 } }, other = { { 1, 2, 4 } };

static void
test_each_has_its_own_moment(void **state)
{
	struct round_plan p = plan("week", "", "monday", "09:00", &utc);
	int64_t round_s = at("2026-11-23T09:00:00Z"), first = 0, last = 0;
	unsigned quarter[4] = { 0 }, same = 0;
	char team[8];

	(void)state;
	p.spread_s = 30 * 60;
	first = round_s + p.spread_s;
	for (int i = 0; i < 400; i++) {
		int64_t s;

		snprintf(team, sizeof team, "t%d", i);
		s = round_moment(&p, &some, round_s, span_str(team));
		assert_in_range(s - round_s, 0, p.spread_s);
		assert_int_equal(s, round_moment(&p, &some, round_s,
		    span_str(team)));
		same += s == round_moment(&p, &some, round_s + 7 * DAY_S,
		    span_str(team)) - 7 * DAY_S;
		same += s == round_moment(&p, &other, round_s,
		    span_str(team));
		quarter[(s - round_s) * 4 / (p.spread_s + 1)]++;
		first = s < first ? s : first;
		last = s > last ? s : last;
	}
	for (size_t i = 0; i < 4; i++)
		assert_in_range(quarter[i], 60, 140);
	assert_true(same < 10);
	assert_true(last - first > p.spread_s * 9 / 10);
	p.spread_s = 0;
	assert_int_equal(round_moment(&p, &some, round_s, span_str("br")),
	    round_s);
}

static void
test_an_id_is_of_plan_round_and_team(void **state)
{
	int64_t round_s = at("2026-11-23T09:00:00Z");
	struct uuid id = round_id(&some, round_s, span_str("br")), x;

	(void)state;
	assert_true(uuid_is_v7(&id));
	x = round_id(&some, round_s, span_str("br"));
	assert_memory_equal(&x, &id, sizeof id);
	x = round_id(&some, round_s, span_str("cl"));
	assert_memory_not_equal(&x, &id, sizeof id);
	x = round_id(&other, round_s, span_str("br"));
	assert_memory_not_equal(&x, &id, sizeof id);
	x = round_id(&some, round_s + 7 * DAY_S, span_str("br"));
	/* not by its time alone */
	assert_memory_not_equal(x.b + 8, id.b + 8, 8);
}

static void
test_what_is_late_is_made_up_while_an_answer_can_come(void **state)
{
	const int64_t at_s = 1000000, answer_s = 20 * HOUR_S;

	(void)state;
	assert_int_equal(round_judge(at_s, answer_s, at_s - 1), ROUND_WAITS);
	assert_int_equal(round_judge(at_s, answer_s, at_s), ROUND_DUE);
	assert_int_equal(round_judge(at_s, answer_s, at_s + answer_s - 1),
	    ROUND_DUE);
	assert_int_equal(round_judge(at_s, answer_s, at_s + answer_s),
	    ROUND_MISSED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_no_plan_is_refused),
		cmocka_unit_test(test_each_week),
		cmocka_unit_test(test_which_of_a_month),
		cmocka_unit_test(test_one_a_month),
		cmocka_unit_test(test_the_wall_says_when),
		cmocka_unit_test(
		    test_an_hour_that_is_not_there_and_one_that_is_twice),
		cmocka_unit_test(test_what_a_zone_does_not_know_is_none),
		cmocka_unit_test(test_each_has_its_own_moment),
		cmocka_unit_test(test_an_id_is_of_plan_round_and_team),
		cmocka_unit_test(
		    test_what_is_late_is_made_up_while_an_answer_can_come),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
