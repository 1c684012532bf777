/* SPDX-License-Identifier: Apache-2.0
 *
 * SHA-256, SHA-512 and HMAC over libcrypto. The algorithm is fetched once and
 * one context is kept: fetching by name costs more than hashing a tree node.
 */
#include "crypto/hash.h"

#include "base/mem.h"

#include <openssl/evp.h>
#include <stdlib.h>

enum { HMAC_BLOCK = 64 }; /* of SHA-256 */

static EVP_MD *sha256;
static EVP_MD_CTX *context;

static void
ready(void)
{
	if (sha256 != NULL)
		return;
	sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	context = EVP_MD_CTX_new();
	if (sha256 == NULL || context == NULL)
		abort();
}

struct digest
hash_sha256_spans(const struct span *in, size_t n)
{
	struct digest d;

	ready();
	if (EVP_DigestInit_ex2(context, sha256, NULL) != 1)
		abort();
	for (size_t i = 0; i < n; i++)
		if (in[i].n != 0 &&
		    EVP_DigestUpdate(context, in[i].p, in[i].n) != 1)
			abort();
	if (EVP_DigestFinal_ex(context, d.b, NULL) != 1)
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

/* RFC 2104. The library's own sets up half a dozen objects for each call,
 * which costs ten times the hashing of a word. */
struct digest
hash_hmac(struct span key, struct span in)
{
	unsigned char pad[HMAC_BLOCK] = { 0 };
	struct digest d;

	if (key.n > sizeof pad) {
		d = hash_sha256(key);
		key = digest_span(&d);
	}
	if (key.n != 0)
		memcpy(pad, key.p, key.n);
	for (size_t i = 0; i < sizeof pad; i++)
		pad[i] ^= 0x36;
	d = hash_sha256_spans((const struct span[]){ span_of(pad, sizeof pad),
	    in }, 2);
	for (size_t i = 0; i < sizeof pad; i++)
		pad[i] ^= 0x36 ^ 0x5c;
	d = hash_sha256_spans((const struct span[]){ span_of(pad, sizeof pad),
	    digest_span(&d) }, 2);
	explicit_bzero(pad, sizeof pad);
	return d;
}

/* --- streams --- */

struct hash_stream {
	EVP_MD_CTX *context;
};

static EVP_MD_CTX *
context_create(void)
{
	EVP_MD_CTX *c = EVP_MD_CTX_new();

	if (c == NULL)
		abort();
	return c;
}

struct hash_stream *
hash_stream_create(void)
{
	struct hash_stream *s = mem_alloc(sizeof *s);

	ready();
	s->context = context_create();
	if (EVP_DigestInit_ex2(s->context, sha256, NULL) != 1)
		abort();
	return s;
}

void
hash_stream_add(struct hash_stream *s, struct span in)
{
	if (in.n != 0 && EVP_DigestUpdate(s->context, in.p, in.n) != 1)
		abort();
}

struct digest
hash_stream_now(const struct hash_stream *s)
{
	EVP_MD_CTX *copy = context_create();
	struct digest d;

	if (EVP_MD_CTX_copy_ex(copy, s->context) != 1 ||
	    EVP_DigestFinal_ex(copy, d.b, NULL) != 1)
		abort();
	EVP_MD_CTX_free(copy);
	return d;
}

void
hash_stream_free(struct hash_stream *s)
{
	if (s == NULL)
		return;
	EVP_MD_CTX_free(s->context);
	free(s);
}
