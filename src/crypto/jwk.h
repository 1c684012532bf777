/* SPDX-License-Identifier: Apache-2.0
 *
 * Keys as JWK (RFC 7517, 7518 section 6.2, 8037), of the three kinds that the
 * network knows, and their names: the thumbprint of RFC 7638, as a digest and
 * as the 43 characters of a `kid`. Strict: exactly the required members, plus
 * "d" in a secret key; canonical base64url.
 */
#ifndef CRYPTO_JWK_H
#define CRYPTO_JWK_H

#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/span.h"
#include "crypto/hash.h"
#include "crypto/sign.h"

#include <stdbool.h>

enum jwk_kind { JWK_ED25519, JWK_X25519, JWK_P256, JWK_KIND_COUNT };

struct jwk {
	enum jwk_kind kind;
	bool has_secret;
	unsigned char x[32];
	unsigned char y[32]; /* JWK_P256, else zero */
	unsigned char d[32]; /* has_secret, else zero; wipe after use */
};

/* A thumbprint in base64url, NUL-ended. */
struct kid {
	char s[44];
};

/* Bytes of randomness for a new key: 16 more than the key has, so that the
 * reduction modulo the order of P-256 shows no bias (FIPS 186-5 A.2.1). */
enum { JWK_RANDOM = 48 };

/* Read a key and check it as jwk_check does. ERR_SCHEMA (members),
 * ERR_SYNTAX, ERR_CANONICAL, ERR_UNSUPPORTED (kty, crv), ERR_KEY (weak, or
 * "d" does not belong to the public part). */
MUST enum err jwk_parse(struct json_val v, struct jwk *out, struct fault *f);

/* The same without jwk_check and with "d" refused: for the `epk` of a
 * container, which the key agreement itself checks. */
MUST enum err jwk_parse_public(struct json_val v, struct jwk *out,
    struct fault *f);

/* ERR_KEY for a key that must not be registered: a small-order or malformed
 * point, off the curve, zero; a secret that is not the public key's. */
MUST enum err jwk_check(const struct jwk *k, struct fault *f);

/* Append the JSON, members sorted: crv, [d,] kty, x [, y]. */
void jwk_write_public(const struct jwk *k, struct buf *out);
void jwk_write_secret(const struct jwk *k, struct buf *out); /* has_secret */

/* The key of 32 bytes: for Ed25519 and X25519 the seed is the private key;
 * for P-256 the scalar is seed mod (n - 1) + 1. */
void jwk_from_seed(enum jwk_kind kind, const unsigned char seed[32],
    struct jwk *out);

/* A new key from randomness of the caller. */
void jwk_make(enum jwk_kind kind, const unsigned char random[JWK_RANDOM],
    struct jwk *out);

/* SHA-256 of the required members (RFC 7638), and the same as text. */
struct digest jwk_thumbprint(const struct jwk *k);
struct kid jwk_kid(const struct jwk *k);

struct kid kid_of(const struct digest *thumbprint);
struct digest kid_digest(const struct kid *kid);

/* 43 characters of canonical base64url; ERR_SYNTAX, ERR_CANONICAL. */
MUST enum err kid_parse(struct span in, struct kid *out);

static inline bool
kid_is_equal(const struct kid *a, const struct kid *b)
{
	return memcmp(a->s, b->s, sizeof a->s) == 0;
}

/* JWK_ED25519 only. */
struct sign_public jwk_sign_public(const struct jwk *k);
void jwk_sign_secret(const struct jwk *k, struct sign_secret *out);

/* Wipe the whole key. */
void jwk_wipe(struct jwk *k);

#endif
