/* SPDX-License-Identifier: Apache-2.0
 *
 * X25519 by x25519.c; P-256 on the group itself, because building an EVP key
 * from coordinates costs as much as the agreement.
 */
/* a type of the same name as our error */
#define ERR_STATE OPENSSL_ERR_STATE
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/obj_mac.h>
#undef ERR_STATE

#include "crypto/ecdh.h"

#include "crypto/secret.h"
#include "crypto/x25519.h"

#include <stdlib.h>

static EC_GROUP *group;
static BN_CTX *context;

static void
ready(void)
{
	if (group != NULL)
		return;
	group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
	context = BN_CTX_secure_new();
	if (group == NULL || context == NULL)
		abort();
}

static BIGNUM *
number(const unsigned char *p, int n)
{
	BIGNUM *b = BN_bin2bn(p, n, NULL);

	if (b == NULL)
		abort();
	return b;
}

static EC_POINT *
new_point(void)
{
	EC_POINT *p;

	ready();
	p = EC_POINT_new(group);
	if (p == NULL)
		abort();
	return p;
}

/* NULL if off the curve or a coordinate is not below the prime. */
static EC_POINT *
point_of(const struct jwk *k)
{
	EC_POINT *p = new_point();
	unsigned char octets[65] = { 4 };

	memcpy(octets + 1, k->x, 32);
	memcpy(octets + 33, k->y, 32);
	if (EC_POINT_oct2point(group, p, octets, sizeof octets, context) == 1)
		return p;
	EC_POINT_free(p);
	return NULL;
}

/* A scalar in 1 .. n - 1, or NULL. */
static BIGNUM *
scalar_of(const unsigned char d[32])
{
	BIGNUM *b = number(d, 32);

	ready();
	BN_set_flags(b, BN_FLG_CONSTTIME);
	if (!BN_is_zero(b) && BN_cmp(b, EC_GROUP_get0_order(group)) < 0)
		return b;
	BN_clear_free(b);
	return NULL;
}

/* out = d * theirs, or d * G for NULL. */
static enum err
multiply(const unsigned char d[32], const struct jwk *theirs,
    unsigned char octets[65])
{
	BIGNUM *scalar = scalar_of(d);
	EC_POINT *point = theirs != NULL ? point_of(theirs) : NULL;
	EC_POINT *result = new_point();
	enum err e = ERR_KEY;

	if (scalar == NULL || (theirs != NULL && point == NULL))
		goto out;
	if (EC_POINT_mul(group, result, theirs == NULL ? scalar : NULL, point,
		theirs == NULL ? NULL : scalar, context) != 1)
		goto out;
	if (EC_POINT_point2oct(group, result, POINT_CONVERSION_UNCOMPRESSED,
		octets, 65, context) == 65)
		e = ERR_NONE;
out:
	BN_clear_free(scalar);
	EC_POINT_free(point);
	EC_POINT_clear_free(result);
	return e;
}

void
ecdh_reduce(const unsigned char *in, size_t n, unsigned char d[32])
{
	BIGNUM *b = number(in, (int)n);
	BIGNUM *m = BN_new();

	ready();
	BN_set_flags(b, BN_FLG_CONSTTIME);
	if (m == NULL || BN_sub(m, EC_GROUP_get0_order(group),
		BN_value_one()) != 1 || BN_mod(b, b, m, context) != 1 ||
	    BN_add(b, b, BN_value_one()) != 1 || BN_bn2binpad(b, d, 32) != 32)
		abort();
	BN_clear_free(b);
	BN_free(m);
}

enum err
ecdh_public(struct jwk *k)
{
	unsigned char octets[65];
	enum err e;

	if (k->kind == JWK_X25519) {
		x25519_public(k->d, k->x);
		return ERR_NONE;
	}
	e = multiply(k->d, NULL, octets);
	if (e == ERR_NONE) {
		memcpy(k->x, octets + 1, 32);
		memcpy(k->y, octets + 33, 32);
	}
	return e;
}

enum err
ecdh_agree(const struct jwk *ours, const struct jwk *theirs,
    unsigned char z[32])
{
	unsigned char octets[65];
	enum err e;

	if (ours->kind != theirs->kind || ours->kind == JWK_ED25519)
		return ERR_KEY;
	if (ours->kind == JWK_X25519)
		return x25519_agree(ours->d, theirs->x, z);
	e = multiply(ours->d, theirs, octets);
	if (e == ERR_NONE)
		memcpy(z, octets + 1, 32);
	secret_wipe(octets, sizeof octets);
	return e;
}

enum err
ecdh_fresh(const unsigned char seed[32], const struct jwk *theirs,
    struct jwk *out, unsigned char z[32])
{
	struct jwk k = { .kind = theirs->kind };
	enum err e = ERR_KEY;

	if (k.kind == JWK_X25519) {
		x25519_public(seed, k.x);
		e = x25519_agree(seed, theirs->x, z);
	} else if (k.kind == JWK_P256) {
		ecdh_reduce(seed, 32, k.d);
		e = ecdh_public(&k);
		if (e == ERR_NONE)
			e = ecdh_agree(&k, theirs, z);
		secret_wipe(k.d, sizeof k.d);
	}
	if (e == ERR_NONE)
		*out = k;
	return e;
}

enum err
ecdh_check_p256(const struct jwk *k)
{
	EC_POINT *p = point_of(k);

	EC_POINT_free(p);
	return p != NULL ? ERR_NONE : ERR_KEY;
}
