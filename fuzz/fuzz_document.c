/* reaches: jws_general_parse jws_general_verify jws_general_add
 * jws_general_make
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Any bytes as a document with many signatures: one more can be added to
 * whatever is taken apart, and then all that was there is still there. And
 * any bytes as the payload of one.
 */
#include "fuzz.h"

#include "base/limits.h"
#include "crypto/jws_general.h"

#define TYP "almenara-document+jws"

static struct jwk key;

static void
check_same(const struct jws_general *a, const struct jws_general *b)
{
	FUZZ_CHECK(span_is_equal(a->payload, b->payload));
	FUZZ_CHECK(b->count == a->count + 1);
	for (size_t i = 0; i < a->count; i++)
		FUZZ_CHECK(digest_is_equal(&a->sigs[i].kid, &b->sigs[i].kid) &&
		    memcmp(a->sigs[i].sig, b->sigs[i].sig, SIGN_BYTES) == 0 &&
		    jws_general_verify(a, i, &key) ==
		    jws_general_verify(b, i, &key));
}

static void
check_adding(const struct jws_general *j, struct arena *a)
{
	struct digest kid = jwk_thumbprint(&key);
	struct jws_general more;
	struct buf b;
	bool has = false;
	enum err e;

	for (size_t i = 0; i < j->count; i++)
		has |= digest_is_equal(&j->sigs[i].kid, &kid);
	buf_init(&b, LIMIT_DOCUMENT);
	e = jws_general_add(j, TYP, &key, &b);
	FUZZ_CHECK((e == ERR_CONFLICT) == has);
	if (e == ERR_NONE) {
		FUZZ_CHECK(jws_general_parse(buf_span(&b), TYP, a, &more,
		    NULL) == ERR_NONE);
		check_same(j, &more);
		FUZZ_CHECK(jws_general_verify(&more, j->count, &key));
	} else {
		FUZZ_CHECK(e == ERR_CONFLICT || e == ERR_LIMIT);
	}
	buf_release(&b);
}

static void
check_making(struct span payload, struct arena *a)
{
	const struct jwk *keys[] = { &key };
	struct jws_general j;
	struct buf b;

	buf_init(&b, LIMIT_DOCUMENT);
	if (jws_general_make(payload, TYP, keys, 1, &b) == ERR_NONE) {
		FUZZ_CHECK(jws_general_parse(buf_span(&b), TYP, a, &j,
		    NULL) == ERR_NONE);
		FUZZ_CHECK(span_is_equal(j.payload, payload));
		FUZZ_CHECK(jws_general_verify(&j, 0, &key));
	}
	buf_release(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const unsigned char seed[32] = { 7 };
	struct span in = span_of(data, n);
	struct arena a = { 0 };
	struct fault f = { 0 };
	struct jws_general j;

	jwk_from_seed(JWK_ED25519, seed, &key);
	if (jws_general_parse(in, TYP, &a, &j, &f) == ERR_NONE)
		check_adding(&j, &a);
	else
		FUZZ_CHECK(f.rule[0] != '\0');
	check_making(in, &a);
	arena_release(&a);
	return 0;
}
