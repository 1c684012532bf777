/* SPDX-License-Identifier: Apache-2.0
 *
 * The sealed container: JWE in general JSON form (RFC 7516 section 7.2.1) in
 * the one profile of the network: A256GCM, each recipient by
 * ECDH-ES+A256KW (RFC 7518 section 4.6) over X25519 or P-256 with an `epk` of
 * its own; the plaintext is a JWS padded with blanks to a power of two. Or
 * one recipient by A256KW (section 4.4): the holders of a circle key.
 */
#ifndef CRYPTO_JWE_H
#define CRYPTO_JWE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "crypto/jwk.h"

enum { JWE_PAD_MIN = 1024, JWE_WRAPPED = 40 };

/* All randomness of one container; each value is used once, ever. */
struct jwe_random {
	unsigned char cek[32];
	unsigned char iv[12];
	const unsigned char (*epk)[32]; /* a seed for each recipient */
};

struct jwe_recipient {
	struct digest kid; /* thumbprint of the recipient's key; of a circle
	                    * its id */
	struct jwk epk; /* checked only by the agreement; none of a circle */
	unsigned char wrapped[JWE_WRAPPED];
};

struct jwe {
	struct span protected_b64; /* borrowed: the AAD */
	struct span log;           /* origin in the protected header; arena */
	struct jwe_recipient *recipients; /* arena */
	size_t count;
	bool circle; /* there is one recipient, by A256KW */
	struct span ciphertext; /* arena */
	unsigned char iv[12];
	unsigned char tag[16];
};

/* Bytes of the padded plaintext of a JWS of `n` bytes. */
size_t jwe_padded(size_t n);

/* Append the container of `jws` for `n` recipients, X25519 or P-256.
 * ERR_LIMIT (recipients, JWS, container), ERR_SCHEMA (no recipient, `log` is
 * no name), ERR_CONFLICT (a recipient twice), ERR_KEY (a key of another kind
 * or with which nothing can be agreed). `out` is untouched on failure. */
MUST enum err jwe_write(struct span log, const struct jwk *const *recipients,
    size_t n, struct span jws, const struct jwe_random *random,
    struct buf *out);

/* The same for the holders of the 32 bytes `key` of circle `id`; `random->epk`
 * is not used. */
MUST enum err jwe_write_circle(struct span log, const struct digest *id,
    const unsigned char key[32], struct span jws,
    const struct jwe_random *random, struct buf *out);

/* Take apart; nothing is opened. ERR_LIMIT, ERR_SYNTAX, ERR_CANONICAL
 * (base64url, escapes, protected header), ERR_SCHEMA (members, lengths, no
 * recipient), ERR_UNSUPPORTED (alg, kind of epk), ERR_CONFLICT (a member or
 * kid twice; A256KW beside another recipient). `text` must outlive `out`. */
MUST enum err jwe_parse(struct span text, struct arena *a, struct jwe *out,
    struct fault *f);

/* The recipient of this name, or NULL. */
const struct jwe_recipient *jwe_find(const struct jwe *j,
    const struct digest *kid);

/* Append the JWS inside, padding checked and cut. ERR_KEY if `key` is no
 * recipient or has no secret, or the container is for a circle, ERR_DECRYPT if agreement, unwrapping or
 * decryption fails, ERR_SCHEMA if the padding is wrong, ERR_LIMIT if `out` is
 * too small. `out` is untouched on failure, except that ERR_LIMIT marks it. */
MUST enum err jwe_open(const struct jwe *j, const struct jwk *key,
    struct buf *out, struct fault *f);

/* The same by the key of a circle. ERR_KEY if the container is not for one;
 * whether it is for this one only the id says. */
MUST enum err jwe_open_circle(const struct jwe *j,
    const unsigned char key[32], struct buf *out, struct fault *f);

/* Does the container say that it was made for log `origin`? False too if it is
 * none. */
bool jwe_is_of_log(struct span text, struct span origin, struct arena *a);

/* Is the container for a circle, and for which? Taken apart only if it may
 * be. False if not, or if it is no container. */
bool jwe_find_circle(struct span text, struct arena *a, struct digest *id);

#endif
