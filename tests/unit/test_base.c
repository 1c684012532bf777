/* SPDX-License-Identifier: Apache-2.0
 *
 * base/: buffers, readers, encodings, time, UTF-8, arenas.
 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/code.h"
#include "base/instant.h"
#include "base/ranges.h"
#include "base/reader.h"
#include "base/text.h"
#include "base/uuid.h"

#include "cmocka_all.h"

static void
test_buf_holds_its_maximum(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 4);
	buf_put_u32(&b, 0x01020304);
	assert_ok(buf_check(&b));
	buf_put_u8(&b, 5);
	assert_err(buf_check(&b), ERR_LIMIT);
	assert_int_equal(b.n, 4);
	buf_clear(&b);
	buf_put_format(&b, "%d", 12);
	assert_string_equal(buf_str(&b), "12");
	buf_release(&b);
}

static void
test_reader_is_sticky(void **state)
{
	static const unsigned char in[] = { 0, 2, 'a', 'b', 9 };
	struct reader r;

	(void)state;
	reader_init(&r, span_of(in, sizeof in));
	assert_true(span_is_str(reader_span16(&r, 8), "ab"));
	assert_int_equal(reader_u8(&r), 9);
	assert_ok(reader_check(&r, true));
	assert_int_equal(reader_u32(&r), 0);
	assert_err(reader_check(&r, false), ERR_SYNTAX);
	reader_init(&r, span_of(in, sizeof in));
	assert_int_equal(reader_span16(&r, 1).n, 0);
	assert_err(reader_check(&r, false), ERR_SYNTAX);
}

static void
test_base64_is_canonical(void **state)
{
	static const struct {
		const char *text;
		enum err url, std;
	} rows[] = {
		{ "", ERR_NONE, ERR_NONE },
		{ "AA", ERR_NONE, ERR_CANONICAL },
		{ "AB", ERR_CANONICAL, ERR_CANONICAL },
		{ "AA==", ERR_CANONICAL, ERR_NONE },
		{ "AB==", ERR_CANONICAL, ERR_CANONICAL },
		{ "AAA", ERR_NONE, ERR_CANONICAL },
		{ "A", ERR_SYNTAX, ERR_CANONICAL },
		{ "-_-_", ERR_NONE, ERR_SYNTAX },
		{ "+/+/", ERR_SYNTAX, ERR_NONE },
		{ "AA A", ERR_SYNTAX, ERR_SYNTAX },
		{ "====", ERR_CANONICAL, ERR_CANONICAL },
	};
	struct buf b;

	(void)state;
	buf_init(&b, 64);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_err(code_parse_base64url(span_str(rows[i].text), &b),
		    rows[i].url);
		assert_err(code_parse_base64(span_str(rows[i].text), &b),
		    rows[i].std);
	}
	buf_release(&b);
}

/* Every byte at every place of a group is a digit or refused. */
static void
test_base64_alphabet(void **state)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklm"
	    "nopqrstuvwxyz0123456789";

	(void)state;
	for (int c = 0; c < 256; c++)
		for (int at = 0; at < 12; at++) {
			unsigned char text[] = "AAAAAAAAAAAA";
			bool both = c != 0 && strchr(digits, c) != NULL;
			struct buf b;

			text[at] = (unsigned char)c;
			buf_init(&b, 64);
			assert_int_equal(code_parse_base64url(
			    span_of(text, 12), &b) == ERR_NONE,
			    both || c == '-' || c == '_');
			if (c != '=')
				assert_int_equal(code_parse_base64(
				    span_of(text, 12), &b) == ERR_NONE,
				    both || c == '+' || c == '/');
			buf_release(&b);
		}
}

/* Bit after bit, in another way than the code does. */
static void
write_slowly(struct span in, const char *last, bool pad, char *out)
{
	char alphabet[65];
	size_t n = 0;

	snprintf(alphabet, sizeof alphabet, "%s%s",
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
	    last);
	for (size_t bit = 0; bit < in.n * 8; bit += 6) {
		unsigned v = 0;

		for (size_t i = bit; i < bit + 6; i++)
			v = v << 1 | (i < in.n * 8 &&
			    (in.p[i / 8] >> (7 - i % 8) & 1) != 0);
		out[n++] = alphabet[v];
	}
	while (pad && n % 4 != 0)
		out[n++] = '=';
	out[n] = '\0';
}

static void
test_base64_written(void **state)
{
	unsigned char in[3 * 256];
	char want[4 * 256 + 1];
	struct buf text;

	(void)state;
	for (size_t i = 0; i < sizeof in; i++)
		in[i] = (unsigned char)(i * i * 31 + (i >> 3) * 7);
	buf_init(&text, sizeof want);
	for (size_t n = 0; n <= sizeof in; n++) {
		buf_clear(&text);
		code_write_base64(&text, span_of(in, n));
		write_slowly(span_of(in, n), "+/", true, want);
		assert_string_equal(buf_str(&text), want);
		buf_clear(&text);
		code_write_base64url(&text, span_of(in, n));
		write_slowly(span_of(in, n), "-_", false, want);
		assert_string_equal(buf_str(&text), want);
	}
	buf_clear(&text);
	code_write_base64(&text, (struct span){ 0 }); /* an empty span */
	assert_int_equal(text.n, 0);
	buf_release(&text);
}

static void
test_base64_round_trip(void **state)
{
	unsigned char in[40];
	struct buf text, back;

	(void)state;
	for (size_t n = 0; n < sizeof in; n++) {
		for (size_t i = 0; i < n; i++)
			in[i] = (unsigned char)(n * 37 + i * 101);
		buf_init(&text, 128);
		buf_init(&back, 256);
		code_write_base64(&text, span_of(in, n));
		assert_ok(code_parse_base64(buf_span(&text), &back));
		code_write_hex(&back, span_of(in, n));
		buf_clear(&text);
		code_write_base64url(&text, span_of(in, n));
		assert_ok(code_parse_base64url(buf_span(&text), &back));
		assert_int_equal(back.n, 4 * n);
		if (n != 0)
			assert_memory_equal(back.p + 3 * n, in, n);
		buf_release(&text);
		buf_release(&back);
	}
}

static void
test_time(void **state)
{
	static const struct {
		const char *text;
		int64_t ms;
	} rows[] = {
		{ "1970-01-01T00:00:00Z", 0 },
		{ "2026-01-01T00:00:00Z", 1767225600000 },
		{ "2024-02-29T23:59:59.5-03:00", 1709261999500 },
		{ "1969-12-31T23:59:59Z", -1000 },
	};
	static const char *const bad[] = { "2026-02-29T00:00:00Z",
		"2026-01-01 00:00:00Z", "2026-01-01T00:00:00", "2026-1-1T0:0:0Z",
		"2026-13-01T00:00:00Z", "2026-01-01T00:00:00Zx", "" };
	char out[INSTANT_TEXT_MAX];
	struct wall t;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_ok(wall_parse(span_str(rows[i].text), &t));
		assert_int_equal(t.ms, rows[i].ms);
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_err(wall_parse(span_str(bad[i]), &t), ERR_SYNTAX);
	for (int64_t ms = -62167219200000; ms < 250000000000000;
	     ms += 86400000LL * 997 + 12345000) {
		wall_write((struct wall){ ms }, out);
		assert_ok(wall_parse(span_str(out), &t));
		assert_int_equal(t.ms, ms);
	}
}

static void
test_utf8(void **state)
{
	static const char *const bad[] = { "\xc0\x80", "\xed\xa0\x80", "\xff",
		"\xf4\x90\x80\x80", "a\xc3", "\xe0\x80\x80", "\x80" };
	struct text t;

	(void)state;
	assert_ok(text_parse(span_str("São José \xf0\x9f\x94\xa5"), &t));
	assert_int_equal(text_columns(t), 10);
	assert_int_equal(text_cut(t, 3), 3 - 0);
	assert_int_equal(text_cut(t, 2), 1);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_err(text_parse(span_str(bad[i]), &t), ERR_SYNTAX);
}

static void
test_uuid(void **state)
{
	static const unsigned char random[10] = { 255, 255, 255, 255, 255, 255,
		255, 255, 255, 255 };
	struct uuid u = uuid_make((struct wall){ 1767225600000 }, random), v;
	char text[UUID_TEXT + 1];

	(void)state;
	uuid_write(&u, text);
	assert_string_equal(text, "019b76da-a800-7fff-bfff-ffffffffffff");
	assert_ok(uuid_parse(span_str(text), &v));
	assert_memory_equal(u.b, v.b, 16);
	assert_true(uuid_is_v7(&v));
	text[35] = 'F';
	assert_err(uuid_parse(span_str(text), &v), ERR_CANONICAL);
}

static void
test_arena(void **state)
{
	struct arena a = { 0 };
	char *p;

	(void)state;
	for (size_t n = 1; n < 100000; n *= 3) {
		unsigned char *q = arena_alloc(&a, n);

		assert_int_equal((uintptr_t)q % 16, 0);
		memset(q, 1, n);
	}
	p = arena_string(&a, span_str("tower"));
	assert_string_equal(p, "tower");
	arena_reset(&a);
	p = arena_alloc(&a, 100);
	for (int i = 0; i < 100; i++)
		assert_int_equal(p[i], 0);
	arena_release(&a);
}

/* Against a plain bitmap of 200 numbers, with a small generator. */
static void
test_ranges(void **state)
{
	struct ranges r = { 0 }, back = { 0 };
	unsigned char have[200] = { 0 };
	uint32_t x = 7;
	struct buf b;

	(void)state;
	buf_init(&b, 65536);
	for (int round = 0; round < 4000; round++) {
		uint64_t first, last, at;

		x = x * 1664525 + 1013904223;
		first = x >> 8 & 127;
		last = first + (x >> 16) % 70;
		if (x >> 31 != 0)
			ranges_add(&r, first, last);
		else
			ranges_remove(&r, first, last);
		memset(have + first, x >> 31 != 0, last - first + 1);
		for (uint64_t i = 0, down = 200; i < sizeof have; i++) {
			assert_int_equal(ranges_has(&r, i), have[i]);
			if (have[i])
				down = i;
			assert_int_equal(ranges_find_down(&r, NULL, i, &at),
			    down != 200);
			if (down != 200)
				assert_int_equal(at, down);
		}
		for (size_t i = 1; i < r.n; i++)
			assert_true(r.v[i].first > r.v[i - 1].last + 1);
		buf_clear(&b);
		ranges_write(&r, &b);
		assert_ok(ranges_parse(buf_span(&b), 200, &back));
		assert_int_equal(ranges_count(&back), ranges_count(&r));
		ranges_release(&back);
	}
	ranges_add(&back, 3, 5);
	ranges_add(&r, 0, 199);
	assert_true(ranges_find_down(&r, &back, 5, &(uint64_t){ 0 }));
	ranges_remove_all(&r, &back);
	assert_int_equal(ranges_count(&r), 197);
	ranges_release(&r);
	ranges_release(&back);
	buf_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_buf_holds_its_maximum),
		cmocka_unit_test(test_reader_is_sticky),
		cmocka_unit_test(test_base64_is_canonical),
		cmocka_unit_test(test_base64_alphabet),
		cmocka_unit_test(test_base64_written),
		cmocka_unit_test(test_base64_round_trip),
		cmocka_unit_test(test_time),
		cmocka_unit_test(test_utf8),
		cmocka_unit_test(test_uuid),
		cmocka_unit_test(test_ranges),
		cmocka_unit_test(test_arena),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
