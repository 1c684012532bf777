/* SPDX-License-Identifier: Apache-2.0
 *
 * Opened text at rest: AES-256-GCM (SP 800-38D) under the store key, and the
 * keyed digests of words by which it is searched, so that a copied file
 * reveals no word.
 */
#ifndef CRYPTO_WRAP_H
#define CRYPTO_WRAP_H

#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"
#include "crypto/hash.h"

#include <stdint.h>

enum { WRAP_KEY = 32, WRAP_NONCE = 12, WRAP_TAG = 16,
	WRAP_OVERHEAD = WRAP_NONCE + WRAP_TAG };

/* Append nonce, ciphertext, tag. `nonce` must be new for this key. `aad` says
 * what the text is and where it stands, so that it cannot be moved. */
MUST enum err wrap_seal(const unsigned char key[WRAP_KEY],
    const unsigned char nonce[WRAP_NONCE], struct span aad, struct span text,
    struct buf *out);

/* Append the text. ERR_SYNTAX if shorter than WRAP_OVERHEAD, ERR_DECRYPT if
 * key, aad or bytes are not the ones sealed, ERR_LIMIT. */
MUST enum err wrap_open(const unsigned char key[WRAP_KEY], struct span aad,
    struct span sealed, struct buf *out);

/* The key of the words' digests, derived from the store key (never the store
 * key itself). The caller frees it (hash_key_free). */
struct hash_key *wrap_words_key(const unsigned char key[WRAP_KEY]);

/* HMAC-SHA-256 of the word, cut to 8 bytes. */
uint64_t wrap_token_digest(const struct hash_key *words, struct span token);

#endif
