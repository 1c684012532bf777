/* SPDX-License-Identifier: Apache-2.0
 *
 * Working together: the clock of exercises (watch/drill.h), states that lapse by themselves (schema/life.h), and the
 * clock that tells of it once (watch/lapse.h).
 */
#include "base/limits.h"
#include "schema/kind.h"
#include "watch/drill.h"
#include "watch/lapse.h"

#include "cmocka_all.h"

enum { NOW_S = 1795253267 };

static struct schema *all;
static struct arena mem;

static int
setup(void **state)
{
	struct fault f = { 0 };

	(void)state;
	return schema_load(&schema_files, &all, &f) == ERR_NONE ? 0 : -1;
}

static int
teardown(void **state)
{
	(void)state;
	schema_free(all);
	arena_release(&mem);
	return 0;
}

static struct json_val
body(const char *state, int64_t until_s)
{
	struct json *doc = arena_alloc(&mem, sizeof *doc);
	char text[128];

	snprintf(text, sizeof text, "{\"state\":\"%s\",\"until\":%lld}", state,
	    (long long)until_s);
	assert_ok(json_parse_arena(arena_copy(&mem, span_str(text)),
	    LIMIT_JSON_DEPTH, LIMIT_JSON_TOKENS, &mem, doc, NULL));
	return json_root(doc);
}

static void
test_a_claim_lapses_by_itself(void **state)
{
	const struct kind *k = kind_find(all, span_str("claim"));
	const struct life *l = k->life;
	struct json_val live = body("claimed", NOW_S);
	struct json_val done = body("done", NOW_S);

	(void)state;
	assert_string_equal(l->one, "aspect");
	assert_true(span_is_str(life_now(l, live, NOW_S - 1, &mem),
	    "claimed"));
	assert_true(span_is_str(life_now(l, live, NOW_S, &mem), "expired"));
	assert_true(life_is_final(l, span_str("expired")));
	assert_int_equal(life_lapses_at(l, live, &mem), NOW_S);
	/* what has ended stays as it ended */
	assert_true(span_is_str(life_now(l, done, NOW_S + 9, &mem), "done"));
	assert_int_equal(life_lapses_at(l, done, &mem), 0);
}

static void
test_the_time_of_a_claim_is_ahead(void **state)
{
	const struct life *l = kind_find(all, span_str("claim"))->life;
	const struct span claimed = span_str("claimed");
	struct fault f = { 0 };

	(void)state;
	assert_ok(life_check_lapse(l, claimed, body("claimed", NOW_S + 1),
	    NOW_S, &f));
	assert_err(life_check_lapse(l, claimed, body("claimed", NOW_S), NOW_S,
	    &f), ERR_RULE);
	assert_string_equal(f.field, "until");
	assert_ok(life_check_lapse(l, claimed, body("claimed",
	    NOW_S + 7 * 86400), NOW_S, &f));
	assert_err(life_check_lapse(l, claimed, body("claimed",
	    NOW_S + 7 * 86400 + 1), NOW_S, &f), ERR_RULE);
	assert_ok(life_check_lapse(l, span_str("done"), body("done", 1),
	    NOW_S, &f));
}

static struct wall
at(int64_t s)
{
	return (struct wall){ (NOW_S + s) * INT64_C(1000) };
}

static void
test_lapses_are_told_once(void **state)
{
	struct lapse l;

	(void)state;
	lapse_begin(&l, at(0));
	/* of the last hour, not of the year before */
	assert_true(lapse_look(&l, NOW_S - 10, at(0)));
	assert_false(lapse_look(&l, NOW_S - LAPSE_BACK_S, at(0)));
	assert_false(lapse_look(&l, NOW_S + 7, at(0)));
	assert_false(lapse_look(&l, NOW_S + 9, at(0)));
	lapse_end(&l, at(0));
	assert_int_equal(l.wait_ms, 7000);
	assert_false(lapse_look(&l, NOW_S - 10, at(7)));
	assert_true(lapse_look(&l, NOW_S + 7, at(7)));
	lapse_end(&l, at(7));
	assert_false(lapse_look(&l, NOW_S + 7, at(8)));
	assert_true(lapse_look(&l, NOW_S + 9, at(9)));
}

static void
test_a_step_of_the_clock_tells_rather_twice(void **state)
{
	struct lapse l;

	(void)state;
	lapse_begin(&l, at(0));
	assert_true(lapse_look(&l, NOW_S + 60, at(86400)));
	lapse_end(&l, at(86400));
	/* it was wrong: it is live again, and lapses again */
	assert_false(lapse_look(&l, NOW_S + 60, at(1)));
	lapse_end(&l, at(1));
	assert_true(lapse_look(&l, NOW_S + 60, at(60)));
}

static void
test_injects_keep_their_time(void **state)
{
	struct drill d = { .runs = true, .started_s = NOW_S };
	int64_t wait = 60000;

	(void)state;
	assert_false(drill_is_due(&d, 10, at(9), &wait));
	assert_int_equal(wait, 1000);
	assert_true(drill_is_due(&d, 10, at(10), &wait));
	/* what falls due in a pause is played when it goes on */
	d.runs = false;
	wait = 60000;
	assert_false(drill_is_due(&d, 10, at(10), &wait));
	assert_false(drill_is_due(&d, 30, at(10), &wait));
	assert_int_equal(wait, 60000);
	d.runs = true;
	assert_true(drill_is_due(&d, 10, at(500), &wait));
}

static void
test_times_by_state(void **state)
{
	static struct drill_times t;

	(void)state;
	assert_int_equal(drill_median(&t), -1);
	drill_add(&t, NOW_S, NOW_S + 90);
	drill_add(&t, NOW_S, 0);
	/* their clock was behind */
	drill_add(&t, NOW_S, NOW_S - 5);
	drill_add(&t, NOW_S, NOW_S + 30);
	assert_int_equal(t.asked, 4);
	assert_int_equal(t.n, 3);
	assert_int_equal(drill_median(&t), 30);
	assert_int_equal(drill_longest(&t), 90);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_claim_lapses_by_itself),
		cmocka_unit_test(test_the_time_of_a_claim_is_ahead),
		cmocka_unit_test(test_lapses_are_told_once),
		cmocka_unit_test(test_injects_keep_their_time),
		cmocka_unit_test(test_times_by_state),
		cmocka_unit_test(test_a_step_of_the_clock_tells_rather_twice),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
