/* SPDX-License-Identifier: Apache-2.0
 *
 * X25519 (RFC 7748) over libsodium, for ecdh.c only: faster than the EVP
 * keys of libcrypto, which multiply the base point a second time for every
 * agreement. X25519 is no approved key agreement under FIPS 140-3 (SP 800-56A
 * rev. 3) whatever library does it; a site bound to that takes P-256 keys,
 * which never come here, and a build without libsodium replaces this file by
 * one over EVP with the same two functions.
 */
#ifndef CRYPTO_X25519_H
#define CRYPTO_X25519_H

#include "base/err.h"

/* The public part of the secret `d`, which is clamped. */
void x25519_public(const unsigned char d[32], unsigned char x[32]);

/* Z of our secret and their public key, whose highest bit is ignored (RFC
 * 7748 section 5). ERR_KEY if it would be all zero, which every point of small
 * order gives; `z` is untouched then. */
MUST enum err x25519_agree(const unsigned char d[32],
    const unsigned char theirs[32], unsigned char z[32]);

#endif
