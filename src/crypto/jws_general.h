/* SPDX-License-Identifier: Apache-2.0
 *
 * JWS in general JSON form (RFC 7515 section 7.2.1): one payload, many
 * signatures, for register documents:
 * {"payload":P,"signatures":[{"protected":H,"signature":S}...]}
 * with H as in crypto/jws.h. No other member, no kid twice.
 */
#ifndef CRYPTO_JWS_GENERAL_H
#define CRYPTO_JWS_GENERAL_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "crypto/jwk.h"

struct jws_general_sig {
	struct span protected_b64; /* borrowed */
	struct digest kid;
	unsigned char sig[SIGN_BYTES];
};

struct jws_general {
	struct span payload_b64; /* borrowed from the text */
	struct span payload;     /* decoded, in the arena */
	struct jws_general_sig *sigs;
	size_t count;
};

/* Take apart; nothing is verified. ERR_LIMIT (LIMIT_DOCUMENT,
 * LIMIT_DOCUMENT_SIGNATURES), ERR_SYNTAX, ERR_CANONICAL, ERR_SCHEMA (members,
 * no signature), ERR_UNSUPPORTED (alg, typ), ERR_CONFLICT (a member or kid
 * twice). `bytes` must outlive `out`, which is untouched on failure. */
MUST enum err jws_general_parse(struct span bytes, const char *typ,
    struct arena *a, struct jws_general *out, struct fault *f);

/* Does signature `i` verify with `key`? False for a key of another kind. The
 * kid is not looked at. */
bool jws_general_verify(const struct jws_general *j, size_t i,
    const struct jwk *key);

/* Append the document of `payload` signed by all `n` keys (at least one).
 * ERR_KEY if a key has no secret part or is no Ed25519 key, ERR_CONFLICT for
 * a key twice, ERR_LIMIT. `out` is untouched on failure. */
MUST enum err jws_general_make(struct span payload, const char *typ,
    const struct jwk *const *keys, size_t n, struct buf *out);

/* Append `j` with one more signature at the end. ERR_KEY, ERR_CONFLICT if
 * the key has a signature already, ERR_LIMIT. */
MUST enum err jws_general_add(const struct jws_general *j, const char *typ,
    const struct jwk *key, struct buf *out);

#endif
