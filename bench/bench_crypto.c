/* SPDX-License-Identifier: Apache-2.0
 *
 * Sealing and opening against the bare sum of what they cannot do without:
 * for each recipient a fresh key, the agreement, one SHA-256 and one AES key
 * wrap, and AES-GCM over the text; for opening the same without the fresh
 * key. The bare side calls the libraries with everything prepared, the
 * fastest way that each of them has.
 */
#include "bench.h"

#define ERR_STATE OPENSSL_ERR_STATE /* a type of the same name as our error */
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#undef ERR_STATE
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "crypto/jwe.h"

enum { MOST = 200, TEXT = 2048 };

struct raw {
	EVP_MD *sha;
	EVP_MD_CTX *hash;
	EVP_CIPHER *wrap, *gcm;
	EVP_CIPHER_CTX *wrapping, *sealing;
	EC_GROUP *group;
	EC_POINT *point;
	BN_CTX *numbers;
};

struct scene {
	struct raw raw;
	struct jwk key[MOST];
	const struct jwk *to[MOST];
	unsigned char seed[MOST][32];
	unsigned char text[TEXT];
	size_t n;
	struct buf box, out;
	struct arena arena;
};

static void
must(bool good)
{
	if (!good)
		bench_die("a library or the product failed");
}

static void
raw_start(struct raw *r)
{
	r->sha = EVP_MD_fetch(NULL, "SHA256", NULL);
	r->hash = EVP_MD_CTX_new();
	r->wrap = EVP_CIPHER_fetch(NULL, "AES-256-WRAP", NULL);
	r->gcm = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
	r->wrapping = EVP_CIPHER_CTX_new();
	r->sealing = EVP_CIPHER_CTX_new();
	r->group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
	r->numbers = BN_CTX_secure_new();
	must(r->sha != NULL && r->hash != NULL && r->wrap != NULL &&
	    r->gcm != NULL && r->wrapping != NULL && r->sealing != NULL &&
	    r->group != NULL && r->numbers != NULL);
	r->point = EC_POINT_new(r->group);
	EVP_CIPHER_CTX_set_flags(r->wrapping, EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
	must(r->point != NULL && sodium_init() >= 0);
}

static void
raw_stop(struct raw *r)
{
	EVP_MD_free(r->sha);
	EVP_MD_CTX_free(r->hash);
	EVP_CIPHER_free(r->wrap);
	EVP_CIPHER_free(r->gcm);
	EVP_CIPHER_CTX_free(r->wrapping);
	EVP_CIPHER_CTX_free(r->sealing);
	EC_POINT_free(r->point);
	EC_GROUP_free(r->group);
	BN_CTX_free(r->numbers);
}

static void
raw_multiply(struct raw *r, const unsigned char d[32], const struct jwk *to,
    unsigned char octets[65])
{
	BIGNUM *scalar = BN_bin2bn(d, 32, NULL);

	must(scalar != NULL);
	BN_set_flags(scalar, BN_FLG_CONSTTIME);
	if (to != NULL) {
		octets[0] = 4;
		memcpy(octets + 1, to->x, 32);
		memcpy(octets + 33, to->y, 32);
		must(EC_POINT_oct2point(r->group, r->point, octets, 65,
		    r->numbers) == 1);
	}
	must(EC_POINT_mul(r->group, r->point, to == NULL ? scalar : NULL,
	    to == NULL ? NULL : r->point, to == NULL ? NULL : scalar,
	    r->numbers) == 1);
	must(EC_POINT_point2oct(r->group, r->point,
	    POINT_CONVERSION_UNCOMPRESSED, octets, 65, r->numbers) == 65);
	BN_clear_free(scalar);
}

static void
raw_agree(struct raw *r, const unsigned char d[32], const struct jwk *to,
    unsigned char z[32])
{
	unsigned char octets[65];

	if (to->kind == JWK_X25519) {
		must(crypto_scalarmult(z, d, to->x) == 0);
		return;
	}
	raw_multiply(r, d, to, octets);
	memcpy(z, octets + 1, 32);
}

static void
raw_wrap(struct raw *r, const unsigned char z[32], int encrypt)
{
	unsigned char input[69] = { 0 }, kek[32], out[48];
	int n;

	memcpy(input + 4, z, 32);
	must(EVP_DigestInit_ex2(r->hash, r->sha, NULL) == 1 &&
	    EVP_DigestUpdate(r->hash, input, sizeof input) == 1 &&
	    EVP_DigestFinal_ex(r->hash, kek, NULL) == 1);
	must(EVP_CipherInit_ex2(r->wrapping, r->wrap, kek, NULL, encrypt,
	    NULL) == 1);
	/* unwrapping noise fails after the same work */
	must((EVP_CipherUpdate(r->wrapping, out, &n, input,
	    encrypt ? 32 : 40) == 1) == (encrypt == 1));
}

static void
raw_gcm(struct scene *s, size_t size)
{
	static const unsigned char key[32] = { 1 }, iv[12] = { 2 };
	static unsigned char in[2 * TEXT], out[2 * TEXT];
	unsigned char tag[16];
	EVP_CIPHER_CTX *c = s->raw.sealing;
	int n;

	must(EVP_CipherInit_ex2(c, s->raw.gcm, key, iv, 1, NULL) == 1 &&
	    EVP_CipherUpdate(c, out, &n, in, (int)size) == 1 &&
	    EVP_CipherFinal_ex(c, tag, &n) == 1 &&
	    EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_GET_TAG, 16, tag) == 1);
}

static void
raw_seal(void *arg)
{
	struct scene *s = arg;
	unsigned char z[32], octets[65];

	for (size_t i = 0; i < s->n; i++) {
		if (s->to[i]->kind == JWK_X25519)
			must(crypto_scalarmult_base(octets, s->seed[i]) == 0);
		else
			raw_multiply(&s->raw, s->seed[i], NULL, octets);
		raw_agree(&s->raw, s->seed[i], s->to[i], z);
		raw_wrap(&s->raw, z, 1);
	}
	raw_gcm(s, jwe_padded(TEXT));
}

static void
raw_open(void *arg)
{
	struct scene *s = arg;
	unsigned char z[32];

	raw_agree(&s->raw, s->to[0]->d, s->to[0], z);
	raw_wrap(&s->raw, z, 0);
	raw_gcm(s, jwe_padded(TEXT));
}

static void
seal(void *arg)
{
	struct scene *s = arg;
	struct jwe_random random = { { 1 }, { 2 },
		(const unsigned char (*)[32])s->seed };

	buf_clear(&s->box);
	must(jwe_write(span_str("example/log/a/00000000"), s->to, s->n,
	    span_of(s->text, TEXT), &random, &s->box) == ERR_NONE);
}

static void
seal_circle(void *arg)
{
	struct scene *s = arg;
	struct jwe_random random = { { 1 }, { 2 }, NULL };
	const struct digest id = { { 3 } };

	buf_clear(&s->box);
	must(jwe_write_circle(span_str("example/log/a/00000000"), &id,
	    s->seed[0], span_of(s->text, TEXT), &random, &s->box) ==
	    ERR_NONE);
}

static void
open_box(void *arg)
{
	struct scene *s = arg;
	struct jwe j;

	buf_clear(&s->out);
	must(jwe_parse(buf_span(&s->box), &s->arena, &j, NULL) == ERR_NONE &&
	    jwe_open(&j, s->to[0], &s->out, NULL) == ERR_NONE);
	arena_reset(&s->arena);
}

static void
set_up(struct scene *s, enum jwk_kind kind)
{
	memset(s->text, 'x', sizeof s->text);
	for (size_t i = 0; i < MOST; i++) {
		memset(s->seed[i], 0x5a, 32);
		s->seed[i][3] = (unsigned char)i;
		jwk_from_seed(kind, s->seed[i], &s->key[i]);
		s->to[i] = &s->key[i];
	}
}

/* Product against floor, in one round. */
static void
compare(struct bench *b, struct scene *s, const char *what,
    const char *curve, size_t round, void (*floor)(void *),
    void (*product)(void *))
{
	char name[64];
	double raw, own;

	snprintf(name, sizeof name, "%s %s %zu", what, curve, s->n);
	raw = bench_us(floor, s, 20);
	bench_row(b, "floor", name, round, raw, "us");
	own = bench_us(product, s, 20);
	bench_row(b, "product", name, round, own, "us");
	bench_row(b, "product each", name, round, own / (double)s->n, "us");
	bench_put(b, name, 1.25, true, own / raw);
}

/* The key of a circle against a key for each of its readers: time and size. */
static void
compare_circle(struct bench *b, struct scene *s, const char *curve,
    size_t round)
{
	char name[64];
	double each, circle;

	snprintf(name, sizeof name, "circle %s %zu", curve, s->n);
	each = bench_us(seal, s, 20);
	bench_row(b, "each reader", name, round, each, "us");
	bench_row(b, "each reader", name, round, (double)s->box.n, "bytes");
	circle = bench_us(seal_circle, s, 20);
	bench_row(b, "circle", name, round, circle, "us");
	bench_row(b, "circle", name, round, (double)s->box.n, "bytes");
	bench_put(b, name, 0.1, true, circle / each);
}

int
main(int argc, char **argv)
{
	static const size_t counts[] = { 1, 4, 34, 200 };
	static struct scene s;
	static struct bench b;

	bench_start(&b, "crypto", argc, argv);
	raw_start(&s.raw);
	buf_init(&s.box, LIMIT_CONTAINER);
	buf_init(&s.out, LIMIT_JWS);
	for (size_t round = 0; round < BENCH_ROUNDS; round++)
		for (int x = 0; x < 2; x++) {
			const char *curve = x ? "X25519" : "P-256";

			set_up(&s, x ? JWK_X25519 : JWK_P256);
			for (size_t i = 0; i < 4; i++) {
				s.n = counts[i];
				compare(&b, &s, "seal", curve, round,
				    raw_seal, seal);
			}
			s.n = 34;
			compare_circle(&b, &s, curve, round);
			s.n = 1;
			seal(&s);
			compare(&b, &s, "open", curve, round, raw_open,
			    open_box);
		}
	buf_release(&s.box);
	buf_release(&s.out);
	arena_release(&s.arena);
	raw_stop(&s.raw);
	return bench_end(&b);
}
