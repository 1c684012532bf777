/* SPDX-License-Identifier: Apache-2.0
 *
 * store/: every sentence of store.h, on each store.
 */
#include "store_world.h"

static void
test_transactions(void **state)
{
	struct bed *b = *state;
	struct store *s = b->s;
	struct store_log l;
	struct span v;
	uint32_t id;

	assert_err(store_commit(s), ERR_STATE);
	store_rollback(s);
	assert_err(store_add_log(s, STORE_OWN, span_str("x"), &l), ERR_STATE);
	assert_err(store_put_item(s, "t", span_str("k"), span_str("v")),
	    ERR_STATE);
	assert_ok(store_begin(s));
	assert_err(store_begin(s), ERR_STATE);
	id = add_log(s, STORE_OWN, "log.bol");
	assert_ok(put_entry(b, id, 0, 100));
	assert_ok(store_put_item(s, "t", span_str("k"), span_str("v")));
	assert_ok(store_get_item(s, "t", span_str("k"), &b->a, &v));
	assert_true(span_is_str(v, "v"));
	store_rollback(s);
	assert_err(store_get_item(s, "t", span_str("k"), &b->a, &v),
	    ERR_NOT_FOUND);
	assert_ok(store_begin(s));
	assert_err(store_put_record(s, id, 0, span_str("r")), ERR_NOT_FOUND);
	assert_ok(store_put_item(s, "t", span_str("k"), span_str("w")));
	assert_ok(store_commit(s));
	assert_err(store_commit(s), ERR_STATE);
	bed_reopen(b);
	assert_ok(store_get_item(b->s, "t", span_str("k"), &b->a, &v));
	assert_true(span_is_str(v, "w"));
	/* undo restores what was replaced and what was removed */
	assert_ok(store_begin(b->s));
	assert_ok(store_put_item(b->s, "t", span_str("k"), span_str("x")));
	assert_ok(store_put_item(b->s, "t", span_str("k"), span_str("")));
	assert_err(store_get_item(b->s, "t", span_str("k"), &b->a, &v),
	    ERR_NOT_FOUND);
	store_rollback(b->s);
	assert_ok(store_get_item(b->s, "t", span_str("k"), &b->a, &v));
	assert_true(span_is_str(v, "w"));
	/* left open: gone */
	assert_ok(store_begin(b->s));
	assert_ok(store_put_item(b->s, "t", span_str("k"), span_str("x")));
	bed_reopen(b);
	assert_ok(store_get_item(b->s, "t", span_str("k"), &b->a, &v));
	assert_true(span_is_str(v, "w"));
}

static void
test_logs_and_heads(void **state)
{
	struct bed *b = *state;
	struct store_head h = { .size = 0 }, got;
	struct seen seen = { .n = 0 };
	struct digest empty = hash_sha256(span_of(NULL, 0));
	struct store_log l;
	uint32_t own;

	assert_ok(store_begin(b->s));
	own = add_log(b->s, STORE_OWN, "log.bol");
	assert_int_equal(add_log(b->s, STORE_PRIVATE, "private"), own + 1);
	assert_int_equal(add_log(b->s, STORE_MIRROR, "log.per"), own + 2);
	assert_ok(store_commit(b->s));
	assert_int_equal(add_log(b->s, STORE_PRIVATE, "private"), own + 1);
	assert_err(store_add_log(b->s, STORE_MIRROR, span_str("log.bol"), &l),
	    ERR_CONFLICT);
	assert_err(store_get_head(b->s, own + 3, &b->a, &got), ERR_NOT_FOUND);
	assert_ok(store_get_head(b->s, own, &b->a, &got));
	assert_int_equal(got.size, 0);
	assert_int_equal(got.frontier.n + got.checkpoint.n, 0);
	assert_true(digest_is_equal(&got.root, &empty));
	assert_ok(add_entry(b, own, 6, 10));
	bed_reopen(b);
	assert_ok(store_scan_logs(b->s, see_log, &seen));
	assert_string_equal(seen.text, "1:0:log.bol 2:1:private 3:2:log.per ");
	assert_ok(store_get_head(b->s, own, &b->a, &got));
	assert_int_equal(got.size, 7);
	assert_int_equal(got.checkpoint_size, 6);
	assert_int_equal(got.cosigned_size, 6);
	assert_int_equal(got.cosigned_time_s, 5);
	assert_int_equal(got.bodies_low, 2);
	assert_int_equal(got.flags, STORE_CLOSED);
	assert_true(span_is_str(got.checkpoint, "note"));
	assert_true(span_is_equal(got.frontier, content(&b->a, 6, 320)));
	empty = hash_sha256(content(&b->a, 6, 10));
	assert_true(digest_is_equal(&got.root, &empty));
	assert_ok(store_begin(b->s));
	h.frontier = content(&b->a, 0, STORE_FRONTIER_MAX + 1);
	assert_err(store_put_head(b->s, own, &h), ERR_LIMIT);
	h.frontier.n = STORE_FRONTIER_MAX;
	assert_ok(store_put_head(b->s, own, &h));
	assert_err(store_put_head(b->s, own + 3, &h), ERR_NOT_FOUND);
	store_rollback(b->s);
}

static void
test_records(void **state)
{
	struct bed *b = *state;
	uint32_t id = one_log(b->s), other;
	struct seen seen = { .n = 0 };

	assert_ok(store_begin(b->s));
	other = add_log(b->s, STORE_MIRROR, "log.per");
	for (uint64_t i = 0; i < 300; i++) {
		/* out of order: a mirror fills from both ends */
		uint64_t at = i % 2 == 0 ? i / 2 : 299 - i / 2;

		assert_ok(store_put_record(b->s, id, at,
		    content(&b->a, at, 66)));
	}
	assert_ok(store_put_record(b->s, other, 5, content(&b->a, 5, 66)));
	assert_ok(store_put_record(b->s, id, 7, content(&b->a, 7, 66)));
	assert_err(store_put_record(b->s, id, 7, content(&b->a, 8, 66)),
	    ERR_CONFLICT);
	assert_err(store_put_record(b->s, id, 7, content(&b->a, 7, 65)),
	    ERR_CONFLICT);
	assert_err(store_put_record(b->s, id, 400, content(&b->a, 8, 67)),
	    ERR_LIMIT);
	assert_err(store_put_record(b->s, id, UINT64_MAX, span_str("x")),
	    ERR_LIMIT);
	/* a refusal does not spoil the transaction */
	assert_ok(store_commit(b->s));
	bed_reopen(b);
	assert_ok(store_scan_records(b->s, id, 0, UINT64_MAX, see_record,
	    &seen));
	assert_int_equal(seen.n, 300);
	assert_false(seen.bad);
	seen = (struct seen){ .first = 10 };
	assert_ok(store_scan_records(b->s, id, 10, 20, see_record, &seen));
	assert_int_equal(seen.n, 20);
	assert_false(seen.bad);
	seen = (struct seen){ .stop_at = 3 };
	assert_ok(store_scan_records(b->s, id, 0, 20, see_record, &seen));
	assert_int_equal(seen.n, 3);
	seen = (struct seen){ .first = 5 };
	assert_ok(store_scan_records(b->s, other, 0, 900, see_record, &seen));
	assert_int_equal(seen.n, 1);
	assert_false(seen.bad);
	assert_ok(store_scan_records(b->s, id, 0, 0, see_record, &seen));
	assert_ok(store_scan_records(b->s, 77, 0, 9, see_record, &seen));
	assert_int_equal(seen.n, 1);
}

static void
test_nodes(void **state)
{
	struct bed *b = *state;
	uint32_t id = one_log(b->s);
	struct digest d = hash_sha256(span_str("a")), got;
	struct digest other = hash_sha256(span_str("b"));

	assert_ok(store_begin(b->s));
	assert_ok(store_put_node(b->s, id, 1, 0, &d));
	assert_ok(store_put_node(b->s, id, 1, 0, &d));
	assert_err(store_put_node(b->s, id, 1, 0, &other), ERR_CONFLICT);
	assert_ok(store_put_node(b->s, id, 2, 0, &other));
	assert_err(store_put_node(b->s, id, 0, 0, &other), ERR_LIMIT);
	assert_err(store_put_node(b->s, id + 1, 1, 0, &d), ERR_NOT_FOUND);
	assert_ok(store_commit(b->s));
	bed_reopen(b);
	assert_ok(store_get_node(b->s, id, 1, 0, &got));
	assert_true(digest_is_equal(&got, &d));
	assert_ok(store_get_node(b->s, id, 2, 0, &got));
	assert_true(digest_is_equal(&got, &other));
	assert_err(store_get_node(b->s, id, 1, 1, &got), ERR_NOT_FOUND);
}

static void
test_bodies(void **state)
{
	struct bed *b = *state;
	uint32_t id = one_log(b->s);
	struct seen seen = { .size = LIMIT_CONTAINER, .whole = true };
	struct store_body body, got;

	for (uint64_t i = 0; i < 3; i++)
		assert_ok(add_entry(b, id, i, LIMIT_CONTAINER));
	bed_reopen(b);
	assert_ok(store_scan_bodies(b->s, id, 0, 9, true, see_body, &seen));
	assert_int_equal(seen.n, 3);
	assert_false(seen.bad);
	seen = (struct seen){ .first = 1 };
	assert_ok(store_scan_bodies(b->s, id, 1, 9, false, see_body, &seen));
	assert_int_equal(seen.n, 2);
	assert_false(seen.bad);
	assert_err(store_get_body(b->s, id, 3, &b->a, &got), ERR_NOT_FOUND);
	assert_ok(store_get_body(b->s, id, 2, &b->a, &got));
	assert_true(span_is_equal(got.opened,
	    content(&b->a, 3, LIMIT_CONTAINER / 2)));
	assert_true(span_is_equal(got.bytes,
	    content(&b->a, 2, LIMIT_CONTAINER)));
	/* replaced, also by nothing */
	body = (struct store_body){ .state = STORE_BODY_DAMAGED };
	assert_ok(store_begin(b->s));
	assert_ok(store_put_body(b->s, id, 2, &body));
	body.bytes = content(&b->a, 1, LIMIT_CONTAINER + 1);
	assert_err(store_put_body(b->s, id, 2, &body), ERR_LIMIT);
	assert_ok(store_commit(b->s));
	assert_ok(store_get_body(b->s, id, 2, &b->a, &got));
	assert_int_equal(got.state, STORE_BODY_DAMAGED);
	assert_int_equal(got.bytes.n + got.opened.n + got.meta.n, 0);
}

static void
test_documents(void **state)
{
	struct bed *b = *state;
	struct seen seen = { .n = 0 };

	assert_ok(store_begin(b->s));
	assert_ok(put_document(b->s, "register", "", 300, "c"));
	assert_ok(put_document(b->s, "register", "", 2, "b"));
	assert_ok(put_document(b->s, "keyset", "per", 1, "a"));
	assert_ok(put_document(b->s, "keyset", "bol", 2, "b"));
	assert_ok(put_document(b->s, "keyset", "bol", 2, "b"));
	/* of a team that was made anew: its versions begin again */
	assert_ok(put_document(b->s, "keyset", "bol", 2, "c"));
	assert_ok(store_commit(b->s));
	bed_reopen(b);
	assert_ok(store_scan_documents(b->s, see_document, &seen));
	assert_string_equal(seen.text, "keyset/bol/2/2e=c keyset/bol/2/3e=b "
	    "keyset/per/1/ca=a register//2/3e=b register//300/2e=c ");
}

static enum err
put_receipt(struct bed *b, uint32_t id, const char *team, uint64_t of,
    uint64_t seq, const char *jws)
{
	return store_put_receipt(b->s, id, span_str(team), of, seq,
	    span_str(jws));
}

static void
assert_receipts(struct bed *b, const char *team, uint64_t of, uint64_t seq,
    const char *want)
{
	struct seen seen = { .n = 0 };

	assert_ok(store_scan_receipts(b->s, one_log(b->s), span_str(team), of,
	    seq, see_receipt, &seen));
	assert_string_equal(seen.text, want);
}

static void
test_receipts(void **state)
{
	struct bed *b = *state;
	uint32_t id = one_log(b->s);

	assert_ok(store_begin(b->s));
	assert_ok(put_receipt(b, id, "per", 0, 0, "a"));
	assert_ok(put_receipt(b, id, "per", 0, 1, "b"));
	assert_ok(put_receipt(b, id, "per", 0, 1, "b"));
	assert_err(put_receipt(b, id, "per", 0, 1, "c"), ERR_CONFLICT);
	/* a crash lost number 2 */
	assert_ok(put_receipt(b, id, "per", 0, 3, "d"));
	assert_ok(put_receipt(b, id, "pe", 0, 0, "z"));
	assert_ok(store_commit(b->s));
	bed_reopen(b);
	assert_receipts(b, "per", 0, 0, "0=a 1=b 3=d ");
	assert_receipts(b, "per", 0, 1, "1=b 3=d ");
	assert_receipts(b, "per", 1, 0, "");
}

/* Of many teams, by what they speak of. */
static void
test_receipts_by_size(void **state)
{
	struct bed *b = *state;
	uint32_t id = one_log(b->s);

	assert_ok(store_begin(b->s));
	assert_ok(put_receipt(b, id, "per", 4, 0, "a"));
	assert_ok(put_receipt(b, id, "bol", 4, 7, "x"));
	assert_ok(put_receipt(b, id, "per", 9, 1, "b"));
	assert_ok(put_receipt(b, id, "per", 9, 2, "c"));
	assert_ok(put_receipt(b, id, "pe", 300, 8, "y"));
	assert_ok(put_receipt(b, id, "per", UINT64_MAX, 3, "d"));
	assert_err(put_receipt(b, id, "per", 9, 2, "d"), ERR_CONFLICT);
	assert_ok(store_commit(b->s));
	bed_reopen(b);
	assert_receipts(b, "per", 0, 0, "0=a 1=b 2=c 3=d ");
	assert_receipts(b, "per", 5, 0, "1=b 2=c 3=d ");
	assert_receipts(b, "per", 9, 2, "2=c 3=d ");
	assert_receipts(b, "bol", 0, 0, "7=x ");
	assert_receipts(b, "bol", 5, 0, "");
	assert_receipts(b, "pe", 0, 0, "8=y ");
	assert_receipts(b, "p", 0, 0, "");
	assert_receipts(b, "per", UINT64_MAX, 0, "3=d ");
}

static void
test_items(void **state)
{
	struct bed *b = *state;
	struct seen seen = { .n = 0 };
	struct span v = span_str("kept");

	assert_ok(store_begin(b->s));
	assert_ok(store_put_item(b->s, "board", span_str("b"), span_str("2")));
	assert_ok(store_put_item(b->s, "board", span_str("ab"),
	    span_str("1")));
	assert_ok(store_put_item(b->s, "board", span_str(""), span_str("0")));
	assert_ok(store_put_item(b->s, "boar", span_str("d"), span_str("x")));
	assert_ok(store_put_item(b->s, "boards", span_str("e"),
	    span_str("y")));
	assert_ok(store_put_item(b->s, "board", span_str("c"), span_str("3")));
	assert_ok(store_put_item(b->s, "board", span_str("b"), span_str("")));
	assert_ok(store_put_item(b->s, "board", span_str("q"), span_str("")));
	assert_ok(store_commit(b->s));
	bed_reopen(b);
	assert_ok(store_scan_items(b->s, "board", see_item, &seen));
	assert_string_equal(seen.text, "=0 ab=1 c=3 ");
	seen = (struct seen){ .n = 0 };
	assert_ok(store_scan_items_from(b->s, "board", span_str("ab"),
	    see_item, &seen));
	assert_string_equal(seen.text, "ab=1 c=3 ");
	seen = (struct seen){ .n = 0 };
	assert_ok(store_scan_items_from(b->s, "board", span_str("b"), see_item,
	    &seen));
	assert_string_equal(seen.text, "c=3 ");
	seen = (struct seen){ .n = 0 };
	assert_ok(store_scan_items_from(b->s, "board", span_str("d"), see_item,
	    &seen));
	assert_string_equal(seen.text, "");
	assert_err(store_get_item(b->s, "board", span_str("b"), &b->a, &v),
	    ERR_NOT_FOUND);
	assert_true(span_is_str(v, "kept"));
}

/* A callback may read, also of the kind being scanned. */
static bool
see_nested(void *ctx, uint64_t index, struct span record)
{
	struct seen *s = ctx;
	struct seen inner = { .first = 0 };

	(void)record;
	assert_ok(store_scan_records(s->b->s, 1, 0, 5, see_record, &inner));
	assert_int_equal(inner.n, 5);
	assert_int_equal(index, s->n);
	s->n++;
	return true;
}

static void
test_callbacks_may_read(void **state)
{
	struct bed *b = *state;
	uint32_t id = one_log(b->s);
	struct seen seen = { .b = b };

	for (uint64_t i = 0; i < 5; i++)
		assert_ok(add_entry(b, id, i, 50));
	assert_ok(store_scan_records(b->s, id, 0, 5, see_nested, &seen));
	assert_int_equal(seen.n, 5);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		ON_EACH(test_transactions),
		ON_EACH(test_logs_and_heads),
		ON_EACH(test_records),
		ON_EACH(test_nodes),
		ON_EACH(test_bodies),
		ON_EACH(test_documents),
		ON_EACH(test_receipts),
		ON_EACH(test_receipts_by_size),
		ON_EACH(test_items),
		ON_EACH(test_callbacks_may_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
