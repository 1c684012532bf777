/* SPDX-License-Identifier: Apache-2.0
 *
 * A backup in a folder: where segments begin, what they are named, and their
 * list (store/segments).
 */
#include "base/limits.h"
#include "base/mem.h"
#include "store/archive.h"
#include "store/memory.h"
#include "store/segments.h"

#include "cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>

#define LOG "test.example/log/uy/12345678"

enum { MOST = 1000, ENTRIES = 2000 };

static void
put(struct store *s, uint64_t index, const char *text,
    enum store_body_state state)
{
	const struct store_body b = { state, span_str(text), span_str(""),
		span_str("m") };
	unsigned char record[34] = { 1, 0 };

	record[2] = (unsigned char)(index >> 8);
	record[3] = (unsigned char)index;
	assert_int_equal(store_begin(s), ERR_NONE);
	assert_int_equal(store_put_record(s, 1, index,
	    span_of(record, sizeof record)), ERR_NONE);
	assert_int_equal(store_put_body(s, 1, index, &b), ERR_NONE);
	assert_int_equal(store_commit(s), ERR_NONE);
}

static void
put_item(struct store *s, unsigned i, const char *value)
{
	char key[32];

	snprintf(key, sizeof key, "item %u", i);
	assert_int_equal(store_begin(s), ERR_NONE);
	assert_int_equal(store_put_item(s, "board", span_str(key),
	    span_str(value)), ERR_NONE);
	assert_int_equal(store_commit(s), ERR_NONE);
}

static struct store *
filled(void)
{
	struct store *s = store_memory_create();
	struct store_log l;

	assert_int_equal(store_begin(s), ERR_NONE);
	assert_int_equal(store_add_log(s, STORE_OWN, span_str(LOG), &l),
	    ERR_NONE);
	assert_int_equal(store_commit(s), ERR_NONE);
	for (uint64_t i = 0; i < ENTRIES; i++)
		put(s, i, "text", STORE_BODY_HELD);
	for (unsigned i = 0; i < ENTRIES; i++)
		put_item(s, i, "value");
	return s;
}

/* The segments of a store, as the node cuts them. */
struct cutting {
	struct segment_cut cut;
	struct hash_key *key;
	struct buf text;
	enum row_kind kind;
	struct digest name[MOST];
	enum row_kind kinds[MOST];
	size_t n;
};

static void
close_segment(struct cutting *c)
{
	struct digest d = hash_sha256(buf_span(&c->text));

	if (c->text.n == 0)
		return;
	assert_true(c->n < MOST);
	c->kinds[c->n] = c->kind;
	c->name[c->n++] = segment_name(c->key, &d);
	buf_clear(&c->text);
}

static bool
cut_row(void *ctx, const struct store_row *r)
{
	struct cutting *c = ctx;

	if (segment_begins(&c->cut, r))
		close_segment(c);
	c->kind = r->kind;
	archive_put_row(&c->text, r);
	return true;
}

static struct cutting *
cut(struct store *s)
{
	static const unsigned char key[SEGMENT_KEY] = { 7 };
	struct store_cursor *cursor = mem_alloc(sizeof *cursor);
	struct cutting *c = mem_alloc(sizeof *c);

	c->key = hash_key_create(span_of(key, sizeof key));
	buf_init(&c->text, 1 << 24);
	assert_int_equal(store_copy(s, cursor, cut_row, c, NULL), ERR_NONE);
	close_segment(c);
	assert_int_equal(buf_check(&c->text), ERR_NONE);
	free(cursor);
	return c;
}

static void
cut_free(struct cutting *c)
{
	hash_key_free(c->key);
	buf_release(&c->text);
	free(c);
}

static bool
has(const struct cutting *c, const struct digest *name)
{
	for (size_t i = 0; i < c->n; i++)
		if (digest_is_equal(&c->name[i], name))
			return true;
	return false;
}

/* How many of `b` of a kind are not in `a`; `last`: is the last of the kind
 * among them? */
static size_t
fresh(const struct cutting *a, const struct cutting *b, enum row_kind kind,
    bool *last)
{
	size_t n = 0;

	for (size_t i = 0; i < b->n; i++) {
		bool is_new = !has(a, &b->name[i]);

		if (b->kinds[i] != kind)
			continue;
		n += is_new;
		*last = is_new;
	}
	return n;
}

static size_t
count(const struct cutting *c, enum row_kind kind)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n; i++)
		n += c->kinds[i] == kind;
	return n;
}

static void
test_stable(void **state)
{
	struct store *s = filled();
	struct cutting *a = cut(s), *b = cut(s);
	bool last = false;

	(void)state;
	assert_int_equal(count(a, ROW_RECORD), 2);
	assert_int_equal(count(a, ROW_BODY), 32);
	/* of 2,000 items one in 256 begins one */
	assert_in_range(count(a, ROW_ITEM), 3, 20);
	for (unsigned k = 0; k < ROW_KINDS; k++)
		assert_int_equal(fresh(a, b, (enum row_kind)k, &last), 0);
	cut_free(a);
	cut_free(b);
	store_free(s);
}

static void
test_appended(void **state)
{
	struct store *s = filled();
	struct cutting *a = cut(s), *b;

	(void)state;
	for (uint64_t i = 0; i < 100; i++) {
		bool last = false;

		put(s, ENTRIES + i, "text", STORE_BODY_HELD);
		b = cut(s);
		assert_int_equal(fresh(a, b, ROW_RECORD, &last), 1);
		assert_true(last);
		assert_int_equal(fresh(a, b, ROW_BODY, &last), 1);
		assert_true(last);
		assert_int_equal(fresh(a, b, ROW_ITEM, &last), 0);
		cut_free(a);
		a = b;
	}
	cut_free(a);
	store_free(s);
}

static void
test_erased(void **state)
{
	struct store *s = filled();
	struct cutting *a = cut(s), *b;
	bool last = false;

	(void)state;
	put(s, 777, "", STORE_BODY_ERASED);
	b = cut(s);
	assert_int_equal(b->n, a->n);
	assert_int_equal(fresh(a, b, ROW_BODY, &last), 1);
	assert_false(last);
	assert_int_equal(fresh(a, b, ROW_RECORD, &last), 0);
	for (size_t i = 0; i < a->n; i++) {
		bool is_same = digest_is_equal(&a->name[i], &b->name[i]);

		/* 777 / 64 = 12, behind the one log and its records */
		assert_int_equal(is_same, i != 12 + count(a, ROW_LOG) +
		    count(a, ROW_HEAD) + count(a, ROW_RECORD));
	}
	cut_free(a);
	cut_free(b);
	store_free(s);
}

/* An item that comes, changes or goes in the middle moves no other's. */
static void
test_items(void **state)
{
	struct store *s = filled();
	struct cutting *a = cut(s), *b;
	bool last = false;

	(void)state;
	put_item(s, 500, "another value");
	b = cut(s);
	assert_int_equal(fresh(a, b, ROW_ITEM, &last), 1);
	cut_free(a);
	a = b;
	put_item(s, 50000, "one more");
	b = cut(s);
	/* two if it begins one of its own */
	assert_in_range(fresh(a, b, ROW_ITEM, &last), 1, 2);
	assert_in_range(b->n - a->n, 0, 1);
	cut_free(a);
	cut_free(b);
	store_free(s);
}

static void
test_names(void **state)
{
	const struct digest kid[] = { { { 1 } }, { { 2 } } };
	const struct digest content = hash_sha256(span_str("content"));
	unsigned char key[3][SEGMENT_KEY];
	struct digest name[3];

	(void)state;
	segment_key(span_str("secret"), &kid[0], key[0]);
	segment_key(span_str("secret"), &kid[1], key[1]);
	segment_key(span_str("other"), &kid[0], key[2]);
	for (size_t i = 0; i < 3; i++) {
		struct hash_key *k = hash_key_create(span_of(key[i],
		    SEGMENT_KEY));

		name[i] = segment_name(k, &content);
		assert_false(digest_is_equal(&name[i], &content));
		for (size_t j = 0; j < i; j++)
			assert_false(digest_is_equal(&name[i], &name[j]));
		hash_key_free(k);
	}
}

static void
test_list(void **state)
{
	struct digest names[] = { { { 1 } }, { { 2 } }, { { 3 } } };
	struct segments in = { .key = { 9 }, .head = span_str("{}"),
		.names = span_of(names, sizeof names),
		.end = span_str("jws") }, out;
	struct digest second;
	struct fault f;
	struct buf b;

	(void)state;
	buf_init(&b, 4096);
	segments_write(&in, &b);
	assert_int_equal(segments_parse(buf_span(&b), &out, NULL), ERR_NONE);
	assert_int_equal(segments_count(&out), 3);
	second = segments_at(&out, 1);
	assert_true(digest_is_equal(&second, &names[1]));
	assert_memory_equal(out.key, in.key, SEGMENT_KEY);
	assert_true(span_is_equal(out.end, in.end));
	for (size_t n = 0; n < b.n; n++) {
		f = (struct fault){ 0 };
		assert_int_equal(segments_parse(span_of(b.p, n), &out, &f),
		    ERR_SYNTAX);
		assert_true(f.rule[0] != '\0');
	}
	buf_put_u8(&b, 0);
	assert_int_equal(segments_parse(buf_span(&b), &out, NULL), ERR_SYNTAX);
	buf_clear(&b);
	in.names.n -= 1;
	segments_write(&in, &b);
	assert_int_equal(segments_parse(buf_span(&b), &out, NULL), ERR_SYNTAX);
	b.p[18] = '2'; /* almenara-manifest-2 */
	assert_int_equal(segments_parse(buf_span(&b), &out, NULL),
	    ERR_UNSUPPORTED);
	buf_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stable),
		cmocka_unit_test(test_appended),
		cmocka_unit_test(test_erased),
		cmocka_unit_test(test_items),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
