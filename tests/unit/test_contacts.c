/* SPDX-License-Identifier: Apache-2.0
 *
 * watch/contacts.h: which ways to persons are proved, when they are tested and
 * when people are told.
 */
#include "watch/contacts.h"

#include "cmocka_all.h"

#include <stdlib.h>

enum { DAY = 86400, WEEK = 7 * DAY };

static const unsigned char ana[COURIER_KEY] = "ana", eve[COURIER_KEY] = "eve";

static void
test_states(void **state)
{
	struct contacts c = { 0 };
	const struct contact *k;

	(void)state;
	/* entered at 1000, and nothing came through yet */
	assert_int_equal(contact_judge(NULL, 1000, WEEK, 1000 + DAY - 1),
	    CONTACT_NEW);
	assert_int_equal(contact_judge(NULL, 1000, WEEK, 1000 + DAY),
	    CONTACT_NEVER);
	contacts_see(&c, ana, COURIER_MAIL, COURIER_ACCEPTED, 5000, "");
	k = contacts_find(&c, ana, COURIER_MAIL);
	assert_non_null(k);
	assert_null(contacts_find(&c, eve, COURIER_MAIL));
	assert_null(contacts_find(&c, ana, COURIER_PUSH));
	/* its period, and a day for the test to prove it */
	assert_int_equal(contact_judge(k, 0, WEEK, 5000 + WEEK + DAY - 1),
	    CONTACT_PROVED);
	assert_int_equal(contact_judge(k, 0, WEEK, 5000 + WEEK + DAY),
	    CONTACT_OLD);
	/* one that was stopped says nothing */
	contacts_see(&c, ana, COURIER_MAIL, COURIER_CANCELLED, 6000, "stop");
	assert_int_equal(contact_judge(k, 0, WEEK, 7000), CONTACT_PROVED);
	contacts_see(&c, ana, COURIER_MAIL, COURIER_FAILED, 8000, "gone");
	k = contacts_find(&c, ana, COURIER_MAIL);
	assert_int_equal(contact_judge(k, 0, WEEK, 8000), CONTACT_FAILING);
	assert_string_equal(k->why, "gone");
	assert_int_equal(k->proved_s, 5000);
	contacts_see(&c, ana, COURIER_MAIL, COURIER_ACCEPTED, 9000, "");
	assert_int_equal(contact_judge(k, 0, WEEK, 9000), CONTACT_PROVED);
	assert_string_equal(k->why, "");
	/* it came, but without its text: that is not as it should be */
	contacts_see(&c, ana, COURIER_MAIL, COURIER_ACCEPTED, 9500,
	    "not sealed: key has expired");
	assert_int_equal(contact_judge(k, 0, WEEK, 9500), CONTACT_UNSEALED);
	contacts_see_answer(&c, ana, COURIER_MAIL, 9600);
	assert_int_equal(contact_judge(k, 0, WEEK, 9600), CONTACT_UNSEALED);
	contacts_see(&c, ana, COURIER_MAIL, COURIER_ACCEPTED, 9700, "");
	assert_int_equal(contact_judge(k, 0, WEEK, 9700), CONTACT_PROVED);
	assert_true(contact_is_flagged(CONTACT_UNSEALED));
	assert_false(contact_is_flagged(CONTACT_PROVED));
	assert_false(contact_is_flagged(CONTACT_NEW));
	assert_true(contact_is_flagged(CONTACT_OLD));
	assert_true(contact_is_flagged(CONTACT_NEVER));
	assert_true(contact_is_flagged(CONTACT_FAILING));
	contacts_release(&c);
}

static void
test_tests(void **state)
{
	struct contacts c = { 0 };
	const struct contact *k;

	(void)state;
	assert_true(contact_wants_test(NULL, WEEK, 1000));
	contacts_see_test(&c, ana, COURIER_MAIL, 1000);
	k = contacts_find(&c, ana, COURIER_MAIL);
	/* one a day until it is proved, then one a period */
	assert_false(contact_wants_test(k, WEEK, 1000 + DAY - 1));
	assert_true(contact_wants_test(k, WEEK, 1000 + DAY));
	contacts_see(&c, ana, COURIER_MAIL, COURIER_ACCEPTED, 2000, "");
	assert_false(contact_wants_test(k, WEEK, 2000 + WEEK - 1));
	assert_true(contact_wants_test(k, WEEK, 2000 + WEEK));
	/* a real page proves as well as a test */
	contacts_see(&c, ana, COURIER_MAIL, COURIER_ACCEPTED, 2000 + WEEK, "");
	assert_false(contact_wants_test(k, WEEK, 2000 + WEEK));
	contacts_see(&c, ana, COURIER_MAIL, COURIER_GIVEN_UP, 2001 + WEEK,
	    "no");
	assert_true(contact_wants_test(k, WEEK, 2001 + WEEK));
	contacts_release(&c);
}

/* A way that dies the moment after it was proved, looked at once an hour, with
 * a test that is lost without a word: it is told within period and a day. */
static void
test_told_in_time(void **state)
{
	struct contacts c = { 0 };
	unsigned told = 0, tests = 0;
	int64_t first = 0;

	(void)state;
	contacts_see(&c, ana, COURIER_MAIL, COURIER_ACCEPTED, 0, "");
	contacts_see(&c, ana, COURIER_MAIL, COURIER_ACCEPTED, 1, "");
	for (int64_t now = 3600; now <= WEEK + 4 * DAY; now += 3600) {
		const struct contact *k = contacts_find(&c, ana,
		    COURIER_MAIL);

		if (contact_is_flagged(contact_judge(k, 0, WEEK, now)) &&
		    contact_tell(&c, ana, COURIER_MAIL, now)) {
			told++;
			if (first == 0)
				first = now;
		}
		if (contact_wants_test(k, WEEK, now)) {
			tests++;
			contacts_see_test(&c, ana, COURIER_MAIL, now);
		}
	}
	assert_in_range(first, WEEK, WEEK + DAY + 3600);
	assert_int_equal(told, 3); /* once a day */
	assert_in_range(tests, 4, 5);
	contacts_release(&c);
}

static void
test_at_rest(void **state)
{
	struct contacts c = { 0 }, again = { 0 };
	struct buf b, other;

	(void)state;
	contacts_see(&c, ana, COURIER_MAIL, COURIER_ACCEPTED, 5, "");
	contacts_see(&c, ana, COURIER_PUSH, COURIER_FAILED, 6, "HTTP 500");
	contacts_see_test(&c, eve, COURIER_COMMAND, 7);
	contacts_see_answer(&c, ana, COURIER_PUSH, 8);
	contacts_see(&c, ana, COURIER_PUSH, COURIER_FAILED, 9, "HTTP 500");
	buf_init(&b, 4096);
	buf_init(&other, 4096);
	contacts_write(&c, &b);
	assert_int_equal(contacts_parse(buf_span(&b), &again), ERR_NONE);
	assert_int_equal(again.n, 3);
	assert_int_equal(contacts_find(&again, ana, COURIER_PUSH)->answered_s,
	    8);
	assert_int_equal(contacts_find(&again, ana, COURIER_PUSH)->proved_s,
	    8);
	assert_string_equal(contacts_find(&again, ana, COURIER_PUSH)->why,
	    "HTTP 500");
	contacts_write(&again, &other);
	assert_true(span_is_equal(buf_span(&b), buf_span(&other)));
	contacts_release(&again);
	for (size_t n = 0; n < b.n; n++)
		assert_int_equal(contacts_parse(span_of(b.p, n), &again),
		    ERR_DAMAGED);
	buf_release(&b);
	buf_release(&other);
	contacts_release(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_states),
		cmocka_unit_test(test_tests),
		cmocka_unit_test(test_told_in_time),
		cmocka_unit_test(test_at_rest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
