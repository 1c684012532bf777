/* SPDX-License-Identifier: Apache-2.0
 *
 * Codes of readers: each finds its own place and no other, no code of another
 * mailing or key does, and to find one takes no more than a few hashes however
 * many readers there are.
 */
#include "watch/mailing_code.h"

#include "base/limits.h"

#include "cmocka_all.h"

/* --- how many hashes --- */

static unsigned macs;

struct digest __real_hash_hmac(const struct hash_key *key, struct span in);
struct digest __wrap_hash_hmac(const struct hash_key *key, struct span in);

struct digest
__wrap_hash_hmac(const struct hash_key *key, struct span in)
{
	macs++;
	return __real_hash_hmac(key, in);
}

static struct uuid
mailing(unsigned char n)
{
	struct uuid id = { { 1, 2, 3 } };

	id.b[15] = n;
	return id;
}

static void
test_a_code_finds_its_place(void **state)
{
	struct hash_key *key = hash_key_create(span_str("key"));
	struct hash_key *other = hash_key_create(span_str("other"));
	struct uuid one = mailing(1), two = mailing(2);
	char code[MAILING_CODE + 1], again[MAILING_CODE + 1];
	size_t at;

	(void)state;
	for (uint32_t i = 0; i < LIMIT_MAILING; i += 997) {
		mailing_code_write(key, &one, i, code);
		assert_int_equal(strlen(code), MAILING_CODE);
		at = SIZE_MAX;
		assert_true(mailing_code_find(key, &one, code, LIMIT_MAILING,
		    &at));
		assert_int_equal(at, i);
		/* the same letter again has the same; nobody else does */
		mailing_code_write(key, &one, i, again);
		assert_string_equal(code, again);
		assert_false(mailing_code_find(key, &two, code,
		    LIMIT_MAILING, &at));
		assert_false(mailing_code_find(other, &one, code,
		    LIMIT_MAILING, &at));
		/* a place that the mailing does not have */
		assert_false(mailing_code_find(key, &one, code, i, &at));
		assert_true(mailing_code_find(key, &one, code, i + 1, &at));
	}
	hash_key_free(key);
	hash_key_free(other);
}

/* One letter off, wherever: of 32 * 10 each is another code, and none is
 * good, as none of 320 by chance would be. */
static void
test_nearly_is_not_it(void **state)
{
	static const char letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
	struct hash_key *key = hash_key_create(span_str("key"));
	struct uuid one = mailing(1);
	char code[MAILING_CODE + 1], wrong[MAILING_CODE + 1];
	size_t at, tried = 0;

	(void)state;
	mailing_code_write(key, &one, 7, code);
	for (size_t i = 0; i < MAILING_CODE; i++)
		for (size_t k = 0; i != 5 && k < 32; k++) {
			if (letters[k] == code[i])
				continue;
			memcpy(wrong, code, sizeof wrong);
			wrong[i] = letters[k];
			assert_false(mailing_code_find(key, &one, wrong,
			    LIMIT_MAILING, &at));
			tried++;
		}
	assert_int_equal(tried, 310);
	assert_false(mailing_code_find(key, &one, "", 9, &at));
	assert_false(mailing_code_find(key, &one, "00000000000", 9, &at));
	assert_false(mailing_code_find(key, &one, "UUUUU-UUUUU", 9, &at));
	assert_false(mailing_code_find(key, &one, "00000-0000", 9, &at));
	hash_key_free(key);
}

/* As it stands in letters that were sent: another form would not be found. */
static void
test_it_stays_what_it_was(void **state)
{
	struct hash_key *key = hash_key_create(span_str("key"));
	struct uuid one = mailing(1);
	char code[MAILING_CODE + 1];

	(void)state;
	mailing_code_write(key, &one, 7, code);
	assert_string_equal(code, "ZNN4P-TPNDV");
	mailing_code_write(key, &one, 99999, code);
	assert_string_equal(code, "8ZAJ0-BKDYW");
	hash_key_free(key);
}

/* Neighbours share nothing that one sees: each of the 50 bits is another in
 * about half of the cases. */
static void
test_neighbours_do_not_tell(void **state)
{
	enum { PAIRS = 2000 };
	static const char letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
	struct hash_key *key = hash_key_create(span_str("key"));
	struct uuid one = mailing(1);
	char code[2][MAILING_CODE + 1];
	unsigned differs[10][5] = { { 0 } };

	(void)state;
	mailing_code_write(key, &one, 0, code[0]);
	for (uint32_t i = 1; i <= PAIRS; i++) {
		mailing_code_write(key, &one, i, code[i & 1]);
		for (size_t k = 0; k < 10; k++) {
			size_t p = k < 5 ? k : k + 1;
			unsigned x = (unsigned)(
			    (strchr(letters, code[0][p]) - letters) ^
			    (strchr(letters, code[1][p]) - letters));

			for (unsigned b = 0; b < 5; b++)
				differs[k][b] += x >> b & 1;
		}
	}
	for (size_t k = 0; k < 10; k++)
		for (size_t b = 0; b < 5; b++)
			assert_in_range(differs[k][b], PAIRS * 2 / 5,
			    PAIRS * 3 / 5);
	hash_key_free(key);
}

/* By trying, one hash a reader; here as many for a hundred as for a hundred
 * thousand. */
static void
test_finding_costs_the_same_for_many(void **state)
{
	struct hash_key *key = hash_key_create(span_str("key"));
	struct uuid one = mailing(1);
	char code[MAILING_CODE + 1];
	unsigned few, many;
	size_t at;

	(void)state;
	mailing_code_write(key, &one, 99, code);
	macs = 0;
	assert_true(mailing_code_find(key, &one, code, 100, &at));
	few = macs;
	mailing_code_write(key, &one, LIMIT_MAILING - 1, code);
	macs = 0;
	assert_true(mailing_code_find(key, &one, code, LIMIT_MAILING, &at));
	many = macs;
	assert_int_equal(few, many);
	assert_in_range(many, 1, MAILING_CODE_ROUNDS);
	assert_true(LIMIT_MAILING / many >= 1000);
	hash_key_free(key);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_code_finds_its_place),
		cmocka_unit_test(test_nearly_is_not_it),
		cmocka_unit_test(test_it_stays_what_it_was),
		cmocka_unit_test(test_neighbours_do_not_tell),
		cmocka_unit_test(test_finding_costs_the_same_for_many)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
