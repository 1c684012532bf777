/* reaches: keyring_parse keyring_write keyring_add jwk_parse jwk_check
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Any bytes as the file of a keyring, not under a passphrase (whose
 * derivation is slow on purpose). What is read is written, and what is
 * written is read again and written the same; every key can sign or agree.
 */
#include "fuzz.h"

#include "base/limits.h"
#include "crypto/keyring.h"

static void
check_keys(const struct keyring *r)
{
	const struct keyring_key *k;

	for (size_t i = 0; (k = keyring_at(r, i)) != NULL; i++) {
		struct kid kid = jwk_kid(&k->jwk);

		FUZZ_CHECK(kid_is_equal(&kid, &k->kid));
		FUZZ_CHECK(jwk_check(&k->jwk, NULL) == ERR_NONE);
		FUZZ_CHECK(keyring_find(r, k->role) != NULL);
	}
}

static void
check_writing(const struct keyring *r)
{
	struct keyring *again = NULL;
	struct buf one, two;

	buf_init(&one, LIMIT_KEYFILE);
	buf_init(&two, LIMIT_KEYFILE);
	FUZZ_CHECK(keyring_write(r, span_of(NULL, 0), NULL, &one) == ERR_NONE);
	FUZZ_CHECK(keyring_parse(buf_span(&one), span_of(NULL, 0), &again,
	    NULL) == ERR_NONE);
	FUZZ_CHECK(keyring_write(again, span_of(NULL, 0), NULL, &two) ==
	    ERR_NONE);
	FUZZ_CHECK(span_is_equal(buf_span(&one), buf_span(&two)));
	keyring_free(again);
	buf_release(&one);
	buf_release(&two);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct keyring *r = NULL;
	struct fault f = { 0 };

	if (keyring_parse(span_of(data, n), span_of(NULL, 0), &r, &f) !=
	    ERR_NONE) {
		FUZZ_CHECK(r == NULL && f.rule[0] != '\0');
		return 0;
	}
	check_keys(r);
	check_writing(r);
	keyring_free(r);
	return 0;
}
