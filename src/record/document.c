/* SPDX-License-Identifier: Apache-2.0
 *
 * What register documents have in common: the envelope of many signatures,
 * and helpers to read and write their members.
 */
#include "record/document.h"

#include "base/code.h"
#include "base/limits.h"
#include "record/name.h"

static const char *const kind_tokens[DOCUMENT_KIND_COUNT] = {
	[DOCUMENT_CHARTER] = "charter",
	[DOCUMENT_REGISTER] = "register",
	[DOCUMENT_SUSPENSION] = "suspension",
	[DOCUMENT_KEYSET] = "keyset",
	[DOCUMENT_EPOCH] = "epoch",
	[DOCUMENT_DESIGNATIONS] = "designations",
};

const char *
document_kind_token(enum document_kind kind)
{
	return kind_tokens[kind];
}

static enum err
parse_kind(struct json_val v, enum document_kind *out, struct fault *f)
{
	for (unsigned i = 0; i < DOCUMENT_KIND_COUNT; i++) {
		if (!json_is_str(v, kind_tokens[i]))
			continue;
		*out = (enum document_kind)i;
		return ERR_NONE;
	}
	return fault_at(f, ERR_SCHEMA, json_at(v), "kind",
	    "no kind of register document");
}

static enum err
parse_json(struct document *d, struct arena *a, struct fault *f)
{
	enum err e = json_parse_arena(d->payload, LIMIT_JSON_DEPTH,
	    LIMIT_DOCUMENT_TOKENS, a, &d->json, f);

	if (e == ERR_NONE)
		e = parse_kind(json_get(json_root(&d->json), "kind"),
		    &d->kind, f);
	if (e == ERR_NONE)
		d->hash = hash_sha256(d->payload);
	return e;
}

enum err
document_draft(struct span payload, struct arena *a, struct document *out,
    struct fault *f)
{
	struct document d = { .payload = payload };
	enum err e;

	if (payload.n > LIMIT_DOCUMENT)
		return fault_at(f, ERR_LIMIT, 0, NULL,
		    "larger than any document may be");
	e = parse_json(&d, a, f);
	if (e == ERR_NONE)
		*out = d;
	return e;
}

enum err
document_parse(struct span bytes, struct arena *a, struct document *out,
    struct fault *f)
{
	struct document d = { .bytes = bytes };
	enum err e;

	if (bytes.n > LIMIT_DOCUMENT)
		return fault_at(f, ERR_LIMIT, 0, NULL,
		    "larger than any document may be");
	e = jws_general_parse(bytes, DOCUMENT_TYP, a, &d.jws, f);
	if (e != ERR_NONE)
		return e;
	d.payload = d.jws.payload;
	e = parse_json(&d, a, f);
	if (e == ERR_NONE)
		*out = d;
	return e;
}

static bool
has_signed(const struct document *d, const struct jwk *key,
    const struct digest *kid)
{
	for (size_t i = 0; i < d->jws.count; i++)
		if (digest_is_equal(&d->jws.sigs[i].kid, kid) &&
		    jws_general_verify(&d->jws, i, key))
			return true;
	return false;
}

size_t
document_signers(const struct document *d, const struct jwk *const *keys,
    size_t n, bool *signed_by)
{
	struct digest seen[LIMIT_DOCUMENT_SIGNATURES];
	size_t count = 0;

	for (size_t i = 0; i < n; i++) {
		struct digest kid = jwk_thumbprint(keys[i]);
		bool yes = keys[i]->kind == JWK_ED25519 &&
		    has_signed(d, keys[i], &kid);
		bool again = false;

		if (signed_by != NULL)
			signed_by[i] = yes;
		for (size_t j = 0; j < count; j++)
			again = again || digest_is_equal(&seen[j], &kid);
		if (yes && !again && count < LIMIT_DOCUMENT_SIGNATURES)
			seen[count++] = kid;
	}
	return count;
}

bool
document_is_signed(const struct document *d, const struct jwk *const *keys,
    size_t n, size_t need, size_t *have)
{
	struct digest seen[LIMIT_DOCUMENT_SIGNATURES];
	size_t count = 0;

	for (size_t i = 0; i < n && count < need; i++) {
		struct digest kid = jwk_thumbprint(keys[i]);
		bool again = false;

		for (size_t j = 0; j < count; j++)
			again = again || digest_is_equal(&seen[j], &kid);
		if (!again && count < LIMIT_DOCUMENT_SIGNATURES &&
		    keys[i]->kind == JWK_ED25519 &&
		    has_signed(d, keys[i], &kid))
			seen[count++] = kid;
	}
	if (have != NULL)
		*have = count;
	return count >= need;
}

bool
document_claims(const struct document *d, const struct digest *kid)
{
	for (size_t i = 0; i < d->jws.count; i++)
		if (digest_is_equal(&d->jws.sigs[i].kid, kid))
			return true;
	return false;
}

enum err
document_sign(struct span payload, const struct jwk *const *secrets, size_t n,
    struct buf *out)
{
	return jws_general_make(payload, DOCUMENT_TYP, secrets, n, out);
}

enum err
document_countersign(struct span bytes, const struct jwk *secret,
    struct buf *out)
{
	struct arena a = { 0 };
	struct document d;
	enum err e = document_parse(bytes, &a, &d, NULL);

	if (e == ERR_NONE)
		e = jws_general_add(&d.jws, DOCUMENT_TYP, secret, out);
	arena_release(&a);
	return e;
}

enum err
document_members(struct json_val v, const char *const *keys, struct fault *f)
{
	uint32_t present = 0;

	if (v.type != JSON_OBJECT)
		return fault_at(f, ERR_SCHEMA, json_at(v), NULL,
		    "an object belongs here");
	for (; *keys != NULL; keys++) {
		bool optional = (*keys)[0] == '?';
		const char *key = *keys + optional;

		if (json_get(v, key).type != JSON_ABSENT)
			present++;
		else if (!optional)
			return fault_at(f, ERR_SCHEMA, json_at(v), key,
			    "the member is missing");
	}
	/* no member stands twice (json_parse), so counting is enough */
	if (present != json_count(v))
		return fault_at(f, ERR_SCHEMA, json_at(v), NULL,
		    "there is a member that does not belong here");
	return ERR_NONE;
}

enum err
document_u64(struct json_val v, const char *field, uint64_t min, uint64_t max,
    uint64_t *out, struct fault *f)
{
	uint64_t n = 0;
	enum err e = json_u64(v, &n);

	if (e != ERR_NONE)
		return fault_at(f, e, json_at(v), field,
		    "a whole number belongs here");
	if (n < min || n > max)
		return fault_at(f, ERR_SCHEMA, json_at(v), field,
		    "not between %llu and %llu", (unsigned long long)min,
		    (unsigned long long)max);
	*out = n;
	return ERR_NONE;
}

enum err
document_text(struct json_val v, const char *field, size_t max,
    struct arena *a, struct span *out, struct fault *f)
{
	struct span s;

	if (json_text(v, a, &s) != ERR_NONE)
		return fault_at(f, ERR_SCHEMA, json_at(v), field,
		    "a text belongs here");
	if (s.n > max)
		return fault_at(f, ERR_LIMIT, json_at(v), field,
		    "longer than %zu bytes", max);
	*out = s;
	return ERR_NONE;
}

enum err
document_line(struct json_val v, const char *field, size_t max,
    struct arena *a, struct span *out, struct fault *f)
{
	struct span s;
	enum err e = document_text(v, field, max, a, &s, f);

	if (e != ERR_NONE)
		return e;
	if (!name_is_line(s, max))
		return fault_at(f, ERR_SCHEMA, json_at(v), field,
		    "one line of text belongs here");
	*out = s;
	return ERR_NONE;
}

enum err
document_time(struct json_val v, const char *field, int64_t *out,
    struct fault *f)
{
	uint64_t t = 0;
	enum err e = document_u64(v, field, 0, DOCUMENT_TIME_MAX, &t, f);

	if (e == ERR_NONE)
		*out = (int64_t)t;
	return e;
}

enum err
document_team(struct json_val v, const char *field, struct arena *a,
    struct span *out, struct fault *f)
{
	struct span s;
	enum err e = document_text(v, field, LIMIT_TEAM_NAME, a, &s, f);

	if (e != ERR_NONE)
		return e;
	if (!name_is_team(s))
		return fault_at(f, ERR_SCHEMA, json_at(v), field,
		    "a team id is 2 to 32 of a-z, 0-9 and -");
	*out = s;
	return ERR_NONE;
}

enum err
document_list(struct json_val v, const char *field, size_t max,
    struct fault *f)
{
	if (v.type != JSON_ARRAY)
		return fault_at(f, ERR_SCHEMA, json_at(v), field,
		    "a list belongs here");
	if (json_count(v) > max)
		return fault_at(f, ERR_LIMIT, json_at(v), field,
		    "more than %zu in the list", max);
	return ERR_NONE;
}

enum err
document_digest(struct json_val v, const char *field, struct arena *a,
    struct digest *out, struct fault *f)
{
	struct span s;
	enum err e = document_text(v, field, 64, a, &s, f);

	if (e == ERR_NONE) {
		e = code_parse_base64url_fixed(s, out->b, sizeof out->b);
		if (e != ERR_NONE)
			e = fault_at(f, e, json_at(v), field,
			    "a SHA-256 in base64url belongs here");
	}
	return e;
}

enum err
document_version(struct json_val root, struct arena *a, uint64_t *version,
    struct digest *prev, struct fault *f)
{
	struct json_val p = json_get(root, "prev");
	struct digest d = { { 0 } };
	uint64_t n = 0;
	enum err e = document_u64(json_get(root, "version"), "version", 1,
	    DOCUMENT_NUMBER_MAX, &n, f);

	if (e != ERR_NONE)
		return e;
	if ((n == 1) != (p.type == JSON_NULL))
		return fault_at(f, ERR_SCHEMA, json_at(p), "prev",
		    "prev is null in version 1 and only there");
	if (n > 1)
		e = document_digest(p, "prev", a, &d, f);
	if (e != ERR_NONE)
		return e;
	*version = n;
	*prev = d;
	return ERR_NONE;
}

enum err
document_key(struct json_val v, const char *field, bool ed25519,
    struct jwk *out, struct fault *f)
{
	struct jwk k;
	struct fault inner = { 0 };
	enum err e = jwk_parse(v, &k, &inner);

	if (e != ERR_NONE)
		return fault_at(f, e, json_at(v), field, "%s", inner.rule);
	if (k.has_secret)
		e = fault_at(f, ERR_KEY, json_at(v), field,
		    "a secret key has no place in a document");
	else if (ed25519 && k.kind != JWK_ED25519)
		e = fault_at(f, ERR_KEY, json_at(v), field,
		    "an Ed25519 key belongs here");
	if (e == ERR_NONE)
		*out = k;
	return e;
}

void
document_put_version(struct json_out *w, uint64_t version,
    const struct digest *prev)
{
	json_put_member_u64(w, "version", version);
	if (version > 1) {
		document_put_digest(w, "prev", prev);
		return;
	}
	json_put_key(w, "prev");
	json_put_null(w);
}

void
document_put_digest(struct json_out *w, const char *key,
    const struct digest *d)
{
	struct buf b;

	buf_init(&b, 64);
	code_write_base64url(&b, digest_span(d));
	json_put_member_span(w, key, buf_span(&b));
	buf_release(&b);
}

void
document_put_key(struct json_out *w, const char *member,
    const struct jwk *key)
{
	struct buf b;

	buf_init(&b, 512);
	jwk_write_public(key, &b);
	json_put_key(w, member);
	json_put_raw(w, buf_span(&b));
	buf_release(&b);
}
