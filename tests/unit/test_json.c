/* SPDX-License-Identifier: Apache-2.0
 *
 * base/json: what is refused, where and by which rule; names that stand
 * twice; strings, numbers and the writer.
 */
#include "base/json.h"
#include "base/mem.h"

#include "cmocka_all.h"

#include <locale.h>
#include <math.h>

enum { TAPE = 4096, DEPTH = 4 };

static struct json_tok tape[TAPE];

#define RAW(s) { (const unsigned char *)(s), sizeof(s) - 1 }

static void
test_accepts_the_grammar(void **state)
{
	static const struct span rows[] = {
		RAW("0"), RAW("-0"), RAW("10"), RAW("-1.5e+3"), RAW("1E400"),
		RAW("0.0"), RAW("0e0"), RAW("null"), RAW("true"), RAW("false"),
		RAW("\"\""), RAW(" \t\r\n[ ]\n"), RAW("{}"), RAW("[[],{}]"),
		RAW("{\"\":0}"), RAW("[[[[1]]]]"), RAW("\"\x7f\""),
		RAW("\"\\u0000\\\"\\\\\\/\\b\\f\\n\\r\\t\""),
		RAW("\"\\ud800\\udc00\\uDBFF\\uDFFD\""), RAW("\"\\uFFFD\""),
		RAW("\"\xc2\x80\xdf\xbf\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\""),
		RAW("\"\xf0\x90\x80\x80\xf4\x8f\xbf\xbd\xef\xbf\xbd\""),
		RAW("\"1234567\xc3\xb1""12345678\xc3\xb1\""),
		RAW("{\"a\":1,\"A\":2,\"a\\u0000\":3,\"a \":4}"),
		RAW("[{\"a\":1},{\"a\":1}]"), RAW("{\"a\":{\"a\":{\"a\":1}}}"),
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct json doc;
		struct fault f;

		if (json_parse(rows[i], DEPTH, tape, TAPE, &doc, &f) !=
		    ERR_NONE)
			fail_msg("%.*s refused at %zu: %s", SPAN_FMT(rows[i]),
			    f.at, f.rule);
		assert_true(json_root(&doc).type != JSON_ABSENT);
		assert_int_equal(tape[0].next, doc.count);
	}
}

static void
test_refuses_with_place_and_rule(void **state)
{
	static const struct {
		struct span text;
		size_t at;
		const char *field;
		const char *rule; /* a part of it */
		enum err e;       /* ERR_NONE here means ERR_SYNTAX */
	} rows[] = {
		{ RAW(""), 0, "", "the text ends where a value", 0 },
		{ RAW("  "), 2, "", "the text ends where a value", 0 },
		{ RAW("\xef\xbb\xbf""1"), 0, "", "byte-order mark", 0 },
		{ RAW("1 2"), 2, "", "follows after the value", 0 },
		{ RAW("{}x"), 2, "", "follows after the value", 0 },
		{ RAW("1\0"), 1, "", "follows after the value", 0 },
		{ RAW("tru"), 0, "", "a value is expected", 0 },
		{ RAW("True"), 0, "", "a value is expected", 0 },
		{ RAW("nulL"), 0, "", "a value is expected", 0 },
		{ RAW("truex"), 4, "", "follows", 0 },
		{ RAW("NaN"), 0, "", "a value is expected", 0 },
		{ RAW("+1"), 0, "", "a value is expected", 0 },
		{ RAW(".5"), 0, "", "a value is expected", 0 },
		{ RAW("\v1"), 0, "", "a value is expected", 0 },
		{ RAW("/**/1"), 0, "", "a value is expected", 0 },
		{ RAW("-"), 1, "", "a digit", 0 },
		{ RAW("-x"), 1, "", "a digit", 0 },
		{ RAW("01"), 1, "", "leading zero", 0 },
		{ RAW("-00"), 2, "", "leading zero", 0 },
		{ RAW("[1.]"), 3, "[0]", "a digit", 0 },
		{ RAW("[1e]"), 3, "[0]", "a digit", 0 },
		{ RAW("[1e+]"), 4, "[0]", "a digit", 0 },
		{ RAW("0x10"), 1, "", "follows", 0 },
		{ RAW("[1,]"), 3, "[1]", "a value is expected", 0 },
		{ RAW("[,1]"), 1, "[0]", "a value is expected", 0 },
		{ RAW("[1 2]"), 3, "", "a comma or ']'", 0 },
		{ RAW("[1}"), 2, "", "a comma or ']'", 0 },
		{ RAW("[1"), 2, "", "a comma or ']'", 0 },
		{ RAW("["), 1, "[0]", "the text ends", 0 },
		{ RAW("{"), 1, "", "a member name", 0 },
		{ RAW("{\"a\":1,}"), 7, "", "a member name", 0 },
		{ RAW("{a:1}"), 1, "", "a member name", 0 },
		{ RAW("{1:1}"), 1, "", "a member name", 0 },
		{ RAW("{\"a\"}"), 4, "", "a colon", 0 },
		{ RAW("{\"a\",1}"), 4, "", "a colon", 0 },
		{ RAW("{\"a\":}"), 5, "a", "a value", 0 },
		{ RAW("{\"a\":1]"), 6, "", "a comma or '}'", 0 },
		{ RAW("{\"a\":[1,{\"b\":x}]}"), 13, "a[1].b", "a value", 0 },
		{ RAW("{\"a\":[{}],\"b\":x}"), 14, "b", "a value", 0 },
		{ RAW("{\"\\n\":x}"), 6, "?", "a value", 0 },
		{ RAW("\"abc"), 4, "", "ends inside a string", 0 },
		{ RAW("\"abc\\"), 5, "", "ends inside a string", 0 },
		{ RAW("\"12345678\n\""), 9, "", "a control character", 0 },
		{ RAW("\"ab\n45678901\""), 3, "", "a control character", 0 },
		{ RAW("\"a\0\""), 2, "", "a control character", 0 },
		{ RAW("\"a\x1f\""), 2, "", "a control character", 0 },
		{ RAW("\"a\\x\""), 2, "", "no such escape", 0 },
		{ RAW("\"\\\0\""), 1, "", "no such escape", 0 },
		{ RAW("\"\\u12g4\""), 1, "", "four hexadecimal", 0 },
		{ RAW("\"\\u123"), 1, "", "four hexadecimal", 0 },
		{ RAW("\"a\\ud800\""), 2, "", "without its pair", 0 },
		{ RAW("\"\\ud800\\u0041\""), 1, "", "without its pair", 0 },
		{ RAW("\"\\ud800\\ud800\""), 1, "", "without its pair", 0 },
		{ RAW("\"\\udc00\\ud800\""), 1, "", "without its pair", 0 },
		{ RAW("\"\\ud800x\\udc00\""), 1, "", "without its pair", 0 },
		{ RAW("\"\\ud800\\udc0"), 1, "", "without its pair", 0 },
		{ RAW("\"\\uffff\""), 1, "", "a noncharacter", 0 },
		{ RAW("\"\\ufdd0\""), 1, "", "a noncharacter", 0 },
		{ RAW("\"\\ud83f\\udfff\""), 1, "", "a noncharacter", 0 },
		{ RAW("\"\xef\xb7\xaf\""), 1, "", "a noncharacter", 0 },
		{ RAW("\"\xf0\x9f\xbf\xbe\""), 1, "", "a noncharacter", 0 },
		{ RAW("\"a\x80\""), 2, "", "not UTF-8", 0 },
		{ RAW("\"\xc0\xaf\""), 1, "", "not UTF-8", 0 },
		{ RAW("\"\xc3\""), 1, "", "not UTF-8", 0 },
		{ RAW("\"\xc3"), 1, "", "not UTF-8", 0 },
		{ RAW("\"\xe0\x9f\xbf\""), 1, "", "not UTF-8", 0 },
		{ RAW("\"\xed\xa0\x80\""), 1, "", "not UTF-8", 0 },
		{ RAW("\"\xe2\x82\""), 1, "", "not UTF-8", 0 },
		{ RAW("\"\xf0\x8f\xbf\xbf\""), 1, "", "not UTF-8", 0 },
		{ RAW("\"\xf4\x90\x80\x80\""), 1, "", "not UTF-8", 0 },
		{ RAW("\"\xf5\x80\x80\x80\""), 1, "", "not UTF-8", 0 },
		{ RAW("[[[[[1]]]]]"), 4, "[0][0][0][0]", "nesting",
		    ERR_LIMIT },
		{ RAW("{\"a\":1,\"a\":2}"), 7, "", "same name",
		    ERR_CONFLICT },
		{ RAW("{\"ab\":1,\"\\u0061\\u0062\":2}"), 8, "", "same name",
		    ERR_CONFLICT },
		{ RAW("{\"\":1,\"b\":2,\"\":3}"), 12, "", "same name",
		    ERR_CONFLICT },
		{ RAW("{\"\\/\":1,\"/\":2}"), 8, "", "same name",
		    ERR_CONFLICT },
		{ RAW("{\"\\ud83d\\ude00\":1,\"\xf0\x9f\x98\x80\":2}"), 18, "",
		    "same name", ERR_CONFLICT },
		{ RAW("{\"\\u00f1\":1,\"\xc3\xb1\":2}"), 12, "", "same name",
		    ERR_CONFLICT },
		{ RAW("{\"\\n\":1,\"\\u000A\":2}"), 8, "", "same name",
		    ERR_CONFLICT },
		{ RAW("{\"abcdefgh\":1,\"\\u0061bcdefgh\":2}"), 14, "",
		    "same name", ERR_CONFLICT },
		{ RAW("[0,{\"o\":{\"x\":0,\"y\":0,\"y\":0,\"x\":0}}]"), 21,
		    "[1].o", "same name", ERR_CONFLICT },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct json doc = { .count = 77 };
		struct fault f = { 0 };
		enum err wanted = rows[i].e != ERR_NONE ? rows[i].e :
		    ERR_SYNTAX;
		enum err e = json_parse(rows[i].text, DEPTH, tape, TAPE, &doc,
		    &f);

		if (e != wanted || f.at != rows[i].at ||
		    strcmp(f.field, rows[i].field) != 0 ||
		    strstr(f.rule, rows[i].rule) == NULL)
			fail_msg("row %zu '%.*s': %s at %zu in '%s': %s", i,
			    SPAN_FMT(rows[i].text), err_token(e), f.at,
			    f.field, f.rule);
		assert_int_equal(doc.count, 77);
		assert_err(json_parse(rows[i].text, DEPTH, tape, TAPE, &doc,
		    NULL), wanted);
	}
}

/* Every proper beginning of a text of brackets and strings is refused, at its
 * end if it only stops too early; the exact memory lets sanitizers see. */
static void
test_refuses_what_is_cut(void **state)
{
	static const char text[] = "{\"abcdefghij\":[true,false,null,-1.5e3,"
	    "\"\\u00e9 \\ud83d\\ude00 abcdefgh\xc3\xb1\",{\"\\n\":{}}]}";
	struct json doc;
	struct fault f;

	(void)state;
	for (size_t n = 0; n < sizeof text - 1; n++) {
		unsigned char *p = mem_copy(text, n);

		assert_err(json_parse(span_of(p, n), DEPTH, tape, TAPE, &doc,
		    &f), ERR_SYNTAX);
		assert_true(f.at <= n);
		free(p);
	}
	assert_ok(json_parse(span_str(text), DEPTH, tape, TAPE, &doc, &f));
}

static void
test_limits(void **state)
{
	struct span text = span_str("{\"a\":[1,2],\"b\":3}");
	char deep[2 * (JSON_DEPTH_MAX + 1)];
	struct arena a = { 0 };
	struct json doc;
	struct fault f;

	(void)state;
	assert_ok(json_parse(text, 2, tape, 7, &doc, NULL));
	assert_int_equal(doc.count, 7);
	assert_err(json_parse(text, 2, tape, 6, &doc, &f), ERR_LIMIT);
	assert_int_equal(f.at, 15);
	assert_string_equal(f.field, "b");
	assert_err(json_parse(text, 2, tape, 0, &doc, &f), ERR_LIMIT);
	assert_err(json_parse(text, 1, tape, 7, &doc, &f), ERR_LIMIT);
	assert_int_equal(f.at, 5);
	assert_ok(json_parse(span_str("1"), 0, tape, 1, &doc, NULL));
	assert_err(json_parse(span_str("[]"), 0, tape, 1, &doc, NULL),
	    ERR_LIMIT);
	assert_ok(json_parse_arena(text, 2, 7, &a, &doc, NULL));
	assert_err(json_parse_arena(text, 2, 6, &a, &doc, NULL), ERR_LIMIT);
	memset(deep, '[', JSON_DEPTH_MAX);
	memset(deep + JSON_DEPTH_MAX, ']', JSON_DEPTH_MAX);
	assert_ok(json_parse(span_of(deep, 2 * JSON_DEPTH_MAX), 9999, tape,
	    TAPE, &doc, NULL));
	memset(deep, '[', JSON_DEPTH_MAX + 1);
	assert_err(json_parse(span_of(deep, sizeof deep), 9999, tape, TAPE,
	    &doc, &f), ERR_LIMIT);
	assert_int_equal(f.at, JSON_DEPTH_MAX);
	arena_release(&a);
}

/* The tape of the arena is large enough for the densest texts. */
static void
test_arena_is_large_enough(void **state)
{
	static const char *const rows[] = { "1", "[1]", "[1,1,1,1,1,1,1,1,1]",
		"[[],[],[],[[],[]]]", "{\"\":{\"\":[{},{},1,\"\"]}}", "\",:[{\"",
		"[\"a\",\"b\",{\"c\":[1,2,3,4,5,6,7]},8,9,10,11,12,13,14]" };
	struct arena a = { 0 };
	struct json doc;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		assert_ok(json_parse_arena(span_str(rows[i]), DEPTH, TAPE, &a,
		    &doc, NULL));
	arena_release(&a);
}

/* An object of `n` members; member `twin` (if below n) is named as member
 * `first`, spelt with an escape. Sets the place of the twin. */
static void
put_object(struct buf *out, unsigned n, unsigned first, unsigned twin,
    size_t *place)
{
	buf_put_u8(out, '{');
	for (unsigned i = 0; i < n; i++) {
		buf_put_str(out, i == 0 ? "" : ",");
		if (i == twin)
			*place = out->n;
		buf_put_format(out, i == twin ? "\"\\u006e%u\":[%u,{}]" :
		    "\"n%u\":[%u,{}]", i == twin ? first : i, i);
	}
	buf_put_u8(out, '}');
}

static void
test_twins_in_objects_of_any_size(void **state)
{
	static const unsigned sizes[] = { 2, 3, 23, 24, 25, 26, 100, 1000,
		20000 };
	struct arena a = { 0 };
	struct json doc;
	struct fault f;
	struct buf b;

	(void)state;
	buf_init(&b, 1 << 20);
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		unsigned n = sizes[i];
		unsigned pairs[][2] = { { 0, 1 }, { 0, n - 1 },
			{ n - 2, n - 1 }, { n / 2 - 1, n / 2 } };
		size_t at = 0;

		buf_clear(&b);
		put_object(&b, n, 0, n, &at);
		assert_ok(json_parse_arena(buf_span(&b), DEPTH, 1 << 20, &a,
		    &doc, &f));
		assert_int_equal(json_count(json_root(&doc)), n);
		for (uint32_t k = 0; k < doc.count; k++)
			assert_true(!doc.tok[k].key || doc.tok[k].next == k + 1);
		for (size_t j = 0; j < 4; j++) {
			buf_clear(&b);
			put_object(&b, n, pairs[j][0], pairs[j][1], &at);
			assert_err(json_parse_arena(buf_span(&b), DEPTH,
			    1 << 20, &a, &doc, &f), ERR_CONFLICT);
			assert_int_equal(f.at, at);
		}
		arena_reset(&a);
	}
	buf_release(&b);
	arena_release(&a);
}

static uint64_t
mix(uint64_t h, uint64_t w)
{
	h = (h ^ w) * 0x9e3779b97f4a7c15ULL;
	return h ^ h >> 29;
}

/* The next of the names of 16 printable bytes that all have one hash. */
static void
put_colliding(struct buf *out, uint64_t *count)
{
	unsigned char name[16];
	bool plain;

	do {
		uint64_t n = (*count)++;
		uint64_t w = 0;
		uint64_t h;

		for (int i = 0; i < 8; i++, n /= 26) {
			name[i] = (unsigned char)('a' + n % 26);
			w |= (uint64_t)name[i] << (8 * i);
		}
		h = mix(0, w) ^ 0x123456789abcdefULL;
		plain = true;
		for (int i = 0; i < 8; i++) {
			unsigned char c = (unsigned char)(h >> (8 * i));

			plain = plain && c >= 0x20 && c < 0x7f && c != '"' &&
			    c != '\\';
			name[8 + i] = c;
		}
	} while (!plain);
	buf_put_u8(out, '"');
	buf_put_mem(out, name, sizeof name);
	buf_put_str(out, "\":0");
}

/* Names chosen to have one hash do not make the reader quadratic, and are not
 * taken for equal. */
static void
test_chosen_collisions(void **state)
{
	enum { MEMBERS = 40000 };
	struct arena a = { 0 };
	struct json doc;
	struct buf b;
	uint64_t count = 0;
	clock_t start;

	(void)state;
	buf_init(&b, 1 << 20);
	buf_put_u8(&b, '{');
	for (unsigned i = 0; i < MEMBERS; i++) {
		buf_put_str(&b, i == 0 ? "" : ",");
		put_colliding(&b, &count);
	}
	buf_put_u8(&b, '}');
	assert_ok(buf_check(&b));
	start = clock();
	assert_ok(json_parse_arena(buf_span(&b), DEPTH, 1 << 20, &a, &doc,
	    NULL));
	assert_true(clock() - start < 2 * CLOCKS_PER_SEC);
	assert_int_equal(doc.tok[1].kids, doc.tok[3].kids);
	assert_int_equal(doc.tok[1].kids, doc.tok[2 * MEMBERS - 1].kids);
	buf_release(&b);
	arena_release(&a);
}

static void
test_handles(void **state)
{
	struct span text = span_str("{\"s\":\"a\\u00e9\\n\",\"l\":[1,\"x\","
	    "{\"q\":null}],\"o\":{},\"\\u006b\":true,\"p\":\"plain\"}");
	struct arena a = { 0 };
	struct json doc;
	struct json_val root, v, m;
	struct span s = { 0 };
	bool b = false;
	uint64_t u = 7;
	unsigned n = 0;

	(void)state;
	assert_ok(json_parse(text, DEPTH, tape, TAPE, &doc, NULL));
	root = json_root(&doc);
	assert_int_equal(json_count(root), 5);
	assert_true(span_is_equal(json_raw(root), text));
	assert_ok(json_text(json_get(root, "s"), &a, &s));
	assert_true(span_is_str(s, "a\xc3\xa9\n"));
	assert_true(json_is_str(json_get(root, "s"), "a\xc3\xa9\n"));
	assert_false(json_is_str(json_get(root, "s"), "a\xc3\xa9"));
	assert_false(json_is_str(json_get(root, "s"), "a\xc3\xa9\n "));
	assert_true(json_is_str(json_get(root, "p"), "plain"));
	assert_ok(json_text(json_get(root, "p"), NULL, &s));
	assert_ptr_equal(s.p, text.p + json_at(json_get(root, "p")) + 1);
	v = json_get(root, "l");
	assert_int_equal(json_count(v), 3);
	assert_true(span_is_str(json_raw(v), "[1,\"x\",{\"q\":null}]"));
	for (m = json_first(v); m.type != JSON_ABSENT; m = json_next(v, m)) {
		assert_int_equal(json_key(m, &a).n, 0);
		n++;
	}
	assert_int_equal(n, 3);
	for (m = json_first(root); m.type != JSON_ABSENT;
	    m = json_next(root, m)) {
		s = json_key(m, &a);
		n++;
	}
	assert_int_equal(n, 8);
	assert_true(span_is_str(s, "p"));
	assert_ok(json_bool(json_get(root, "k"), &b));
	assert_true(b);
	v = json_get(json_get(json_get(root, "none"), "x"), "y");
	assert_int_equal(v.type, JSON_ABSENT);
	assert_int_equal(json_first(v).type, JSON_ABSENT);
	assert_int_equal(json_next(v, v).type, JSON_ABSENT);
	assert_int_equal(json_first(json_get(root, "o")).type, JSON_ABSENT);
	assert_int_equal(json_count(v) + json_raw(v).n + json_at(v) +
	    json_key(v, &a).n, 0);
	assert_err(json_u64(v, &u), ERR_SCHEMA);
	assert_err(json_text(v, &a, &s), ERR_SCHEMA);
	assert_err(json_bool(v, &b), ERR_SCHEMA);
	assert_err(json_u64(json_get(root, "s"), &u), ERR_SCHEMA);
	assert_int_equal(u, 7);
	arena_release(&a);
}

static void
test_integers_are_exact(void **state)
{
	static const struct {
		const char *text;
		enum err eu, ei;
		uint64_t u;
		int64_t i;
	} rows[] = {
		{ "0", 0, 0, 0, 0 },
		{ "9007199254740993", 0, 0, 9007199254740993, 9007199254740993 },
		{ "9223372036854775807", 0, 0, INT64_MAX, INT64_MAX },
		{ "9223372036854775808", 0, ERR_LIMIT, 1ULL << 63, 0 },
		{ "18446744073709551615", 0, ERR_LIMIT, UINT64_MAX, 0 },
		{ "18446744073709551616", ERR_LIMIT, ERR_LIMIT, 0, 0 },
		{ "99999999999999999999", ERR_LIMIT, ERR_LIMIT, 0, 0 },
		{ "-1", ERR_LIMIT, 0, 0, -1 },
		{ "-9223372036854775808", ERR_LIMIT, 0, 0, INT64_MIN },
		{ "-9223372036854775809", ERR_LIMIT, ERR_LIMIT, 0, 0 },
		{ "-0", ERR_SCHEMA, ERR_SCHEMA, 0, 0 },
		{ "1.0", ERR_SCHEMA, ERR_SCHEMA, 0, 0 },
		{ "1e2", ERR_SCHEMA, ERR_SCHEMA, 0, 0 },
		{ "99999999999999999999.5", ERR_SCHEMA, ERR_SCHEMA, 0, 0 },
		{ "\"1\"", ERR_SCHEMA, ERR_SCHEMA, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct json doc;
		uint64_t u = 5;
		int64_t n = 5;

		assert_ok(json_parse(span_str(rows[i].text), 0, tape, TAPE,
		    &doc, NULL));
		assert_err(json_u64(json_root(&doc), &u), rows[i].eu);
		assert_err(json_i64(json_root(&doc), &n), rows[i].ei);
		assert_true(u == (rows[i].eu == ERR_NONE ? rows[i].u : 5));
		assert_true(n == (rows[i].ei == ERR_NONE ? rows[i].i : 5));
	}
}

static bool
same_double(double x, double y)
{
	return memcmp(&x, &y, sizeof x) == 0;
}

static double
read_double(struct span text)
{
	struct json doc;
	double d = 0;

	assert_ok(json_parse(text, 0, tape, TAPE, &doc, NULL));
	assert_ok(json_double(json_root(&doc), &d));
	return d;
}

static void
test_doubles(void **state)
{
	static const char *const rows[] = { "0", "-0", "0.0e5", "1", "-1.5",
		"0.1", "123456789.987654321", "1e22", "1e23", "1e-5", "5e-324",
		"2.2250738585072011e-308", "1.7976931348623157e308",
		"1e-99999999999999999999", "0e99999999999999999999",
		"9007199254740993", "9007199254740993.00000000000000000001",
		"0.000000000000000000000000000000000000001e39",
		"100000000000000000000000000000000000e-35", "4.35", "1E+2" };
	struct json doc;
	struct buf b;
	double d = 3;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		assert_true(same_double(read_double(span_str(rows[i])),
		    strtod(rows[i], NULL)));
	assert_ok(json_parse(span_str("-1e400"), 0, tape, TAPE, &doc, NULL));
	assert_err(json_double(json_root(&doc), &d), ERR_LIMIT);
	assert_true(same_double(d, 3));
	/* 2^53 + 1 is half way; a digit thousands of places on decides */
	buf_init(&b, 4096);
	buf_put_str(&b, "9007199254740993.");
	for (int i = 0; i < 3000; i++)
		buf_put_u8(&b, '0');
	assert_true(same_double(read_double(buf_span(&b)),
	    9007199254740992.0));
	buf_put_u8(&b, '1');
	assert_true(same_double(read_double(buf_span(&b)),
	    9007199254740994.0));
	buf_release(&b);
}

static void
test_writer_of_doubles(void **state)
{
	static const struct {
		double v;
		const char *text;
	} rows[] = {
		{ 0, "0" }, { -0.0, "-0" }, { 1, "1" }, { -1.5, "-1.5" },
		{ 0.1, "0.1" }, { 100, "100" }, { 123456789012345680.0,
		    "123456789012345680" }, { 1e20, "100000000000000000000" },
		{ 1e21, "1e+21" }, { 1e-6, "0.000001" }, { 1e-7, "1e-7" },
		{ 1.25e-9, "1.25e-9" }, { 5e-324, "5e-324" },
		{ 1.7976931348623157e308, "1.7976931348623157e+308" },
		{ 0.30000000000000004, "0.30000000000000004" },
		{ 4.35, "4.35" }, { 12.5, "12.5" },
	};
	struct json_out w;
	struct buf b;
	uint64_t seed = 1;

	(void)state;
	buf_init(&b, 400);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		buf_clear(&b);
		json_out_init(&w, &b);
		json_put_double(&w, rows[i].v);
		assert_string_equal(buf_str(&b), rows[i].text);
	}
	for (unsigned i = 0; i < 20000; i++) {
		double v;

		seed = mix(seed, i);
		memcpy(&v, &seed, sizeof v);
		if (!isfinite(v))
			continue;
		buf_clear(&b);
		json_out_init(&w, &b);
		json_put_double(&w, v);
		assert_true(same_double(read_double(buf_span(&b)), v));
	}
	assert_ok(buf_check(&b));
	json_put_double(&w, (double)NAN);
	assert_err(buf_check(&b), ERR_LIMIT);
	buf_release(&b);
}

/* A decimal comma changes nothing. Needs such a locale; any will do. */
static void
test_locale_does_not_matter(void **state)
{
	static const char *const names[] = { "es_UY.UTF-8", "pt_BR.UTF-8",
		"fr_CA.UTF-8", "es_ES.UTF-8", "fr_FR.UTF-8", "de_DE.UTF-8" };
	struct json_out w;
	struct buf b;
	size_t i = 0;

	(void)state;
	while (i < 6 && setlocale(LC_NUMERIC, names[i]) == NULL)
		i++;
	if (i == 6) {
		print_message("# skipped: no locale with a decimal comma\n");
		return;
	}
	buf_init(&b, 100);
	json_out_init(&w, &b);
	json_put_double(&w, 1234.5);
	assert_string_equal(buf_str(&b), "1234.5");
	assert_true(same_double(read_double(span_str("1234.5")), 1234.5));
	buf_release(&b);
	setlocale(LC_NUMERIC, "C");
}

static void
test_writer(void **state)
{
	static const unsigned char odd[] = "\"\\/\b\f\n\r\t\0\x01\x1f\x7f\xc3\xb1";
	struct json_out w;
	struct json doc;
	struct buf b;

	(void)state;
	buf_init(&b, 1000);
	json_out_init(&w, &b);
	json_put_open(&w, '{');
	json_put_member_str(&w, "a", "x");
	json_put_member_u64(&w, "b\n", UINT64_MAX);
	json_put_member_bool(&w, "c", false);
	json_put_member_span(&w, "d", span_of(odd, sizeof odd - 1));
	json_put_key(&w, "e");
	json_put_open(&w, '[');
	json_put_open(&w, '[');
	json_put_close(&w, ']');
	json_put_open(&w, '{');
	json_put_close(&w, '}');
	json_put_i64(&w, INT64_MIN);
	json_put_u64(&w, 0);
	json_put_null(&w);
	json_put_bool(&w, true);
	json_put_str(&w, "");
	json_put_raw(&w, span_str("{\"r\":1}"));
	json_put_close(&w, ']');
	json_put_key(&w, "f");
	json_put_double(&w, 0.5);
	json_put_close(&w, '}');
	assert_string_equal(buf_str(&b), "{\"a\":\"x\",\"b\\n\":"
	    "18446744073709551615,\"c\":false,\"d\":\"\\\"\\\\/\\b\\f\\n\\r\\t"
	    "\\u0000\\u0001\\u001f\x7f\xc3\xb1\",\"e\":[[],{},"
	    "-9223372036854775808,0,null,true,\"\",{\"r\":1}],\"f\":0.5}");
	assert_ok(json_parse(buf_span(&b), DEPTH, tape, TAPE, &doc, NULL));
	buf_release(&b);
	buf_init(&b, 8);
	json_out_init(&w, &b);
	json_put_str(&w, "0123456789");
	assert_err(buf_check(&b), ERR_LIMIT);
	buf_release(&b);
}

/* Names are compared as they mean, values stay as they were written. */
static void
test_writer_of_the_rest(void **state)
{
	static const char in[] = "{\"a\":1.50,\"\\u0062\":{\"c\":[]},\"c\":null}";
	struct arena arena = { 0 };
	struct json_out w;
	struct json doc;
	struct buf b;

	(void)state;
	assert_ok(json_parse_arena(span_str(in), DEPTH, TAPE, &arena, &doc,
	    NULL));
	buf_init(&b, 256);
	json_out_init(&w, &b);
	json_put_open(&w, '{');
	json_put_rest(&w, json_root(&doc), JSON_WITHOUT("c", "b"), &arena);
	json_put_close(&w, '}');
	json_put_open(&w, '{');
	json_put_rest(&w, json_root(&doc), JSON_WITHOUT("a"), &arena);
	json_put_member_bool(&w, "a", true);
	json_put_close(&w, '}');
	json_put_open(&w, '{');
	json_put_rest(&w, json_root(&doc), NULL, &arena);
	json_put_close(&w, '}');
	assert_string_equal(buf_str(&b), "{\"a\":1.50},{\"b\":{\"c\":[]},"
	    "\"c\":null,\"a\":true},{\"a\":1.50,\"b\":{\"c\":[]},"
	    "\"c\":null}");
	buf_release(&b);
	arena_release(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_accepts_the_grammar),
		cmocka_unit_test(test_refuses_with_place_and_rule),
		cmocka_unit_test(test_refuses_what_is_cut),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_arena_is_large_enough),
		cmocka_unit_test(test_twins_in_objects_of_any_size),
		cmocka_unit_test(test_chosen_collisions),
		cmocka_unit_test(test_handles),
		cmocka_unit_test(test_integers_are_exact),
		cmocka_unit_test(test_doubles),
		cmocka_unit_test(test_writer_of_doubles),
		cmocka_unit_test(test_locale_does_not_matter),
		cmocka_unit_test(test_writer),
		cmocka_unit_test(test_writer_of_the_rest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
