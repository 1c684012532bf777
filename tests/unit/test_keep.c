/* SPDX-License-Identifier: Apache-2.0
 *
 * How long records are kept, and what holds them back.
 */
#include "rules/keep.h"

#include "cmocka_all.h"

enum { DAY = 86400, NOW = 1795262400 };

static struct arena arena;

static const struct rules *
rules_of(const char *text)
{
	const struct rules *r = NULL;

	assert_ok(rules_parse(span_str(text), NULL, &arena, &r, NULL));
	return r;
}

static struct keep_answer
decide(const char *text, const struct keep_facts *f)
{
	struct keep_answer a;

	keep_decide(text != NULL ? rules_of(text) : NULL, f,
	    (struct wall){ (int64_t)NOW * 1000 }, &a);
	return a;
}

static struct keep_facts
warning(int64_t age_days)
{
	return (struct keep_facts){ .kind = span_str("warning"),
		.tlp = TLP_GREEN, .newest_s = NOW - age_days * DAY };
}

static void
test_line_says_when(void **state)
{
	static const char text[] = "allow release any to all\n"
	    "keep warning at least red 10 days\n"
	    "keep warning 2 months\nkeep any forever\n";
	struct keep_facts f = warning(61);
	struct keep_answer a;

	(void)state;
	assert_int_equal(decide(NULL, &f).why, KEEP_NO_LINE);
	assert_int_equal(decide("keep watch 1 day\n", &f).why, KEEP_NO_LINE);
	a = decide(text, &f);
	assert_int_equal(a.why, KEEP_NOT_YET);
	assert_int_equal(a.line, 3);
	assert_int_equal(a.due_s, f.newest_s + 62 * DAY);
	assert_true(span_is_str(a.text, "keep warning 2 months"));
	f = warning(62); /* to the second */
	assert_int_equal(decide(text, &f).why, KEEP_GOES);
	f.newest_s++;
	assert_int_equal(decide(text, &f).why, KEEP_NOT_YET);
	f = warning(11);
	f.tlp = TLP_RED;
	a = decide(text, &f);
	assert_int_equal(a.why, KEEP_GOES);
	assert_int_equal(a.line, 2);
	f.kind = span_str("watch");
	assert_int_equal(decide(text, &f).why, KEEP_NO_LINE);
}

static void
test_each_reason_holds_back(void **state)
{
	static const char text[] = "keep any 1 day\n";
	struct keep_facts f = warning(2);

	(void)state;
	assert_int_equal(decide(text, &f).why, KEEP_GOES);
	f.owed = true;
	assert_int_equal(decide(text, &f).why, KEEP_OWED);
	f.held = true;
	assert_int_equal(decide(text, &f).why, KEEP_HELD);
	f.in_case = true;
	assert_int_equal(decide(text, &f).why, KEEP_CASE);
	f.open = true;
	assert_int_equal(decide(text, &f).why, KEEP_OPEN);
	f.embargoed = true;
	assert_int_equal(decide(text, &f).why, KEEP_EMBARGO);
	f.needed = true;
	assert_int_equal(decide(text, &f).why, KEEP_NEEDED);
	f.newest_s = NOW;
	assert_int_equal(decide(text, &f).why, KEEP_NOT_YET);
}

static void
test_asks_only_where_a_line_ends(void **state)
{
	(void)state;
	assert_false(keep_is_asked(NULL));
	assert_false(keep_is_asked(rules_of("allow release any to all\n")));
	assert_false(keep_is_asked(rules_of("keep any forever\n")));
	assert_true(keep_is_asked(rules_of("keep audit 10 years\n")));
}

static void
test_every_reason_has_words(void **state)
{
	struct schema *s = NULL;

	(void)state;
	assert_ok(schema_load(&schema_files, &s, NULL));
	for (unsigned w = 0; w < KEEP_WHYS; w++)
		for (unsigned l = 0; l < LANG_COUNT; l++)
			assert_string_not_equal(keep_why(s, (enum keep_why)w,
			    (enum lang)l), keep_why_token((enum keep_why)w));
	schema_free(s);
}

static int
forget(void **state)
{
	(void)state;
	arena_release(&arena);
	return 0;
}

#define TEST(fn) cmocka_unit_test_teardown(fn, forget)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_line_says_when),
		TEST(test_each_reason_holds_back),
		TEST(test_asks_only_where_a_line_ends),
		TEST(test_every_reason_has_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
