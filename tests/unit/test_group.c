/* SPDX-License-Identifier: Apache-2.0
 *
 * Groups: what is one, who is in it, what may go to it.
 */
#include "record/group.h"

#include "base/limits.h"

#include "cmocka_all.h"

static struct arena arena;

static enum err
parse(const char *text, struct group *out, struct fault *f)
{
	struct json *doc = arena_alloc(&arena, sizeof *doc);

	assert_ok(json_parse_arena(span_str(text), LIMIT_JSON_DEPTH,
	    LIMIT_JSON_TOKENS, &arena, doc, NULL));
	return group_parse(json_root(doc), &arena, out, f);
}

#define BODY(name, ceiling, members)                                          \
	"{\"state\":\"active\",\"name\":" name ",\"ceiling\":" ceiling        \
	",\"members\":" members "}"

static void
test_what_is_one(void **state)
{
	static const struct {
		const char *text, *field;
	} bad[] = {
		{ "{}", "name" },
		{ BODY("\"Big One\"", "\"TLP:AMBER\"", "[\"br\"]"), "name" },
		{ BODY("\"x\"", "\"TLP:AMBER\"", "[\"br\"]"), "name" },
		{ BODY("\"can\"", "\"AMBER\"", "[\"br\"]"), "ceiling" },
		{ BODY("\"can\"", "\"TLP:CLEAR\"", "[\"br\"]"), "ceiling" },
		{ BODY("\"can\"", "\"TLP:RED\"", "[]"), "members" },
		{ BODY("\"can\"", "\"TLP:RED\"", "\"br\""), "members" },
		{ BODY("\"can\"", "\"TLP:RED\"", "[\"br\",7]"), "members" },
		{ BODY("\"can\"", "\"TLP:RED\"", "[\"BR\"]"), "members" },
	};
	struct group g = { .n = 77 };

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct fault f = { 0 };

		assert_err(parse(bad[i].text, &g, &f), ERR_SCHEMA);
		assert_string_equal(f.field, bad[i].field);
		assert_int_equal(g.n, 77);
	}
	assert_ok(parse(BODY("\"can\"", "\"TLP:AMBER\"",
	    "[\"pe\",\"bo\",\"pe\"]"), &g, NULL));
	assert_int_equal(g.n, 2);
	assert_true(span_is_str(g.member[0], "bo"));
	assert_false(g.closed);
	assert_ok(parse("{\"state\":\"closed\",\"name\":\"can\",\"ceiling\":"
	    "\"TLP:RED\",\"members\":[\"pe\"]}", &g, NULL));
	assert_true(g.closed);
}

static void
test_who_has_left(void **state)
{
	const struct span left[] = { span_str("bo"), span_str("xx") };
	struct group g;

	(void)state;
	assert_ok(parse(BODY("\"can\"", "\"TLP:AMBER\"",
	    "[\"pe\",\"bo\",\"ec\"]"), &g, NULL));
	assert_true(group_has(&g, span_str("bo")));
	assert_int_equal(group_drop(&g, left, 2), 2);
	assert_false(group_has(&g, span_str("bo")));
	assert_true(group_has(&g, span_str("ec")));
	assert_true(group_has(&g, span_str("pe")));
	assert_int_equal(group_drop(&g, g.member, 2), 0);
}

static void
test_its_ceiling(void **state)
{
	struct group g = { .name = span_str("can"), .ceiling = TLP_AMBER };
	struct fault f = { 0 };

	(void)state;
	for (int t = TLP_CLEAR; t < TLP_COUNT; t++)
		assert_err(group_check(&g, (enum tlp)t, &f),
		    t <= TLP_AMBER ? ERR_NONE : ERR_RULE);
	assert_non_null(strstr(f.rule, "can"));
	assert_non_null(strstr(f.rule, "TLP:AMBER"));
}

static void
test_its_name(void **state)
{
	struct span name, owner;

	(void)state;
	assert_true(group_split(span_str("can"), &name, &owner));
	assert_true(span_is_str(name, "can") && owner.n == 0);
	assert_true(group_split(span_str("can@pe"), &name, &owner));
	assert_true(span_is_str(name, "can") && span_is_str(owner, "pe"));
	assert_false(group_split(span_str(""), &name, &owner));
	assert_false(group_split(span_str("@pe"), &name, &owner));
	assert_false(group_split(span_str("can@"), &name, &owner));
	assert_false(group_split(span_str("can@pe@ec"), &name, &owner));
	assert_false(group_split(span_str("CAN"), &name, &owner));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_one),
		cmocka_unit_test(test_who_has_left),
		cmocka_unit_test(test_its_ceiling),
		cmocka_unit_test(test_its_name),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	arena_release(&arena);
	return failed;
}
