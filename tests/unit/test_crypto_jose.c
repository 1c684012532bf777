/* SPDX-License-Identifier: Apache-2.0
 *
 * The bare operations against containers and signatures that other libraries
 * made (shared data, jose-vectors.json): signature, agreement, key wrap and
 * cipher give the same, and what those vectors call invalid fails. None of
 * them has the headers of this network, so all are refused as entries,
 * containers and documents, valid or not.
 */
#include "base/code.h"
#include "base/json.h"
#include "base/mem.h"
#include "crypto/ecdh.h"
#include "crypto/gcm.h"
#include "crypto/jwe.h"
#include "crypto/jws_general.h"

#include "cmocka_all.h"

#include <stdio.h>

enum { FILE_MAX = 1 << 20, TOKENS = 32768, DEPTH = 16 };

static struct arena arena;
static struct json vectors;

/* Wrong in the header, which the bare operations do not look at. */
static const char *const header_cases[] = { "jws-alg-none",
	"jws-alg-confusion-hs256-with-public-key", "jws-unknown-crit",
	"jws-padded-base64url", "jwe-alg-dir", "jwe-duplicate-header-name",
	"jwe-zip-def" };

static bool
load(void)
{
	const char *root = getenv("ALMENARA_SHARED");
	unsigned char *text = arena_alloc(&arena, FILE_MAX);
	char path[4096];
	size_t n;
	FILE *f;

	snprintf(path, sizeof path, "%s/data/jose/vectors/jose-vectors.json",
	    root == NULL ? "../shared" : root);
	f = fopen(path, "rb");
	if (f == NULL) {
		print_message("# skipped: needs the shared data\n");
		return false;
	}
	n = fread(text, 1, FILE_MAX, f);
	fclose(f);
	assert_ok(json_parse_arena(span_of(text, n), DEPTH, TOKENS, &arena,
	    &vectors, NULL));
	return true;
}

/* The text of a member, "" if there is none. */
static struct span
text_of(struct json_val v, const char *name)
{
	struct span s = span_str("");

	if (json_text(json_get(v, name), &arena, &s) != ERR_NONE)
		return span_str("");
	return s;
}

static bool
is_valid(struct json_val c)
{
	return json_is_str(json_get(c, "expect"), "valid");
}

static bool
is_header_case(struct json_val c)
{
	size_t n = sizeof header_cases / sizeof *header_cases;

	for (size_t i = 0; i < n; i++)
		if (json_is_str(json_get(c, "name"), header_cases[i]))
			return true;
	return false;
}

static bool
is_type(struct json_val c, const char *prefix)
{
	struct span type = text_of(c, "type");
	size_t n = strlen(prefix);

	return type.n >= n && memcmp(type.p, prefix, n) == 0;
}

/* base64url of any length; false if it is not that. */
static bool
decode(struct span in, struct span *out)
{
	struct buf b;
	bool yes;

	buf_init(&b, FILE_MAX);
	yes = code_parse_base64url(in, &b) == ERR_NONE;
	if (yes)
		*out = arena_copy(&arena, buf_span(&b));
	buf_release(&b);
	return yes;
}

/* The key of that kid among keys.signing or keys.encryption. */
static struct jwk
find_key(const char *use, struct json_val kid, enum jwk_kind kind)
{
	struct json_val list = json_get(json_get(json_root(&vectors), "keys"),
	    use);
	struct span want = span_str("");
	struct jwk k = { .kind = kind, .has_secret = true };

	assert_ok(json_text(kid, &arena, &want));
	for (struct json_val m = json_first(list); m.type != JSON_ABSENT;
	    m = json_next(list, m)) {
		if (!span_is_equal(text_of(m, "kid"), want))
			continue;
		assert_ok(code_parse_base64url_fixed(text_of(m, "x"), k.x,
		    32));
		assert_ok(code_parse_base64url_fixed(text_of(m, "d"), k.d,
		    32));
		assert_ok(jwk_check(&k, NULL));
		return k;
	}
	fail_msg("no such key");
	return k;
}

static bool
verifies(struct json_val c, struct json_val sig, const struct jwk *key)
{
	struct json_val doc = json_get(c, "doc");
	struct sign_public public = jwk_sign_public(key);
	unsigned char bytes[SIGN_BYTES];
	struct span payload = text_of(doc, "payload");
	struct buf b;
	bool yes;

	if (payload.n == 0)
		payload = text_of(c, "detached_payload_b64u");
	if (code_parse_base64url_fixed(text_of(sig, "signature"), bytes,
		sizeof bytes) != ERR_NONE)
		return false;
	buf_init(&b, FILE_MAX);
	buf_put(&b, text_of(sig, "protected"));
	buf_put_str(&b, ".");
	buf_put(&b, payload);
	yes = sign_check(&public, buf_span(&b), bytes);
	buf_release(&b);
	return yes;
}

/* Every key named has a signature; or for an invalid case, none has. */
static void
check_signatures(struct json_val c)
{
	struct json_val with = json_get(c, "verify_with");
	struct json_val doc = json_get(c, "doc");
	struct json_val list = json_get(doc, "signatures");

	assert_int_not_equal(json_count(with), 0);
	for (struct json_val m = json_first(with); m.type != JSON_ABSENT;
	    m = json_next(with, m)) {
		struct jwk key = find_key("signing", m, JWK_ED25519);
		bool any = list.type == JSON_ABSENT &&
		    verifies(c, doc, &key);

		for (struct json_val s = json_first(list);
		    s.type != JSON_ABSENT; s = json_next(list, s))
			any |= verifies(c, s, &key);
		assert_int_equal(any, is_valid(c));
	}
}

static struct digest
kek_of(const unsigned char z[32])
{
	static const unsigned char info[] = "\0\0\0\x0e" "ECDH-ES+A256KW"
	    "\0\0\0\0\0\0\0\0\0\0\x01";
	struct span in[] = { span_of("\0\0\0\x01", 4), span_of(z, 32),
		span_of(info, sizeof info) };

	return hash_sha256_spans(in, 3);
}

/* The content key of the recipient, whose epk may stand in either header. */
static bool
unwrap(struct json_val header, struct json_val shared, struct span wrapped,
    const struct jwk *key, unsigned char cek[32])
{
	struct json_val epk = json_get(header, "epk");
	unsigned char z[32], bytes[40];
	struct digest kek;
	struct jwk theirs;

	if (epk.type == JSON_ABSENT)
		epk = json_get(shared, "epk");
	if (jwk_parse_public(epk, &theirs, NULL) != ERR_NONE ||
	    ecdh_agree(key, &theirs, z) != ERR_NONE ||
	    code_parse_base64url_fixed(wrapped, bytes, sizeof bytes) !=
	    ERR_NONE)
		return false;
	kek = kek_of(z);
	return gcm_key_unwrap(kek.b, bytes, cek);
}

/* AAD as RFC 7516 section 5.1 step 14 has it. */
static struct span
aad_of(struct json_val doc)
{
	struct span protected = text_of(doc, "protected");
	struct span aad = text_of(doc, "aad");
	unsigned char *p = arena_alloc(&arena, protected.n + aad.n + 1);

	memcpy(p, protected.p, protected.n);
	if (aad.n == 0)
		return span_of(p, protected.n);
	p[protected.n] = '.';
	memcpy(p + protected.n + 1, aad.p, aad.n);
	return span_of(p, protected.n + 1 + aad.n);
}

static bool
decrypts(struct json_val doc, const unsigned char cek[32], struct span *out)
{
	struct span iv, tag, text;
	unsigned char *p;

	if (!decode(text_of(doc, "iv"), &iv) || iv.n != 12 ||
	    !decode(text_of(doc, "tag"), &tag) || tag.n != 16 ||
	    !decode(text_of(doc, "ciphertext"), &text))
		return false;
	p = arena_alloc(&arena, text.n + 1);
	*out = span_of(p, text.n);
	return gcm_open(cek, iv.p, aad_of(doc), text, tag.p, p);
}

static bool
opens(struct json_val doc, struct json_val kid, struct span *out)
{
	struct jwk key = find_key("encryption", kid, JWK_X25519);
	struct json_val list = json_get(doc, "recipients");
	struct span protected, name = span_str("");
	unsigned char cek[32];
	struct json shared;

	assert_ok(json_text(kid, &arena, &name));
	assert_true(decode(text_of(doc, "protected"), &protected));
	assert_ok(json_parse_arena(protected, DEPTH, TOKENS, &arena, &shared,
	    NULL));
	for (struct json_val m = json_first(list); m.type != JSON_ABSENT;
	    m = json_next(list, m))
		if (span_is_equal(text_of(json_get(m, "header"), "kid"),
			name))
			return unwrap(json_get(m, "header"),
				   json_root(&shared),
				   text_of(m, "encrypted_key"), &key, cek) &&
			    decrypts(doc, cek, out);
	return false;
}

static void
check_opening(struct json_val c)
{
	struct json_val with = json_get(c, "decrypt_with");
	struct json_val doc = json_get(c, "doc");

	assert_int_not_equal(json_count(with), 0);
	for (struct json_val m = json_first(with); m.type != JSON_ABSENT;
	    m = json_next(with, m)) {
		struct span got = span_str(""), want = text_of(c, "plaintext");

		assert_int_equal(opens(doc, m, &got), is_valid(c));
		if (is_valid(c) && want.n != 0)
			assert_true(span_is_equal(got, want));
	}
}

static void
check_refused(struct json_val c)
{
	struct span doc = json_raw(json_get(c, "doc"));
	struct jws_general g;
	struct jwe j;

	assert_int_not_equal(jwe_parse(doc, &arena, &j, NULL), ERR_NONE);
	assert_int_not_equal(jws_general_parse(doc, "JOSE+JSON", &arena, &g,
	    NULL), ERR_NONE);
}

static void
test_jose_vectors(void **state)
{
	struct json_val cases;
	int signed_cases = 0, sealed_cases = 0;

	(void)state;
	if (!load())
		return;
	cases = json_get(json_root(&vectors), "cases");
	for (struct json_val c = json_first(cases); c.type != JSON_ABSENT;
	    c = json_next(cases, c)) {
		check_refused(c);
		if (is_header_case(c))
			continue;
		if (is_type(c, "jws")) {
			check_signatures(c);
			signed_cases++;
		} else {
			check_opening(c);
			sealed_cases++;
		}
	}
	assert_int_equal(signed_cases, 8);
	assert_int_equal(sealed_cases, 16);
}

static int
tear_down(void **state)
{
	(void)state;
	arena_release(&arena);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_jose_vectors, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
