/* SPDX-License-Identifier: Apache-2.0
 *
 * The keyring's file, the keeper's work over it, and the bytes between node
 * and keeper.
 */
#include "base/limits.h"
#include "crypto/jwe.h"
#include "crypto/jws.h"
#include "crypto/keeper_wire.h"
#include "crypto/keyring.h"
#include "crypto/passphrase.h"

#include "cmocka_all.h"

#define TYP "almenara-entry+jws"
#define ROOT_A "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
#define ROOT_B "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"

static unsigned char next_byte;

static void
count_up(void *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		((unsigned char *)p)[i] = (unsigned char)(next_byte++ * 7 + i);
}

static struct keyring *
new_ring(enum jwk_kind enc)
{
	struct keyring *r;

	assert_ok(keyring_make(span_str("x/log/uy/1"), span_str("x/node/uy"),
	    span_str("x/private/uy/1"), enc, JWK_P256, count_up, &r));
	return r;
}

static void
test_file(void **state)
{
	static const unsigned char random[PASSPHRASE_RANDOM] = { 3 };
	struct keyring *r = new_ring(JWK_P256), *again;
	struct buf plain, b;
	struct fault f;

	(void)state;
	buf_init(&plain, LIMIT_KEYFILE);
	buf_init(&b, LIMIT_KEYFILE);
	assert_ok(keyring_write(r, span_of(NULL, 0), NULL, &plain));
	assert_ok(keyring_parse(buf_span(&plain), span_of(NULL, 0), &again,
	    NULL));
	assert_ok(keyring_write(again, span_of(NULL, 0), NULL, &b));
	assert_true(span_is_equal(buf_span(&b), buf_span(&plain)));
	keyring_free(again);
	buf_clear(&b);
	assert_ok(keyring_write(r, span_str("clave"), random, &b));
	assert_null(memmem(b.p, b.n, "entry", 5));
	assert_err(keyring_parse(buf_span(&b), span_of(NULL, 0), &again, &f),
	    ERR_KEY);
	assert_err(keyring_parse(buf_span(&b), span_str("otra"), &again, &f),
	    ERR_DECRYPT);
	assert_ok(keyring_parse(buf_span(&b), span_str("clave"), &again, &f));
	assert_memory_equal(keyring_store_key(again), keyring_store_key(r),
	    32);
	keyring_free(again);
	assert_err(keyring_parse(span_str(
	    "{\"v\":2,\"keys\":[],\"store\":\"\"}"), span_of(NULL, 0),
	    &again, &f), ERR_UNSUPPORTED);
	assert_err(keyring_parse(span_str("{\"v\":1,\"keys\":[]}"),
	    span_of(NULL, 0), &again, &f), ERR_SCHEMA);
	buf_release(&plain);
	buf_release(&b);
	keyring_free(r);
}

static enum err
do_job(struct keeper *k, enum keeper_do what, enum keeper_key key,
    struct span in, struct buf *out)
{
	struct keeper_job j = { .what = what, .key = key, .typ = TYP,
		.in = in, .time_s = 1767225600 };

	buf_init(&j.out, LIMIT_JWS);
	assert_ok(keeper_run(k, &j, 1));
	if (j.result == ERR_NONE && out != NULL)
		buf_put(out, buf_span(&j.out));
	buf_release(&j.out);
	return j.result;
}

static enum err
checkpoint(struct keeper *k, enum keeper_key key, const char *text)
{
	return do_job(k, KEEPER_SIGN_CHECKPOINT, key, span_str(text), NULL);
}

static void
test_refusals(void **state)
{
	struct keyring *r = new_ring(JWK_X25519);
	struct keeper *k = keyring_keeper_create(r);

	(void)state;
	assert_ok(checkpoint(k, KEEPER_LOG, "o\n5\n" ROOT_A));
	assert_ok(checkpoint(k, KEEPER_LOG, "o\n5\n" ROOT_A));
	assert_err(checkpoint(k, KEEPER_LOG, "o\n5\n" ROOT_B), ERR_CONFLICT);
	assert_err(checkpoint(k, KEEPER_LOG, "o\n4\n" ROOT_A), ERR_CONFLICT);
	assert_ok(checkpoint(k, KEEPER_LOG, "p\n4\n" ROOT_B));
	assert_ok(checkpoint(k, KEEPER_PRIVATE, "o\n4\n" ROOT_B));
	assert_ok(checkpoint(k, KEEPER_LOG, "o\n6\n" ROOT_B));
	assert_err(checkpoint(k, KEEPER_LOG, "o\n5\n" ROOT_A), ERR_CONFLICT);
	assert_err(checkpoint(k, KEEPER_LOG, "o\n07\n" ROOT_A), ERR_SYNTAX);
	assert_err(checkpoint(k, KEEPER_LOG, "o\n7\n" ROOT_A "x\n"),
	    ERR_SYNTAX);
	assert_err(checkpoint(k, KEEPER_ENTRY, "o\n7\n" ROOT_A), ERR_KEY);
	assert_err(checkpoint(k, KEEPER_COSIGN, "o\n7\n" ROOT_A), ERR_KEY);
	assert_err(do_job(k, KEEPER_SIGN_JWS, KEEPER_LOG, span_str("{}"),
	    NULL), ERR_KEY);
	keyring_keeper_free(k);
	keyring_free(r);
}

static enum err
sign_typ(struct keeper *k, enum keeper_key key, const char *typ)
{
	struct keeper_job j = { .what = KEEPER_SIGN_JWS, .key = key,
		.typ = typ, .in = span_str("{}") };

	buf_init(&j.out, LIMIT_JWS);
	assert_ok(keeper_run(k, &j, 1));
	if (j.result != ERR_NONE)
		assert_int_equal(j.out.n, 0);
	buf_release(&j.out);
	return j.result;
}

static void
test_types(void **state)
{
	static const char *const refused[] = { NULL, "", "t", "JWT",
		"almenara-document+jws", "almenara-entry+jw",
		"almenara-entry+jwsx", "Almenara-entry+jws",
		"almenara-entry+jws\",\"b64\":false,\"x\":\"" };
	struct keyring *r = new_ring(JWK_X25519);
	struct keeper *k = keyring_keeper_create(r);

	(void)state;
	assert_ok(sign_typ(k, KEEPER_ENTRY, "almenara-entry+jws"));
	assert_ok(sign_typ(k, KEEPER_ENTRY, "almenara-receipt+jws"));
	assert_ok(sign_typ(k, KEEPER_PRIVATE, "almenara-entry+jws"));
	assert_err(sign_typ(k, KEEPER_PRIVATE, "almenara-receipt+jws"),
	    ERR_UNSUPPORTED);
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
		for (int key = 0; key < KEEPER_KEY_COUNT; key++)
			assert_int_not_equal(sign_typ(k, (enum keeper_key)key,
			    refused[i]), ERR_NONE);
	keyring_keeper_free(k);
	keyring_free(r);
}

static void
test_signatures(void **state)
{
	static const char head[] = "o\n5\n" ROOT_A;
	struct keyring *r = new_ring(JWK_X25519);
	struct keeper *k = keyring_keeper_create(r);
	struct sign_public entry = jwk_sign_public(
	    &keyring_find(r, KEYRING_ENTRY)->jwk);
	struct sign_public node = jwk_sign_public(
	    &keyring_find(r, KEYRING_COSIGN)->jwk);
	struct arena a = { 0 };
	struct jws jws;
	struct buf b;

	(void)state;
	buf_init(&b, LIMIT_JWS);
	assert_ok(do_job(k, KEEPER_SIGN_JWS, KEEPER_ENTRY, span_str("{}"),
	    &b));
	assert_ok(jws_parse(buf_span(&b), TYP, &a, &jws, NULL));
	assert_true(jws_is_signed_by(&jws, &entry));
	buf_clear(&b);
	assert_ok(do_job(k, KEEPER_COSIGN_CHECKPOINT, KEEPER_COSIGN,
	    span_str(head), &b));
	assert_int_equal(b.n, 72);
	assert_true(sign_check(&node, span_str(
	    "cosignature/v1\ntime 1767225600\no\n5\n" ROOT_A), b.p + 8));
	buf_release(&b);
	arena_release(&a);
	keyring_keeper_free(k);
	keyring_free(r);
}

/* What is signed for the public has a key of its own, always the same. */
static void
test_digest(void **state)
{
	struct keyring *r = new_ring(JWK_X25519);
	struct keeper *k = keyring_keeper_create(r);
	struct sign_public entry = jwk_sign_public(
	    &keyring_find(r, KEYRING_ENTRY)->jwk), own, again;
	struct digest d = hash_sha256(span_str("a document"));
	struct buf b;

	(void)state;
	buf_init(&b, KEEPER_SIGNED_DIGEST);
	assert_ok(do_job(k, KEEPER_SIGN_DIGEST, KEEPER_ENTRY,
	    digest_span(&d), &b));
	assert_int_equal(b.n, KEEPER_SIGNED_DIGEST);
	memcpy(own.b, b.p, sizeof own.b);
	assert_true(sign_check(&own, digest_span(&d), b.p + 32));
	assert_memory_not_equal(own.b, entry.b, sizeof own.b);
	assert_false(sign_check(&entry, digest_span(&d), b.p + 32));
	buf_clear(&b);
	d = hash_sha256(span_str("another"));
	assert_ok(do_job(k, KEEPER_SIGN_DIGEST, KEEPER_ENTRY,
	    digest_span(&d), &b));
	memcpy(again.b, b.p, sizeof again.b);
	assert_memory_equal(own.b, again.b, sizeof own.b);
	/* a digest, by this key, and nothing else */
	assert_err(do_job(k, KEEPER_SIGN_DIGEST, KEEPER_ENTRY,
	    span_str("{\"kind\":\"x\"}"), &b), ERR_UNSUPPORTED);
	assert_err(do_job(k, KEEPER_SIGN_DIGEST, KEEPER_LOG,
	    digest_span(&d), &b), ERR_KEY);
	assert_err(do_job(k, KEEPER_SIGN_DIGEST, KEEPER_PRIVATE,
	    digest_span(&d), &b), ERR_KEY);
	buf_release(&b);
	keyring_keeper_free(k);
	keyring_free(r);
}

static void
test_open_over_wire(void **state)
{
	static const unsigned char seed[1][32] = { { 5 } };
	struct jwe_random random = { { 1 }, { 2 }, seed };
	struct keyring *r = new_ring(JWK_X25519), *other = new_ring(JWK_P256);
	const struct jwk *to[] = { &keyring_find(r, KEYRING_ENC)->jwk };
	struct keeper *k = keyring_keeper_create(r);
	struct keeper *stranger = keyring_keeper_create(other);
	struct keeper_job sent[2] = { { .what = KEEPER_OPEN } }, *got;
	struct keeper_opened opened;
	struct arena a = { 0 };
	struct buf box, wire, answer;
	struct digest mine;
	size_t n;

	(void)state;
	buf_init(&box, LIMIT_CONTAINER);
	buf_init(&wire, LIMIT_KEEPER_BATCH);
	buf_init(&answer, LIMIT_KEEPER_BATCH);
	assert_ok(jwe_write(span_str("o"), to, 1, span_str("a.b.c"), &random,
	    &box));
	sent[0].in = buf_span(&box);
	sent[0].want = hash_sha256(span_str("a.b.c"));
	buf_init(&sent[0].out, LIMIT_JWS);
	sent[1] = sent[0];
	sent[1].want.b[0] ^= 1;
	assert_int_equal(keeper_wire_fit(sent, 2), 2);
	assert_ok(keeper_wire_write_jobs(sent, 2, &wire));
	for (size_t cut = 0; cut < wire.n; cut += 7)
		assert_int_not_equal(keeper_wire_parse_jobs(
		    span_of(wire.p, cut), &a, &got, &n, NULL), ERR_NONE);
	assert_ok(keeper_wire_parse_jobs(buf_span(&wire), &a, &got, &n, NULL));
	assert_int_equal(n, 2);
	assert_ok(keeper_run(stranger, got, n));
	assert_err(got[0].result, ERR_KEY);
	assert_ok(keeper_run(k, got, n));
	assert_err(got[1].result, ERR_DIGEST);
	assert_ok(keeper_wire_write_results(got, n, &answer));
	assert_err(keeper_wire_parse_results(buf_span(&answer), sent, 1, NULL),
	    ERR_SYNTAX);
	assert_ok(keeper_wire_parse_results(buf_span(&answer), sent, 2, NULL));
	opened = keeper_opened(&sent[0].out);
	assert_true(span_is_str(opened.jws, "a.b.c"));
	assert_int_equal(opened.count, 1);
	mine = jwk_thumbprint(to[0]);
	assert_true(digest_is_equal(&opened.readers[0], &mine));
	sent[0].out.n = 2 + sizeof mine - 1;
	assert_int_equal(keeper_opened(&sent[0].out).jws.n, 0);
	assert_int_equal(keeper_opened(&sent[0].out).count, 0);
	assert_err(sent[1].result, ERR_DIGEST);
	for (int i = 0; i < 2; i++) {
		buf_release(&sent[i].out);
		buf_release(&got[i].out);
	}
	buf_release(&box);
	buf_release(&wire);
	buf_release(&answer);
	arena_release(&a);
	keyring_keeper_free(k);
	keyring_keeper_free(stranger);
	keyring_free(r);
	keyring_free(other);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_file),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_types),
		cmocka_unit_test(test_signatures),
		cmocka_unit_test(test_digest),
		cmocka_unit_test(test_open_over_wire),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
