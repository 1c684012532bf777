/* SPDX-License-Identifier: Apache-2.0
 *
 * SHA-256 and HMAC-SHA-256 (FIPS 180-4, RFC 2104) over libcrypto, with the
 * algorithm fetched once. Cannot fail: a library that cannot hash aborts.
 */
#ifndef CRYPTO_HASH_H
#define CRYPTO_HASH_H

#include "base/span.h"

#include <stdbool.h>

struct digest {
	unsigned char b[32];
};

struct digest hash_sha256(struct span in);

/* SHA-256 over the concatenation of `n` spans. */
struct digest hash_sha256_spans(const struct span *in, size_t n);

/* SHA-512 of `in` into 64 bytes (digests that documents of others carry). */
void hash_sha512(struct span in, unsigned char out[64]);

/* SHA-1 into 20 bytes: names of OpenPGP keys, and what CAP asks for. Nothing
 * rests on it. */
void hash_sha1(struct span in, unsigned char out[20]);

/* A key of HMAC-SHA-256, set up once: very many short texts are hashed with
 * one key. The object holds what stands for the key; it is wiped when freed. */
struct hash_key;
struct hash_key *hash_key_create(struct span key);
struct digest hash_hmac(const struct hash_key *key, struct span in);
void hash_key_free(struct hash_key *key); /* accepts NULL */

/* SHA-256 of what comes bit by bit. */
struct hash_stream;
struct hash_stream *hash_stream_create(void);
void hash_stream_add(struct hash_stream *s, struct span in);
struct digest hash_stream_now(const struct hash_stream *s); /* goes on */
void hash_stream_free(struct hash_stream *s); /* accepts NULL */

static inline bool
digest_is_equal(const struct digest *a, const struct digest *b)
{
	return memcmp(a->b, b->b, sizeof a->b) == 0;
}

static inline struct span
digest_span(const struct digest *d)
{
	return span_of(d->b, sizeof d->b);
}

#endif
