/* SPDX-License-Identifier: Apache-2.0
 *
 * Clocks in virtual time: those of a breach are told once when a quarter is
 * left and once when they have run out; so are a first assessment and the news
 * that an answer promised, first to who promised, then to the post; the
 * private log is anchored once an
 * hour, if it has grown.
 */
#include "watch/promise.h"

#include "base/limits.h"
#include "schema/kind.h"
#include "watch/anchor.h"
#include "watch/pledge.h"

#include "cmocka_all.h"

enum { NOW_S = 1795253267, HOUR_S = 3600 };

/* --- clocks of cases --- */

struct told {
	enum promise_state state;
	int64_t at_s;
};

/* Play a clock: look when it says, remember what was told. */
static size_t
play(int64_t due_s, int64_t within_s, int64_t from_s, int64_t until_s,
    struct told *out, size_t *looks)
{
	struct promise p = { due_s, within_s, PROMISE_QUIET };
	struct wall now = { from_s * 1000 };
	size_t n = 0;

	for (*looks = 0; now.ms <= until_s * 1000; ++*looks) {
		int64_t wait_ms;
		enum promise_state s = promise_step(&p, now, &wait_ms);

		assert_true(wait_ms > 0 && wait_ms <= PROMISE_LOOK_MS);
		if (s > p.told) {
			assert_true(n < 4);
			out[n++] = (struct told){ s, now.ms / 1000 };
			p.told = s;
		}
		now.ms += wait_ms;
	}
	return n;
}

static void
test_a_breach_is_told_twice(void **state)
{
	struct schema *all;
	const struct kind *k;
	struct life_past past = { span_str("reported"), NOW_S };
	struct life_due due[LIFE_CLOCKS_MAX];
	struct arena mem = { 0 };
	struct told told[4];
	struct json doc;
	size_t n, looks;

	(void)state;
	assert_ok(schema_load(&schema_files, &all, NULL));
	k = kind_find(all, span_str("breach"));
	assert_ok(json_parse_arena(span_str("{\"found\":1795253267}"),
	    LIMIT_JSON_DEPTH, LIMIT_JSON_TOKENS, &mem, &doc, NULL));
	n = life_clocks(k->life, &past, 1, json_root(&doc), NOW_S, due);
	assert_int_equal(n, 2);
	/* the originator was told by the report; those concerned are not */
	assert_int_not_equal(due[0].done_s, 0);
	assert_int_equal(due[1].done_s, 0);
	assert_int_equal(due[1].due_s, NOW_S + 24 * HOUR_S);
	n = play(due[1].due_s, due[1].clock->within_s, NOW_S,
	    NOW_S + 48 * HOUR_S, told, &looks);
	assert_int_equal(n, 2);
	assert_int_equal(told[0].state, PROMISE_NEAR);
	assert_int_equal(told[0].at_s, NOW_S + 18 * HOUR_S);
	assert_int_equal(told[1].state, PROMISE_LATE);
	assert_int_equal(told[1].at_s, NOW_S + 24 * HOUR_S);
	assert_true(looks <= 48 * 60 + 2);
	arena_release(&mem);
	schema_free(all);
}

static void
test_a_node_that_was_away_tells_what_holds_now(void **state)
{
	struct told told[4];
	size_t looks;

	(void)state;
	assert_int_equal(play(NOW_S, 7200, NOW_S + 9000, NOW_S + 20000, told,
	    &looks), 1);
	assert_int_equal(told[0].state, PROMISE_LATE);
	assert_int_equal(play(NOW_S, 7200, NOW_S - 60, NOW_S - 1, told,
	    &looks), 1);
	assert_int_equal(told[0].state, PROMISE_NEAR);
}

/* --- what is owed after an answer --- */

static void
test_an_assessment_is_owed_until_somebody_gives_it(void **state)
{
	struct pledge_facts f = { .came_s = NOW_S, .assess_s = 2 * HOUR_S };
	struct pledge open[PLEDGE_COUNT];
	struct told told[4];
	size_t looks;

	(void)state;
	assert_int_equal(pledge_open(&f, open), 1);
	assert_int_equal(open[0].what, PLEDGE_ASSESSMENT);
	assert_int_equal(open[0].due_s, NOW_S + 2 * HOUR_S);
	assert_int_equal(open[0].within_s, 2 * HOUR_S);
	assert_int_equal(play(open[0].due_s, open[0].within_s, NOW_S,
	    NOW_S + 72 * HOUR_S, told, &looks), 2);
	assert_int_equal(told[0].at_s, NOW_S + 5400);
	assert_int_equal(told[1].at_s, NOW_S + 7200);
	/* that somebody looks at it is none */
	f.said_s = NOW_S + 60;
	assert_int_equal(pledge_open(&f, open), 1);
	f.is_assessed = true;
	assert_int_equal(pledge_open(&f, open), 0);
	/* a level that asks for none */
	f.is_assessed = false;
	f.assess_s = 0;
	assert_int_equal(pledge_open(&f, open), 0);
}

static void
test_promised_news_is_owed_until_there_is_some(void **state)
{
	struct pledge_facts f = { .came_s = NOW_S, .is_assessed = true,
		.said_s = NOW_S + 600, .next_s = NOW_S + 600 + 4 * HOUR_S };
	struct pledge open[PLEDGE_COUNT];

	(void)state;
	assert_int_equal(pledge_open(&f, open), 1);
	assert_int_equal(open[0].what, PLEDGE_UPDATE);
	assert_int_equal(open[0].due_s, NOW_S + 600 + 4 * HOUR_S);
	/* a quarter is of the time that the promise gave itself */
	assert_int_equal(open[0].within_s, 4 * HOUR_S);
	f.is_heard = true;
	assert_int_equal(pledge_open(&f, open), 0);
	/* a newer answer that promises nothing */
	f.is_heard = false;
	f.next_s = 0;
	assert_int_equal(pledge_open(&f, open), 0);
	/* nor does a time that was past when it was named */
	f.next_s = f.said_s;
	assert_int_equal(pledge_open(&f, open), 0);
	/* both are owed */
	f.next_s = f.said_s + 60;
	f.assess_s = HOUR_S;
	f.is_assessed = false;
	assert_int_equal(pledge_open(&f, open), 2);
}

static void
test_who_promised_is_called_first_and_then_the_post(void **state)
{
	(void)state;
	assert_int_equal(pledge_call(PROMISE_QUIET, PROMISE_QUIET, true),
	    PLEDGE_NOBODY);
	assert_int_equal(pledge_call(PROMISE_QUIET, PROMISE_NEAR, true),
	    PLEDGE_PERSON);
	/* who is not there is not waited for */
	assert_int_equal(pledge_call(PROMISE_QUIET, PROMISE_NEAR, false),
	    PLEDGE_POST);
	assert_int_equal(pledge_call(PROMISE_NEAR, PROMISE_LATE, true),
	    PLEDGE_POST);
	assert_int_equal(pledge_call(PROMISE_QUIET, PROMISE_LATE, true),
	    PLEDGE_POST);
	/* nothing twice */
	assert_int_equal(pledge_call(PROMISE_NEAR, PROMISE_NEAR, true),
	    PLEDGE_NOBODY);
	assert_int_equal(pledge_call(PROMISE_LATE, PROMISE_LATE, false),
	    PLEDGE_NOBODY);
	/* nor if the wall clock goes back */
	assert_int_equal(pledge_call(PROMISE_LATE, PROMISE_NEAR, true),
	    PLEDGE_NOBODY);
}

/* --- anchors --- */

static void
test_anchored_once_an_hour(void **state)
{
	struct anchor last = { 0, NOW_S };
	struct wall now = { (int64_t)NOW_S * 1000 };
	uint64_t size = 1;
	unsigned made = 0, looks = 0;

	(void)state;
	/* ten hours, it grows all the time */
	while (now.ms < ((int64_t)NOW_S + 10 * HOUR_S) * 1000) {
		int64_t wait_ms;

		if (anchor_step(&last, ANCHOR_EVERY_S, size, now, &wait_ms)) {
			assert_true(now.ms / 1000 - last.at_s >= HOUR_S);
			last = (struct anchor){ size, now.ms / 1000 };
			made++;
		}
		assert_true(wait_ms > 0 && wait_ms <= ANCHOR_LOOK_MS);
		now.ms += wait_ms;
		size++;
		looks++;
	}
	assert_int_equal(made, 9);
	assert_true(looks <= 10 * 60 + 10);
}

static void
test_not_if_it_has_not_grown(void **state)
{
	struct anchor last = { 5, NOW_S };
	struct wall later = { ((int64_t)NOW_S + 100 * HOUR_S) * 1000 };
	int64_t wait_ms;

	(void)state;
	assert_false(anchor_step(&last, ANCHOR_EVERY_S, 5, later, &wait_ms));
	assert_int_equal(wait_ms, ANCHOR_LOOK_MS);
	assert_true(anchor_step(&last, ANCHOR_EVERY_S, 6, later, &wait_ms));
	/* nothing at all is no log to anchor */
	last = (struct anchor){ 0, 0 };
	assert_false(anchor_step(&last, ANCHOR_EVERY_S, 0, later, &wait_ms));
}

static void
test_a_clock_set_back_does_not_stop_it(void **state)
{
	struct anchor last = { 5, NOW_S };
	struct wall back = { ((int64_t)NOW_S - HOUR_S) * 1000 };
	int64_t wait_ms;

	(void)state;
	assert_true(anchor_step(&last, ANCHOR_EVERY_S, 6, back, &wait_ms));
	back.ms = ((int64_t)NOW_S + HOUR_S) * 1000 - 1500;
	assert_false(anchor_step(&last, ANCHOR_EVERY_S, 6, back, &wait_ms));
	assert_int_equal(wait_ms, 1500);
}

static void
test_who_waits_for_news(void **state)
{
	(void)state;
	/* it has time until then, whatever was heard */
	assert_int_equal(pledge_awaits(100, 0, 99), PLEDGE_AHEAD);
	assert_int_equal(pledge_awaits(100, 99, 99), PLEDGE_AHEAD);
	/* nothing was heard of its node since: it may have kept it */
	assert_int_equal(pledge_awaits(100, 0, 100), PLEDGE_UNHEARD);
	assert_int_equal(pledge_awaits(100, 100, 5000), PLEDGE_UNHEARD);
	assert_int_equal(pledge_awaits(100, 101, 5000), PLEDGE_BROKEN);
	assert_string_equal(pledge_awaits_word(PLEDGE_BROKEN), "late");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_who_waits_for_news),
		cmocka_unit_test(test_a_breach_is_told_twice),
		cmocka_unit_test(
		    test_a_node_that_was_away_tells_what_holds_now),
		cmocka_unit_test(
		    test_an_assessment_is_owed_until_somebody_gives_it),
		cmocka_unit_test(
		    test_promised_news_is_owed_until_there_is_some),
		cmocka_unit_test(
		    test_who_promised_is_called_first_and_then_the_post),
		cmocka_unit_test(test_anchored_once_an_hour),
		cmocka_unit_test(test_not_if_it_has_not_grown),
		cmocka_unit_test(test_a_clock_set_back_does_not_stop_it),
	};

	return cmocka_run_group_tests_name("promise", tests, NULL, NULL);
}
