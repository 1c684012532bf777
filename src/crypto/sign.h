/* SPDX-License-Identifier: Apache-2.0
 *
 * Ed25519 (RFC 8032) over libsodium. This header's one .c file, x25519.c and
 * passphrase.c are the only places that see that library, so that a site that
 * must use a FIPS module can write others. So that all nodes judge alike
 * whatever they link, sign_check refuses, before the library is asked: A or R
 * among the small-order encodings, and S >= L.
 */
#ifndef CRYPTO_SIGN_H
#define CRYPTO_SIGN_H

#include "base/err.h"
#include "base/span.h"

#include <stdbool.h>

enum { SIGN_BYTES = 64 };

struct sign_public {
	unsigned char b[32];
};

struct sign_secret {
	unsigned char b[64]; /* seed and public key; wipe after use */
};

/* The key pair of a 32-byte seed. */
void sign_derive(const unsigned char seed[32], struct sign_secret *out_secret,
    struct sign_public *out_public);

/* ERR_KEY for a small-order or malformed key: not to be registered. */
MUST enum err sign_public_check(const struct sign_public *key);

void sign_make(const struct sign_secret *key, struct span message,
    unsigned char out[SIGN_BYTES]);

/* The part of sign_check that asks no library. */
bool sign_is_strict(const struct sign_public *key,
    const unsigned char sig[SIGN_BYTES]);

bool sign_check(const struct sign_public *key, struct span message,
    const unsigned char sig[SIGN_BYTES]);

#endif
