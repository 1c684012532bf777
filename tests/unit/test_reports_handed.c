/* SPDX-License-Identifier: Apache-2.0
 *
 * Reports that another team hands over: which is which, whatever it says.
 */
#include "cmocka_all.h"

#include "node/reports_inside.h"

#include "base/embed.h"

extern const struct embed_set schema_files;

static bool
is_same(const char *team, const char *number, const char *team_2,
    const char *number_2)
{
	struct uuid a = reports_handed_id(span_str(team), span_str(number));
	struct uuid b = reports_handed_id(span_str(team_2),
	    span_str(number_2));

	return memcmp(&a, &b, sizeof a) == 0;
}

/* A team chooses its numbers: none is one of a team whose name begins so. */
static void
test_id(void **state)
{
	(void)state;
	assert_true(is_same("br", "BR-2026-00001", "br", "BR-2026-00001"));
	assert_false(is_same("br", "BR-2026-00001", "br", "BR-2026-00002"));
	assert_false(is_same("br", "BR-2026-00001", "cl", "BR-2026-00001"));
	assert_false(is_same("br", "-milBR-2026-00001", "br-mil",
	    "BR-2026-00001"));
	assert_false(is_same("br-mil", "BR-2026-00001", "br",
	    "-milBR-2026-00001"));
}

/* A node of another version has other topics: its report is one here too. */
static void
test_topic(void **state)
{
	struct schema *s = NULL;
	struct fault f = { 0 };

	(void)state;
	assert_int_equal(schema_load(&schema_files, &s, &f), ERR_NONE);
	assert_string_equal(reports_handed_topic(s, span_str("locked")),
	    "locked");
	assert_string_equal(reports_handed_topic(s, span_str("drones")),
	    "other");
	assert_string_equal(reports_handed_topic(s, span_str("")), "other");
	schema_free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_id),
		cmocka_unit_test(test_topic) };

	return cmocka_run_group_tests_name("reports_handed", tests, NULL,
	    NULL);
}
