/* SPDX-License-Identifier: Apache-2.0
 *
 * What must be refused, case by case and each by its own rule: weak points of
 * both curves, signatures with a second spelling, containers and documents
 * with a member too many, a length or a padding that is not the one.
 */
#include "base/code.h"
#include "base/limits.h"
#include "base/mem.h"
#include "crypto/ecdh.h"
#include "crypto/gcm.h"
#include "crypto/jwe.h"
#include "crypto/jws_general.h"

#include "cmocka_all.h"

#include <stdio.h>

#define TYP "almenara-document+jws"

static const unsigned char seeds[2][32] = { { 1 }, { 2 } };
static const struct jwe_random numbers = { { 3 }, { 4 }, seeds };

static struct jwk
key_of(enum jwk_kind kind, const char *label)
{
	struct digest seed = hash_sha256(span_str(label));
	struct jwk k;

	jwk_from_seed(kind, seed.b, &k);
	return k;
}

/* `text` with the first `from` replaced; the caller releases it. */
static struct buf
edit(struct span text, const char *from, const char *to)
{
	const unsigned char *at = memmem(text.p, text.n, from, strlen(from));
	size_t before;
	struct buf b;

	assert_non_null(at);
	before = (size_t)(at - text.p);
	buf_init(&b, LIMIT_DOCUMENT);
	buf_put(&b, span_of(text.p, before));
	buf_put_str(&b, to);
	buf_put(&b, span_of(at + strlen(from),
	    text.n - before - strlen(from)));
	return b;
}

/* The encodings of points of small order on edwards25519, by y: 0, 1, -1 and
 * those of order 8, with y + p where that fits, each with either sign. */
static const char *const weak_ed25519[] = {
	"0000000000000000000000000000000000000000000000000000000000000000",
	"0000000000000000000000000000000000000000000000000000000000000080",
	"0100000000000000000000000000000000000000000000000000000000000000",
	"0100000000000000000000000000000000000000000000000000000000000080",
	"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
	"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
	"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
	"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
	"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
	"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
	"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
};

/* The same on curve25519, by u: 0, 1, -1, both of order 8, u + p, either
 * highest bit. */
static const char *const weak_x25519[] = {
	"0000000000000000000000000000000000000000000000000000000000000000",
	"0000000000000000000000000000000000000000000000000000000000000080",
	"0100000000000000000000000000000000000000000000000000000000000000",
	"0100000000000000000000000000000000000000000000000000000000000080",
	"5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
	"5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f11d7",
	"e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
	"e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b880",
	"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
	"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
	"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
};

enum { WEAK = 14 };

static void
of_hex(const char *hex, unsigned char *out, size_t n)
{
	assert_ok(code_parse_hex_fixed(span_str(hex), out, n));
}

static void
test_weak_ed25519(void **state)
{
	struct jwk key = key_of(JWK_ED25519, "signer");
	struct sign_public public = jwk_sign_public(&key), weak;
	struct sign_secret secret;
	unsigned char sig[SIGN_BYTES], other[SIGN_BYTES];

	(void)state;
	jwk_sign_secret(&key, &secret);
	sign_make(&secret, span_str("m"), sig);
	assert_ok(sign_public_check(&public));
	assert_true(sign_is_strict(&public, sig));
	for (int i = 0; i < WEAK; i++) {
		struct jwk k = { .kind = JWK_ED25519 };

		of_hex(weak_ed25519[i], weak.b, 32);
		memcpy(k.x, weak.b, 32);
		assert_err(sign_public_check(&weak), ERR_KEY);
		assert_err(jwk_check(&k, NULL), ERR_KEY);
		/* as A, with an R that is good, and with itself and S = 0 */
		assert_false(sign_is_strict(&weak, sig));
		assert_false(sign_check(&weak, span_str("m"), sig));
		memset(other, 0, sizeof other);
		memcpy(other, weak.b, 32);
		assert_false(sign_check(&weak, span_str("m"), other));
		/* as R */
		memcpy(other + 32, sig + 32, 32);
		assert_false(sign_is_strict(&public, other));
		assert_false(sign_check(&public, span_str("m"), other));
	}
}

/* Signatures that the equation accepts: R is the identity in each of its four
 * spellings and S = h * a, over "m" by the key "uy entry". */
static void
test_identity_r(void **state)
{
	static const char *const sigs[] = {
		"010000000000000000000000000000000000000000000000"
		"0000000000000000cd245e2917f9a35f8fe2229bf8a57584"
		"3672f81a60522675624985733345ea03",
		"010000000000000000000000000000000000000000000000"
		"00000000000000801853b4316046284ad48c38b6b14eb2bb"
		"2bb791dbbff69c8b55ef304b3e5d9d0f",
		"eeffffffffffffffffffffffffffffffffffffffffffffff"
		"ffffffffffffff7f78254141bd32eab92856a995498a18ec"
		"7bd2434b0a5cbe818f74d070897acf00",
		"eeffffffffffffffffffffffffffffffffffffffffffffff"
		"ffffffffffffffffa54b3ec1559229f6b04b6dba7aba0082"
		"405835245d9348e2548c16ab42b2bb02",
	};
	struct jwk key = key_of(JWK_ED25519, "almenara test key: uy entry");
	struct sign_public public = jwk_sign_public(&key);

	(void)state;
	for (int i = 0; i < 4; i++) {
		unsigned char sig[SIGN_BYTES];

		of_hex(sigs[i], sig, sizeof sig);
		assert_false(sign_is_strict(&public, sig));
		assert_false(sign_check(&public, span_str("m"), sig));
	}
}

/* S of at least L: S + L, S + 2L and so on as far as 32 bytes reach. */
static void
test_large_s(void **state)
{
	unsigned char order[32], sig[SIGN_BYTES];
	struct jwk key = key_of(JWK_ED25519, "signer");
	struct sign_public public = jwk_sign_public(&key);
	struct sign_secret secret;

	(void)state;
	of_hex("edd3f55c1a631258d69cf7a2def9de14"
	    "00000000000000000000000000000010", order, 32);
	jwk_sign_secret(&key, &secret);
	sign_make(&secret, span_str("m"), sig);
	assert_true(sign_check(&public, span_str("m"), sig));
	for (int times = 1; times < 15; times++) {
		unsigned carry = 0;

		for (int i = 0; i < 32; i++) {
			carry += (unsigned)sig[32 + i] + order[i];
			sig[32 + i] = (unsigned char)carry;
			carry >>= 8;
		}
		assert_int_equal(carry, 0);
		assert_false(sign_is_strict(&public, sig));
		assert_false(sign_check(&public, span_str("m"), sig));
	}
	memcpy(sig + 32, order, 32);
	assert_false(sign_is_strict(&public, sig));
	assert_false(sign_check(&public, span_str("m"), sig));
}

/* RFC 7748 section 5.2; the highest bit of the second u is to be ignored. */
static void
test_x25519(void **state)
{
	static const char *const rows[2][3] = {
		{ "a546e36bf0527c9d3b16154b82465edd"
		  "62144c0ac1fc5a18506a2244ba449ac4",
		  "e6db6867583030db3594c1a424b15f7c"
		  "726624ec26b3353b10a903a6d0ab1c4c",
		  "c3da55379de9c6908e94ea4df28d084f"
		  "32eccf03491c71f754b4075577a28552" },
		{ "4b66e9d4d1b4673c5ad22691957d6af5"
		  "c11b6421e0ea01d42ca4169e7918ba0d",
		  "e5210f12786811d3f4b7959d0538ae2c"
		  "31dbe7106fc03c3efc4cd549c715a493",
		  "95cbde9476e8907d7aade45cb4b873f8"
		  "8b595a68799fa152e6f8f7647aac7957" },
	};

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct jwk ours = { .kind = JWK_X25519, .has_secret = true };
		struct jwk theirs = { .kind = JWK_X25519 };
		unsigned char want[32], z[32];

		of_hex(rows[i][0], ours.d, 32);
		of_hex(rows[i][1], theirs.x, 32);
		of_hex(rows[i][2], want, 32);
		assert_ok(ecdh_agree(&ours, &theirs, z));
		assert_memory_equal(z, want, 32);
	}
}

/* RFC 3394 section 4.6, and the same with each byte changed. */
static void
test_key_wrap(void **state)
{
	static const unsigned char zero[32];
	unsigned char kek[32], key[32], want[40], wrapped[40], got[32];

	(void)state;
	of_hex("000102030405060708090a0b0c0d0e0f"
	    "101112131415161718191a1b1c1d1e1f", kek, 32);
	of_hex("00112233445566778899aabbccddeeff"
	    "000102030405060708090a0b0c0d0e0f", key, 32);
	of_hex("28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326"
	    "cbc7f0e71a99f43bfb988b9b7a02dd21", want, 40);
	gcm_key_wrap(kek, key, wrapped);
	assert_memory_equal(wrapped, want, 40);
	assert_true(gcm_key_unwrap(kek, wrapped, got));
	assert_memory_equal(got, key, 32);
	for (int i = 0; i < 40; i++) {
		wrapped[i] ^= 0x40;
		memset(got, 1, sizeof got);
		assert_false(gcm_key_unwrap(kek, wrapped, got));
		assert_memory_equal(got, zero, 32);
		wrapped[i] ^= 0x40;
	}
}

/* A container of "a.b.c" for the X25519 key `to`; the caller releases it. */
static struct buf
box_for(const struct jwk *const *to, size_t n)
{
	struct buf b;

	buf_init(&b, LIMIT_CONTAINER);
	assert_ok(jwe_write(span_str("o"), to, n, span_str("a.b.c"), &numbers,
	    &b));
	return b;
}

/* Refused as keys, as recipients and as epk. */
static void
test_weak_x25519(void **state)
{
	struct jwk key = key_of(JWK_X25519, "br"), weak = key;
	const struct jwk *to[] = { &key }, *bad[] = { &weak };
	struct buf b = box_for(to, 1), out;
	struct arena a = { 0 };
	struct fault f;
	struct jwe j;

	(void)state;
	weak.has_secret = false;
	memset(weak.d, 0, sizeof weak.d);
	buf_init(&out, LIMIT_CONTAINER);
	assert_ok(jwe_parse(buf_span(&b), &a, &j, NULL));
	for (int i = 0; i < WEAK; i++) {
		of_hex(weak_x25519[i], weak.x, 32);
		assert_err(jwk_check(&weak, NULL), ERR_KEY);
		assert_err(jwe_write(span_str("o"), bad, 1, span_str("a.b.c"),
		    &numbers, &out), ERR_KEY);
		memcpy(j.recipients[0].epk.x, weak.x, 32);
		assert_err(jwe_open(&j, &key, &out, &f), ERR_DECRYPT);
		assert_string_equal(f.rule, "no agreement with this epk");
		assert_int_equal(out.n, 0);
	}
	j.recipients[0].epk = key_of(JWK_P256, "us");
	assert_err(jwe_open(&j, &key, &out, &f), ERR_DECRYPT);
	assert_string_equal(f.rule, "no agreement with this epk");
	buf_release(&b);
	buf_release(&out);
	arena_release(&a);
}

/* Points that are none of P-256, and an epk of the other curve. */
static void
test_weak_p256(void **state)
{
	static const char prime[] = "ffffffff00000001000000000000000000000000"
	    "ffffffffffffffffffffffff";
	struct jwk key = key_of(JWK_P256, "us"), other = key_of(JWK_X25519,
	    "br"), bad[4];
	const struct jwk *to[] = { &key };
	struct buf b = box_for(to, 1), out;
	struct arena a = { 0 };
	struct jwe j;

	(void)state;
	assert_ok(jwe_parse(buf_span(&b), &a, &j, NULL));
	for (int i = 0; i < 4; i++)
		bad[i] = j.recipients[0].epk;
	bad[0].y[31] ^= 1;
	memset(bad[1].x, 0, 32); /* the point at infinity has no such form */
	memset(bad[1].y, 0, 32);
	of_hex(prime, bad[2].x, 32);
	bad[3] = other;
	buf_init(&out, LIMIT_JWS);
	for (int i = 0; i < 4; i++) {
		if (i < 3)
			assert_err(jwk_check(&bad[i], NULL), ERR_KEY);
		j.recipients[0].epk = bad[i];
		assert_err(jwe_open(&j, &key, &out, NULL), ERR_DECRYPT);
	}
	assert_int_equal(out.n, 0);
	buf_release(&b);
	buf_release(&out);
	arena_release(&a);
}

/* Opens the plaintext `head`, filled to `n` bytes with `fill` and its last
 * byte set to `last`, sealed well. */
static enum err
open_plain(const char *head, size_t n, char fill, char last, struct fault *f)
{
	struct jwk key = key_of(JWK_X25519, "br");
	const struct jwk *to[] = { &key };
	struct buf b = box_for(to, 1), out;
	unsigned char *p = mem_alloc(n + 1);
	struct arena a = { 0 };
	struct jwe j;
	enum err e;

	memset(p, fill, n);
	memcpy(p, head, strlen(head) < n ? strlen(head) : n);
	p[n - 1] = (unsigned char)last;
	assert_ok(jwe_parse(buf_span(&b), &a, &j, NULL));
	gcm_seal(numbers.cek, numbers.iv, j.protected_b64, span_of(p, n), p,
	    j.tag);
	j.ciphertext = span_of(p, n);
	buf_init(&out, LIMIT_CONTAINER);
	e = jwe_open(&j, &key, &out, f);
	if (e != ERR_NONE)
		assert_int_equal(out.n, 0);
	free(p);
	buf_release(&b);
	buf_release(&out);
	arena_release(&a);
	return e;
}

static void
test_padding(void **state)
{
	static const struct {
		const char *head;
		size_t n;
		char fill, last;
		const char *rule; /* NULL: it opens */
	} rows[] = {
		{ "a.b.c", 1024, ' ', ' ', NULL },
		{ "a.b.c", 1024, 'x', 'x', NULL }, /* no room for padding */
		{ "a.b.c", 2048, 'x', ' ', NULL },
		{ "a.b.c", 1024, ' ', 'x', "the padding is not blank" },
		{ "a.b.c", 1024, ' ', '\0', "the padding is not blank" },
		{ "a.b.c", 1024, ' ', '\n', "the padding is not blank" },
		{ "a. b.c", 1024, 'x', 'x', "the padding is not blank" },
		{ "a.b.c", 2048, ' ', ' ', "next power of two" },
		{ "a.b.c", 512, ' ', ' ', "next power of two" },
		{ "a.b.c", 1023, ' ', ' ', "next power of two" },
		{ "a.b.c", 1536, 'x', ' ', "next power of two" },
		{ "a.b.c", 1025, 'x', 'x', "next power of two" },
		{ " ", 1024, ' ', ' ', "nothing but padding" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct fault f = { 0 };
		enum err e = open_plain(rows[i].head, rows[i].n, rows[i].fill,
		    rows[i].last, &f);

		if (rows[i].rule == NULL) {
			assert_ok(e);
			continue;
		}
		assert_err(e, ERR_SCHEMA);
		assert_non_null(strstr(f.rule, rows[i].rule));
	}
}

static void
refuse_box(struct span text, enum err want, const char *rule)
{
	struct arena a = { 0 };
	struct fault f = { 0 };
	struct jwe j;
	enum err e = jwe_parse(text, &a, &j, &f);

	if (e != want || strstr(f.rule, rule) == NULL)
		fail_msg("%s (%s), not %s", err_token(e), f.rule, rule);
	arena_release(&a);
}

static void
refuse_edit(struct span text, const char *from, const char *to, enum err want,
    const char *rule)
{
	struct buf b = edit(text, from, to);

	refuse_box(buf_span(&b), want, rule);
	buf_release(&b);
}

/* The length of the ciphertext is seen before anything is opened. */
static void
test_length(void **state)
{
	static const size_t lengths[] = { 0, 1, 512, 1023, 1025, 1536, 4095 };
	static const unsigned char zeros[4096];
	struct jwk key = key_of(JWK_X25519, "br");
	const struct jwk *to[] = { &key };
	struct buf b = box_for(to, 1);

	(void)state;
	for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
		const unsigned char *at = memmem(b.p, b.n, "\"ciphertext\":\"",
		    14);
		struct buf c;

		buf_init(&c, LIMIT_CONTAINER);
		buf_put(&c, span_of(b.p, (size_t)(at + 14 - b.p)));
		code_write_base64url(&c, span_of(zeros, lengths[i]));
		buf_put_str(&c, "\",\"tag\":\"AAAAAAAAAAAAAAAAAAAAAA\"}");
		refuse_box(buf_span(&c), ERR_SCHEMA, "no power of two");
		buf_release(&c);
	}
	buf_release(&b);
}

static void
test_members(void **state)
{
	static const struct {
		const char *from, *to;
		enum err e;
		const char *rule;
	} rows[] = {
		{ "{\"protected\"", "{\"aad\":\"AA\",\"protected\"", ERR_SCHEMA,
		    "does not belong" },
		{ "{\"protected\"", "{\"unprotected\":{},\"protected\"",
		    ERR_SCHEMA, "does not belong" },
		{ "{\"protected\"", "{\"header\":{},\"protected\"", ERR_SCHEMA,
		    "does not belong" },
		{ "{\"protected\"", "{\"encrypted_key\":\"\",\"protected\"",
		    ERR_SCHEMA, "does not belong" },
		{ "{\"protected\"", "{\"iv\":\"AA\",\"protected\"",
		    ERR_CONFLICT, "" },
		{ "\"iv\"", "\"vi\"", ERR_SCHEMA, "missing" },
		{ "\"tag\":\"", "\"tag\":\"A", ERR_SYNTAX, "right length" },
		{ "{\"header\"", "{\"x\":1,\"header\"", ERR_SCHEMA,
		    "does not belong" },
		{ "{\"alg\"", "{\"apu\":\"AA\",\"alg\"", ERR_SCHEMA,
		    "does not belong" },
		{ "{\"alg\"", "{\"apv\":\"AA\",\"alg\"", ERR_SCHEMA,
		    "does not belong" },
		{ "{\"alg\"", "{\"enc\":\"A256GCM\",\"alg\"", ERR_SCHEMA,
		    "does not belong" },
		{ "{\"alg\"", "{\"zip\":\"DEF\",\"alg\"", ERR_SCHEMA,
		    "does not belong" },
		{ "{\"alg\"", "{\"crit\":[],\"alg\"", ERR_SCHEMA,
		    "does not belong" },
		{ "{\"alg\"", "{\"alg\":\"dir\",\"alg\"", ERR_CONFLICT, "" },
		{ "\"ECDH-ES+A256KW\"", "\"dir\"", ERR_UNSUPPORTED, "is not" },
		{ "\"ECDH-ES+A256KW\"", "\"A256KW\"", ERR_SCHEMA,
		    "a member that" },
		{ "\"ECDH-ES+A256KW\"", "\"ECDH-ES+A128KW\"", ERR_UNSUPPORTED,
		    "is not" },
		{ "\"ECDH-ES+A256KW\"", "\"ECDH\\u002dES+A256KW\"",
		    ERR_CANONICAL, "escape" },
		{ "\"X25519\"", "\"Ed25519\"", ERR_UNSUPPORTED,
		    "key agreement" },
		{ "\"X25519\"", "\"X448\"", ERR_UNSUPPORTED, "no kind" },
		{ "\"crv\"", "\"d\":\"AA\",\"crv\"", ERR_SCHEMA,
		    "a secret key" },
		{ "\"crv\"", "\"kid\":\"AA\",\"crv\"", ERR_SCHEMA,
		    "does not belong" },
		{ "\"recipients\":[", "\"recipients\":[[],", ERR_SCHEMA,
		    "an object" },
		{ "\"kid\":\"", "\"kid\":\"A", ERR_SYNTAX, "thumbprint" },
		{ "\"encrypted_key\":\"", "\"encrypted_key\":\"AAAA",
		    ERR_SYNTAX, "right length" },
	};
	struct jwk key = key_of(JWK_X25519, "br");
	const struct jwk *to[] = { &key };
	struct buf b = box_for(to, 1);

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		refuse_edit(buf_span(&b), rows[i].from, rows[i].to, rows[i].e,
		    rows[i].rule);
	buf_release(&b);
}

static void
test_protected(void **state)
{
	static const char *const headers[] = {
		"{\"enc\":\"A128GCM\",\"typ\":\"almenara-sealed+jwe\","
		"\"log\":\"o\"}",
		"{\"enc\":\"A256GCM\",\"typ\":\"almenara-sealed+jws\","
		"\"log\":\"o\"}",
		"{\"enc\":\"A256GCM\",\"typ\":\"almenara-sealed+jwe\","
		"\"log\":\"o\",\"zip\":\"DEF\"}",
		"{\"enc\":\"A256GCM\",\"typ\":\"almenara-sealed+jwe\","
		"\"log\":\"\"}",
		"{\"enc\":\"A256GCM\",\"typ\":\"almenara-sealed+jwe\","
		"\"log\":\"a b\"}",
		"{\"enc\":\"A256GCM\",\"typ\":\"almenara-sealed+jwe\", "
		"\"log\":\"o\"}",
		"{\"typ\":\"almenara-sealed+jwe\",\"enc\":\"A256GCM\","
		"\"log\":\"o\"}",
		"{\"enc\":\"A256GCM\"}",
		"",
	};
	struct jwk key = key_of(JWK_X25519, "br");
	const struct jwk *to[] = { &key };
	struct buf b = box_for(to, 1);

	(void)state;
	for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
		const unsigned char *rest = memchr(b.p + 14, '"', b.n - 14);
		struct buf c;

		buf_init(&c, LIMIT_CONTAINER);
		buf_put_str(&c, "{\"protected\":\"");
		code_write_base64url(&c, span_str(headers[i]));
		buf_put(&c, span_of(rest, b.n - (size_t)(rest - b.p)));
		refuse_box(buf_span(&c), ERR_CANONICAL, "exactly");
		buf_release(&c);
	}
	buf_release(&b);
}

/* `times` times the one recipient of a container. */
static void
repeat(struct span text, size_t times, struct buf *out)
{
	const unsigned char *one = memmem(text.p, text.n, "{\"header\"", 9);
	const unsigned char *end = memmem(text.p, text.n, "],\"iv\"", 6);

	buf_put(out, span_of(text.p, (size_t)(one - text.p)));
	for (size_t i = 0; i < times; i++) {
		buf_put_str(out, i != 0 ? "," : "");
		buf_put(out, span_of(one, (size_t)(end - one)));
	}
	buf_put(out, span_of(end, text.n - (size_t)(end - text.p)));
}

static void
test_recipients_refused(void **state)
{
	static const struct {
		size_t times;
		enum err e;
		const char *rule;
	} rows[] = {
		{ 0, ERR_SCHEMA, "at least one" },
		{ 2, ERR_CONFLICT, "a recipient twice" },
		{ LIMIT_RECIPIENTS, ERR_CONFLICT, "a recipient twice" },
		{ LIMIT_RECIPIENTS + 1, ERR_LIMIT, "more recipients" },
	};
	struct jwk key = key_of(JWK_X25519, "br");
	struct jwk signer = key_of(JWK_ED25519, "br");
	const struct jwk *to[LIMIT_RECIPIENTS + 1], *bad[] = { &signer };
	struct buf b, c;

	(void)state;
	for (size_t i = 0; i < sizeof to / sizeof *to; i++)
		to[i] = &key;
	b = box_for(to, 1);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		buf_init(&c, LIMIT_CONTAINER);
		repeat(buf_span(&b), rows[i].times, &c);
		refuse_box(buf_span(&c), rows[i].e, rows[i].rule);
		buf_release(&c);
	}
	buf_clear(&b);
	assert_err(jwe_write(span_str("o"), to, 2, span_str("j"), &numbers,
	    &b), ERR_CONFLICT);
	assert_err(jwe_write(span_str("o"), to, LIMIT_RECIPIENTS + 1,
	    span_str("j"), &numbers, &b), ERR_LIMIT);
	assert_err(jwe_write(span_str("o"), to, 0, span_str("j"), &numbers,
	    &b), ERR_SCHEMA);
	assert_err(jwe_write(span_str("o"), bad, 1, span_str("j"), &numbers,
	    &b), ERR_KEY);
	assert_err(jwe_write(span_str("o"), to, 1, span_str("a b"), &numbers,
	    &b), ERR_SCHEMA);
	assert_err(jwe_write(span_str("o"), to, 1, span_str(""), &numbers,
	    &b), ERR_SCHEMA);
	assert_err(jwe_write(span_str("o\""), to, 1, span_str("j"), &numbers,
	    &b), ERR_SCHEMA);
	assert_int_equal(b.n, 0);
	buf_release(&b);
}

static void
refuse_document(struct span text, enum err want, const char *rule)
{
	struct arena a = { 0 };
	struct fault f = { 0 };
	struct jws_general j;
	enum err e = jws_general_parse(text, TYP, &a, &j, &f);

	if (e != want || strstr(f.rule, rule) == NULL)
		fail_msg("%s (%s), not %s", err_token(e), f.rule, rule);
	arena_release(&a);
}

/* A document with the one signature of `text` `times` times. */
static void
refuse_signatures(struct span text, size_t times, enum err want,
    const char *rule)
{
	const unsigned char *one = memmem(text.p, text.n, "{\"protected\"", 12);
	struct buf b;

	buf_init(&b, LIMIT_DOCUMENT);
	buf_put(&b, span_of(text.p, (size_t)(one - text.p)));
	for (size_t i = 0; i < times; i++) {
		buf_put_str(&b, i != 0 ? "," : "");
		buf_put(&b, span_of(one, text.n - 2 - (size_t)(one - text.p)));
	}
	buf_put_str(&b, "]}");
	refuse_document(buf_span(&b), want, rule);
	buf_release(&b);
}

static void
test_document_refused(void **state)
{
	static const struct {
		const char *from, *to;
		enum err e;
		const char *rule;
	} rows[] = {
		{ "{\"payload\"", "{\"header\":1,\"payload\"", ERR_SCHEMA,
		    "does not belong" },
		{ "{\"payload\"", "{\"payload\":\"\",\"payload\"",
		    ERR_CONFLICT, "" },
		{ "{\"protected\"", "{\"header\":1,\"protected\"", ERR_SCHEMA,
		    "does not belong" },
		{ "\"payload\":\"", "\"payload\":\"=", ERR_CANONICAL,
		    "canonical" },
		{ "\"payload\":\"e30\"", "\"payload\":\"e31\"", ERR_CANONICAL,
		    "canonical" },
		{ "\"payload\":\"", "\"payload\":\"\\u0041", ERR_CANONICAL,
		    "escape" },
		{ "\"payload\":\"e30\"", "\"payload\":null", ERR_SCHEMA,
		    "a string" },
		{ "\"signature\":\"", "\"signature\":\"AAAA", ERR_SYNTAX,
		    "right length" },
	};
	struct jwk k = key_of(JWK_ED25519, "a");
	const struct jwk *keys[] = { &k };
	struct buf b;

	(void)state;
	buf_init(&b, LIMIT_DOCUMENT);
	assert_ok(jws_general_make(span_str("{}"), TYP, keys, 1, &b));
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct buf c = edit(buf_span(&b), rows[i].from, rows[i].to);

		refuse_document(buf_span(&c), rows[i].e, rows[i].rule);
		buf_release(&c);
	}
	refuse_signatures(buf_span(&b), 0, ERR_SCHEMA, "at least one");
	refuse_signatures(buf_span(&b), 2, ERR_CONFLICT, "two signatures");
	refuse_signatures(buf_span(&b), LIMIT_DOCUMENT_SIGNATURES + 1,
	    ERR_LIMIT, "more signatures");
	buf_release(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_weak_ed25519),
		cmocka_unit_test(test_identity_r),
		cmocka_unit_test(test_large_s),
		cmocka_unit_test(test_x25519),
		cmocka_unit_test(test_key_wrap),
		cmocka_unit_test(test_weak_x25519),
		cmocka_unit_test(test_weak_p256),
		cmocka_unit_test(test_padding),
		cmocka_unit_test(test_length),
		cmocka_unit_test(test_members),
		cmocka_unit_test(test_protected),
		cmocka_unit_test(test_recipients_refused),
		cmocka_unit_test(test_document_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
