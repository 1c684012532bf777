/* SPDX-License-Identifier: Apache-2.0
 *
 * watch/sweep: what is named stays, what is not goes in time, and more than
 * fit into a pass take turns.
 */
#include "watch/sweep.h"

#include "cmocka_all.h"

#include <string.h>

static struct digest
name_of(unsigned i)
{
	unsigned char b[4] = { (unsigned char)(i >> 24),
		(unsigned char)(i >> 16), (unsigned char)(i >> 8),
		(unsigned char)i };

	return hash_sha256(span_of(b, sizeof b));
}

static struct uuid
id_of(unsigned i)
{
	struct uuid id = { { 1 } };

	id.b[13] = (unsigned char)(i >> 16);
	id.b[14] = (unsigned char)(i >> 8);
	id.b[15] = (unsigned char)i;
	return id;
}

static void
fill(struct sweep *s, unsigned n)
{
	sweep_reset(s);
	for (unsigned i = 0; i < n; i++)
		sweep_count(s, 10);
	for (unsigned i = 0; i < n; i++) {
		struct digest d = name_of(i);

		sweep_put(s, &d, 10);
	}
	sweep_begin(s);
}

static void
test_named_and_not(void **state)
{
	struct sweep s = { 0 };
	struct digest stranger = name_of(99), one = name_of(1),
		      two = name_of(2), zero = name_of(0);
	const struct sweep_blob *b;
	size_t at = 0;

	(void)state;
	fill(&s, 3);
	assert_int_equal(s.bytes, 30);
	sweep_name(&s, &stranger);
	sweep_name(&s, &one);
	sweep_name(&s, &one);
	assert_false(sweep_is_idle(&s));
	sweep_name(&s, &two);
	b = sweep_next(&s, &at);
	assert_non_null(b);
	assert_true(digest_is_equal(&b->name, &zero));
	assert_null(sweep_next(&s, &at));
	sweep_name(&s, &b->name);
	assert_true(sweep_is_idle(&s));
	sweep_release(&s);
}

static void
test_turns(void **state)
{
	enum { MANY = 3 * SWEEP_MOST };
	static bool seen[MANY];
	struct sweep s = { 0 };
	size_t n = 0;

	(void)state;
	for (unsigned turn = 0; turn < 4; turn++) {
		fill(&s, MANY);
		assert_in_range(s.n, SWEEP_MOST / 2, SWEEP_MOST);
		for (unsigned i = 0; i < MANY; i++)
			for (size_t lo = 0, hi = s.n; lo < hi;) {
				size_t mid = (lo + hi) / 2;
				struct digest d = name_of(i);
				int c = memcmp(d.b, s.blob[mid].name.b, 32);

				n += c == 0 && !seen[i];
				seen[i] |= c == 0;
				lo = c > 0 ? mid + 1 : lo;
				hi = c > 0 ? hi : c < 0 ? mid : lo;
			}
	}
	assert_int_equal(n, MANY);
	sweep_release(&s);
}

static void
test_drafts(void **state)
{
	struct sweep s = { 0 };
	struct uuid a = id_of(1), b = id_of(2), far = id_of(1 + 65536);

	(void)state;
	assert_false(sweep_is_draft_old(&s, &a, 2));
	assert_true(sweep_is_draft_old(&s, &a, 1));
	assert_true(sweep_is_draft_old(&s, &a, 0));
	/* behind the first revision comes none: it takes no room */
	assert_false(sweep_is_draft_old(&s, &b, 0));
	assert_int_equal(s.draft_n, 1);
	assert_false(sweep_is_draft_old(&s, &far, 1)); /* the same slot */
	assert_true(sweep_is_draft_old(&s, &far, 0));
	for (unsigned i = 0; i < SWEEP_DRAFTS + 9; i++) {
		struct uuid id = id_of(i + 70000);

		assert_false(sweep_is_draft_old(&s, &id, 1));
	}
	assert_int_equal(s.draft_n, SWEEP_DRAFTS);
	sweep_release(&s);
}

static void
test_verdicts(void **state)
{
	struct wall now = { 1000000000000 };
	int64_t s = now.ms / 1000;

	(void)state;
	assert_int_equal(sweep_judge(true, 1, now, true), SWEEP_KEEP);
	assert_int_equal(sweep_judge(false, 0, now, true), SWEEP_MARK);
	assert_int_equal(sweep_judge(false, s + 1, now, true), SWEEP_MARK);
	assert_int_equal(sweep_judge(false, s - SWEEP_GRACE_S + 1, now, true),
	    SWEEP_WAIT);
	assert_int_equal(sweep_judge(false, s - SWEEP_GRACE_S, now, true),
	    SWEEP_REMOVE);
	assert_int_equal(sweep_judge(false, 1, now, false), SWEEP_WAIT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_named_and_not),
		cmocka_unit_test(test_turns),
		cmocka_unit_test(test_drafts),
		cmocka_unit_test(test_verdicts),
	};

	return cmocka_run_group_tests_name("sweep", tests, NULL, NULL);
}
