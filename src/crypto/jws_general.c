/* SPDX-License-Identifier: Apache-2.0
 *
 * Documents with many signatures. What is signed is rebuilt from the texts as
 * they came, never from decoded bytes.
 */
#include "crypto/jws_general.h"

#include "base/limits.h"
#include "crypto/jws.h"
#include "crypto/secret.h"
#include "crypto/strict.h"

enum {
	DEPTH = 3,
	TOKENS = 8 + 8 * LIMIT_DOCUMENT_SIGNATURES,
	INPUT_MAX = LIMIT_DOCUMENT + 1024
};

static enum err
parse_sig(struct json_val v, const char *typ, struct jws_general_sig *out,
    struct fault *f)
{
	static const char *const names[] = { "protected", "signature" };
	struct kid kid;
	enum err e = strict_members(v, names, 2, f);

	if (e == ERR_NONE)
		e = strict_string(json_get(v, "protected"), "protected",
		    &out->protected_b64, f);
	if (e == ERR_NONE) {
		e = jws_header_parse(out->protected_b64, typ, &kid, f);
		if (e != ERR_NONE && f != NULL)
			f->at = json_at(json_get(v, "protected"));
	}
	if (e == ERR_NONE)
		e = strict_bytes(json_get(v, "signature"), "signature",
		    out->sig, sizeof out->sig, f);
	if (e == ERR_NONE)
		out->kid = kid_digest(&kid);
	return e;
}

static bool
has_kid(const struct jws_general *j, const struct digest *kid)
{
	for (size_t i = 0; i < j->count; i++)
		if (digest_is_equal(&j->sigs[i].kid, kid))
			return true;
	return false;
}

static enum err
parse_sigs(struct json_val v, const char *typ, struct arena *a,
    struct jws_general *out, struct fault *f)
{
	uint32_t n = json_count(v);
	enum err e;

	if (v.type != JSON_ARRAY || n == 0)
		return fault_at(f, ERR_SCHEMA, json_at(v), "signatures",
		    "at least one signature belongs here");
	if (n > LIMIT_DOCUMENT_SIGNATURES)
		return fault_at(f, ERR_LIMIT, json_at(v), "signatures",
		    "more signatures than a document may have");
	out->sigs = arena_alloc(a, n * sizeof *out->sigs);
	for (struct json_val m = json_first(v); m.type != JSON_ABSENT;
	    m = json_next(v, m)) {
		struct jws_general_sig sig;

		e = parse_sig(m, typ, &sig, f);
		if (e != ERR_NONE)
			return e;
		if (has_kid(out, &sig.kid))
			return fault_at(f, ERR_CONFLICT, json_at(m), "kid",
			    "one key has two signatures");
		out->sigs[out->count++] = sig;
	}
	return ERR_NONE;
}

enum err
jws_general_parse(struct span bytes, const char *typ, struct arena *a,
    struct jws_general *out, struct fault *f)
{
	static const char *const names[] = { "payload", "signatures" };
	struct jws_general j = { 0 };
	struct json_val v;
	struct json doc;
	enum err e;

	if (bytes.n > LIMIT_DOCUMENT)
		return fault_at(f, ERR_LIMIT, LIMIT_DOCUMENT, NULL,
		    "larger than a document may be");
	e = json_parse_arena(bytes, DEPTH, TOKENS, a, &doc, f);
	if (e != ERR_NONE)
		return e;
	v = json_root(&doc);
	e = strict_members(v, names, 2, f);
	if (e == ERR_NONE)
		e = strict_string(json_get(v, "payload"), "payload",
		    &j.payload_b64, f);
	if (e == ERR_NONE)
		e = parse_sigs(json_get(v, "signatures"), typ, a, &j, f);
	if (e != ERR_NONE)
		return e;
	e = strict_blob(j.payload_b64, LIMIT_DOCUMENT, a, &j.payload);
	if (e != ERR_NONE)
		return fault_at(f, e, json_at(json_get(v, "payload")),
		    "payload", e == ERR_CANONICAL ?
		    "base64url is not canonical" : "not base64url");
	*out = j;
	return ERR_NONE;
}

static void
put_input(struct span protected, struct span payload, struct buf *b)
{
	buf_init(b, INPUT_MAX);
	buf_put(b, protected);
	buf_put_str(b, ".");
	buf_put(b, payload);
}

bool
jws_general_verify(const struct jws_general *j, size_t i,
    const struct jwk *key)
{
	struct sign_public public;
	struct buf b;
	bool yes;

	if (i >= j->count || key->kind != JWK_ED25519)
		return false;
	public = jwk_sign_public(key);
	put_input(j->sigs[i].protected_b64, j->payload_b64, &b);
	yes = buf_check(&b) == ERR_NONE &&
	    sign_check(&public, buf_span(&b), j->sigs[i].sig);
	buf_release(&b);
	return yes;
}

static void
put_sig(struct span protected, const unsigned char sig[SIGN_BYTES],
    bool comma, struct buf *out)
{
	buf_put_str(out, comma ? ",{\"protected\":\"" : "{\"protected\":\"");
	buf_put(out, protected);
	buf_put_str(out, "\",\"signature\":\"");
	code_write_base64url(out, span_of(sig, SIGN_BYTES));
	buf_put_str(out, "\"}");
}

static enum err
put_new_sig(struct span payload_b64, const char *typ, const struct jwk *key,
    bool comma, struct buf *out)
{
	unsigned char sig[SIGN_BYTES];
	struct sign_secret secret;
	struct buf header, input;
	struct kid kid = jwk_kid(key);
	enum err e;

	buf_init(&header, 512);
	jws_header_write(typ, &kid, &header);
	put_input(buf_span(&header), payload_b64, &input);
	e = header.over || input.over ? ERR_LIMIT : ERR_NONE;
	if (e == ERR_NONE) {
		jwk_sign_secret(key, &secret);
		sign_make(&secret, buf_span(&input), sig);
		secret_wipe(&secret, sizeof secret);
		put_sig(buf_span(&header), sig, comma, out);
	}
	buf_release(&header);
	buf_release(&input);
	return e;
}

static enum err
check_signers(const struct jwk *const *keys, size_t n)
{
	if (n == 0)
		return ERR_SCHEMA;
	if (n > LIMIT_DOCUMENT_SIGNATURES)
		return ERR_LIMIT;
	for (size_t i = 0; i < n; i++) {
		if (keys[i]->kind != JWK_ED25519 || !keys[i]->has_secret)
			return ERR_KEY;
		for (size_t j = 0; j < i; j++)
			if (memcmp(keys[i]->x, keys[j]->x, 32) == 0)
				return ERR_CONFLICT;
	}
	return ERR_NONE;
}

/* The document as far as its first signatures go. */
static void
put_start(struct span payload_b64, struct buf *b)
{
	buf_init(b, LIMIT_DOCUMENT);
	buf_put_str(b, "{\"payload\":\"");
	buf_put(b, payload_b64);
	buf_put_str(b, "\",\"signatures\":[");
}

static enum err
put_end(struct buf *b, struct buf *out)
{
	buf_put_str(b, "]}");
	if (buf_check(b) != ERR_NONE)
		return ERR_LIMIT;
	buf_put(out, buf_span(b));
	return buf_check(out);
}

enum err
jws_general_make(struct span payload, const char *typ,
    const struct jwk *const *keys, size_t n, struct buf *out)
{
	struct buf text, b;
	enum err e = check_signers(keys, n);

	if (e != ERR_NONE)
		return e;
	buf_init(&text, LIMIT_DOCUMENT);
	code_write_base64url(&text, payload);
	put_start(buf_span(&text), &b);
	e = buf_check(&text);
	for (size_t i = 0; e == ERR_NONE && i < n; i++)
		e = put_new_sig(buf_span(&text), typ, keys[i], i != 0, &b);
	if (e == ERR_NONE)
		e = put_end(&b, out);
	buf_release(&text);
	buf_release(&b);
	return e;
}

enum err
jws_general_add(const struct jws_general *j, const char *typ,
    const struct jwk *key, struct buf *out)
{
	struct digest kid = jwk_thumbprint(key);
	struct buf b;
	enum err e = check_signers(&key, 1);

	if (e != ERR_NONE)
		return e;
	if (has_kid(j, &kid))
		return ERR_CONFLICT;
	if (j->count >= LIMIT_DOCUMENT_SIGNATURES)
		return ERR_LIMIT;
	put_start(j->payload_b64, &b);
	for (size_t i = 0; i < j->count; i++)
		put_sig(j->sigs[i].protected_b64, j->sigs[i].sig, i != 0, &b);
	e = put_new_sig(j->payload_b64, typ, key, j->count != 0, &b);
	if (e == ERR_NONE)
		e = put_end(&b, out);
	buf_release(&b);
	return e;
}
