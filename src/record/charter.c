/* SPDX-License-Identifier: Apache-2.0
 *
 * The charter: parse, write, and the rule by which one follows another.
 */
#include "record/charter.h"

#include "base/limits.h"
#include "record/name.h"

static enum err
parse_authority(struct json_val v, struct arena *a, struct authority *out,
    struct fault *f)
{
	static const char *const keys[] = { "name", "jwk", NULL };
	enum err e = document_members(v, keys, f);

	if (e == ERR_NONE)
		e = document_line(json_get(v, "name"), "authorities.name",
		    LIMIT_NAME, a, &out->name, f);
	if (e == ERR_NONE)
		e = document_key(json_get(v, "jwk"), "authorities.jwk", true,
		    &out->key, f);
	return e;
}

static bool
is_repeated(const struct charter *c, size_t i)
{
	struct digest kid = jwk_thumbprint(&c->authorities[i].key);

	for (size_t j = 0; j < i; j++) {
		struct digest other = jwk_thumbprint(&c->authorities[j].key);

		if (digest_is_equal(&kid, &other) ||
		    span_is_equal(c->authorities[i].name,
		    c->authorities[j].name))
			return true;
	}
	return false;
}

static enum err
parse_authorities(struct json_val list, struct arena *a, struct charter *c,
    struct fault *f)
{
	size_t n = json_count(list);
	size_t i = 0;
	enum err e = document_list(list, "authorities",
	    LIMIT_DOCUMENT_SIGNATURES, f);

	if (e != ERR_NONE)
		return e;
	c->authorities = arena_alloc(a, n * sizeof *c->authorities);
	for (struct json_val v = json_first(list); v.type != JSON_ABSENT;
	    v = json_next(list, v)) {
		e = parse_authority(v, a, &c->authorities[i], f);
		if (e != ERR_NONE)
			return e;
		if (is_repeated(c, i))
			return fault_at(f, ERR_CONFLICT, json_at(v),
			    "authorities", "a name or key stands twice");
		i++;
	}
	c->authority_count = n;
	return ERR_NONE;
}

static enum err
parse_threshold(struct json_val root, const char *member, size_t max,
    unsigned *out, struct fault *f)
{
	uint64_t v = 0;
	enum err e = document_u64(json_get(root, member), member, 1, max, &v,
	    f);

	if (e == ERR_NONE)
		*out = (unsigned)v;
	return e;
}

static enum err
parse_thresholds(struct json_val root, struct charter *c, struct fault *f)
{
	size_t max = c->authority_count;
	enum err e = parse_threshold(root, "k_charter", max, &c->k_charter, f);

	if (e == ERR_NONE)
		e = parse_threshold(root, "k_register", max, &c->k_register,
		    f);
	if (e == ERR_NONE)
		e = parse_threshold(root, "k_suspend", max, &c->k_suspend, f);
	return e;
}

enum err
charter_parse(const struct document *d, struct arena *a, struct charter *out,
    struct fault *f)
{
	static const char *const keys[] = { "v", "kind", "version", "prev",
		"domain", "authorities", "k_charter", "k_register",
		"k_suspend", "expires", NULL };
	struct json_val root = json_root(&d->json);
	struct charter c = { 0 };
	uint64_t v = 0;
	enum err e = document_members(root, keys, f);

	if (e == ERR_NONE && d->kind != DOCUMENT_CHARTER)
		return fault_at(f, ERR_SCHEMA, 0, "kind", "no charter");
	if (e == ERR_NONE)
		e = document_u64(json_get(root, "v"), "v", 1, 1, &v, f);
	if (e == ERR_NONE)
		e = document_version(root, a, &c.version, &c.prev, f);
	if (e == ERR_NONE)
		e = document_text(json_get(root, "domain"), "domain",
		    LIMIT_DOMAIN, a, &c.domain, f);
	if (e == ERR_NONE && !name_is_domain(c.domain))
		return fault_at(f, ERR_SCHEMA, json_at(json_get(root,
		    "domain")), "domain", "no lower-case domain name");
	if (e == ERR_NONE)
		e = parse_authorities(json_get(root, "authorities"), a, &c, f);
	if (e == ERR_NONE)
		e = parse_thresholds(root, &c, f);
	if (e == ERR_NONE)
		e = document_time(json_get(root, "expires"), "expires",
		    &c.expires_s, f);
	if (e == ERR_NONE)
		*out = c;
	return e;
}

void
charter_write(const struct charter *c, struct buf *out)
{
	struct json_out w;

	json_out_init(&w, out);
	json_put_open(&w, '{');
	json_put_member_u64(&w, "v", 1);
	json_put_member_str(&w, "kind", "charter");
	document_put_version(&w, c->version, &c->prev);
	json_put_member_span(&w, "domain", c->domain);
	json_put_key(&w, "authorities");
	json_put_open(&w, '[');
	for (size_t i = 0; i < c->authority_count; i++) {
		json_put_open(&w, '{');
		json_put_member_span(&w, "name", c->authorities[i].name);
		document_put_key(&w, "jwk", &c->authorities[i].key);
		json_put_close(&w, '}');
	}
	json_put_close(&w, ']');
	json_put_member_u64(&w, "k_charter", c->k_charter);
	json_put_member_u64(&w, "k_register", c->k_register);
	json_put_member_u64(&w, "k_suspend", c->k_suspend);
	json_put_member_u64(&w, "expires", (uint64_t)c->expires_s);
	json_put_close(&w, '}');
}

size_t
charter_signers(const struct charter *c, const struct document *d)
{
	const struct jwk *keys[LIMIT_DOCUMENT_SIGNATURES];

	for (size_t i = 0; i < c->authority_count; i++)
		keys[i] = &c->authorities[i].key;
	return document_signers(d, keys, c->authority_count, NULL);
}

enum err
charter_check_signers(const struct charter *c, const struct document *d,
    unsigned need, struct fault *f)
{
	const struct jwk *keys[LIMIT_DOCUMENT_SIGNATURES];
	size_t have;

	for (size_t i = 0; i < c->authority_count; i++)
		keys[i] = &c->authorities[i].key;
	if (!document_is_signed(d, keys, c->authority_count, need, &have))
		return fault_at(f, ERR_SIGNATURE, 0, "signatures",
		    "%zu of the %u needed authorities of charter %llu signed",
		    have, need, (unsigned long long)c->version);
	return ERR_NONE;
}

enum err
charter_check_first(const struct charter *c, const struct document *d,
    struct fault *f)
{
	return charter_check_signers(c, d, c->k_charter, f);
}

enum err
charter_check_next(const struct charter *c, const struct document *d,
    const struct charter *old, const struct digest *old_hash, struct fault *f)
{
	enum err e;

	if (old->version == UINT64_MAX || c->version != old->version + 1)
		return fault_at(f, ERR_SCHEMA, 0, "version",
		    "the version does not follow that of the old charter");
	if (!digest_is_equal(&c->prev, old_hash))
		return fault_at(f, ERR_SCHEMA, 0, "prev",
		    "prev is not the hash of the old charter");
	if (!span_is_equal(c->domain, old->domain))
		return fault_at(f, ERR_SCHEMA, 0, "domain",
		    "the domain is fixed by the first charter");
	e = charter_check_signers(old, d, old->k_charter, f);
	if (e == ERR_NONE)
		e = charter_check_signers(c, d, c->k_charter, f);
	return e;
}
