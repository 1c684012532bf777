/* SPDX-License-Identifier: Apache-2.0
 *
 * watch/trial.h in virtual time: whom a test alert calls, what it has come to,
 * and who is flagged when.
 */
#include "watch/trial.h"

#include "cmocka_all.h"

enum { NOW_S = 1795253267, HOUR_S = 3600, MIDNIGHT_S = 1795219200 };

static const struct zone utc = { .first = 0, .until_s = INT64_MAX };

/* --- at who receives --- */

static void
test_whom_it_calls_is_the_state_s_own_business(void **state)
{
	struct trial_policy p = { .most = 2 };

	(void)state;
	assert_int_equal(trial_admit(&p, 0, false, NOW_S), TRIAL_CALL);
	assert_int_equal(trial_admit(&p, 1, false, NOW_S), TRIAL_CALL);
	assert_int_equal(trial_admit(&p, 2, false, NOW_S), TRIAL_MANY);
	assert_int_equal(trial_admit(&p, 0, true, NOW_S), TRIAL_REAL);
	p.most = 0;
	assert_int_equal(trial_admit(&p, 0, false, NOW_S), TRIAL_MANY);
}

static void
test_hours_of_silence_are_kept_and_end(void **state)
{
	struct trial_policy p = { .most = 1, .has_quiet = true,
		.zone = &utc };

	(void)state;
	assert_int_equal(hours_parse(span_str("20:00"), span_str("07:00"),
	    &p.quiet, NULL), ERR_NONE);
	assert_int_equal(MIDNIGHT_S % 86400, 0);
	assert_int_equal(trial_admit(&p, 0, false, MIDNIGHT_S), TRIAL_QUIET);
	assert_int_equal(trial_admit(&p, 0, false, MIDNIGHT_S + 7 * HOUR_S -
	    1), TRIAL_QUIET);
	assert_int_equal(trial_admit(&p, 0, false, MIDNIGHT_S + 7 * HOUR_S),
	    TRIAL_CALL);
	assert_int_equal(trial_admit(&p, 0, false, MIDNIGHT_S + 20 * HOUR_S),
	    TRIAL_QUIET);
}

/* --- at who sent --- */

static enum trial_state
judge(int64_t exp_s, bool is_delivered, int64_t acknowledged_s, int64_t now_s)
{
	const struct trial_facts f = { .iat_s = NOW_S, .exp_s = exp_s,
		.is_delivered = is_delivered,
		.acknowledged_s = acknowledged_s };

	return trial_judge(&f, now_s);
}

static void
test_silence_is_flagged_within_a_day(void **state)
{
	const int64_t day = NOW_S + TRIAL_DAY_S, soon = NOW_S + HOUR_S;

	(void)state;
	assert_int_equal(judge(soon, false, 0, NOW_S), TRIAL_SENT);
	assert_int_equal(judge(soon, true, 0, soon - 1), TRIAL_DELIVERED);
	assert_int_equal(judge(soon, true, 0, soon), TRIAL_UNANSWERED);
	assert_int_equal(judge(soon, false, 0, soon), TRIAL_UNDELIVERED);
	assert_int_equal(judge(soon, true, soon, day), TRIAL_ACKNOWLEDGED);
	assert_int_equal(judge(soon, true, soon + 1, day), TRIAL_LATE);
	/* whatever it says of its own end, and if it says nothing */
	assert_int_equal(judge(0, true, 0, day - 1), TRIAL_DELIVERED);
	assert_int_equal(judge(0, true, 0, day), TRIAL_UNANSWERED);
	assert_int_equal(judge(day + HOUR_S, true, 0, day),
	    TRIAL_UNANSWERED);
	assert_true(trial_is_flagged(TRIAL_UNANSWERED));
	assert_true(trial_is_flagged(TRIAL_UNDELIVERED));
	assert_false(trial_is_flagged(TRIAL_DELIVERED));
	assert_false(trial_is_flagged(TRIAL_LATE));
	for (enum trial_state s = 0; s < TRIAL_STATES; s++)
		assert_true(trial_state_word(s)[0] != '\0');
}

static void
test_what_was_withdrawn_says_nothing(void **state)
{
	struct trial_facts f = { .iat_s = NOW_S, .is_withdrawn = true,
		.is_delivered = true };

	(void)state;
	assert_int_equal(trial_judge(&f, NOW_S + 2 * TRIAL_DAY_S),
	    TRIAL_WITHDRAWN);
	f.acknowledged_s = NOW_S + 5;
	assert_int_equal(trial_judge(&f, NOW_S + 2 * TRIAL_DAY_S),
	    TRIAL_ACKNOWLEDGED);
}

/* The newest that has ended says how a state stands; proof is older, maybe. */
static void
test_last_proved_outlives_a_silence(void **state)
{
	const int64_t week = 7 * TRIAL_DAY_S;
	const struct trial_facts open = { .iat_s = NOW_S + 2 * week,
		.is_delivered = true };
	const struct trial_facts silent = { .iat_s = NOW_S + week,
		.is_delivered = true };
	const struct trial_facts good = { .iat_s = NOW_S,
		.is_delivered = true, .acknowledged_s = NOW_S + 60 };
	const int64_t now = NOW_S + 2 * week + 1;
	struct trial_standing t = { 0 };

	(void)state;
	trial_stand(&t, &open, now);
	assert_false(t.is_decided);
	assert_int_equal(t.proved_s, 0);
	trial_stand(&t, &silent, now);
	trial_stand(&t, &good, now);
	assert_true(t.is_flagged);
	assert_int_equal(t.proved_s, NOW_S + 60);
	t = (struct trial_standing){ 0 };
	trial_stand(&t, &good, now);
	trial_stand(&t, &silent, now);
	assert_false(t.is_flagged);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_whom_it_calls_is_the_state_s_own_business),
		cmocka_unit_test(test_hours_of_silence_are_kept_and_end),
		cmocka_unit_test(test_silence_is_flagged_within_a_day),
		cmocka_unit_test(test_what_was_withdrawn_says_nothing),
		cmocka_unit_test(test_last_proved_outlives_a_silence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
