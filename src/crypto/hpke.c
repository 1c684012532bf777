/* SPDX-License-Identifier: Apache-2.0
 *
 * HPKE from its parts; RFC 9180 sections 4, 4.1 and 5.1. The names are those
 * of the RFC.
 */
#include "crypto/hpke.h"

#include "crypto/ecdh.h"
#include "crypto/gcm.h"
#include "crypto/secret.h"

enum { LABELED = 1024, /* of what is hashed; infos are short */
	KEY = 32, NONCE = 12 };

/* KEM X25519 with HKDF-SHA256, alone and with KDF HKDF-SHA256 and AEAD
 * AES-256-GCM */
static const unsigned char kem_suite[] = { 'K', 'E', 'M', 0x00, 0x20 };
static const unsigned char suite[] = { 'H', 'P', 'K', 'E', 0x00, 0x20, 0x00,
	0x01, 0x00, 0x02 };

/* --- HKDF, RFC 5869 --- */

static struct digest
extract(struct span salt, struct span in)
{
	static const unsigned char none[32];
	struct hash_key *k = hash_key_create(salt.n != 0 ? salt :
	    span_of(none, sizeof none));
	struct digest d = hash_hmac(k, in);

	hash_key_free(k);
	return d;
}

/* The first `n` bytes, of at most one block. */
static void
expand(const struct digest *prk, struct span info, unsigned char *out,
    size_t n)
{
	struct hash_key *k = hash_key_create(digest_span(prk));
	struct digest d;
	struct buf b;

	buf_init(&b, LABELED);
	buf_put(&b, info);
	buf_put_u8(&b, 1);
	d = hash_hmac(k, buf_span(&b));
	memcpy(out, d.b, n);
	secret_wipe(&d, sizeof d);
	buf_release(&b);
	hash_key_free(k);
}

static struct digest
labeled_extract(struct span id, const char *label, struct span ikm)
{
	struct digest d;
	struct buf b;

	buf_init(&b, LABELED);
	buf_put_str(&b, "HPKE-v1");
	buf_put(&b, id);
	buf_put_str(&b, label);
	buf_put(&b, ikm);
	d = extract(span_of(NULL, 0), buf_span(&b));
	secret_wipe(b.p, b.cap);
	buf_release(&b);
	return d;
}

static void
labeled_expand(const struct digest *prk, struct span id, const char *label,
    struct span info, unsigned char *out, size_t n)
{
	struct buf b;

	buf_init(&b, LABELED);
	buf_put_u16(&b, (uint16_t)n);
	buf_put_str(&b, "HPKE-v1");
	buf_put(&b, id);
	buf_put_str(&b, label);
	buf_put(&b, info);
	expand(prk, buf_span(&b), out, n);
	buf_release(&b);
}

void
hpke_derive(struct span in, struct span info, unsigned char out[32])
{
	struct digest prk = extract(span_of(NULL, 0), in);

	expand(&prk, info, out, 32);
	secret_wipe(&prk, sizeof prk);
}

/* --- DHKEM --- */

static void
extract_and_expand(const unsigned char dh[32], const unsigned char enc[32],
    const unsigned char public[32], unsigned char shared[32])
{
	unsigned char context[64];
	struct digest prk = labeled_extract(span_of(kem_suite,
	    sizeof kem_suite), "eae_prk", span_of(dh, 32));

	memcpy(context, enc, 32);
	memcpy(context + 32, public, 32);
	labeled_expand(&prk, span_of(kem_suite, sizeof kem_suite),
	    "shared_secret", span_of(context, sizeof context), shared, 32);
	secret_wipe(&prk, sizeof prk);
}

/* --- the key schedule --- */

struct schedule {
	unsigned char key[KEY], nonce[NONCE];
};

static void
key_schedule(const unsigned char shared[32], struct span info,
    struct schedule *out)
{
	struct span id = span_of(suite, sizeof suite);
	struct digest psk = labeled_extract(id, "psk_id_hash",
	    span_of(NULL, 0));
	struct digest about = labeled_extract(id, "info_hash", info);
	unsigned char context[65] = { 0 }; /* mode_base */
	struct digest secret;
	struct buf b;

	memcpy(context + 1, psk.b, 32);
	memcpy(context + 33, about.b, 32);
	buf_init(&b, LABELED);
	buf_put_str(&b, "HPKE-v1");
	buf_put(&b, id);
	buf_put_str(&b, "secret");
	secret = extract(span_of(shared, 32), buf_span(&b));
	buf_release(&b);
	labeled_expand(&secret, id, "key", span_of(context, sizeof context),
	    out->key, KEY);
	labeled_expand(&secret, id, "base_nonce", span_of(context,
	    sizeof context), out->nonce, NONCE);
	secret_wipe(&secret, sizeof secret);
}

/* --- the whole --- */

static bool
is_good(const struct jwk *k, struct span info)
{
	return k->kind == JWK_X25519 && info.n <= LABELED / 2;
}

enum err
hpke_seal(const struct jwk *to, const unsigned char seed[32],
    struct span info, struct span aad, struct span text, struct buf *out)
{
	unsigned char z[32], shared[32];
	struct schedule s;
	struct jwk enc;
	unsigned char *p;
	enum err e = is_good(to, info) ? ecdh_fresh(seed, to, &enc, z) :
	    ERR_KEY;

	if (e != ERR_NONE)
		return e;
	extract_and_expand(z, enc.x, to->x, shared);
	key_schedule(shared, info, &s);
	p = buf_extend(out, HPKE_OVERHEAD + text.n);
	if (p != NULL) {
		memcpy(p, enc.x, HPKE_ENC);
		gcm_seal(s.key, s.nonce, aad, text, p + HPKE_ENC,
		    p + HPKE_ENC + text.n);
	}
	secret_wipe(z, sizeof z);
	secret_wipe(shared, sizeof shared);
	secret_wipe(&s, sizeof s);
	return p != NULL ? ERR_NONE : ERR_LIMIT;
}

static enum err
open_with(const struct schedule *s, struct span aad, struct span sealed,
    struct buf *out)
{
	size_t n = sealed.n - HPKE_OVERHEAD, at = out->n;
	unsigned char *p = buf_extend(out, n);

	if (p == NULL && n != 0)
		return ERR_LIMIT;
	if (gcm_open(s->key, s->nonce, aad, span_of(sealed.p + HPKE_ENC, n),
	    sealed.p + HPKE_ENC + n, p))
		return ERR_NONE;
	out->n = at;
	return ERR_DECRYPT;
}

enum err
hpke_open(const struct jwk *key, struct span info, struct span aad,
    struct span sealed, struct buf *out)
{
	struct jwk enc = { .kind = JWK_X25519 };
	unsigned char z[32], shared[32];
	struct schedule s;
	enum err e;

	if (sealed.n < HPKE_OVERHEAD)
		return ERR_SYNTAX;
	if (!is_good(key, info) || !key->has_secret)
		return ERR_KEY;
	memcpy(enc.x, sealed.p, sizeof enc.x);
	e = ecdh_agree(key, &enc, z);
	if (e != ERR_NONE)
		return e;
	extract_and_expand(z, enc.x, key->x, shared);
	key_schedule(shared, info, &s);
	e = open_with(&s, aad, sealed, out);
	secret_wipe(z, sizeof z);
	secret_wipe(shared, sizeof shared);
	secret_wipe(&s, sizeof s);
	return e;
}
