/* SPDX-License-Identifier: Apache-2.0
 *
 * crypto/: keys, JWS, documents, containers and wrapping against the facts of
 * tests/vectors/jose.txt, and every way in which each must be refused.
 */
#include "base/code.h"
#include "base/limits.h"
#include "base/mem.h"
#include "crypto/jwe.h"
#include "crypto/jws.h"
#include "crypto/jws_general.h"
#include "crypto/wrap.h"

#include "cmocka_all.h"

#include <stdio.h>

#define TYP "almenara-entry+jws"

static char vectors[16384];

/* The value of a line of the vectors, NUL-ended; lives until the next end. */
static char *
fact(const char *name)
{
	size_t n = strlen(name);

	for (const char *p = vectors; *p != '\0';) {
		size_t line = strcspn(p, "\n");

		if (line > n && memcmp(p, name, n) == 0 && p[n] == ' ') {
			char *s = mem_alloc(line - n);

			memcpy(s, p + n + 1, line - n - 1);
			return s;
		}
		p += line + (p[line] == '\n');
	}
	fail_msg("no fact %s", name);
	return NULL;
}

static void
seed_of(const char *label, unsigned char out[32])
{
	struct span in[] = { span_str("almenara test key: "),
		span_str(label) };
	struct digest d = hash_sha256_spans(in, 2);

	memcpy(out, d.b, 32);
}

static struct jwk
key_of(enum jwk_kind kind, const char *label)
{
	unsigned char seed[32];
	struct jwk k;

	seed_of(label, seed);
	jwk_from_seed(kind, seed, &k);
	return k;
}

static enum err
parse_key(const char *text, struct jwk *out, struct fault *f)
{
	struct json_tok tape[32];
	struct json doc;
	enum err e = json_parse(span_str(text), 2, tape, 32, &doc, f);

	return e != ERR_NONE ? e : jwk_parse(json_root(&doc), out, f);
}

static void
check_key(enum jwk_kind kind, const char *label, const char *json,
    const char *kid, bool secret)
{
	char *text = fact(json), *name = fact(kid), *words = fact(label);
	struct jwk k = key_of(kind, words), again;
	struct kid got = jwk_kid(&k);
	struct buf b;

	buf_init(&b, 512);
	if (secret)
		jwk_write_secret(&k, &b);
	else
		jwk_write_public(&k, &b);
	assert_string_equal(buf_str(&b), text);
	assert_string_equal(got.s, name);
	assert_ok(parse_key(text, &again, NULL));
	assert_int_equal(again.has_secret, secret);
	assert_memory_equal(again.x, k.x, 32);
	buf_release(&b);
	free(text);
	free(name);
	free(words);
}

static void
test_keys(void **state)
{
	(void)state;
	check_key(JWK_ED25519, "entry_label", "entry_public", "entry_kid",
	    false);
	check_key(JWK_X25519, "br_label", "br_secret", "br_kid", true);
	check_key(JWK_P256, "us_label", "us_secret", "us_kid", true);
}

#define Z43 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define X43 "V0DtENaTX1D0fBCcZBRlrqgerK19WsZtYDccC1vEQJ0"

static void
test_keys_refused(void **state)
{
	static const struct {
		const char *text;
		enum err e;
		const char *rule;
	} bad[] = {
		{ "{\"crv\":\"Ed25519\",\"kty\":\"OKP\",\"x\":\"" Z43 "\"}",
		    ERR_KEY, "weak" },
		{ "{\"crv\":\"X25519\",\"kty\":\"OKP\",\"x\":\"" Z43 "\"}",
		    ERR_KEY, "weak" },
		{ "{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"" Z43
		  "\",\"y\":\"" Z43 "\"}", ERR_KEY, "curve" },
		{ "{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"" X43
		  "\",\"y\":\"" X43 "\"}", ERR_KEY, "curve" },
		{ "{\"crv\":\"Ed448\",\"kty\":\"OKP\",\"x\":\"" X43 "\"}",
		    ERR_UNSUPPORTED, "no kind" },
		{ "{\"crv\":\"Ed25519\",\"kty\":\"OKP\",\"x\":\"" X43
		  "\",\"use\":\"sig\"}", ERR_SCHEMA, "not belong" },
		{ "{\"crv\":\"Ed25519\",\"kty\":\"OKP\"}", ERR_SCHEMA,
		    "missing" },
		{ "{\"crv\":\"Ed25519\",\"kty\":\"OKP\",\"x\":\"V0DtENaTX1D0fB"
		  "CcZBRlrqgerK19WsZtYDccC1vEQJ1\"}", ERR_CANONICAL,
		    "canonical" },
		{ "{\"crv\":\"Ed25519\",\"d\":\"" Z43
		  "\",\"kty\":\"OKP\",\"x\":\"" X43 "\"}", ERR_KEY,
		    "secret does not" },
		{ "[]", ERR_SCHEMA, "object" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct fault f = { 0 };
		struct jwk k;

		assert_err(parse_key(bad[i].text, &k, &f), bad[i].e);
		assert_non_null(strstr(f.rule, bad[i].rule));
	}
}

static void
test_jws(void **state)
{
	struct jwk key = key_of(JWK_ED25519, "uy entry");
	struct sign_public public = jwk_sign_public(&key), other;
	struct kid kid = jwk_kid(&key);
	struct sign_secret secret;
	struct arena a = { 0 };
	struct jws j;
	struct buf b;
	char *text = fact("open_jws");

	(void)state;
	assert_ok(jws_parse(span_str(text), TYP, &a, &j, NULL));
	assert_true(kid_is_equal(&j.kid, &kid));
	assert_true(jws_is_signed_by(&j, &public));
	other = public;
	other.b[3] ^= 1;
	assert_false(jws_is_signed_by(&j, &other));
	jwk_sign_secret(&key, &secret);
	buf_init(&b, LIMIT_JWS);
	assert_ok(jws_write(TYP, &kid, j.payload, &secret, &b));
	assert_string_equal(buf_str(&b), text);
	buf_release(&b);
	arena_release(&a);
	free(text);
}

static void
refuse_jws(struct span text, enum err want, const char *rule)
{
	struct arena a = { 0 };
	struct fault f = { 0 };
	struct jws j;

	assert_err(jws_parse(text, TYP, &a, &j, &f), want);
	assert_non_null(strstr(f.rule, rule));
	arena_release(&a);
}

static void
refuse_header(const char *header, enum err want, const char *rule)
{
	char *text = fact("open_jws");
	struct buf b;

	buf_init(&b, 4096);
	code_write_base64url(&b, span_str(header));
	buf_put_str(&b, strchr(text, '.'));
	refuse_jws(buf_span(&b), want, rule);
	buf_release(&b);
	free(text);
}

#define KID "llk_x9urH0Fsz_tIoqWIH4oQfOX8Rl3qNrRwK9P9wRk"
#define REST ",\"kid\":\"" KID "\",\"typ\":\"" TYP "\"}"

static void
test_jws_refused(void **state)
{
	char *text = fact("open_jws");
	size_t n = strlen(text);

	(void)state;
	refuse_header("{\"alg\":\"none\"" REST, ERR_UNSUPPORTED, "algorithm");
	refuse_header("{\"alg\":\"EdDSA\"" REST, ERR_UNSUPPORTED, "algorithm");
	refuse_header("{\"alg\":\"HS256\"" REST, ERR_UNSUPPORTED, "algorithm");
	refuse_header("{\"alg\":\"Ed25519\",\"b64\":true" REST, ERR_CANONICAL,
	    "exactly");
	refuse_header("{\"alg\":\"Ed25519\",\"alg\":\"Ed25519\"" REST,
	    ERR_CANONICAL, "exactly");
	refuse_header("{\"alg\":\"Ed25519\",\"kid\":\"" KID "\",\"typ\":\""
	    TYP "\",\"crit\":[]}", ERR_CANONICAL, "exactly");
	refuse_header("{\"alg\":\"Ed25519\",\"kid\":\"" KID "\",\"typ\":\""
	    TYP "\"}\n", ERR_CANONICAL, "exactly");
	refuse_header("{\"alg\":\"Ed25519\", \"kid\":\"" KID "\"}",
	    ERR_CANONICAL, "exactly");
	refuse_header("{\"alg\":\"Ed25519\",\"kid\":\"" KID
	    "\",\"typ\":\"almenara-receipt+jws\"}", ERR_UNSUPPORTED, "type");
	refuse_jws(span_of(text, n - 1), ERR_SYNTAX, "right length");
	text[n - 1] = 'R'; /* was Q: the same 64 bytes, another spelling */
	refuse_jws(span_of(text, n), ERR_CANONICAL, "canonical");
	text[n - 1] = ' ';
	refuse_jws(span_of(text, n), ERR_SYNTAX, "base64url");
	refuse_jws(span_str("a.b"), ERR_SYNTAX, "three parts");
	refuse_jws(span_str(""), ERR_SYNTAX, "three parts");
	free(text);
}

static void
test_sign_refused(void **state)
{
	static const unsigned char order[32] = { 0xed, 0xd3, 0xf5, 0x5c, 0x1a,
		0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde,
		0x14, [31] = 0x10 };
	struct jwk key = key_of(JWK_ED25519, "uy entry");
	struct sign_public public = jwk_sign_public(&key);
	struct sign_public identity = { { 1 } };
	struct sign_secret secret;
	unsigned char sig[64], constant[64] = { 1 };
	unsigned carry = 0;

	(void)state;
	jwk_sign_secret(&key, &secret);
	sign_make(&secret, span_str("m"), sig);
	assert_true(sign_check(&public, span_str("m"), sig));
	assert_false(sign_check(&identity, span_str("m"), constant));
	assert_false(sign_check(&public, span_str("m"), constant));
	assert_err(sign_public_check(&identity), ERR_KEY);
	for (int i = 0; i < 32; i++) {
		carry += (unsigned)sig[32 + i] + order[i];
		sig[32 + i] = (unsigned char)carry;
		carry >>= 8;
	}
	assert_false(sign_check(&public, span_str("m"), sig));
}

static void
test_document(void **state)
{
	struct jwk k[3] = { key_of(JWK_ED25519, "a"), key_of(JWK_ED25519, "b"),
		key_of(JWK_ED25519, "c") };
	const struct jwk *two[] = { &k[0], &k[1] }, *same[] = { &k[0], &k[0] };
	struct arena a = { 0 };
	struct jws_general j, more;
	struct buf b, c;

	(void)state;
	buf_init(&b, LIMIT_DOCUMENT);
	buf_init(&c, LIMIT_DOCUMENT);
	assert_ok(jws_general_make(span_str("{}"), "t", two, 2, &b));
	assert_err(jws_general_make(span_str("{}"), "t", same, 2, &c),
	    ERR_CONFLICT);
	assert_ok(jws_general_parse(buf_span(&b), "t", &a, &j, NULL));
	assert_int_equal(j.count, 2);
	assert_true(jws_general_verify(&j, 0, &k[0]));
	assert_true(jws_general_verify(&j, 1, &k[1]));
	assert_false(jws_general_verify(&j, 1, &k[0]));
	assert_err(jws_general_add(&j, "t", &k[1], &c), ERR_CONFLICT);
	assert_ok(jws_general_add(&j, "t", &k[2], &c));
	assert_ok(jws_general_parse(buf_span(&c), "t", &a, &more, NULL));
	assert_true(jws_general_verify(&more, 2, &k[2]));
	assert_true(jws_general_verify(&more, 0, &k[0]));
	assert_err(jws_general_parse(buf_span(&c), "u", &a, &more, NULL),
	    ERR_UNSUPPORTED);
	buf_release(&b);
	buf_release(&c);
	arena_release(&a);
}

static void
seal(const struct jwk *const *to, size_t n, struct span jws, struct buf *b)
{
	unsigned char (*seeds)[32] = mem_array(n, 32);
	unsigned char iv[32];
	struct jwe_random r;

	seed_of("cek", r.cek);
	seed_of("iv", iv);
	memcpy(r.iv, iv, 12);
	for (size_t i = 0; i < n; i++) {
		char label[32];

		snprintf(label, sizeof label, "epk %zu", i + 1);
		seed_of(label, seeds[i]);
	}
	r.epk = (const unsigned char (*)[32])seeds;
	assert_ok(jwe_write(span_str("almenara.example/log/uy/7f3a09c2"), to,
	    n, jws, &r, b));
	free(seeds);
}

static void
test_container(void **state)
{
	struct jwk br = key_of(JWK_X25519, "br enc");
	struct jwk us = key_of(JWK_P256, "us enc");
	const struct jwk *both[] = { &br, &us };
	char *inner = fact("inner_jws"), *text = fact("container");
	struct arena a = { 0 };
	struct jwe j;
	struct buf b;

	(void)state;
	buf_init(&b, LIMIT_CONTAINER);
	seal(both, 2, span_str(inner), &b);
	assert_string_equal(buf_str(&b), text);
	assert_ok(jwe_parse(span_str(text), &a, &j, NULL));
	assert_true(span_is_str(j.log, "almenara.example/log/uy/7f3a09c2"));
	for (int i = 0; i < 2; i++) {
		buf_clear(&b);
		assert_ok(jwe_open(&j, both[i], &b, NULL));
		assert_string_equal(buf_str(&b), inner);
	}
	buf_release(&b);
	arena_release(&a);
	free(inner);
	free(text);
}

/* Every byte of a container changed by one bit: never opens to anything. */
static void
test_container_flips(void **state)
{
	struct jwk us = key_of(JWK_P256, "us enc");
	struct jwk br = key_of(JWK_X25519, "br enc");
	const struct jwk *one[] = { &br, &us };
	struct arena a = { 0 };
	struct jwe j;
	struct buf b, out;

	(void)state;
	buf_init(&b, LIMIT_CONTAINER);
	buf_init(&out, LIMIT_JWS);
	seal(one, 2, span_str("a.b.c"), &b);
	for (size_t i = 0; i < b.n; i++) {
		bool opened = true;

		b.p[i] ^= 1;
		if (jwe_parse(buf_span(&b), &a, &j, NULL) != ERR_NONE)
			opened = false;
		for (int k = 0; opened && k < 2; k++)
			if (jwe_open(&j, one[k], &out, NULL) != ERR_NONE)
				opened = false;
		assert_false(opened);
		b.p[i] ^= 1;
		arena_reset(&a);
	}
	buf_release(&b);
	buf_release(&out);
	arena_release(&a);
}

static void
test_container_many(void **state)
{
	static const size_t counts[] = { 1, 2, 3, 7, 34, 200,
		LIMIT_RECIPIENTS - 1, LIMIT_RECIPIENTS };
	static struct jwk keys[LIMIT_RECIPIENTS];
	const struct jwk *to[LIMIT_RECIPIENTS];
	struct arena a = { 0 };
	struct jwe j;
	struct buf b, out;

	(void)state;
	for (size_t i = 0; i < LIMIT_RECIPIENTS; i++) {
		char label[16];

		snprintf(label, sizeof label, "r %zu", i);
		keys[i] = key_of(i % 2 ? JWK_X25519 : JWK_P256, label);
		to[i] = &keys[i];
	}
	buf_init(&b, LIMIT_CONTAINER);
	buf_init(&out, LIMIT_JWS);
	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
		size_t n = counts[i];

		buf_clear(&b);
		seal(to, n, span_str("a.b.c"), &b);
		assert_ok(jwe_parse(buf_span(&b), &a, &j, NULL));
		assert_int_equal(j.count, n);
		for (size_t k = 0; k < n; k += n / 3 + 1) {
			buf_clear(&out);
			assert_ok(jwe_open(&j, to[k], &out, NULL));
			assert_string_equal(buf_str(&out), "a.b.c");
		}
		buf_clear(&out);
		assert_ok(jwe_open(&j, to[n - 1], &out, NULL));
		if (n < LIMIT_RECIPIENTS)
			assert_err(jwe_open(&j, to[n], &out, NULL), ERR_KEY);
	}
	buf_release(&b);
	buf_release(&out);
	arena_release(&a);
}

static void
test_wrap(void **state)
{
	static const unsigned char key[32] = { 7 }, nonce[12] = { 1 };
	struct hash_key *words;
	struct buf b, out;

	(void)state;
	buf_init(&b, 1024);
	buf_init(&out, 1024);
	assert_ok(wrap_seal(key, nonce, span_str("row 1"), span_str("texto"),
	    &b));
	assert_int_equal(b.n, 5 + WRAP_OVERHEAD);
	assert_ok(wrap_open(key, span_str("row 1"), buf_span(&b), &out));
	assert_string_equal(buf_str(&out), "texto");
	assert_err(wrap_open(key, span_str("row 2"), buf_span(&b), &out),
	    ERR_DECRYPT);
	assert_int_equal(out.n, 5);
	b.p[14] ^= 1;
	assert_err(wrap_open(key, span_str("row 1"), buf_span(&b), &out),
	    ERR_DECRYPT);
	assert_err(wrap_open(key, span_str("row 1"), span_of(b.p, 27), &out),
	    ERR_SYNTAX);
	words = wrap_words_key(key);
	assert_true(wrap_token_digest(words, span_str("a")) !=
	    wrap_token_digest(words, span_str("b")));
	hash_key_free(words);
	buf_release(&b);
	buf_release(&out);
}

/* RFC 4231, test cases 2 and 6: a short key, and one longer than a block. */
static void
test_hmac(void **state)
{
	static const unsigned char want[2][32] = {
		{ 0x5b, 0xdc, 0xc1, 0x46, 0xbf, 0x60, 0x75, 0x4e, 0x6a, 0x04,
		    0x24, 0x26, 0x08, 0x95, 0x75, 0xc7, 0x5a, 0x00, 0x3f, 0x08,
		    0x9d, 0x27, 0x39, 0x83, 0x9d, 0xec, 0x58, 0xb9, 0x64, 0xec,
		    0x38, 0x43 },
		{ 0x60, 0xe4, 0x31, 0x59, 0x1e, 0xe0, 0xb6, 0x7f, 0x0d, 0x8a,
		    0x26, 0xaa, 0xcb, 0xf5, 0xb7, 0x7f, 0x8e, 0x0b, 0xc6, 0x21,
		    0x37, 0x28, 0xc5, 0x14, 0x05, 0x46, 0x04, 0x0f, 0x0e, 0xe3,
		    0x7f, 0x54 },
	};
	unsigned char key[131];
	struct hash_key *k;
	struct digest d;

	(void)state;
	k = hash_key_create(span_str("Jefe"));
	for (int i = 0; i < 2; i++) { /* it is as it was after use */
		d = hash_hmac(k, span_str("what do ya want for nothing?"));
		assert_memory_equal(d.b, want[0], sizeof d.b);
	}
	hash_key_free(k);
	memset(key, 0xaa, sizeof key);
	k = hash_key_create(span_of(key, sizeof key));
	d = hash_hmac(k, span_str(
	    "Test Using Larger Than Block-Size Key - Hash Key First"));
	assert_memory_equal(d.b, want[1], sizeof d.b);
	hash_key_free(k);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hmac),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_keys_refused),
		cmocka_unit_test(test_jws),
		cmocka_unit_test(test_jws_refused),
		cmocka_unit_test(test_sign_refused),
		cmocka_unit_test(test_document),
		cmocka_unit_test(test_container),
		cmocka_unit_test(test_container_flips),
		cmocka_unit_test(test_container_many),
		cmocka_unit_test(test_wrap),
	};
	FILE *f = fopen("tests/vectors/jose.txt", "r");
	size_t n = f == NULL ? 0 : fread(vectors, 1, sizeof vectors - 1, f);

	if (n == 0)
		return 1;
	vectors[n] = '\0';
	fclose(f);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
