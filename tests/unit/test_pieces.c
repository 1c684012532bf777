/* SPDX-License-Identifier: Apache-2.0
 *
 * crypto/pieces: sizes, the one place of each piece, and every way in which a
 * piece must not open; crypto/hash as a stream.
 */
#include "base/mem.h"
#include "crypto/hash.h"
#include "crypto/pieces.h"

#include "cmocka_all.h"

#include <stdlib.h>

static const unsigned char key[PIECE_KEY] = { 7, 1, 8, 2, 8, 1, 8 };

static void
test_sizes(void **state)
{
	static const struct {
		uint64_t size, count, sealed;
	} rows[] = { { 0, 1, 16 }, { 1, 1, 17 }, { 65535, 1, 65551 },
		{ 65536, 1, 65552 }, { 65537, 2, 65569 },
		{ 131072, 2, 131104 }, { 67108864, 1024, 67125248 } };
	uint64_t size;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		assert_int_equal(pieces_count(rows[i].size), rows[i].count);
		assert_int_equal(pieces_sealed_size(rows[i].size),
		    rows[i].sealed);
		assert_int_equal(pieces_find_size(rows[i].sealed, &size),
		    ERR_NONE);
		assert_int_equal(size, rows[i].size);
	}
}

static void
test_sizes_refused(void **state)
{
	static const uint64_t none[] = { 0, 15, 65552 + 1, 65552 + 16,
		2 * 65552 + 15 };
	uint64_t size = 42;

	(void)state;
	for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
		assert_int_equal(pieces_find_size(none[i], &size), ERR_LIMIT);
	assert_int_equal(size, 42);
}

static void
test_round(void **state)
{
	unsigned char *text = mem_alloc(PIECE_SEALED);
	unsigned char *sealed = mem_alloc(PIECE_SEALED);

	(void)state;
	for (size_t i = 0; i < PIECE_TEXT; i++)
		text[i] = (unsigned char)(i * 7 + i / 256);
	piece_seal(key, 3, false, span_of(text, PIECE_TEXT), sealed);
	assert_memory_not_equal(text, sealed, PIECE_TEXT);
	assert_int_equal(piece_open(key, 3, false,
	    span_of(sealed, PIECE_SEALED), sealed), ERR_NONE);
	assert_memory_equal(text, sealed, PIECE_TEXT);
	piece_seal(key, 0, true, span_of(text, 0), sealed);
	assert_int_equal(piece_open(key, 0, true, span_of(sealed, PIECE_TAG),
	    text), ERR_NONE);
	free(text);
	free(sealed);
}

static void
test_refused(void **state)
{
	static const unsigned char other[PIECE_KEY] = { 1 };
	unsigned char sealed[100 + PIECE_TAG], out[100];
	struct span in = span_of(sealed, sizeof sealed);

	(void)state;
	memset(out, 5, sizeof out);
	piece_seal(key, 2, true, span_of(out, sizeof out), sealed);
	assert_int_equal(piece_open(key, 1, true, in, out), ERR_DECRYPT);
	assert_int_equal(piece_open(other, 2, true, in, out), ERR_DECRYPT);
	/* not the last one: it would have to be full */
	assert_int_equal(piece_open(key, 2, false, in, out), ERR_LIMIT);
	assert_int_equal(piece_open(key, 2, true, span_of(sealed, 15), out),
	    ERR_LIMIT);
	for (size_t i = 0; i < sizeof sealed; i++) {
		sealed[i] ^= 1;
		assert_int_equal(piece_open(key, 2, true, in, out),
		    ERR_DECRYPT);
		sealed[i] ^= 1;
	}
	assert_int_equal(piece_open(key, 2, true, in, out), ERR_NONE);
}

/* A full piece says whether it is the last one. */
static void
test_last(void **state)
{
	unsigned char *text = mem_alloc(PIECE_SEALED);
	struct span in = span_of(text, PIECE_SEALED);

	(void)state;
	piece_seal(key, 9, false, span_of(text, PIECE_TEXT), text);
	assert_int_equal(piece_open(key, 9, true, in, text), ERR_DECRYPT);
	free(text);
}

static void
test_stream(void **state)
{
	struct hash_stream *s = hash_stream_create();
	struct digest half = hash_sha256(span_str("alme")), d;

	(void)state;
	hash_stream_add(s, span_str("al"));
	hash_stream_add(s, span_str(""));
	hash_stream_add(s, span_str("me"));
	d = hash_stream_now(s);
	assert_true(digest_is_equal(&d, &half));
	hash_stream_add(s, span_str("nara"));
	half = hash_sha256(span_str("almenara"));
	d = hash_stream_now(s);
	assert_true(digest_is_equal(&d, &half));
	hash_stream_free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_sizes_refused),
		cmocka_unit_test(test_round),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_last),
		cmocka_unit_test(test_stream),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
