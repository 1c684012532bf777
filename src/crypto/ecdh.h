/* SPDX-License-Identifier: Apache-2.0
 *
 * Key agreement over X25519 (RFC 7748) and P-256 (SP 800-56A), for the files
 * of this folder only.
 */
#ifndef CRYPTO_ECDH_H
#define CRYPTO_ECDH_H

#include "base/err.h"
#include "crypto/jwk.h"

/* The public part of the secret in `k->d`; ERR_KEY if that is 0 or at least
 * the group order (P-256). X25519 and P-256 only. */
MUST enum err ecdh_public(struct jwk *k);

/* P-256: d = `in` mod (n - 1) + 1, `in` of at most 48 bytes. */
void ecdh_reduce(const unsigned char *in, size_t n, unsigned char d[32]);

/* Z of our secret and their public key of the same kind. ERR_KEY for a point
 * off the curve, a coordinate too large, an all-zero result. */
MUST enum err ecdh_agree(const struct jwk *ours, const struct jwk *theirs,
    unsigned char z[32]);

/* A fresh key of `seed` for `theirs`: its public part, and Z. Errors as
 * above. */
MUST enum err ecdh_fresh(const unsigned char seed[32],
    const struct jwk *theirs, struct jwk *out, unsigned char z[32]);

/* ERR_KEY unless a point of P-256 other than the one at infinity. */
MUST enum err ecdh_check_p256(const struct jwk *k);

#endif
