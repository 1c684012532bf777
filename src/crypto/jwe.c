/* SPDX-License-Identifier: Apache-2.0
 *
 * Sealed containers. Algorithms are fetched once and the contexts are kept:
 * with two hundred recipients the fetching would cost more than the curves.
 */
#include "crypto/jwe.h"

#include "base/limits.h"
#include "base/mem.h"
#include "crypto/ecdh.h"
#include "crypto/gcm.h"
#include "crypto/secret.h"
#include "crypto/strict.h"

#include <stdlib.h>

#define ALG "ECDH-ES+A256KW"
#define ALG_CIRCLE "A256KW"
#define HEAD "{\"enc\":\"A256GCM\",\"typ\":\"almenara-sealed+jwe\",\"log\":\""
#define TAIL "\"}"

enum { DEPTH = 5, TOKENS = 64 + 24 * LIMIT_RECIPIENTS, HEADER_MAX = 512 };

size_t
jwe_padded(size_t n)
{
	size_t size = JWE_PAD_MIN;

	while (size < n)
		size *= 2;
	return size;
}

/* Printable ASCII that JSON needs no escape for and a key name may hold. */
static bool
is_origin(struct span s)
{
	if (s.n == 0 || s.n > LIMIT_NAME)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] > '~' || s.p[i] == '+' ||
		    s.p[i] == '"' || s.p[i] == '\\')
			return false;
	return true;
}

/* Concat KDF of RFC 7518 4.6.2, without apu and apv. */
static struct digest
kek_of(const unsigned char z[32])
{
	static const unsigned char info[] = "\0\0\0\x0e" ALG
	    "\0\0\0\0\0\0\0\0\0\0\x01\0";
	struct span in[] = {
		span_of("\0\0\0\x01", 4),
		span_of(z, 32),
		span_of(info, sizeof info - 1),
	};

	return hash_sha256_spans(in, 3);
}

static void
put_recipient(const struct kid *kid, const struct jwk *epk,
    const unsigned char wrapped[JWE_WRAPPED], struct buf *out)
{
	buf_put_str(out, "{\"header\":{\"alg\":\"" ALG "\",\"kid\":\"");
	buf_put_str(out, kid->s);
	buf_put_str(out, "\",\"epk\":");
	jwk_write_public(epk, out);
	buf_put_str(out, "},\"encrypted_key\":\"");
	code_write_base64url(out, span_of(wrapped, JWE_WRAPPED));
	buf_put_str(out, "\"}");
}

static enum err
seal_to(const struct jwk *to, const struct kid *kid,
    const unsigned char seed[32], const unsigned char cek[32],
    struct buf *out)
{
	unsigned char z[32], wrapped[JWE_WRAPPED];
	struct digest kek;
	struct jwk epk;
	enum err e = ecdh_fresh(seed, to, &epk, z);

	if (e != ERR_NONE)
		return e;
	kek = kek_of(z);
	gcm_key_wrap(kek.b, cek, wrapped);
	put_recipient(kid, &epk, wrapped, out);
	secret_wipe(z, sizeof z);
	secret_wipe(&kek, sizeof kek);
	return ERR_NONE;
}

static enum err
put_recipients(const struct jwk *const *to, size_t n,
    const struct jwe_random *random, struct buf *out)
{
	struct kid kids[LIMIT_RECIPIENTS];

	for (size_t i = 0; i < n; i++) {
		enum err e;

		if (to[i]->kind == JWK_ED25519)
			return ERR_KEY;
		kids[i] = jwk_kid(to[i]);
		for (size_t j = 0; j < i; j++)
			if (kid_is_equal(&kids[i], &kids[j]))
				return ERR_CONFLICT;
		if (i != 0)
			buf_put_str(out, ",");
		e = seal_to(to[i], &kids[i], random->epk[i], random->cek, out);
		if (e != ERR_NONE)
			return e;
	}
	return ERR_NONE;
}

static void
put_circle(const struct digest *id, const unsigned char key[32],
    const unsigned char cek[32], struct buf *out)
{
	unsigned char wrapped[JWE_WRAPPED];

	gcm_key_wrap(key, cek, wrapped);
	buf_put_str(out, "{\"header\":{\"alg\":\"" ALG_CIRCLE
			 "\",\"kid\":\"");
	code_write_base64url(out, digest_span(id));
	buf_put_str(out, "\"},\"encrypted_key\":\"");
	code_write_base64url(out, span_of(wrapped, JWE_WRAPPED));
	buf_put_str(out, "\"}");
}

static void
put_protected(struct span log, struct buf *out)
{
	struct buf b;

	buf_init(&b, HEADER_MAX);
	buf_put_str(&b, HEAD);
	buf_put(&b, log);
	buf_put_str(&b, TAIL);
	code_write_base64url(out, buf_span(&b));
	buf_release(&b);
}

static void
put_text(struct span protected, struct span jws,
    const struct jwe_random *random, struct buf *out)
{
	size_t n = jwe_padded(jws.n);
	struct buf text;
	unsigned char tag[16];
	unsigned char *p;

	buf_init(&text, n);
	p = buf_extend(&text, n);
	memcpy(p, jws.p, jws.n);
	memset(p + jws.n, ' ', n - jws.n);
	/* in place: the copy of the text is gone without wiping */
	gcm_seal(random->cek, random->iv, protected, span_of(p, n), p, tag);
	buf_put_str(out, "],\"iv\":\"");
	code_write_base64url(out, span_of(random->iv, sizeof random->iv));
	buf_put_str(out, "\",\"ciphertext\":\"");
	code_write_base64url(out, buf_span(&text));
	buf_put_str(out, "\",\"tag\":\"");
	code_write_base64url(out, span_of(tag, sizeof tag));
	buf_put_str(out, "\"}");
	buf_release(&text);
}

/* Who it is for: keys, or a circle. */
struct readers {
	const struct jwk *const *to;
	size_t n;
	const struct digest *circle;
	const unsigned char *key;
};

static enum err
write_for(struct span log, const struct readers *r, struct span jws,
    const struct jwe_random *random, struct buf *out)
{
	struct buf b, protected;
	enum err e = ERR_NONE;

	if (r->n > LIMIT_RECIPIENTS || jws.n > LIMIT_JWS)
		return ERR_LIMIT;
	/* a blank would be taken for the padding */
	if ((r->n == 0 && r->circle == NULL) || jws.n == 0 ||
	    !is_origin(log) || memchr(jws.p, ' ', jws.n) != NULL)
		return ERR_SCHEMA;
	buf_init(&b, LIMIT_CONTAINER);
	buf_init(&protected, 2 * HEADER_MAX);
	put_protected(log, &protected);
	buf_put_str(&b, "{\"protected\":\"");
	buf_put(&b, buf_span(&protected));
	buf_put_str(&b, "\",\"recipients\":[");
	if (r->circle != NULL)
		put_circle(r->circle, r->key, random->cek, &b);
	else
		e = put_recipients(r->to, r->n, random, &b);
	if (e == ERR_NONE) {
		put_text(buf_span(&protected), jws, random, &b);
		e = buf_check(&b);
	}
	if (e == ERR_NONE) {
		buf_put(out, buf_span(&b));
		e = buf_check(out);
	}
	buf_release(&protected);
	buf_release(&b);
	return e;
}

enum err
jwe_write(struct span log, const struct jwk *const *recipients, size_t n,
    struct span jws, const struct jwe_random *random, struct buf *out)
{
	const struct readers r = { .to = recipients, .n = n };

	return write_for(log, &r, jws, random, out);
}

enum err
jwe_write_circle(struct span log, const struct digest *id,
    const unsigned char key[32], struct span jws,
    const struct jwe_random *random, struct buf *out)
{
	const struct readers r = { .circle = id, .key = key };

	return write_for(log, &r, jws, random, out);
}

static bool
takes(struct span *s, const char *what)
{
	size_t n = strlen(what);

	if (s->n < n || memcmp(s->p, what, n) != 0)
		return false;
	*s = span_of(s->p + n, s->n - n);
	return true;
}

/* The next `n` bytes in base64url. */
static bool
takes_bytes(struct span *s, unsigned char *out, size_t n)
{
	size_t digits = (n * 8 + 5) / 6;

	if (s->n < digits || code_parse_base64url_fixed(span_of(s->p, digits),
				 out, n) != ERR_NONE)
		return false;
	*s = span_of(s->p + digits, s->n - digits);
	return true;
}

static bool
takes_epk(struct span *s, struct jwk *out)
{
	*out = (struct jwk){ .kind = JWK_X25519 };
	if (takes(s, "{\"crv\":\"X25519\",\"kty\":\"OKP\",\"x\":\""))
		return takes_bytes(s, out->x, 32) && takes(s, "\"}");
	out->kind = JWK_P256;
	return takes(s, "{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"") &&
	    takes_bytes(s, out->x, 32) && takes(s, "\",\"y\":\"") &&
	    takes_bytes(s, out->y, 32) && takes(s, "\"}");
}

/* As put_recipient spells it, which is how nearly all come: no other reading
 * of these very bytes exists. False: read member by member. */
static bool
is_as_written(struct json_val v, struct jwe_recipient *out)
{
	struct span s = json_raw(v);

	return takes(&s, "{\"header\":{\"alg\":\"" ALG "\",\"kid\":\"") &&
	    takes_bytes(&s, out->kid.b, 32) && takes(&s, "\",\"epk\":") &&
	    takes_epk(&s, &out->epk) &&
	    takes(&s, "},\"encrypted_key\":\"") &&
	    takes_bytes(&s, out->wrapped, JWE_WRAPPED) && takes(&s, "\"}") &&
	    s.n == 0;
}

static enum err
parse_epk(struct json_val v, struct jwe_recipient *out, struct fault *f)
{
	enum err e = jwk_parse_public(v, &out->epk, f);

	if (e == ERR_NONE && out->epk.kind == JWK_ED25519)
		e = fault_at(f, ERR_UNSUPPORTED, json_at(v), "epk",
		    "no key for key agreement");
	return e;
}

static enum err
parse_recipient(struct json_val v, struct jwe_recipient *out, bool *circle,
    struct fault *f)
{
	static const char *const outer[] = { "header", "encrypted_key" };
	static const char *const inner[] = { "alg", "kid", "epk" };
	struct json_val header = json_get(v, "header");
	struct span kid = { 0 };
	enum err e;

	if (is_as_written(v, out))
		return ERR_NONE;
	*circle = json_is_str(json_get(header, "alg"), ALG_CIRCLE);
	e = strict_members(v, outer, 2, f);
	if (e == ERR_NONE)
		e = strict_members(header, inner, *circle ? 2 : 3, f);
	if (e == ERR_NONE)
		e = strict_word(json_get(header, "alg"), "alg",
		    *circle ? ALG_CIRCLE : ALG, f);
	if (e == ERR_NONE)
		e = strict_string(json_get(header, "kid"), "kid", &kid, f);
	if (e != ERR_NONE)
		return e;
	e = code_parse_base64url_fixed(kid, out->kid.b, 32);
	if (e != ERR_NONE)
		return fault_at(f, e, json_at(json_get(header, "kid")), "kid",
		    "no thumbprint in canonical base64url");
	if (!*circle)
		e = parse_epk(json_get(header, "epk"), out, f);
	if (e == ERR_NONE)
		e = strict_bytes(json_get(v, "encrypted_key"),
		    "encrypted_key", out->wrapped, JWE_WRAPPED, f);
	return e;
}

static enum err
parse_recipients(struct json_val v, struct arena *a, struct jwe *out,
    struct fault *f)
{
	uint32_t n = json_count(v);
	enum err e;

	if (v.type != JSON_ARRAY || n == 0)
		return fault_at(f, ERR_SCHEMA, json_at(v), "recipients",
		    "at least one recipient belongs here");
	if (n > LIMIT_RECIPIENTS)
		return fault_at(f, ERR_LIMIT, json_at(v), "recipients",
		    "more recipients than a container may have");
	out->recipients = arena_alloc(a, n * sizeof *out->recipients);
	for (struct json_val m = json_first(v); m.type != JSON_ABSENT;
	    m = json_next(v, m)) {
		struct jwe_recipient *r = &out->recipients[out->count];
		bool circle = false;

		e = parse_recipient(m, r, &circle, f);
		if (e != ERR_NONE)
			return e;
		if (circle && n != 1)
			return fault_at(f, ERR_CONFLICT, json_at(m), "alg",
			    "a circle is the only recipient");
		out->circle = circle;
		if (jwe_find(out, &r->kid) != NULL)
			return fault_at(f, ERR_CONFLICT, json_at(m), "kid",
			    "one key is a recipient twice");
		out->count++;
	}
	return ERR_NONE;
}

static enum err
parse_protected(struct json_val v, struct arena *a, struct jwe *out,
    struct fault *f)
{
	size_t head = sizeof HEAD - 1, tail = sizeof TAIL - 1;
	struct span s = { 0 };
	enum err e = strict_string(v, "protected", &out->protected_b64, f);

	if (e != ERR_NONE)
		return e;
	e = strict_blob(out->protected_b64, HEADER_MAX, a, &s);
	if (e != ERR_NONE)
		return fault_at(f, e, json_at(v), "protected",
		    e == ERR_CANONICAL ? "base64url is not canonical" :
		    "not base64url, or too long");
	if (s.n > head + tail && memcmp(s.p, HEAD, head) == 0 &&
	    memcmp(s.p + s.n - tail, TAIL, tail) == 0)
		out->log = span_of(s.p + head, s.n - head - tail);
	if (!is_origin(out->log))
		return fault_at(f, ERR_CANONICAL, json_at(v), "protected",
		    "the header is not exactly enc, typ, log");
	return ERR_NONE;
}

static enum err
parse_ciphertext(struct json_val v, struct arena *a, struct jwe *out,
    struct fault *f)
{
	struct span s = { 0 };
	enum err e = strict_string(v, "ciphertext", &s, f);

	if (e != ERR_NONE)
		return e;
	e = strict_blob(s, LIMIT_CONTAINER, a, &out->ciphertext);
	if (e != ERR_NONE)
		return fault_at(f, e, json_at(v), "ciphertext",
		    e == ERR_CANONICAL ? "base64url is not canonical" :
		    "not base64url");
	if (jwe_padded(out->ciphertext.n) != out->ciphertext.n)
		return fault_at(f, ERR_SCHEMA, json_at(v), "ciphertext",
		    "the length is no power of two of at least 1024");
	return ERR_NONE;
}

enum err
jwe_parse(struct span text, struct arena *a, struct jwe *out, struct fault *f)
{
	static const char *const names[] = { "protected", "recipients", "iv",
		"ciphertext", "tag" };
	struct jwe j = { 0 };
	struct json_val v;
	struct json doc;
	enum err e;

	if (text.n > LIMIT_CONTAINER)
		return fault_at(f, ERR_LIMIT, LIMIT_CONTAINER, NULL,
		    "larger than a container may be");
	e = json_parse_arena(text, DEPTH, TOKENS, a, &doc, f);
	if (e != ERR_NONE)
		return e;
	v = json_root(&doc);
	e = strict_members(v, names, 5, f);
	if (e == ERR_NONE)
		e = parse_protected(json_get(v, "protected"), a, &j, f);
	if (e == ERR_NONE)
		e = parse_recipients(json_get(v, "recipients"), a, &j, f);
	if (e == ERR_NONE)
		e = strict_bytes(json_get(v, "iv"), "iv", j.iv, sizeof j.iv,
		    f);
	if (e == ERR_NONE)
		e = strict_bytes(json_get(v, "tag"), "tag", j.tag,
		    sizeof j.tag, f);
	if (e == ERR_NONE)
		e = parse_ciphertext(json_get(v, "ciphertext"), a, &j, f);
	if (e == ERR_NONE)
		*out = j;
	return e;
}

const struct jwe_recipient *
jwe_find(const struct jwe *j, const struct digest *kid)
{
	for (size_t i = 0; i < j->count; i++)
		if (digest_is_equal(&j->recipients[i].kid, kid))
			return &j->recipients[i];
	return NULL;
}

static enum err
unwrap(const struct jwe_recipient *r, const struct jwk *key,
    unsigned char cek[32], struct fault *f)
{
	unsigned char z[32] = { 0 };
	struct digest kek;
	enum err e = ERR_NONE;

	if (ecdh_agree(key, &r->epk, z) != ERR_NONE)
		return fault_at(f, ERR_DECRYPT, 0, "epk",
		    "no agreement with this epk");
	kek = kek_of(z);
	if (!gcm_key_unwrap(kek.b, r->wrapped, cek))
		e = fault_at(f, ERR_DECRYPT, 0, "encrypted_key",
		    "the content key does not unwrap");
	secret_wipe(z, sizeof z);
	secret_wipe(&kek, sizeof kek);
	return e;
}

/* The text before the padding, which is the one that jwe_write makes. */
static enum err
cut(struct span plain, struct span *out, struct fault *f)
{
	const unsigned char *blank = memchr(plain.p, ' ', plain.n);
	size_t n = blank == NULL ? plain.n : (size_t)(blank - plain.p);

	for (size_t i = n; i < plain.n; i++)
		if (plain.p[i] != ' ')
			return fault_at(f, ERR_SCHEMA, i, "ciphertext",
			    "the padding is not blank");
	if (n == 0)
		return fault_at(f, ERR_SCHEMA, 0, "ciphertext",
		    "there is nothing but padding");
	if (jwe_padded(n) != plain.n)
		return fault_at(f, ERR_SCHEMA, n, "ciphertext",
		    "not padded to the next power of two");
	*out = span_of(plain.p, n);
	return ERR_NONE;
}

/* Decrypt, check, cut. The text goes on into ordinary memory, so locked
 * pages for this copy would cost more than the cipher and protect nothing. */
static enum err
open_text(const struct jwe *j, const unsigned char cek[32], struct buf *out,
    struct fault *f)
{
	size_t n = j->ciphertext.n;
	unsigned char *plain = mem_alloc(n);
	struct span text = { 0 };
	enum err e;

	if (gcm_open(cek, j->iv, j->protected_b64, j->ciphertext, j->tag,
		plain))
		e = cut(span_of(plain, n), &text, f);
	else
		e = fault_at(f, ERR_DECRYPT, 0, "tag",
		    "the ciphertext does not decrypt");
	if (e == ERR_NONE) {
		buf_put(out, text);
		e = buf_check(out);
	}
	secret_wipe(plain, n);
	free(plain);
	return e;
}

enum err
jwe_open(const struct jwe *j, const struct jwk *key, struct buf *out,
    struct fault *f)
{
	struct digest kid = jwk_thumbprint(key);
	const struct jwe_recipient *r = jwe_find(j, &kid);
	unsigned char cek[32] = { 0 };
	enum err e;

	if (r == NULL || !key->has_secret || j->circle)
		return fault_at(f, ERR_KEY, 0, "recipients",
		    "the key is no recipient");
	e = unwrap(r, key, cek, f);
	if (e == ERR_NONE)
		e = open_text(j, cek, out, f);
	secret_wipe(cek, sizeof cek);
	return e;
}

enum err
jwe_open_circle(const struct jwe *j, const unsigned char key[32],
    struct buf *out, struct fault *f)
{
	unsigned char cek[32] = { 0 };
	enum err e;

	if (!j->circle)
		return fault_at(f, ERR_KEY, 0, "recipients",
		    "it is for no circle");
	e = gcm_key_unwrap(key, j->recipients[0].wrapped, cek) ? ERR_NONE :
	    fault_at(f, ERR_DECRYPT, 0, "encrypted_key",
		"the content key does not unwrap");
	if (e == ERR_NONE)
		e = open_text(j, cek, out, f);
	secret_wipe(cek, sizeof cek);
	return e;
}

bool
jwe_is_of_log(struct span text, struct span origin, struct arena *a)
{
	struct jwe j = { 0 };
	struct buf head;
	bool found;

	/* as jwe_write spells it: no escape may, and no base64url holds it */
	buf_init(&head, 2 * HEADER_MAX);
	buf_put_str(&head, "\"protected\":\"");
	put_protected(origin, &head);
	buf_put_str(&head, "\"");
	found = text.n != 0 && !head.over &&
	    memmem(text.p, text.n, head.p, head.n) != NULL;
	buf_release(&head);
	return found || (jwe_parse(text, a, &j, NULL) == ERR_NONE &&
			    span_is_equal(j.log, origin));
}

bool
jwe_find_circle(struct span text, struct arena *a, struct digest *id)
{
	static const char word[] = "\"" ALG_CIRCLE "\"";
	struct jwe j = { 0 };

	/* no escape may spell it and no base64url holds it */
	if (text.n == 0 ||
	    memmem(text.p, text.n, word, sizeof word - 1) == NULL ||
	    jwe_parse(text, a, &j, NULL) != ERR_NONE || !j.circle)
		return false;
	*id = j.recipients[0].kid;
	return true;
}
