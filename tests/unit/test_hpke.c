/* SPDX-License-Identifier: Apache-2.0
 *
 * crypto/hpke against the vector of its suite (RFC 9180, published with the
 * RFC: mode 0, kem 0x0020, kdf 1, aead 2) and those that the script of the
 * report form has made, and every way in which it must not
 * open; the keeper's use of it; crypto/follow.
 */
#include "base/code.h"
#include "base/mem.h"
#include "crypto/follow.h"
#include "crypto/hpke.h"
#include "crypto/keyring.h"

#include "cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>

static const char info[] = "Ode on a Grecian Urn";
static const char aad[] = "Count-0";
static const char text[] = "Beauty is truth, truth beauty";
static const char enc_and_ct[] =
    "6c93e09869df3402d7bf231bf540fadd35cd56be14f97178f0954db94b7fc256"
    "e5d84cd531cfb583096e7cfa9641bd3079cf3a91cda813c52deb5f512be993198"
    "0a41de125a925cdad859d5b7a";

static void
unhex(const char *in, void *out, size_t n)
{
	assert_int_equal(code_parse_hex_fixed(span_str(in), out, n), ERR_NONE);
}

static struct jwk
receiver(void)
{
	unsigned char seed[32];
	struct jwk k;

	unhex("497b4502664cfea5d5af0b39934dac72242a74f8480451e1aee7d6a53320333d",
	    seed, 32);
	jwk_from_seed(JWK_X25519, seed, &k);
	return k;
}

/* --- tests/vectors/hpke.txt, which the browser's script is tried with too --- */

static char vectors[32768];

/* The value of the line `name` from `p` to the end of its vector, as bytes. */
static size_t
vector(const char *p, const char *name, unsigned char *out, size_t max)
{
	const char *end = strstr(p, "\n\n");
	size_t n = strlen(name), len;
	struct buf b;

	for (; p != NULL && (end == NULL || p < end); p = strchr(p, '\n')) {
		p += *p == '\n';
		if (strncmp(p, name, n) != 0 || p[n] != ' ')
			continue;
		p += n + 1;
		buf_init(&b, max);
		assert_int_equal(code_parse_hex(span_of(p, strcspn(p, "\n")),
		    &b), ERR_NONE);
		len = b.n;
		memcpy(out, b.p, len);
		buf_release(&b);
		return len;
	}
	return 0;
}

static void
check_vector(const char *p, bool fails)
{
	unsigned char secret[32], public[32], seed[32], about[64], with[64];
	unsigned char plain[4096], want[4096];
	size_t about_n = vector(p, "info", about, sizeof about);
	size_t with_n = vector(p, "aad", with, sizeof with);
	size_t n = vector(p, "text", plain, sizeof plain);
	size_t want_n = vector(p, "sealed", want, sizeof want);
	struct jwk k = { .kind = JWK_X25519 };
	struct span in = span_of(about, about_n), ad = span_of(with, with_n);
	struct buf b, back;

	buf_init(&b, 8192);
	buf_init(&back, 8192);
	assert_int_equal(vector(p, "receiver", public, 32), 32);
	assert_int_equal(vector(p, "ephemeral", seed, 32), 32);
	memcpy(k.x, public, 32);
	assert_int_equal(hpke_seal(&k, seed, in, ad, span_of(plain, n), &b),
	    fails ? ERR_KEY : ERR_NONE);
	if (!fails) {
		assert_int_equal(b.n, want_n);
		assert_memory_equal(b.p, want, want_n);
		assert_int_equal(vector(p, "secret", secret, 32), 32);
		jwk_from_seed(JWK_X25519, secret, &k);
		assert_memory_equal(k.x, public, 32);
		assert_int_equal(hpke_open(&k, in, ad, buf_span(&b), &back),
		    ERR_NONE);
		assert_int_equal(back.n, n);
		if (n != 0)
			assert_memory_equal(back.p, plain, n);
	}
	buf_release(&b);
	buf_release(&back);
}

static void
test_vectors(void **state)
{
	FILE *f = fopen("tests/vectors/hpke.txt", "r");
	unsigned count = 0, failing = 0;

	(void)state;
	assert_non_null(f);
	vectors[fread(vectors, 1, sizeof vectors - 1, f)] = '\0';
	fclose(f);
	for (const char *p = strstr(vectors, "\nname "); p != NULL;
	    p = strstr(p + 1, "\nname ")) {
		const char *line = strchr(p + 1, '\n');
		bool fails = strncmp(line, "\nfails ", 7) == 0;

		check_vector(line, fails);
		count += !fails;
		failing += fails;
	}
	assert_int_equal(count, 7);
	assert_int_equal(failing, 8);
}

static void
test_refused(void **state)
{
	unsigned char sealed[HPKE_OVERHEAD + sizeof text - 1];
	struct jwk k = receiver(), p256 = { .kind = JWK_P256 };
	struct buf b;

	(void)state;
	buf_init(&b, 1024);
	for (size_t i = 0; i < sizeof sealed; i++) {
		unhex(enc_and_ct, sealed, sizeof sealed);
		/* the highest bit of a key counts for nothing by itself, but
		 * it is part of what is hashed */
		sealed[i] ^= 0x80;
		assert_int_equal(hpke_open(&k, span_str(info), span_str(aad),
		    span_of(sealed, sizeof sealed), &b), ERR_DECRYPT);
	}
	unhex(enc_and_ct, sealed, sizeof sealed);
	assert_int_equal(hpke_open(&k, span_str("other"), span_str(aad),
	    span_of(sealed, sizeof sealed), &b), ERR_DECRYPT);
	assert_int_equal(hpke_open(&k, span_str(info), span_str(""),
	    span_of(sealed, sizeof sealed), &b), ERR_DECRYPT);
	assert_int_equal(hpke_open(&k, span_str(info), span_str(aad),
	    span_of(sealed, HPKE_OVERHEAD - 1), &b), ERR_SYNTAX);
	memset(sealed, 0, 32);
	assert_int_equal(hpke_open(&k, span_str(info), span_str(aad),
	    span_of(sealed, sizeof sealed), &b), ERR_KEY);
	assert_int_equal(hpke_seal(&p256, sealed, span_str(info),
	    span_str(aad), span_str(text), &b), ERR_KEY);
	k.has_secret = false;
	assert_int_equal(hpke_open(&k, span_str(info), span_str(aad),
	    span_of(sealed, sizeof sealed), &b), ERR_KEY);
	assert_int_equal(b.n, 0);
	buf_release(&b);
}

static void
fixed_random(void *p, size_t n)
{
	static unsigned char next = 1;

	for (size_t i = 0; i < n; i++)
		((unsigned char *)p)[i] = next = (unsigned char)(next * 5 + 3);
}

/* The keeper opens what is for its intake keys, and with no other info. */
static void
test_keeper(void **state)
{
	static const unsigned char seed[32] = { 9 };
	struct keeper_job j = { .what = KEEPER_OPEN_INTAKE,
		.typ = KEEPER_INTAKE "1", .with = span_str("to") };
	struct keyring *ring;
	struct keeper *k;
	struct buf b;

	(void)state;
	assert_int_equal(keyring_make(span_str("o"), span_str("n"),
	    span_str("p"), JWK_X25519, JWK_P256, fixed_random, &ring),
	    ERR_NONE);
	k = keyring_keeper_create(ring);
	buf_init(&b, 1024);
	buf_init(&j.out, 1024);
	assert_int_equal(hpke_seal(&keyring_find(ring, KEYRING_INTAKE)->jwk,
	    seed, span_str(j.typ), j.with, span_str(text), &b), ERR_NONE);
	j.in = buf_span(&b);
	assert_int_equal(keeper_run(k, &j, 1), ERR_NONE);
	assert_int_equal(j.result, ERR_NONE);
	assert_string_equal(buf_str(&j.out), text);
	j.typ = "HPKE of somebody else";
	assert_int_equal(keeper_run(k, &j, 1), ERR_NONE);
	assert_int_equal(j.result, ERR_UNSUPPORTED);
	j.typ = KEEPER_INTAKE "2";
	assert_int_equal(keeper_run(k, &j, 1), ERR_NONE);
	assert_int_equal(j.result, ERR_DECRYPT);
	/* a key for entries opens no report, not even one sealed to it */
	buf_clear(&b);
	j.typ = KEEPER_INTAKE "1";
	assert_int_equal(hpke_seal(&keyring_find(ring, KEYRING_ENC)->jwk,
	    seed, span_str(j.typ), j.with, span_str(text), &b), ERR_NONE);
	j.in = buf_span(&b);
	assert_int_equal(keeper_run(k, &j, 1), ERR_NONE);
	assert_int_equal(j.result, ERR_DECRYPT);
	buf_release(&b);
	buf_release(&j.out);
	keyring_keeper_free(k);
	keyring_free(ring);
}

static void
test_code(void **state)
{
	static const unsigned char all[FOLLOW_CODE] = { 0xff, 0xff, 0xff, 0xff,
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
	unsigned char code[FOLLOW_CODE], back[FOLLOW_CODE];
	char s[FOLLOW_TEXT + 1];

	(void)state;
	follow_write(all, s);
	assert_memory_equal(s, "ZZZZ-ZZZZ-ZZZZ-ZZZZ-", 20);
	for (unsigned i = 0; i < 500; i++) {
		fixed_random(code, sizeof code);
		code[i % 10] ^= (unsigned char)i;
		follow_write(code, s);
		assert_int_equal(strlen(s), FOLLOW_TEXT);
		assert_int_equal(follow_parse(span_str(s), back, NULL),
		    ERR_NONE);
		assert_memory_equal(code, back, sizeof code);
		/* a digit that is another one is found */
		s[0] = s[0] == '7' ? '8' : '7';
		assert_int_equal(follow_parse(span_str(s), back, NULL),
		    ERR_DIGEST);
	}
	memset(code, 0, sizeof code);
	assert_int_equal(follow_parse(span_str("oOoO 0000 0000 ooOO 0"), back,
	    NULL), ERR_NONE);
	assert_memory_equal(code, back, sizeof code);
}

static void
test_code_refused(void **state)
{
	static const char *const bad[] = { "", "0", "0000-0000-0000-0000",
		"0000-0000-0000-0000-00", "000U-0000-0000-0000-0",
		"0000-0000-0000-000!-0", "0000-0000-0000-0000-\xc3" };
	unsigned char code[FOLLOW_CODE] = { 42 };

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(follow_parse(span_str(bad[i]), code, NULL),
		    ERR_SYNTAX);
	assert_int_equal(code[0], 42);
}

/* What is kept differs from what opens, and both hang on every bit. */
static void
test_code_keys(void **state)
{
	unsigned char code[FOLLOW_CODE] = { 1 };
	struct digest d = follow_digest(code), other;
	struct jwk k, k2;

	(void)state;
	follow_key(code, &k);
	assert_memory_not_equal(d.b, k.d, 32);
	assert_memory_not_equal(d.b, k.x, 32);
	code[9] ^= 1;
	other = follow_digest(code);
	follow_key(code, &k2);
	assert_memory_not_equal(d.b, other.b, 32);
	assert_memory_not_equal(k.x, k2.x, 32);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_refused), cmocka_unit_test(test_keeper),
		cmocka_unit_test(test_code),
		cmocka_unit_test(test_code_refused),
		cmocka_unit_test(test_code_keys) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
