/* SPDX-License-Identifier: Apache-2.0
 *
 * One notice to many, in virtual time.
 */
#include "cmocka_all.h"

#include "base/limits.h"
#include "watch/mailing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct uuid
id_of(size_t i)
{
	struct uuid u = { { 0 } };

	memcpy(u.b, &i, sizeof i);
	return u;
}

static void
fill(struct mailing *m, size_t n)
{
	mailing_init(m);
	for (size_t i = 0; i < n; i++) {
		struct uuid u = id_of(i);

		assert_int_equal(mailing_add(m, &u, i % 2 == 0 ? MAILING_MAIL :
			MAILING_WEBHOOK), ERR_NONE);
	}
}

static void
test_all_once(void **state)
{
	enum { N = 100000 };
	unsigned char *sent = calloc(N, 1);
	struct mono now = { 5 };
	struct mailing m;
	int64_t wait;
	size_t at, told = 0;

	(void)state;
	fill(&m, N);
	for (size_t i = 0; i < N; i++) {
		assert_true(mailing_next(&m, now, &at, &wait));
		assert_int_equal(sent[at]++, 0);
		assert_memory_equal(m.one[at].who.b, id_of(at).b, 16);
		mailing_done(&m, at, MAILING_OK, "", now, 0);
	}
	assert_false(mailing_next(&m, now, &at, &wait));
	assert_int_equal(wait, -1);
	assert_false(mailing_is_over(&m)); /* nothing of it is durable */
	for (at = mailing_tell(&m, 0); at != SIZE_MAX;
	     at = mailing_tell(&m, at + 1), told++)
		mailing_see(&m, at, (enum mailing_state)m.one[at].ends, "");
	assert_int_equal(told, N);
	assert_true(mailing_is_over(&m));
	assert_int_equal(m.count[MAILING_REACHED], N);
	mailing_release(&m);
	free(sent);
}

static void
test_retries(void **state)
{
	struct mono now = { 0 };
	struct mailing m;
	int64_t wait, last = 0;
	size_t at, tries = 0;

	(void)state;
	fill(&m, 3);
	assert_true(mailing_next(&m, now, &at, &wait));
	mailing_done(&m, at, MAILING_NEVER, "no such person", now, 0);
	assert_true(mailing_next(&m, now, &at, &wait));
	mailing_done(&m, at, MAILING_OK, "", now, 0);
	while (mailing_next(&m, now, &at, &wait) || wait >= 0) {
		if (wait > 0) {
			assert_true(wait >= last || wait >= 5400000);
			last = wait;
			now.ms += wait;
		}
		if (m.count[MAILING_UNDER_WAY] == 0)
			continue;
		tries++;
		mailing_done(&m, at, MAILING_LATER, "relay: 451", now,
		    (uint32_t)tries * 7919);
	}
	assert_int_equal(tries, MAILING_TRIES);
	assert_int_equal(m.count[MAILING_TELLING], 3);
	assert_int_equal(m.one[2].ends, MAILING_GIVEN_UP);
	assert_string_equal(mailing_why(&m, 2), "relay: 451");
	assert_string_equal(mailing_why(&m, 0), "no such person");
	mailing_release(&m);
}

/* What is said again after a restart leads to the same state. */
static void
test_restart(void **state)
{
	struct mono now = { 0 };
	struct mailing m;
	int64_t wait;
	size_t at;

	(void)state;
	fill(&m, 4);
	mailing_see(&m, 1, MAILING_REACHED, "");
	mailing_see(&m, 3, MAILING_GIVEN_UP, "left");
	mailing_see(&m, 2, MAILING_WAITING, "relay: 451");
	mailing_see(&m, 1, MAILING_REACHED, "");
	mailing_see(&m, 99, MAILING_REACHED, "");
	assert_int_equal(m.count[MAILING_REACHED], 1);
	assert_int_equal(m.one[2].tries, 1);
	assert_true(mailing_next(&m, now, &at, &wait) && at == 0);
	assert_true(mailing_next(&m, now, &at, &wait) && at == 2);
	assert_false(mailing_next(&m, now, &at, &wait));
	mailing_lost(&m, now);
	assert_true(mailing_next(&m, now, &at, &wait));
	mailing_put_off(&m, at, (struct mono){ 1000 });
	assert_true(mailing_next(&m, now, &at, &wait));
	mailing_done(&m, at, MAILING_OK, "", now, 0);
	mailing_done(&m, at, MAILING_NEVER, "late", now, 0);
	assert_int_equal(m.one[at].ends, MAILING_REACHED);
	assert_int_equal(mailing_tell(&m, 0), at);
	assert_int_equal(mailing_tell(&m, 0), SIZE_MAX);
	mailing_untold(&m);
	assert_int_equal(mailing_tell(&m, 0), at);
	while (wait != 1000)
		assert_false(mailing_next(&m, now, &at, &wait));
	assert_int_equal(mailing_hasten(&m, now), 1);
	assert_true(mailing_next(&m, now, &at, &wait));
	mailing_release(&m);
}

static void
test_bounds(void **state)
{
	struct mono now = { 0 };
	struct uuid u = id_of(0);
	struct mailing m;
	char why[32];

	(void)state;
	fill(&m, LIMIT_MAILING);
	assert_int_equal(mailing_add(&m, &u, MAILING_MAIL), ERR_LIMIT);
	assert_true(sizeof(struct mailing_one) <= 32);
	for (size_t i = 0; i < 3 * (size_t)MAILING_WHYS; i++) {
		snprintf(why, sizeof why, "reason %zu", i);
		mailing_see(&m, i, MAILING_GIVEN_UP, why);
	}
	assert_string_equal(mailing_why(&m, 0), "reason 0");
	assert_string_equal(mailing_why(&m, 3 * MAILING_WHYS - 1),
	    "reason 191");
	mailing_lost(&m, now);
	mailing_release(&m);
}

static void
test_what_stands_now(void **state)
{
	struct digest a = { { 1 } }, b = { { 2 } };

	(void)state;
	assert_int_equal(mailing_due(&a, &a, 3, true, false),
	    MAILING_CURRENT);
	assert_int_equal(mailing_due(&a, &b, 3, true, false), MAILING_UPDATE);
	assert_int_equal(mailing_due(&a, &b, 3, true, true), MAILING_END);
	/* that it ended was sent */
	assert_int_equal(mailing_due(&b, &b, 3, true, true), MAILING_CURRENT);
	/* nobody has it; what came cannot be relied on */
	assert_int_equal(mailing_due(&a, &b, 0, true, false),
	    MAILING_CURRENT);
	assert_int_equal(mailing_due(&a, &b, 3, false, false),
	    MAILING_CURRENT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_once),
		cmocka_unit_test(test_retries),
		cmocka_unit_test(test_restart),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_what_stands_now),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
