/* SPDX-License-Identifier: Apache-2.0
 *
 * watch/duty.c and watch/hours.c: who is present, when a turn ends and when it
 * may not, who may take a post; quiet hours over midnight and where clocks are
 * set.
 */
#include "schema/kind.h"
#include "watch/duty.h"
#include "watch/hours.h"

#include "cmocka_all.h"

#include <stdio.h>
#include <string.h>

enum { MINUTE_MS = 60000, HOUR_MS = 3600000 };

static struct duty_policy policy;

static int
set_up(void **state)
{
	(void)state;
	return duty_policy_load(&schema_files, &policy, NULL) == ERR_NONE ?
	    0 : -1;
}

static struct mono
at(int64_t ms)
{
	return (struct mono){ ms };
}

static enum presence
presence(const struct duty_sign *s, int64_t ms)
{
	return duty_presence(&policy, s, at(ms));
}

static void
test_the_policy_is_that_of_the_network(void **state)
{
	(void)state;
	assert_int_equal(policy.confirm_ms, 4 * HOUR_MS);
	assert_int_equal(policy.session_ms, 2 * MINUTE_MS);
	assert_int_equal(policy.accept_ms, 15 * MINUTE_MS);
	assert_int_equal(policy.overrun_ms, 15 * MINUTE_MS);
}

static void
test_an_act_confirms_for_hours(void **state)
{
	struct duty_sign s = { 0 };

	(void)state;
	assert_int_equal(presence(&s, 5), PRESENCE_NONE);
	duty_acted(&s, at(1000));
	assert_int_equal(presence(&s, 1000), PRESENCE_CONFIRMED);
	assert_int_equal(presence(&s, 999 + 4 * HOUR_MS), PRESENCE_CONFIRMED);
	assert_int_equal(presence(&s, 1000 + 4 * HOUR_MS), PRESENCE_NONE);
	/* an earlier one that is heard of later takes nothing back */
	duty_acted(&s, at(-5 * HOUR_MS));
	assert_int_equal(presence(&s, 2000), PRESENCE_CONFIRMED);
}

static void
test_who_has_left_a_session_is_not_there(void **state)
{
	struct duty_sign s = { 0 };

	(void)state;
	duty_acted(&s, at(1000));
	duty_armed(&s, at(2000));
	assert_int_equal(presence(&s, 2000), PRESENCE_ARMED);
	duty_heard(&s, at(HOUR_MS));
	assert_int_equal(presence(&s, HOUR_MS + 2 * MINUTE_MS - 1),
	    PRESENCE_ARMED);
	/* it hangs: nothing of it was heard for two minutes */
	assert_int_equal(presence(&s, HOUR_MS + 2 * MINUTE_MS),
	    PRESENCE_NONE);
	duty_heard(&s, at(HOUR_MS + 3 * MINUTE_MS));
	assert_int_equal(presence(&s, HOUR_MS + 3 * MINUTE_MS),
	    PRESENCE_ARMED);
	/* of two, one closes */
	duty_armed(&s, at(2 * HOUR_MS));
	duty_closed(&s, at(2 * HOUR_MS));
	assert_int_equal(presence(&s, 2 * HOUR_MS), PRESENCE_ARMED);
	/* what she did at it does not say that she is there after */
	duty_acted(&s, at(2 * HOUR_MS + 1));
	duty_closed(&s, at(2 * HOUR_MS + 2));
	assert_int_equal(presence(&s, 2 * HOUR_MS + 2), PRESENCE_NONE);
	/* until she does something again */
	duty_acted(&s, at(2 * HOUR_MS + 3));
	assert_int_equal(presence(&s, 3 * HOUR_MS), PRESENCE_CONFIRMED);
}

static enum duty_act
look(const struct duty_turn *t, int64_t left_s, unsigned urgent, bool gone,
    int64_t now_s, int64_t *wait_ms)
{
	const struct duty_facts f = { .is_succeeded = gone, .left_s = left_s,
		.urgent = urgent };

	return duty_look(&policy, t, &f, (struct wall){ now_s * 1000 },
	    wait_ms);
}

static void
test_a_turn_does_not_end_over_something_urgent(void **state)
{
	struct duty_turn t = { .post = POST_FIRST, .person = "ana",
		.since_s = 100000 };
	int64_t wait;

	(void)state;
	assert_int_equal(look(&t, 0, 3, false, 500000, &wait), DUTY_STAY);
	assert_int_equal(wait, DUTY_LOOK_MS);
	assert_int_equal(look(&t, 200000, 0, false, 200890, &wait),
	    DUTY_STAY);
	assert_int_equal(wait, 10000);
	assert_int_equal(look(&t, 200000, 0, false, 200900, &wait),
	    DUTY_END);
	assert_int_equal(look(&t, 200000, 1, false, 200900, &wait),
	    DUTY_OVERRUN);
	assert_int_equal(look(&t, 200000, 1, false, 900000, &wait),
	    DUTY_OVERRUN);
	/* somebody else took it: now it ends, whatever is open */
	assert_int_equal(look(&t, 200000, 1, true, 200900, &wait), DUTY_END);
}

static void
test_an_offer_that_nobody_accepts_is_told(void **state)
{
	struct duty_turn t = { .post = POST_FIRST, .person = "ana",
		.since_s = 100000, .is_handing = true, .to = "eva",
		.to_post = POST_COUNT, .offered_s = 200000 };
	int64_t wait;

	(void)state;
	assert_int_equal(look(&t, 0, 1, false, 200899, &wait), DUTY_STAY);
	assert_int_equal(wait, 1000);
	assert_int_equal(look(&t, 0, 1, false, 200900, &wait),
	    DUTY_UNACCEPTED);
	/* and it is never lost on the way */
	assert_int_equal(look(&t, 200000, 0, false, 300000, &wait),
	    DUTY_OVERRUN);
}

static void
test_who_may_take_a_post(void **state)
{
	static const struct {
		bool is_handing, is_lead;
		enum post to_post;
		const char *to, *who;
		unsigned holds;
		enum presence presence;
		const char *rule;
	} row[] = {
		{ false, false, POST_COUNT, "", "eva", 0, PRESENCE_ARMED,
		    "ana has it, is present, and did not hand it over to "
		    "you" },
		{ false, false, POST_COUNT, "", "eva", 0, PRESENCE_CONFIRMED,
		    "ana has it, is present, and did not hand it over to "
		    "you" },
		/* who is not there is relieved by anybody of the post */
		{ false, false, POST_COUNT, "", "eva", 0, PRESENCE_NONE, "" },
		{ false, true, POST_COUNT, "", "eva", 0, PRESENCE_ARMED, "" },
		{ true, false, POST_COUNT, "eva", "eva", 0, PRESENCE_ARMED,
		    "" },
		{ true, false, POST_COUNT, "luis", "eva", 0, PRESENCE_ARMED,
		    "ana has it, is present, and did not hand it over to "
		    "you" },
		{ true, false, POST_SECOND, "", "eva", 1U << POST_SECOND,
		    PRESENCE_ARMED, "" },
		{ true, false, POST_SECOND, "", "eva", 1U << POST_LEAD,
		    PRESENCE_ARMED, "ana has it, is present, and did not hand "
		    "it over to you" },
		/* her own */
		{ false, false, POST_COUNT, "", "ana", 0, PRESENCE_ARMED,
		    "you have it already" },
		{ true, false, POST_COUNT, "eva", "ana", 0, PRESENCE_ARMED,
		    "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		struct duty_turn t = { .post = POST_FIRST, .person = "ana",
			.is_handing = row[i].is_handing,
			.to_post = row[i].to_post };
		struct fault f = { 0 };

		snprintf(t.to, sizeof t.to, "%s", row[i].to);
		assert_int_equal(duty_may_take(&t, row[i].who, row[i].is_lead,
		    row[i].holds, row[i].presence, &f),
		    row[i].rule[0] == '\0' ? ERR_NONE : ERR_RULE);
		assert_string_equal(f.rule, row[i].rule);
	}
}

static void
test_leaving_needs_a_name_while_something_urgent_is_open(void **state)
{
	struct duty_facts f = { .urgent = 2 };
	struct fault fault = { 0 };

	(void)state;
	assert_int_equal(duty_may_leave(&f, &fault), ERR_RULE);
	assert_string_equal(fault.rule,
	    "2 of level 4 or 5 open: say to whom it goes");
	f.urgent = 0;
	assert_int_equal(duty_may_leave(&f, &fault), ERR_NONE);
}

/* --- hours --- */

static bool
has(const char *from, const char *until, const struct zone *z, int64_t s)
{
	struct hours h;

	assert_int_equal(hours_parse(span_str(from), span_str(until), &h,
	    NULL), ERR_NONE);
	return hours_has(&h, z, s);
}

static void
test_quiet_hours(void **state)
{
	static int64_t when[] = { 86400 * 10 };
	static int32_t offset[] = { -4 * 3600 };
	/* five hours west, four from the tenth day on */
	const struct zone z = { when, offset, 1, -5 * 3600, INT64_MAX };
	const int64_t day = 86400;

	(void)state;
	/* 22:00 there is 03:00 UTC, later 02:00 */
	assert_false(has("22:00", "06:30", &z, 3 * 3600 - 1));
	assert_true(has("22:00", "06:30", &z, 3 * 3600));
	assert_true(has("22:00", "06:30", &z, 11 * 3600 + 1799));
	assert_false(has("22:00", "06:30", &z, 11 * 3600 + 1800));
	assert_false(has("22:00", "06:30", &z, 20 * day + 2 * 3600 - 1));
	assert_true(has("22:00", "06:30", &z, 20 * day + 2 * 3600));
	/* within one day */
	assert_true(has("13:00", "14:00", &z, 18 * 3600));
	assert_false(has("13:00", "14:00", &z, 19 * 3600));
	/* before 1970 as well */
	assert_true(has("13:00", "14:00", &z, 18 * 3600 - day));
}

static void
test_when_they_end(void **state)
{
	static int64_t when[] = { 86400 * 10 };
	static int32_t offset[] = { -4 * 3600 };
	const struct zone z = { when, offset, 1, -5 * 3600, INT64_MAX };
	const int64_t day = 86400, end = 11 * 3600 + 1800; /* 06:30 there */
	struct hours h;

	(void)state;
	assert_int_equal(hours_parse(span_str("22:00"), span_str("06:30"), &h,
	    NULL), ERR_NONE);
	assert_int_equal(hours_next_end(&h, &z, end - 1), end);
	assert_int_equal(hours_next_end(&h, &z, end), end + day);
	/* the evening before there */
	assert_int_equal(hours_next_end(&h, &z, day + 3600), day + end);
	/* over the change: an hour earlier by UTC */
	assert_int_equal(hours_next_end(&h, &z, 9 * day + end),
	    10 * day + end - 3600);
	/* each end is one, and the next is later */
	for (int64_t t = -3 * day; t < 14 * day; t += 1801) {
		int64_t e = hours_next_end(&h, &z, t);

		assert_true(e > t && e <= t + day + 3600);
		assert_false(hours_has(&h, &z, e));
		assert_true(hours_has(&h, &z, e - 1));
	}
}

static void
test_hours_that_are_none(void **state)
{
	static const char *const bad[] = { "", "24:00", "7:00", "07:60",
		"07-00", "aa:bb", "07:0x", "07:000" };
	struct hours h;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(hours_parse(span_str(bad[i]),
		    span_str("08:00"), &h, NULL), ERR_SCHEMA);
	assert_int_equal(hours_parse(span_str("08:00"), span_str("08:00"),
	    &h, NULL), ERR_SCHEMA);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_policy_is_that_of_the_network),
		cmocka_unit_test(test_an_act_confirms_for_hours),
		cmocka_unit_test(test_who_has_left_a_session_is_not_there),
		cmocka_unit_test(
		    test_a_turn_does_not_end_over_something_urgent),
		cmocka_unit_test(test_an_offer_that_nobody_accepts_is_told),
		cmocka_unit_test(test_who_may_take_a_post),
		cmocka_unit_test(
		    test_leaving_needs_a_name_while_something_urgent_is_open),
		cmocka_unit_test(test_quiet_hours),
		cmocka_unit_test(test_when_they_end),
		cmocka_unit_test(test_hours_that_are_none),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
