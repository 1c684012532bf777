/* SPDX-License-Identifier: Apache-2.0
 *
 * store/memory: power cuts and damage on demand.
 */
#include "store_world.h"

static void
test_memory_arms(void **state)
{
	struct bed *b = *state;
	uint32_t id = one_log(b->s);
	struct seen seen = { .n = 0 };

	for (uint64_t nth = 1; nth <= 4; nth++) {
		store_memory_arm(b->s, nth, ERR_FULL);
		assert_err(add_entry(b, id, 0, 10), ERR_FULL);
		assert_ok(store_scan_records(b->s, id, 0, 9, see_record,
		    &seen));
		assert_int_equal(seen.n, 0);
	}
	assert_ok(add_entry(b, id, 0, 10));
	store_memory_arm(b->s, 4, ERR_IO);
	assert_err(add_entry(b, id, 1, 10), ERR_IO);
	assert_err(store_begin(b->s), ERR_STATE);
	store_memory_cut(b->s);
	assert_ok(store_scan_records(b->s, id, 0, 9, see_record, &seen));
	assert_int_equal(seen.n, 1);
	store_memory_arm_kept(b->s, 4);
	assert_err(add_entry(b, id, 1, 10), ERR_IO);
	store_memory_cut(b->s);
	seen.n = 0;
	assert_ok(store_scan_records(b->s, id, 0, 9, see_record, &seen));
	assert_int_equal(seen.n, 2);
	assert_ok(add_entry(b, id, 2, 10));
}

static void
test_memory_kill(void **state)
{
	struct bed *b = *state;
	uint32_t id = one_log(b->s);
	struct seen seen = { .n = 0 };

	assert_ok(add_entry(b, id, 0, 10));
	for (uint64_t nth = 1; nth <= 4; nth++) {
		store_memory_kill(b->s, nth);
		assert_err(add_entry(b, id, 1, 10), ERR_IO);
		assert_true(store_memory_is_dead(b->s));
		assert_err(store_scan_records(b->s, id, 0, 9, see_record,
		    &seen), ERR_IO);
		store_memory_revive(b->s);
		seen.n = 0;
		assert_ok(store_scan_records(b->s, id, 0, 9, see_record,
		    &seen));
		assert_int_equal(seen.n, 1);
	}
	assert_ok(add_entry(b, id, 1, 10));
}

static void
test_memory_damage(void **state)
{
	struct bed *b = *state;
	uint32_t id = one_log(b->s);
	struct seen seen = { .n = 0 };
	struct store_body body;
	struct store_head h;
	struct span v;

	assert_ok(store_begin(b->s));
	assert_ok(put_entry(b, id, 0, 100));
	assert_ok(put_document(b->s, "charter", "", 1, "text"));
	assert_ok(store_put_item(b->s, "t", span_str("k"), span_str("v")));
	assert_ok(store_commit(b->s));
	assert_err(store_memory_damage(b->s, STORE_PART_RECORD, id, 1, 0,
	    false), ERR_NOT_FOUND);
	assert_ok(store_memory_damage(b->s, STORE_PART_RECORD, id, 0, 9,
	    false));
	assert_err(store_scan_records(b->s, id, 0, 9, see_record, &seen),
	    ERR_DAMAGED);
	/* written again, it is whole again */
	assert_ok(store_begin(b->s));
	assert_ok(store_put_record(b->s, id, 0, content(&b->a, 0, 66)));
	assert_ok(store_commit(b->s));
	assert_ok(store_scan_records(b->s, id, 0, 9, see_record, &seen));
	assert_false(seen.bad);
	assert_ok(store_memory_damage(b->s, STORE_PART_RECORD, id, 0, 9,
	    true));
	assert_ok(store_scan_records(b->s, id, 0, 9, see_record, &seen));
	assert_true(seen.bad);
	assert_ok(store_memory_damage(b->s, STORE_PART_BODY, id, 0, 3,
	    false));
	assert_err(store_get_body(b->s, id, 0, &b->a, &body), ERR_DAMAGED);
	assert_ok(store_memory_damage(b->s, STORE_PART_HEAD, id, 0, 3,
	    false));
	assert_err(store_get_head(b->s, id, &b->a, &h), ERR_DAMAGED);
	assert_ok(store_memory_damage(b->s, STORE_PART_ITEM, 0, 0, 3, false));
	assert_err(store_get_item(b->s, "t", span_str("k"), &b->a, &v),
	    ERR_DAMAGED);
	assert_ok(store_memory_damage(b->s, STORE_PART_DOCUMENT, 0, 0, 3,
	    false));
	assert_err(store_scan_documents(b->s, see_document, &seen),
	    ERR_DAMAGED);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		IN_MEMORY(test_memory_arms),
		IN_MEMORY(test_memory_kill),
		IN_MEMORY(test_memory_damage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
