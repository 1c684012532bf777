/* SPDX-License-Identifier: Apache-2.0
 *
 * web/: what guards a form that everybody may send: tokens and their work,
 * limits by network, bodies in parts.
 */
#include "base/buf.h"
#include "base/mem.h"
#include "web/multipart.h"
#include "web/pace.h"
#include "web/token.h"

#include "cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>

/* --- tokens --- */

static const unsigned char nonce[12] = { 1, 2, 3 };
static struct token_spent spent;

static enum token_state
judge(const struct hash_key *k, const char *text, int64_t now_ms)
{
	unsigned bits = 0;
	enum token_state s = token_judge(k, &spent, span_str(text), now_ms,
	    &bits);

	if (s != TOKEN_FORGED)
		assert_int_equal(bits, 18);
	return s;
}

static void
test_token(void **state)
{
	struct hash_key *k = hash_key_create(span_str("key")),
	    *other = hash_key_create(span_str("another"));
	char text[TOKEN_TEXT + 1], bad[TOKEN_TEXT + 1];

	(void)state;
	token_write(k, 1000, 18, nonce, text);
	assert_int_equal(strlen(text), TOKEN_TEXT);
	assert_int_equal(judge(k, text, 1000 + TOKEN_WAIT_MS - 1),
	    TOKEN_EARLY);
	assert_int_equal(judge(k, text, 1000 + TOKEN_WAIT_MS), TOKEN_GOOD);
	assert_int_equal(judge(k, text, 1000 + TOKEN_LIFE_MS), TOKEN_GOOD);
	assert_int_equal(judge(k, text, 1001 + TOKEN_LIFE_MS), TOKEN_OLD);
	assert_int_equal(judge(k, text, 999), TOKEN_OLD);
	assert_int_equal(judge(other, text, 50000), TOKEN_FORGED);
	assert_int_equal(judge(k, "", 50000), TOKEN_FORGED);
	for (size_t i = 0; i < TOKEN_TEXT; i++) {
		memcpy(bad, text, sizeof bad);
		bad[i] = bad[i] == 'A' ? 'B' : 'A';
		assert_int_equal(judge(k, bad, 50000), TOKEN_FORGED);
	}
	token_spend(&spent, span_str(text));
	assert_int_equal(judge(k, text, 50000), TOKEN_USED);
	hash_key_free(k);
	hash_key_free(other);
}

/* The memory of what was used is bounded, and the newest stay in it. */
static void
test_token_memory(void **state)
{
	struct hash_key *k = hash_key_create(span_str("key"));
	char text[TOKEN_TEXT + 1];
	unsigned char n[12] = { 0 };

	(void)state;
	for (unsigned i = 0; i < 2 * TOKEN_SPENT; i++) {
		n[0] = (unsigned char)i;
		n[1] = (unsigned char)(i >> 8);
		n[2] = 77;
		token_write(k, 0, 18, n, text);
		token_spend(&spent, span_str(text));
	}
	assert_int_equal(spent.n, TOKEN_SPENT);
	assert_int_equal(judge(k, text, 50000), TOKEN_USED);
	hash_key_free(k);
}

/* Who spends many makes none good again that was used: what was made before
 * the newest that is forgotten is old. */
static void
test_token_flood(void **state)
{
	struct hash_key *k = hash_key_create(span_str("key"));
	char used[TOKEN_TEXT + 1], text[TOKEN_TEXT + 1];
	unsigned char n[12] = { 0 };

	(void)state;
	spent = (struct token_spent){ .n = 0 };
	token_write(k, 1000, 18, nonce, used);
	token_spend(&spent, span_str(used));
	for (unsigned i = 0; i < TOKEN_SPENT + 9; i++) {
		assert_int_equal(judge(k, used, 50000), i < TOKEN_SPENT ?
		    TOKEN_USED : TOKEN_OLD);
		n[0] = (unsigned char)i;
		n[1] = (unsigned char)(i >> 8);
		token_write(k, i < 20 ? 2000 : 3000, 18, n, text);
		token_spend(&spent, span_str(text));
	}
	/* it keeps to what is forgotten: later ones are as good as before */
	n[2] = 1;
	token_write(k, 2000, 18, n, text);
	assert_int_equal(judge(k, text, 50000), TOKEN_OLD);
	token_write(k, 2001, 18, n, text);
	assert_int_equal(judge(k, text, 50000), TOKEN_GOOD);
	hash_key_free(k);
}

static void
test_work(void **state)
{
	struct span text = span_str("token");
	char answer[32];

	(void)state;
	snprintf(answer, sizeof answer, "%llu",
	    (unsigned long long)token_work(text, 12));
	assert_true(token_is_worked(text, span_str(answer), 12));
	assert_false(token_is_worked(text, span_str(answer), 24));
	assert_false(token_is_worked(span_str("other"), span_str(answer),
	    12));
	assert_false(token_is_worked(text, span_str(""), 0));
	assert_false(token_is_worked(text, span_str("-1"), 0));
	assert_false(token_is_worked(text, span_str("12345678901234567"), 0));
	assert_true(token_is_worked(text, span_str("1234567890123456"), 0));
}

static void
test_work_rises(void **state)
{
	(void)state;
	assert_int_equal(token_bits(0), 18);
	assert_int_equal(token_bits(63), 18);
	assert_int_equal(token_bits(64), 19);
	assert_int_equal(token_bits(128), 20);
	assert_int_equal(token_bits(1000000), 24);
}

/* --- limits --- */

static crowd_key
v4(unsigned a, unsigned b, unsigned c, unsigned d)
{
	return 0xffff00000000u | (crowd_key)a << 24 | b << 16 | c << 8 | d;
}

static void
test_pace(void **state)
{
	struct pace *p = mem_alloc(sizeof *p);
	crowd_key six = 0x20010db800011234u;

	(void)state;
	pace_init(p, 3, 1000, 42);
	for (unsigned i = 0; i < 3; i++)
		assert_true(pace_take(p, v4(192, 0, 2, i), 5000));
	/* all of a /24 are one, the next one is another */
	assert_false(pace_take(p, v4(192, 0, 2, 99), 5000));
	assert_true(pace_take(p, v4(192, 0, 3, 1), 5000));
	assert_false(pace_take(p, v4(192, 0, 2, 99), 5999));
	assert_true(pace_take(p, v4(192, 0, 2, 99), 6000));
	assert_false(pace_take(p, v4(192, 0, 2, 99), 6000));
	/* and of a /48 */
	for (unsigned i = 0; i < 3; i++)
		assert_true(pace_take(p, six + i, 5000));
	assert_false(pace_take(p, six + 7, 5000));
	assert_true(pace_take(p, six + 0x10000, 5000));
	for (unsigned i = 0; i < 10; i++)
		assert_true(pace_take(p, 0, 5000));
	free(p);
}

/* One that floods is let through as often as it may, and takes nothing from
 * any other, however many those are. */
static void
test_pace_flood(void **state)
{
	struct pace *p = mem_alloc(sizeof *p);
	unsigned bad = 0, good = 0;

	(void)state;
	pace_init(p, 6, 10000, 42);
	for (unsigned ms = 0; ms < 60000; ms++) {
		bad += pace_take(p, v4(198, 51, 100, ms % 256), ms);
		if (ms % 600 == 0)
			good += pace_take(p, v4(10, ms / 600, 0, 1), ms);
	}
	assert_int_equal(good, 100);
	assert_int_equal(bad, 6 + 5);
	free(p);
}

/* --- parts --- */

struct heard {
	struct buf text; /* name|file|media|bytes; */
	unsigned parts, ends;
};

static enum err
on_part(void *ctx, const struct multipart_part *p)
{
	struct heard *h = ctx;

	h->parts++;
	buf_put(&h->text, p->name);
	buf_put_str(&h->text, p->is_file ? "|" : "|-");
	buf_put(&h->text, p->file);
	buf_put_str(&h->text, "|");
	buf_put(&h->text, p->media);
	buf_put_str(&h->text, "|");
	return ERR_NONE;
}

static enum err
on_bytes(void *ctx, struct span s)
{
	buf_put(&((struct heard *)ctx)->text, s);
	return ERR_NONE;
}

static enum err
on_end(void *ctx)
{
	struct heard *h = ctx;

	h->ends++;
	buf_put_str(&h->text, ";");
	return ERR_NONE;
}

static const char body[] =
    "--x-y\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n"
    "one\r\n--x-\r\n\r\n\r\n"
    "\r\n--x-y\r\ncontent-disposition: form-data; name=\"f\"; "
    "filename=\"C:\\dir\\..\\v.exe\"\r\nContent-Type: text/plain\r\n\r\n"
    "\r\n--x-y\r\nContent-Disposition: form-data; name=\"b\"\r\n\r\n2"
    "\r\n--x-y--\r\nafter it";
static const char heard_of_body[] =
    "a|-||one\r\n--x-\r\n\r\n\r\n;f|v.exe|text/plain|;b|-||2;";

/* Wherever it is cut it is the same. */
static void
test_parts(void **state)
{
	for (size_t step = 1; step <= sizeof body; step++) {
		struct heard h = { 0 };
		const struct multipart_sink sink = { &h, on_part, on_bytes,
			on_end };
		struct multipart m;

		(void)state;
		buf_init(&h.text, 4096);
		multipart_init(&m, span_str("x-y"), &sink);
		for (size_t i = 0; i < sizeof body - 1; i += step) {
			size_t left = sizeof body - 1 - i;

			assert_int_equal(multipart_put(&m, span_of(body + i,
			    left < step ? left : step), NULL), ERR_NONE);
		}
		assert_true(multipart_is_whole(&m));
		assert_string_equal(buf_str(&h.text), heard_of_body);
		assert_int_equal(h.parts, 3);
		assert_int_equal(h.ends, 3);
		buf_release(&h.text);
	}
}

static enum err
put_all(const char *text, bool *whole)
{
	struct heard h = { 0 };
	const struct multipart_sink sink = { &h, on_part, on_bytes, on_end };
	struct multipart m;
	struct fault f = { 0 };
	enum err e;

	buf_init(&h.text, 65536);
	multipart_init(&m, span_str("x"), &sink);
	e = multipart_put(&m, span_str(text), &f);
	*whole = multipart_is_whole(&m);
	assert_true(e == ERR_NONE || f.rule[0] != '\0');
	if (e != ERR_NONE)
		assert_int_equal(multipart_put(&m, span_str("--x--"), NULL),
		    ERR_STATE);
	buf_release(&h.text);
	return e;
}

#define PART "--x\r\nContent-Disposition: form-data; "

static void
test_parts_refused(void **state)
{
	static const struct {
		const char *text;
		enum err e;
	} rows[] = {
		{ "a=1&b=2", ERR_SYNTAX },
		{ "--y\r\n", ERR_SYNTAX },
		{ "--xx", ERR_SYNTAX },
		{ "--x\r\n\r\n\r\n", ERR_SYNTAX },
		{ PART "filename=\"a\"\r\n\r\n", ERR_SYNTAX },
		{ PART "name=\"\"\r\n\r\n", ERR_SYNTAX },
		{ PART "name=\"a\r\n\r\n", ERR_SYNTAX },
		{ PART "name=\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		    "aaaaaaaaaaaaaaaaaaaaaaa\"\r\n\r\n", ERR_SYNTAX },
		/* not at their end */
		{ "", ERR_NONE }, { "--x", ERR_NONE }, { "--x\r\n", ERR_NONE },
		{ PART "name=\"a\"\r\n\r\nbc\r\n--", ERR_NONE },
		{ PART "name=\"a\"\r\n\r\nbc\r\n--x-", ERR_NONE },
	};
	bool whole;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_int_equal(put_all(rows[i].text, &whole), rows[i].e);
		assert_false(whole);
	}
}

static void
test_parts_limits(void **state)
{
	struct buf b;
	bool whole;

	(void)state;
	buf_init(&b, 65536);
	buf_put_str(&b, "--x\r\nX: ");
	while (b.n < MULTIPART_HEAD + 100)
		buf_put_str(&b, "long ");
	assert_int_equal(put_all(buf_str(&b), &whole), ERR_LIMIT);
	buf_clear(&b);
	for (int i = 0; i <= MULTIPART_PARTS; i++)
		buf_put_str(&b, PART "name=\"a\"\r\n\r\n\r\n");
	buf_put_str(&b, "--x--");
	assert_int_equal(put_all(buf_str(&b), &whole), ERR_LIMIT);
	buf_release(&b);
}

static void
test_boundary(void **state)
{
	static const struct {
		const char *in, *out;
	} rows[] = {
		{ "multipart/form-data; boundary=abc", "abc" },
		{ "Multipart/Form-Data;boundary=\"a b\"", NULL },
		{ "multipart/form-data; boundary=\"a'b\"", "a'b" },
		{ "multipart/form-data; boundary=", NULL },
		{ "multipart/form-data; boundary=a\r", NULL },
		{ "multipart/form-data", NULL },
		{ "multipart/mixed; boundary=a", NULL },
		{ "application/x-www-form-urlencoded", NULL },
		{ "multipart/form-data; boundary=0123456789012345678901234567"
		  "8901234567890123456789012345678901234567890", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct span b = multipart_boundary(span_str(rows[i].in));

		if (rows[i].out == NULL)
			assert_null(b.p);
		else
			assert_true(span_is_str(b, rows[i].out));
	}
	assert_null(multipart_boundary(span_of(NULL, 0)).p);
}

static void
test_file_name(void **state)
{
	static const struct {
		const char *in, *out;
	} rows[] = {
		{ "mail.eml", "mail.eml" }, { "", "file" },
		{ ".profile", "_profile" }, { "..", "_." },
		{ "a/b\\c", "a_b_c" }, { "a\tb\x7f.", "a_b_." },
		{ "más 日本.txt", "más 日本.txt" },
		{ "a\xc2\x85" "b", "a_b" },            /* NEL */
		{ "a\xe2\x80\xaegpj.exe", "a_gpj.exe" }, /* U+202E */
		{ "a\xe2\x81\xa6" "b", "a_b" },         /* U+2066 */
		{ "a\xe2\x80\x94" "b", "a\xe2\x80\x94" "b" }, /* a dash */
		{ "a\xff\xe1.txt", "a__.txt" },
		{ "\xa1.txt", "_txt" }, /* the end of a character */
	};
	char name[MULTIPART_SHOWN + 1], long_one[MULTIPART_SHOWN + 2];

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_int_equal(multipart_file_name(span_str(rows[i].in),
		    name), strlen(rows[i].out));
		assert_string_equal(name, rows[i].out);
	}
	memset(long_one, 'x', sizeof long_one);
	memcpy(long_one + sizeof long_one - 4, ".pdf", 4);
	assert_int_equal(multipart_file_name(span_of(long_one,
	    sizeof long_one), name), MULTIPART_SHOWN);
	assert_string_equal(name + MULTIPART_SHOWN - 4, ".pdf");
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_token),
		cmocka_unit_test(test_token_memory),
		cmocka_unit_test(test_token_flood),
		cmocka_unit_test(test_work), cmocka_unit_test(test_work_rises),
		cmocka_unit_test(test_pace), cmocka_unit_test(test_pace_flood),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_parts_refused),
		cmocka_unit_test(test_parts_limits),
		cmocka_unit_test(test_boundary),
		cmocka_unit_test(test_file_name) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
