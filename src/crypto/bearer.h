/* SPDX-License-Identifier: Apache-2.0
 *
 * Tokens that a program shows to be let in (RFC 6750): "alm_" and 256 random
 * bits in base64url. Nobody keeps one but who got it: what is kept, and goes
 * from process to process, is its digest. Pure.
 */
#ifndef CRYPTO_BEARER_H
#define CRYPTO_BEARER_H

#include "base/err.h"
#include "crypto/hash.h"

enum { BEARER_RANDOM = 32, BEARER_TEXT = 47 };

void bearer_write(const unsigned char random[BEARER_RANDOM],
    char out[BEARER_TEXT + 1]);

/* By what it is known; another text has another digest, and the text does not
 * follow from it. */
struct digest bearer_digest(struct span text);

/* The digest of the token in the value of a header Authorization. ERR_SYNTAX
 * if it is another scheme or no token of this form, with `f`; `out` is
 * untouched then. */
MUST enum err bearer_parse(struct span header, struct digest *out,
    struct fault *f);

/* Equal? In a time that does not tell where they differ. */
bool bearer_is(const struct digest *a, const struct digest *b);

#endif
