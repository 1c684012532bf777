/* SPDX-License-Identifier: Apache-2.0
 *
 * Keyed digests of what was seen: the same for the same observable under one
 * secret, whoever writes it how, and another under another; their order tells
 * nothing; and what is no digest, or no secret, is none.
 */
#include "record/blind.h"

#include "base/code.h"
#include "record/entry.h"
#include "record/observable.h"

#include "cmocka_all.h"

static struct blind_key
key_of(unsigned char fill)
{
	struct blind_key k = { .group = span_str("andes") };

	memset(k.secret, fill, sizeof k.secret);
	return k;
}

/* Made with openssl: printf 'almenara blind 1\ndomain:evil.example' |
 * openssl dgst -sha256 -mac hmac -macopt hexkey:0101...01 */
static void
test_the_digest_is_hmac(void **state)
{
	static const char hex[] =
	    "576e39d6b79dc5edb9a39861c65aeda20f078d4d4e1441568edab1ccb7d591e1";
	struct blind_key k = key_of(1);
	struct span seen = span_str("domain:evil.example");
	struct blind_one one;
	struct digest want;

	(void)state;
	assert_int_equal(blind_make(&k, &seen, 1, &one), 1);
	assert_int_equal(code_parse_hex_fixed(span_str(hex), want.b,
	    sizeof want.b), ERR_NONE);
	assert_memory_equal(&one.digest, &want, sizeof want);
}

static void
test_another_secret_is_another_digest(void **state)
{
	struct blind_key a = key_of(1), b = key_of(2);
	struct span seen = span_str("net:203.0.113.7");
	struct blind_one x, y, z;

	(void)state;
	assert_int_equal(blind_make(&a, &seen, 1, &x), 1);
	assert_int_equal(blind_make(&a, &seen, 1, &y), 1);
	assert_int_equal(blind_make(&b, &seen, 1, &z), 1);
	assert_memory_equal(&x.digest, &y.digest, sizeof x.digest);
	assert_memory_not_equal(&x.digest, &z.digest, sizeof x.digest);
}

static void
test_order_tells_nothing(void **state)
{
	struct span seen[] = { span_str("domain:a.example"),
		span_str("domain:b.example"), span_str("domain:c.example"),
		span_str("domain:a.example") };
	struct span back[] = { seen[2], seen[1], seen[0] };
	struct blind_one x[4], y[3];
	struct blind_key k = key_of(3);

	(void)state;
	assert_int_equal(blind_make(&k, seen, 4, x), 3);
	assert_int_equal(blind_make(&k, back, 3, y), 3);
	for (size_t i = 0; i < 3; i++) {
		assert_memory_equal(&x[i].digest, &y[i].digest,
		    sizeof x[i].digest);
		assert_true(span_is_equal(x[i].observable, y[i].observable));
		if (i != 0)
			assert_true(memcmp(&x[i - 1].digest, &x[i].digest,
			    sizeof x[i].digest) < 0);
	}
	assert_int_equal(blind_make(&k, seen, 0, x), 0);
}

static void
test_bodies(void **state)
{
	struct span seen[] = { span_str("domain:a.example"),
		span_str("net:203.0.113.7") };
	struct blind_key k = key_of(4), got;
	struct observable *o;
	struct blind_one one[2];
	struct arena a = { 0 };
	struct fault f = { 0 };
	struct json doc;
	struct buf b;

	(void)state;
	o = arena_alloc(&a, LIMIT_OBSERVABLES * sizeof *o);
	buf_init(&b, 65536);
	blind_key_write(&k, &b);
	assert_int_equal(json_parse_arena(arena_copy(&a, buf_span(&b)), 16,
	    1000, &a, &doc, NULL), ERR_NONE);
	assert_int_equal(blind_key_parse(json_root(&doc), &a, &got, &f),
	    ERR_NONE);
	assert_memory_equal(got.secret, k.secret, sizeof k.secret);
	assert_true(span_is_str(got.group, "andes"));
	buf_release(&b);

	/* what is shown is found among observables, and only whole digests */
	assert_int_equal(blind_make(&k, seen, 2, one), 2);
	buf_init(&b, 65536);
	blind_write(one, 2, &b);
	assert_int_equal(json_parse_arena(arena_copy(&a, buf_span(&b)), 16,
	    1000, &a, &doc, NULL), ERR_NONE);
	assert_int_equal(observables_of(json_root(&doc), &a, o), 2);
	assert_int_equal(o[0].text.n, sizeof BLIND_FORM - 1 +
	    ENTRY_DIGEST_TEXT);
	buf_release(&b);
	assert_int_equal(json_parse_arena(span_str("{\"blind\":[\"x\",7,{},"
	    "\"AAAA\"]}"), 16, 1000, &a, &doc, NULL), ERR_NONE);
	assert_int_equal(observables_of(json_root(&doc), &a, o), 0);
	arena_release(&a);
}

static void
test_what_is_no_secret(void **state)
{
	static const struct {
		const char *body, *field;
	} row[] = {
		{ "{}", "group" },
		{ "{\"group\":\"\",\"secret\":\"x\"}", "group" },
		{ "{\"group\":\"g\"}", "secret" },
		{ "{\"group\":\"g\",\"secret\":7}", "secret" },
		{ "{\"group\":\"g\",\"secret\":\"AAAA\"}", "secret" } };
	struct blind_key out = key_of(9);
	struct arena a = { 0 };
	struct fault f;
	struct json doc;

	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		assert_int_equal(json_parse_arena(span_str(row[i].body), 16,
		    1000, &a, &doc, NULL), ERR_NONE);
		assert_int_equal(blind_key_parse(json_root(&doc), &a, &out,
		    &f), ERR_SCHEMA);
		assert_string_equal(f.field, row[i].field);
		assert_int_equal(out.secret[0], 9);
	}
	arena_release(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_digest_is_hmac),
		cmocka_unit_test(test_another_secret_is_another_digest),
		cmocka_unit_test(test_order_tells_nothing),
		cmocka_unit_test(test_bodies),
		cmocka_unit_test(test_what_is_no_secret)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
