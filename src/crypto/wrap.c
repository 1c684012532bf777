/* SPDX-License-Identifier: Apache-2.0
 *
 * Opened text at rest. The key of the word digests is derived, so that the
 * two uses of the store key never meet.
 */
#include "crypto/wrap.h"

#include "crypto/gcm.h"
#include "crypto/secret.h"

enum err
wrap_seal(const unsigned char key[WRAP_KEY],
    const unsigned char nonce[WRAP_NONCE], struct span aad, struct span text,
    struct buf *out)
{
	unsigned char *p = text.n > SIZE_MAX / 2 ? NULL :
	    buf_extend(out, text.n + WRAP_OVERHEAD);

	if (p == NULL)
		return ERR_LIMIT;
	memcpy(p, nonce, WRAP_NONCE);
	gcm_seal(key, nonce, aad, text, p + WRAP_NONCE,
	    p + WRAP_NONCE + text.n);
	return ERR_NONE;
}

enum err
wrap_open(const unsigned char key[WRAP_KEY], struct span aad,
    struct span sealed, struct buf *out)
{
	size_t n, before = out->n;
	unsigned char *p;

	if (sealed.n < WRAP_OVERHEAD)
		return ERR_SYNTAX;
	n = sealed.n - WRAP_OVERHEAD;
	p = buf_extend(out, n);
	if (out->over)
		return ERR_LIMIT;
	if (gcm_open(key, sealed.p, aad, span_of(sealed.p + WRAP_NONCE, n),
		sealed.p + WRAP_NONCE + n, p))
		return ERR_NONE;
	out->n = before;
	return ERR_DECRYPT;
}

struct hash_key *
wrap_words_key(const unsigned char key[WRAP_KEY])
{
	struct hash_key *store = hash_key_create(span_of(key, WRAP_KEY));
	struct digest derived = hash_hmac(store,
	    span_str("almenara word digests"));
	struct hash_key *words = hash_key_create(digest_span(&derived));

	secret_wipe(&derived, sizeof derived);
	hash_key_free(store);
	return words;
}

uint64_t
wrap_token_digest(const struct hash_key *words, struct span token)
{
	struct digest d = hash_hmac(words, token);
	uint64_t v = 0;

	for (int i = 0; i < 8; i++)
		v = v << 8 | d.b[i];
	return v;
}
