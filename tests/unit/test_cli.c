/* SPDX-License-Identifier: Apache-2.0
 *
 * The command line's pure parts: options, suggestions, tables.
 */
#include "cmocka_all.h"

#include "cli/args.h"
#include "cli/screen.h"
#include "cli/table.h"

#include <string.h>

static const struct option own[] = {
	{ "title", 't', "TEXT", { { "", "", "", "" } } },
	{ "yes", 'y', NULL, { { "", "", "", "" } } },
	{ NULL, 0, NULL, { { NULL, NULL, NULL, NULL } } }
};

static void
test_args(void **state)
{
	static const char *const words[] = { "a", "--title", "x", "--title=y",
		"-t", "z", "-y", "--json", "b", "--", "--title", "-" };
	struct args a;

	(void)state;
	assert_int_equal(args_parse(words, 12, own, &a, NULL), ERR_NONE);
	assert_int_equal(a.count, 4);
	assert_string_equal(a.operand[2], "--title");
	assert_string_equal(a.operand[3], "-");
	assert_string_equal(args_find(&a, "title"), "z");
	assert_string_equal(args_find_at(&a, "title", 0), "x");
	assert_string_equal(args_find_at(&a, "title", 1), "y");
	assert_null(args_find_at(&a, "title", 3));
	assert_true(args_has(&a, "yes") && args_has(&a, "json"));
	assert_false(args_has(&a, "quiet"));
	args_release(&a);
}

static void
test_args_refused(void **state)
{
	static const struct {
		const char *word, *rule;
	} cases[] = {
		{ "--titel", "there is no such option; did you mean --title?" },
		{ "--zzzzzzzz", "there is no such option" },
		{ "--title", "needs a value: TEXT" },
		{ "-t", "needs a value: TEXT" },
		{ "--yes=1", "takes no value" },
		{ "-x", "there is no such option" },
		{ "-ty", "there is no such option" }
	};
	struct args a = { .count = 7 };
	struct fault f;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		assert_int_equal(args_parse(&cases[i].word, 1, own, &a, &f),
		    ERR_USAGE);
		assert_string_equal(f.field, cases[i].word);
		assert_string_equal(f.rule, cases[i].rule);
		assert_int_equal(a.count, 7);
	}
}

static void
test_args_number(void **state)
{
	static const char *const good[] = { "0", "10" },
	    *const bad[] = { "", "-1", "+1", " 1", "1x", "11", "0x1",
		"99999999999999999999" };
	const char *words[] = { "--title", NULL };
	unsigned long v = 5;
	struct args a;

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		words[1] = good[i];
		assert_int_equal(args_parse(words, 2, own, &a, NULL),
		    ERR_NONE);
		assert_int_equal(args_number(&a, "title", 0, 10, &v, NULL),
		    ERR_NONE);
		assert_int_equal(v, i * 10);
		args_release(&a);
	}
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		words[1] = bad[i];
		assert_int_equal(args_parse(words, 2, own, &a, NULL),
		    ERR_NONE);
		assert_int_equal(args_number(&a, "title", 0, 10, &v, NULL),
		    ERR_USAGE);
		assert_int_equal(v, 10);
		args_release(&a);
	}
}

static void
test_distance(void **state)
{
	(void)state;
	assert_int_equal(args_distance("inbox", "inbox"), 0);
	assert_int_equal(args_distance("inbxo", "inbox"), 1);
	assert_int_equal(args_distance("inbo", "inbox"), 1);
	assert_int_equal(args_distance("xinbox", "inbox"), 1);
	assert_int_equal(args_distance("inbux", "inbox"), 1);
	assert_int_equal(args_distance("", "abc"), 3);
	assert_true(args_distance("0123456789012345678901234567890123",
	    "a") >= 32);
}

static void
fill(struct table *t, const struct term *term)
{
	static const char *const heads[] = { "Id", "Title", NULL };

	table_init(t, term, heads);
	table_put(t, span_str("0417"), STYLE_BOLD);
	table_put_str(t, "Cifrado de servidores en curso");
	table_put_u64(t, 18);
	table_put_str(t, "Tab\there,\nescape \033[31m");
}

static void
assert_table(const struct term *term, const char *expected)
{
	struct table t;
	struct buf b;

	fill(&t, term);
	assert_int_equal(table_rows(&t), 2);
	buf_init(&b, 4096);
	table_write(&t, &b);
	assert_string_equal(buf_str(&b), expected);
	buf_release(&b);
	table_release(&t);
}

/* In a pipe: whole values, no head, no colour, no control characters. */
static void
test_table_pipe(void **state)
{
	const struct term term = { 0 };

	(void)state;
	assert_table(&term, "0417\tCifrado de servidores en curso\n"
	    "18\tTab here, escape \xef\xbf\xbd[31m\n");
}

static void
test_table_cut(void **state)
{
	const struct term term = { .columns = 20 };

	(void)state;
	assert_table(&term, "Id    Title\n"
	    "0417  Cifrado de se\xe2\x80\xa6\n"
	    "18    Tab here, esc\xe2\x80\xa6\n");
}

static void
test_table_colour(void **state)
{
	const struct term term = { .columns = 60, .colour = true };

	(void)state;
	assert_table(&term, "\033[1mId\033[0m    \033[1mTitle\033[0m\n"
	    "\033[1m0417\033[0m  Cifrado de servidores en curso\n"
	    "18    Tab here, escape \xef\xbf\xbd[31m\n");
}

static void
test_colours(void **state)
{
	struct term t;

	(void)state;
	unsetenv("NO_COLOR");
	setenv("CLICOLOR_FORCE", "1", 1);
	term_init(&t);
	assert_true(t.colour);
	setenv("NO_COLOR", "1", 1);
	term_init(&t);
	assert_false(t.colour);
	setenv("CLICOLOR_FORCE", "0", 1);
	unsetenv("NO_COLOR");
	assert_false(term_is_set("CLICOLOR_FORCE"));
}

/* A line that wraps takes two rows; colours take no room; what does not fit is
 * counted by lines. */
static void
test_screen_fit(void **state)
{
	static const char text[] = "\033[31mshort\033[0m\n"
	    "ninety-nine\n"
	    "\n"
	    "más ñandúes\n"
	    "last";
	const size_t two = strlen("\033[31mshort\033[0m\nninety-nine\n");
	size_t left;

	(void)state;
	assert_int_equal(screen_fit(text, strlen(text), 11, 5, &left),
	    strlen(text));
	assert_int_equal(left, 0);
	assert_int_equal(screen_fit(text, strlen(text), 11, 2, &left), two);
	assert_int_equal(left, 3);
	assert_int_equal(screen_fit(text, strlen(text), 10, 3, &left), two);
	assert_int_equal(left, 3);
	assert_int_equal(screen_fit(text, strlen(text), 10, 2, &left),
	    strlen("\033[31mshort\033[0m\n"));
	assert_int_equal(left, 4);
	assert_int_equal(screen_fit("", 0, 10, 2, &left), 0);
	assert_int_equal(left, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_args),
		cmocka_unit_test(test_args_refused),
		cmocka_unit_test(test_args_number),
		cmocka_unit_test(test_distance),
		cmocka_unit_test(test_table_pipe),
		cmocka_unit_test(test_table_cut),
		cmocka_unit_test(test_table_colour),
		cmocka_unit_test(test_colours),
		cmocka_unit_test(test_screen_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
