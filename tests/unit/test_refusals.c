/* SPDX-License-Identifier: Apache-2.0
 *
 * node/refusals: the table is in order, and each row says the same with the
 * same conversions in four languages.
 */
#include "node/refusals.h"

#include "cmocka_all.h"

#include <string.h>

static const struct names rows[] = {
#define REFUSAL(en, es, pt, fr) { { en, es, pt, fr } },
#include "node/refusals.def"
#undef REFUSAL
};

enum { ROWS = sizeof rows / sizeof rows[0] };

/* "%.40s is not %u" -> "%.40s%u" */
static void
conversions(const char *s, char out[256])
{
	size_t n = 0;

	for (; *s != '\0'; s++) {
		if (*s != '%')
			continue;
		do {
			assert_true(n < 255);
			out[n++] = *s++;
		} while (*s != '\0' && strchr("sduz%lu", *s) == NULL);
		out[n++] = *s;
	}
	out[n] = '\0';
}

static void
test_the_rows_are_in_order(void **state)
{
	(void)state;
	for (size_t i = 1; i < ROWS; i++)
		if (strcmp(rows[i - 1].in[LANG_EN], rows[i].in[LANG_EN]) >= 0)
			fail_msg("out of order: %s", rows[i].in[LANG_EN]);
}

static void
test_each_has_the_same_conversions(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS; i++) {
		char first[256], other[256];

		conversions(rows[i].in[LANG_EN], first);
		for (enum lang l = 0; l < LANG_COUNT; l++) {
			const char *text = rows[i].in[l];
			size_t n = strlen(text);

			conversions(text, other);
			if (n == 0 || text[n - 1] == ' ' || text[n - 1] == '.' ||
			    strcmp(first, other) != 0)
				fail_msg("%s", text);
		}
	}
}

static void
test_a_sentence_is_found(void **state)
{
	static const char none[] = "nobody has ever said this";

	(void)state;
	for (size_t i = 0; i < ROWS; i++)
		for (enum lang l = 0; l < LANG_COUNT; l++)
			assert_string_equal(refusals_find(rows[i].in[LANG_EN],
			    l), rows[i].in[l]);
	assert_ptr_equal(refusals_find(none, LANG_FR), none);
	assert_string_equal(refusals_find("there is no such person", LANG_ES),
	    "no existe esa persona");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_rows_are_in_order),
		cmocka_unit_test(test_each_has_the_same_conversions),
		cmocka_unit_test(test_a_sentence_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
