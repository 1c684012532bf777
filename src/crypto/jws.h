/* SPDX-License-Identifier: Apache-2.0
 *
 * Compact JWS (RFC 7515 section 7.1) in the one profile of the network: the
 * protected header is byte for byte {"alg":"Ed25519","kid":K,"typ":T}, the
 * base64url is canonical, so that one meaning has one spelling.
 */
#ifndef CRYPTO_JWS_H
#define CRYPTO_JWS_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "crypto/jwk.h"

struct jws {
	struct span text;    /* the whole JWS as it came, borrowed */
	struct span input;   /* header.payload, what is signed; borrowed */
	struct span payload; /* decoded, in the arena */
	struct kid kid;
	unsigned char sig[SIGN_BYTES];
};

/* Take apart a JWS of type `typ`, not yet verified. ERR_LIMIT (LIMIT_JWS,
 * LIMIT_PAYLOAD), ERR_SYNTAX, ERR_CANONICAL (base64url, header),
 * ERR_UNSUPPORTED (another alg or typ). `out` is untouched on failure. */
MUST enum err jws_parse(struct span text, const char *typ, struct arena *a,
    struct jws *out, struct fault *f);

/* Does the signature verify with this key? The kid is not looked at. */
bool jws_is_signed_by(const struct jws *j, const struct sign_public *key);

/* Append the JWS. ERR_LIMIT. */
MUST enum err jws_write(const char *typ, const struct kid *kid,
    struct span payload, const struct sign_secret *key, struct buf *out);

/* The header in base64url: written for (typ, kid), and read. Shared with
 * jws_general. Errors as jws_parse. */
void jws_header_write(const char *typ, const struct kid *kid,
    struct buf *out);
MUST enum err jws_header_parse(struct span in, const char *typ,
    struct kid *out, struct fault *f);

#endif
