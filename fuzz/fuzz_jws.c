/* reaches: jws_parse jws_header_parse jws_write jws_is_signed_by
 * reaches: circle_parse
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Any bytes as a JWS: what is taken apart has that one spelling and no other,
 * so it is put together to the same bytes. And any bytes as the payload of
 * one that is signed: it reads back and verifies.
 */
#include "fuzz.h"

#include "base/code.h"
#include "base/limits.h"
#include "crypto/circle.h"
#include "crypto/jws.h"

#define TYP "almenara-entry+jws"

static struct jwk key;

static void
check_spelling(const struct jws *j, struct span text)
{
	struct buf b;

	buf_init(&b, LIMIT_JWS);
	jws_header_write(TYP, &j->kid, &b);
	buf_put_str(&b, ".");
	code_write_base64url(&b, j->payload);
	FUZZ_CHECK(span_is_equal(buf_span(&b), j->input));
	buf_put_str(&b, ".");
	code_write_base64url(&b, span_of(j->sig, sizeof j->sig));
	FUZZ_CHECK(span_is_equal(buf_span(&b), text));
	buf_release(&b);
}

static void
check_signing(struct span payload, struct arena *a)
{
	struct sign_public public = jwk_sign_public(&key);
	struct kid kid = jwk_kid(&key);
	struct sign_secret secret;
	struct jws j;
	struct buf b;
	enum err e;

	jwk_sign_secret(&key, &secret);
	buf_init(&b, LIMIT_JWS);
	e = jws_write(TYP, &kid, payload, &secret, &b);
	FUZZ_CHECK((e == ERR_NONE) == (payload.n <= LIMIT_PAYLOAD));
	if (e == ERR_NONE) {
		FUZZ_CHECK(jws_parse(buf_span(&b), TYP, a, &j, NULL) ==
		    ERR_NONE);
		FUZZ_CHECK(span_is_equal(j.payload, payload));
		FUZZ_CHECK(jws_is_signed_by(&j, &public));
	}
	buf_release(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const unsigned char seed[32] = { 7 };
	struct span in = span_of(data, n);
	struct sign_public public;
	struct arena a = { 0 };
	struct fault f = { 0 };
	struct circle circle;
	struct jws j;

	jwk_from_seed(JWK_ED25519, seed, &key);
	public = jwk_sign_public(&key);
	if (circle_parse(in, &a, &circle, NULL) == ERR_NONE)
		FUZZ_CHECK(jws_parse(in, TYP, &a, &j, NULL) == ERR_NONE);
	if (jws_parse(in, TYP, &a, &j, &f) == ERR_NONE) {
		check_spelling(&j, in);
		(void)jws_is_signed_by(&j, &public);
	} else {
		FUZZ_CHECK(f.rule[0] != '\0');
	}
	check_signing(in, &a);
	arena_release(&a);
	return 0;
}
