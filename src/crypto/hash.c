/* SPDX-License-Identifier: Apache-2.0
 *
 * SHA-256, SHA-512 and HMAC over libcrypto. SHA-256 by its plain structs: its
 * other interface costs more than hashing a tree node, fetched once or not, and
 * its contexts cannot be copied without allocation.
 */
#include "crypto/hash.h"

#include "base/mem.h"

/* the plain structs are marked so */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdlib.h>

enum { HMAC_BLOCK = 64 }; /* of SHA-256 */

struct digest
hash_sha256_spans(const struct span *in, size_t n)
{
	SHA256_CTX c;
	struct digest d;

	if (SHA256_Init(&c) != 1)
		abort();
	for (size_t i = 0; i < n; i++)
		if (in[i].n != 0 && SHA256_Update(&c, in[i].p, in[i].n) != 1)
			abort();
	if (SHA256_Final(d.b, &c) != 1)
		abort();
	return d;
}

struct digest
hash_sha256(struct span in)
{
	return hash_sha256_spans(&in, 1);
}

void
hash_sha512(struct span in, unsigned char out[64])
{
	if (EVP_Digest(in.n != 0 ? in.p : (const unsigned char *)"", in.n, out,
		NULL, EVP_sha512(), NULL) != 1)
		abort();
}

void
hash_sha1(struct span in, unsigned char out[20])
{
	if (EVP_Digest(in.n != 0 ? in.p : (const unsigned char *)"", in.n, out,
		NULL, EVP_sha1(), NULL) != 1)
		abort();
}

/* RFC 2104. Both hashes begin with a block that depends on the key alone: their
 * states after it are kept. The library's own HMAC copies half a dozen objects
 * for each call, which costs several times the hashing of a word. */
struct hash_key {
	SHA256_CTX inner, outer;
};

static void
key_block(SHA256_CTX *c, const unsigned char key[HMAC_BLOCK],
    unsigned char with)
{
	unsigned char pad[HMAC_BLOCK];

	for (size_t i = 0; i < sizeof pad; i++)
		pad[i] = key[i] ^ with;
	if (SHA256_Init(c) != 1 || SHA256_Update(c, pad, sizeof pad) != 1)
		abort();
	explicit_bzero(pad, sizeof pad);
}

struct hash_key *
hash_key_create(struct span key)
{
	struct hash_key *k = mem_alloc(sizeof *k);
	unsigned char block[HMAC_BLOCK] = { 0 };
	struct digest d;

	if (key.n > sizeof block) {
		d = hash_sha256(key);
		key = digest_span(&d);
	}
	if (key.n != 0)
		memcpy(block, key.p, key.n);
	key_block(&k->inner, block, 0x36);
	key_block(&k->outer, block, 0x5c);
	explicit_bzero(block, sizeof block);
	return k;
}

static void
hash_on(const SHA256_CTX *from, struct span in, struct digest *out)
{
	SHA256_CTX c = *from;

	if ((in.n != 0 && SHA256_Update(&c, in.p, in.n) != 1) ||
	    SHA256_Final(out->b, &c) != 1)
		abort();
	explicit_bzero(&c, sizeof c);
}

struct digest
hash_hmac(const struct hash_key *key, struct span in)
{
	struct digest d;

	hash_on(&key->inner, in, &d);
	hash_on(&key->outer, digest_span(&d), &d);
	return d;
}

void
hash_key_free(struct hash_key *key)
{
	if (key == NULL)
		return;
	explicit_bzero(key, sizeof *key);
	free(key);
}

/* --- streams --- */

struct hash_stream {
	SHA256_CTX state;
};

struct hash_stream *
hash_stream_create(void)
{
	struct hash_stream *s = mem_alloc(sizeof *s);

	if (SHA256_Init(&s->state) != 1)
		abort();
	return s;
}

void
hash_stream_add(struct hash_stream *s, struct span in)
{
	if (in.n != 0 && SHA256_Update(&s->state, in.p, in.n) != 1)
		abort();
}

struct digest
hash_stream_now(const struct hash_stream *s)
{
	SHA256_CTX c = s->state;
	struct digest d;

	if (SHA256_Final(d.b, &c) != 1)
		abort();
	return d;
}

void
hash_stream_free(struct hash_stream *s)
{
	free(s);
}
