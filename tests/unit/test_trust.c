/* SPDX-License-Identifier: Apache-2.0
 *
 * watch/trust.c, with virtual time.
 */
#include "watch/trust.h"

#include "cmocka_all.h"


static struct now
when(int64_t wall_ms, int64_t mono_ms)
{
	return (struct now){ { wall_ms }, { mono_ms } };
}

enum { NOON = 1000000 }; /* s */

static void
test_a_jump_ends_trust_and_three_peers_restore_it(void **state)
{
	static const char who[4];
	const int64_t base = (int64_t)NOON * 1000;
	struct trust c;

	(void)state;
	trust_init(&c, 0, when(base, 0));
	assert_true(trust_is_trusted(&c));
	assert_false(trust_step(&c, 5, when(base + 61000, 1000)));
	assert_true(trust_step(&c, 5, when(base + 1000 + 121002, 1001)));
	assert_int_equal(c.state, TRUST_JUMPED);
	/* two, one of them twice, are not three; nor is one who disagrees */
	trust_beat(&c, who, NOON + 122, when(base + 122003, 1002));
	trust_beat(&c, who + 1, NOON + 122, when(base + 122003, 1002));
	trust_beat(&c, who, NOON + 123, when(base + 122003, 1002));
	trust_beat(&c, who + 2, NOON, when(base + 122003, 1002));
	trust_beat(&c, who + 2, UINT64_MAX, when(base + 122003, 1002));
	/* a number that would wrap to about now */
	trust_beat(&c, who + 3, (uint64_t)1 << 62 | 1, when(2000, 1002));
	assert_false(trust_step(&c, 5, when(base + 122004, 1003)));
	trust_beat(&c, who + 2, NOON + 122, when(base + 122005, 1004));
	assert_true(trust_step(&c, 5, when(base + 122006, 1005)));
	assert_true(trust_is_trusted(&c));
	/* a step back; an operator confirms */
	assert_true(trust_step(&c, 5, when(base, 1006)));
	assert_false(trust_step(&c, 5, when(base + 1, 1007)));
	assert_false(trust_is_trusted(&c));
	trust_confirm(&c, when(base, 1007));
	assert_false(trust_step(&c, 5, when(base + 1, 1008)));
	assert_true(trust_is_trusted(&c));
}

static void
test_old_voices_and_few_peers(void **state)
{
	static const char who[4];
	const int64_t base = (int64_t)NOON * 1000;
	struct trust c;

	(void)state;
	/* a night of darkness: unsure until those that there are agree */
	trust_init(&c, base - 3600000, when(base, 0));
	assert_int_equal(c.state, TRUST_UNSURE);
	trust_beat(&c, who, NOON, when(base, 0));
	assert_false(trust_step(&c, 2, when(base + 90001, 90001)));
	trust_beat(&c, who + 1, NOON + 90, when(base + 90001, 90001));
	assert_false(trust_step(&c, 2, when(base + 90002, 90002)));
	trust_beat(&c, who, NOON + 90, when(base + 90003, 90003));
	assert_true(trust_step(&c, 2, when(base + 90004, 90004)));
	/* nobody else: a long night is taken as one, a jump is not */
	trust_init(&c, base - 3600000, when(base, 0));
	assert_true(trust_step(&c, 0, when(base + 1, 1)));
	assert_true(trust_step(&c, 0, when(base + 99999, 2)));
	assert_false(trust_step(&c, 0, when(base + 100000, 3)));
	assert_false(trust_is_trusted(&c));
	/* a short absence is no question; a time before the last is */
	trust_init(&c, base - 60000, when(base, 0));
	assert_true(trust_is_trusted(&c));
	trust_init(&c, base + 61000, when(base, 0));
	assert_int_equal(c.state, TRUST_UNSURE);
}

static void
test_expiry(void **state)
{
	const struct wall at = { 5000 }, before = { 4999 };

	(void)state;
	assert_true(trust_has_expired(TRUST_TRUSTED, 5, at));
	assert_false(trust_has_expired(TRUST_TRUSTED, 5, before));
	assert_false(trust_has_expired(TRUST_TRUSTED, 0, at));
	assert_false(trust_has_expired(TRUST_UNSURE, 5, at));
	assert_false(trust_has_expired(TRUST_JUMPED, 5, at));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_a_jump_ends_trust_and_three_peers_restore_it),
		cmocka_unit_test(test_old_voices_and_few_peers),
		cmocka_unit_test(test_expiry),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
