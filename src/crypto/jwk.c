/* SPDX-License-Identifier: Apache-2.0
 *
 * One table says what a kind of key looks like; reading, writing and naming
 * follow it.
 */
#include "crypto/jwk.h"

#include "crypto/ecdh.h"
#include "crypto/secret.h"
#include "crypto/strict.h"

#include <stdlib.h>

static const struct shape {
	const char *kty, *crv;
	bool y;
} shapes[JWK_KIND_COUNT] = {
	[JWK_ED25519] = { "OKP", "Ed25519", false },
	[JWK_X25519] = { "OKP", "X25519", false },
	[JWK_P256] = { "EC", "P-256", true },
};

static enum err
parse_kind(struct json_val v, enum jwk_kind *out, struct fault *f)
{
	struct span crv = { 0 }, kty = { 0 };
	enum err e = strict_string(json_get(v, "crv"), "crv", &crv, f);

	if (e == ERR_NONE)
		e = strict_string(json_get(v, "kty"), "kty", &kty, f);
	if (e != ERR_NONE)
		return e;
	for (int i = 0; i < JWK_KIND_COUNT; i++)
		if (span_is_str(crv, shapes[i].crv) &&
		    span_is_str(kty, shapes[i].kty)) {
			*out = (enum jwk_kind)i;
			return ERR_NONE;
		}
	return fault_at(f, ERR_UNSUPPORTED, json_at(v), "crv",
	    "no kind of key that is used here");
}

/* Syntax only. */
static enum err
read_key(struct json_val v, struct jwk *out, struct fault *f)
{
	const char *names[5] = { "crv", "kty", "x" };
	size_t n = 3;
	struct jwk k = { 0 };
	enum err e;

	if (v.type != JSON_OBJECT)
		return fault_at(f, ERR_SCHEMA, json_at(v), NULL,
		    "an object belongs here");
	e = parse_kind(v, &k.kind, f);
	if (e != ERR_NONE)
		return e;
	k.has_secret = json_get(v, "d").type != JSON_ABSENT;
	if (shapes[k.kind].y)
		names[n++] = "y";
	if (k.has_secret)
		names[n++] = "d";
	e = strict_members(v, names, n, f);
	if (e == ERR_NONE)
		e = strict_bytes(json_get(v, "x"), "x", k.x, 32, f);
	if (e == ERR_NONE && shapes[k.kind].y)
		e = strict_bytes(json_get(v, "y"), "y", k.y, 32, f);
	if (e == ERR_NONE && k.has_secret)
		e = strict_bytes(json_get(v, "d"), "d", k.d, 32, f);
	if (e == ERR_NONE)
		*out = k;
	jwk_wipe(&k);
	return e;
}

enum err
jwk_parse(struct json_val v, struct jwk *out, struct fault *f)
{
	struct jwk k;
	enum err e = read_key(v, &k, f);

	if (e == ERR_NONE) {
		e = jwk_check(&k, f);
		if (e != ERR_NONE && f != NULL)
			f->at = json_at(v);
		if (e == ERR_NONE)
			*out = k;
		jwk_wipe(&k);
	}
	return e;
}

enum err
jwk_parse_public(struct json_val v, struct jwk *out, struct fault *f)
{
	if (json_get(v, "d").type != JSON_ABSENT)
		return fault_at(f, ERR_SCHEMA, json_at(v), "d",
		    "a secret key does not belong here");
	return read_key(v, out, f);
}

/* The public part that belongs to k->d. */
static enum err
derive(struct jwk *k)
{
	struct sign_secret secret;
	struct sign_public public;

	if (k->kind != JWK_ED25519)
		return ecdh_public(k);
	sign_derive(k->d, &secret, &public);
	memcpy(k->x, public.b, 32);
	secret_wipe(&secret, sizeof secret);
	return ERR_NONE;
}

static enum err
check_public(const struct jwk *k)
{
	static const unsigned char seed[32] = { 9 };
	struct sign_public public;
	struct jwk probe;
	unsigned char z[32];

	if (k->kind == JWK_P256)
		return ecdh_check_p256(k);
	if (k->kind == JWK_X25519) /* small order gives zero with any scalar */
		return ecdh_fresh(seed, k, &probe, z);
	memcpy(public.b, k->x, 32);
	return sign_public_check(&public);
}

enum err
jwk_check(const struct jwk *k, struct fault *f)
{
	struct jwk own = *k;
	enum err e = check_public(k);

	if (e != ERR_NONE) {
		e = fault_at(f, ERR_KEY, 0, "x",
		    "the public key is weak or no point of the curve");
	} else if (k->has_secret && (derive(&own) != ERR_NONE ||
	    memcmp(own.x, k->x, 32) != 0 || memcmp(own.y, k->y, 32) != 0)) {
		e = fault_at(f, ERR_KEY, 0, "d",
		    "the secret does not belong to the public key");
	}
	jwk_wipe(&own);
	return e;
}

static void
put_member(struct buf *out, const char *name, const unsigned char b[32])
{
	buf_put_str(out, ",\"");
	buf_put_str(out, name);
	buf_put_str(out, "\":\"");
	code_write_base64url(out, span_of(b, 32));
	buf_put_str(out, "\"");
}

static void
write_key(const struct jwk *k, bool secret, struct buf *out)
{
	buf_put_str(out, "{\"crv\":\"");
	buf_put_str(out, shapes[k->kind].crv);
	buf_put_str(out, "\"");
	if (secret)
		put_member(out, "d", k->d);
	buf_put_str(out, ",\"kty\":\"");
	buf_put_str(out, shapes[k->kind].kty);
	buf_put_str(out, "\"");
	put_member(out, "x", k->x);
	if (shapes[k->kind].y)
		put_member(out, "y", k->y);
	buf_put_str(out, "}");
}

void
jwk_write_public(const struct jwk *k, struct buf *out)
{
	write_key(k, false, out);
}

void
jwk_write_secret(const struct jwk *k, struct buf *out)
{
	if (!k->has_secret)
		abort();
	write_key(k, true, out);
}

void
jwk_from_seed(enum jwk_kind kind, const unsigned char seed[32],
    struct jwk *out)
{
	*out = (struct jwk){ .kind = kind, .has_secret = true };
	if (kind == JWK_P256)
		ecdh_reduce(seed, 32, out->d);
	else
		memcpy(out->d, seed, 32);
	if (derive(out) != ERR_NONE)
		abort();
}

void
jwk_make(enum jwk_kind kind, const unsigned char random[JWK_RANDOM],
    struct jwk *out)
{
	*out = (struct jwk){ .kind = kind, .has_secret = true };
	if (kind == JWK_P256)
		ecdh_reduce(random, JWK_RANDOM, out->d);
	else
		memcpy(out->d, random, 32);
	if (derive(out) != ERR_NONE)
		abort();
}

struct digest
jwk_thumbprint(const struct jwk *k)
{
	struct digest d;
	struct buf b;

	buf_init(&b, 256);
	jwk_write_public(k, &b);
	d = hash_sha256(buf_span(&b));
	buf_release(&b);
	return d;
}

struct kid
jwk_kid(const struct jwk *k)
{
	struct digest d = jwk_thumbprint(k);

	return kid_of(&d);
}

struct kid
kid_of(const struct digest *thumbprint)
{
	struct kid kid = { { 0 } };
	struct buf b;

	buf_init(&b, 64);
	code_write_base64url(&b, digest_span(thumbprint));
	memcpy(kid.s, b.p, sizeof kid.s - 1);
	buf_release(&b);
	return kid;
}

struct digest
kid_digest(const struct kid *kid)
{
	struct digest d;

	/* every kid was written or parsed, so it is canonical */
	if (code_parse_base64url_fixed(span_of(kid->s, 43), d.b, 32) !=
	    ERR_NONE)
		abort();
	return d;
}

enum err
kid_parse(struct span in, struct kid *out)
{
	unsigned char b[32];
	enum err e = code_parse_base64url_fixed(in, b, sizeof b);

	if (e != ERR_NONE)
		return e;
	memcpy(out->s, in.p, 43);
	out->s[43] = '\0';
	return ERR_NONE;
}

struct sign_public
jwk_sign_public(const struct jwk *k)
{
	struct sign_public p;

	if (k->kind != JWK_ED25519)
		abort();
	memcpy(p.b, k->x, sizeof p.b);
	return p;
}

void
jwk_sign_secret(const struct jwk *k, struct sign_secret *out)
{
	if (k->kind != JWK_ED25519 || !k->has_secret)
		abort();
	/* the layout that sign.h names: seed, public key */
	memcpy(out->b, k->d, 32);
	memcpy(out->b + 32, k->x, 32);
}

void
jwk_wipe(struct jwk *k)
{
	secret_wipe(k, sizeof *k);
}
