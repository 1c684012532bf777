/* SPDX-License-Identifier: Apache-2.0
 *
 * The key of a circle: 32 random bytes that the origin of a log hands to an
 * audience once, in a sealed entry of its own, to seal later entries to that
 * same audience by one wrapped key instead of one for each reader. The entry
 * is of kind `circle-key`, its body is exactly {"key":K}, K the bytes in
 * base64url; the id of the circle is the digest D of that entry, so a key
 * cannot be taken for another, nor for one of another log.
 */
#ifndef CRYPTO_CIRCLE_H
#define CRYPTO_CIRCLE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "crypto/hash.h"

#define CIRCLE_KIND "circle-key"

enum { CIRCLE_KEY = 32, CIRCLE_BODY_MAX = 64 };

struct circle {
	struct digest id;
	struct span log; /* for which the entry was made; in the arena */
	unsigned char key[CIRCLE_KEY];
};

/* Append the body that hands out `key`. */
void circle_write(const unsigned char key[CIRCLE_KEY], struct buf *out);

/* Take the key from the signed entry `jws`; the signature is not verified.
 * ERR_SYNTAX, ERR_CANONICAL, ERR_LIMIT as its parts; ERR_SCHEMA if it is of
 * another kind, or its body of another form or length. `out` is untouched on
 * failure; the caller wipes it. */
MUST enum err circle_parse(struct span jws, struct arena *a,
    struct circle *out, struct fault *f);

#endif
