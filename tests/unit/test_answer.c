/* SPDX-License-Identifier: Apache-2.0
 *
 * watch/answer.h: codes, what is refused and why, and how often a wrong one is
 * looked at.
 */
#include "watch/answer.h"

#include "cmocka_all.h"

#include <stdlib.h>

static void
test_codes(void **state)
{
	struct hash_key *key = hash_key_create(span_str("key"));
	struct hash_key *other = hash_key_create(span_str("other"));
	static char seen[2000][ANSWER_CODE + 1];
	struct uuid page = { { 0 } };
	unsigned bits[32] = { 0 };
	char code[ANSWER_CODE + 1];

	(void)state;
	for (unsigned i = 0; i < 2000; i++) {
		static const char letters[] =
		    "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

		page.b[14] = (unsigned char)(i >> 8);
		page.b[15] = (unsigned char)i;
		answer_code_write(key, &page, seen[i]);
		assert_int_equal(strlen(seen[i]), ANSWER_CODE);
		assert_int_equal(seen[i][5], '-');
		for (size_t k = 0; k < ANSWER_CODE; k++)
			if (k != 5) {
				const char *at = strchr(letters, seen[i][k]);

				assert_non_null(at);
				bits[at - letters]++;
			}
	}
	/* the same again, another under another key, no two the same */
	answer_code_write(key, &page, code);
	assert_string_equal(code, seen[1999]);
	answer_code_write(other, &page, code);
	assert_string_not_equal(code, seen[1999]);
	qsort(seen, 2000, sizeof *seen,
	    (int (*)(const void *, const void *))strcmp);
	for (unsigned i = 1; i < 2000; i++)
		assert_string_not_equal(seen[i - 1], seen[i]);
	/* each letter about 625 times */
	for (unsigned i = 0; i < 32; i++)
		assert_in_range(bits[i], 500, 750);
	hash_key_free(key);
	hash_key_free(other);
}

static struct answer_facts
good(void)
{
	return (struct answer_facts){ .is_found = true, .is_hers = true,
		.has_notice = true, .is_active = true, .is_standing = true,
		.was_shown = true, .page_s = 1000, .until_s = 2000 };
}

static void
test_verdicts(void **state)
{
	struct answer_facts f = good();

	(void)state;
	assert_int_equal(answer_judge(&f, 1500), ANSWER_GOOD);
	/* it lives longer than its page, but not for ever */
	assert_int_equal(answer_judge(&f, 2000 + ANSWER_GRACE_S - 1),
	    ANSWER_GOOD);
	assert_int_equal(answer_judge(&f, 2000 + ANSWER_GRACE_S),
	    ANSWER_EXPIRED);
	f.until_s = INT64_C(1) << 40;
	assert_int_equal(answer_judge(&f, 1000 + ANSWER_LIFE_S - 1),
	    ANSWER_GOOD);
	assert_int_equal(answer_judge(&f, 1000 + ANSWER_LIFE_S),
	    ANSWER_WRONG);
#define ONE(member, value, verdict)                                 \
	f = good();                                                 \
	f.member = value;                                           \
	assert_int_equal(answer_judge(&f, 1500), verdict);          \
	assert_int_not_equal(strlen(answer_verdict_word(verdict)), 0)
	ONE(is_found, false, ANSWER_WRONG);
	ONE(is_hers, false, ANSWER_OTHER);
	ONE(has_notice, false, ANSWER_NOTHING);
	ONE(is_active, false, ANSWER_STRANGER);
	ONE(is_used, true, ANSWER_USED);
	ONE(is_standing, false, ANSWER_GONE);
	ONE(was_shown, false, ANSWER_UNSEEN);
	/* a test proves, and asks for nothing else */
	f = good();
	f.has_notice = f.is_standing = f.was_shown = false;
	assert_int_equal(answer_judge(&f, 1500), ANSWER_NOTHING);
	f.is_test = true;
	assert_int_equal(answer_judge(&f, 1500), ANSWER_PROVED);
	f.is_hers = false;
	assert_int_equal(answer_judge(&f, 1500), ANSWER_OTHER);
	/* nothing is told of a code that is not hers */
	f = good();
	f.is_hers = false;
	f.is_used = true;
	f.was_shown = false;
	assert_int_equal(answer_judge(&f, 1500), ANSWER_OTHER);
}

static void
source(unsigned n, unsigned char out[ANSWER_SOURCE])
{
	memset(out, 0, ANSWER_SOURCE);
	out[0] = (unsigned char)(n + 1);
	out[1] = (unsigned char)((n + 1) >> 8);
}

static void
test_one_source(void **state)
{
	static struct answer_guard g;
	unsigned char a[ANSWER_SOURCE], b[ANSWER_SOURCE];
	struct mono now = { 1000000 };

	(void)state;
	memset(&g, 0, sizeof g);
	source(1, a);
	source(2, b);
	for (int i = 0; i < 5; i++) {
		assert_true(answer_guard_allows(&g, a, now));
		assert_int_equal(answer_guard_refused(&g, a, now), i == 4);
	}
	assert_false(answer_guard_allows(&g, a, now));
	assert_true(answer_guard_allows(&g, b, now)); /* not the other */
	now.ms += 59999;
	assert_false(answer_guard_allows(&g, a, now));
	now.ms += 1;
	assert_true(answer_guard_allows(&g, a, now));
	assert_true(answer_guard_refused(&g, a, now));
	now.ms += 3600000;
	for (int i = 0; i < 5; i++)
		assert_int_equal(answer_guard_refused(&g, a, now), i == 4);
}

/* A day of guesses from ever new sources. */
static void
test_all_sources(void **state)
{
	static struct answer_guard g;
	struct mono now = { 5 };
	unsigned looked = 0;

	(void)state;
	memset(&g, 0, sizeof g);
	for (unsigned n = 0; now.ms < 86400000; n++, now.ms += 500) {
		unsigned char of[ANSWER_SOURCE];

		source(n % 60000, of);
		if (!answer_guard_allows(&g, of, now))
			continue;
		looked++;
		(void)answer_guard_refused(&g, of, now);
	}
	/* 60 at once and one each 10 s of a day */
	assert_in_range(looked, 8640, 8701);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_codes),
		cmocka_unit_test(test_verdicts),
		cmocka_unit_test(test_one_source),
		cmocka_unit_test(test_all_sources),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
