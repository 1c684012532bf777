/* SPDX-License-Identifier: Apache-2.0
 *
 * Sealing to a public key by HPKE (RFC 9180), base mode, single shot, in the
 * one suite that browsers have by themselves: DHKEM(X25519, HKDF-SHA256),
 * HKDF-SHA256, AES-256-GCM. A sealed text is the encapsulated key (32 bytes),
 * the ciphertext, its tag (16). It says nothing of who sealed it.
 */
#ifndef CRYPTO_HPKE_H
#define CRYPTO_HPKE_H

#include "base/buf.h"
#include "base/err.h"
#include "crypto/jwk.h"

enum { HPKE_ENC = 32, HPKE_TAG = 16, HPKE_OVERHEAD = HPKE_ENC + HPKE_TAG };

/* Append `text` sealed to the public part of `to`. `seed` is the ephemeral
 * secret, new for each text. `info` says what for, `aad` what it belongs to.
 * ERR_KEY if `to` is not of X25519 or of small order, ERR_LIMIT; `out` is
 * untouched on failure, except that ERR_LIMIT marks it. */
MUST enum err hpke_seal(const struct jwk *to, const unsigned char seed[32],
    struct span info, struct span aad, struct span text, struct buf *out);

/* Append the text. ERR_SYNTAX if shorter than HPKE_OVERHEAD, ERR_KEY if `key`
 * has no secret or the encapsulated key is of small order, ERR_DECRYPT if key,
 * info, aad or bytes are not those of the sealing, ERR_LIMIT; `out` as
 * above. */
MUST enum err hpke_open(const struct jwk *key, struct span info,
    struct span aad, struct span sealed, struct buf *out);

/* HKDF-SHA-256 (RFC 5869) of `in` with an empty salt, into 32 bytes. */
void hpke_derive(struct span in, struct span info, unsigned char out[32]);

#endif
