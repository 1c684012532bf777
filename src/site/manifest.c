/* SPDX-License-Identifier: Apache-2.0
 *
 * The list of a site's files and its signature.
 */
#include "site/manifest.h"

#include "base/code.h"
#include "base/json.h"
#include "base/limits.h"
#include "record/entry.h"

#include <string.h>

enum { HEX = 2 * sizeof (struct digest) };

bool
manifest_is_beside(const char *path)
{
	static const char *const names[] = { MANIFEST_LIST, MANIFEST_SIGNED,
		MANIFEST_LIST ".gz", MANIFEST_LIST ".br",
		MANIFEST_SIGNED ".gz", MANIFEST_SIGNED ".br" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(path, names[i]) == 0)
			return true;
	return false;
}

void
manifest_put(struct buf *out, const struct digest *d, const char *path)
{
	code_write_hex(out, digest_span(d));
	buf_put_format(out, "  %s\n", path);
}

static bool
is_harmless(struct span path)
{
	static const char well_known[] = ".well-known/";
	bool begins = true;

	if (path.n == 0 || path.n > LIMIT_SITE_PATH)
		return false;
	if (path.n > sizeof well_known &&
	    memcmp(path.p, well_known, sizeof well_known - 1) == 0)
		path = span_of(path.p + sizeof well_known - 1,
		    path.n - (sizeof well_known - 1));
	for (size_t i = 0; i < path.n; i++) {
		unsigned char c = path.p[i];

		if (c == '/' ? begins : !((c >= 'a' && c <= 'z') ||
			(c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
			c == '-' || c == '_' || (c == '.' && !begins)))
			return false;
		begins = c == '/';
	}
	return !begins;
}

enum err
manifest_next(struct span *rest, struct digest *d, struct span *path)
{
	const unsigned char *end;
	struct digest found;
	size_t n;

	if (rest->n == 0)
		return ERR_NOT_FOUND;
	end = memchr(rest->p, '\n', rest->n);
	n = end != NULL ? (size_t)(end - rest->p) : 0;
	if (n < HEX + 3 || rest->p[HEX] != ' ' || rest->p[HEX + 1] != ' ' ||
	    code_parse_hex_fixed(span_of(rest->p, HEX), found.b,
		sizeof found.b) != ERR_NONE ||
	    !is_harmless(span_of(rest->p + HEX + 2, n - HEX - 2)))
		return ERR_SYNTAX;
	*d = found;
	*path = span_of(rest->p + HEX + 2, n - HEX - 2);
	*rest = span_of(rest->p + n + 1, rest->n - n - 1);
	return ERR_NONE;
}

void
manifest_write(const struct manifest *m, struct buf *out)
{
	struct json_out w;
	struct buf b;

	buf_init(&b, 1024);
	json_out_init(&w, out);
	json_put_open(&w, '{');
	json_put_member_str(&w, "kind", "site");
	json_put_member_u64(&w, "v", 1);
	json_put_member_span(&w, "team", m->team);
	json_put_member_u64(&w, "at", (uint64_t)m->at_s);
	json_put_member_u64(&w, "files", m->files);
	code_write_hex(&b, digest_span(&m->list));
	json_put_member_span(&w, "manifest", buf_span(&b));
	buf_clear(&b);
	jwk_write_public(&m->key, &b);
	json_put_key(&w, "key");
	json_put_raw(&w, buf_span(&b));
	json_put_close(&w, '}');
	buf_release(&b);
}

static enum err
read_members(struct json_val v, struct arena *a, struct manifest *m,
    struct fault *f)
{
	struct span hex;
	uint64_t version, at;

	if (json_count(v) != 7 || !json_is_str(json_get(v, "kind"), "site") ||
	    json_u64(json_get(v, "v"), &version) != ERR_NONE || version != 1 ||
	    json_text(json_get(v, "team"), a, &m->team) != ERR_NONE ||
	    !entry_is_team_id(m->team) ||
	    json_u64(json_get(v, "at"), &at) != ERR_NONE ||
	    at > INT64_MAX / 1000 ||
	    json_u64(json_get(v, "files"), &m->files) != ERR_NONE ||
	    json_text(json_get(v, "manifest"), a, &hex) != ERR_NONE ||
	    code_parse_hex_fixed(hex, m->list.b, sizeof m->list.b) != ERR_NONE)
		return fault_at(f, ERR_SCHEMA, 0, NULL,
		    "is no statement about a site");
	m->at_s = (int64_t)at;
	return jwk_parse(json_get(v, "key"), &m->key, f);
}

enum err
manifest_parse(struct span text, struct arena *a, struct manifest *out,
    struct fault *f)
{
	struct manifest m = { 0 };
	struct sign_public key;
	struct jws jws;
	struct json doc;
	enum err e = jws_parse(text, MANIFEST_TYP, a, &jws, f);

	if (e == ERR_NONE)
		e = json_parse_arena(jws.payload, 4, 64, a, &doc, f);
	if (e == ERR_NONE)
		e = read_members(json_root(&doc), a, &m, f);
	if (e != ERR_NONE)
		return e;
	if (m.key.kind != JWK_ED25519 || m.key.has_secret)
		return fault_at(f, ERR_KEY, 0, "key", "signs nothing");
	m.kid = jwk_kid(&m.key);
	if (!kid_is_equal(&m.kid, &jws.kid))
		return fault_at(f, ERR_KEY, 0, "key",
		    "is another than the one that signed");
	key = jwk_sign_public(&m.key);
	if (!jws_is_signed_by(&jws, &key))
		return fault_at(f, ERR_SIGNATURE, 0, NULL,
		    "the signature is bad");
	*out = m;
	return ERR_NONE;
}
