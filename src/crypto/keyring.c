/* SPDX-License-Identifier: Apache-2.0
 *
 * The keys lie in one locked block. What is read from a file passes through
 * an arena and a buffer, which are wiped.
 */
#include "crypto/keyring.h"

#include "base/limits.h"
#include "base/mem.h"
#include "crypto/passphrase.h"
#include "crypto/strict.h"

#include <stdlib.h>

struct keys {
	unsigned char store[32];
	size_t n;
	struct keyring_key key[LIMIT_KEYRING_KEYS];
};

struct keyring {
	struct secret secret;
	struct keys *keys;
};

static const char *const tokens[KEYRING_ROLE_COUNT] = { "entry", "log",
	"cosign", "private", "enc", "tls", "intake" };

enum { DEPTH = 4, TOKENS = 16 + 24 * LIMIT_KEYRING_KEYS };

const char *
keyring_role_token(enum keyring_role role)
{
	return (unsigned)role < KEYRING_ROLE_COUNT ? tokens[role] : "unknown";
}

struct keyring *
keyring_create(void)
{
	struct keyring *r = mem_alloc(sizeof *r);

	secret_init(&r->secret, sizeof *r->keys);
	r->keys = (struct keys *)(void *)r->secret.p;
	return r;
}

void
keyring_free(struct keyring *r)
{
	if (r == NULL)
		return;
	secret_release(&r->secret);
	free(r);
}

static bool
fits(enum keyring_role role, enum jwk_kind kind)
{
	if (role == KEYRING_ENC)
		return kind != JWK_ED25519;
	if (role == KEYRING_TLS)
		return kind != JWK_X25519;
	if (role == KEYRING_INTAKE)
		return kind == JWK_X25519;
	return kind == JWK_ED25519;
}

/* Names are printable ASCII, so that JSON writes them as they are. */
static bool
is_name(struct span s)
{
	if (s.n > LIMIT_NAME)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] > '~' || s.p[i] == '"' ||
		    s.p[i] == '\\')
			return false;
	return true;
}

enum err
keyring_add(struct keyring *r, enum keyring_role role, struct span name,
    const struct jwk *key)
{
	struct keyring_key k = { .role = role, .jwk = *key,
		.kid = jwk_kid(key) };
	struct keys *keys = r->keys;
	enum err e = ERR_NONE;

	if (!key->has_secret || (unsigned)role >= KEYRING_ROLE_COUNT ||
	    !fits(role, key->kind))
		e = ERR_KEY;
	else if (!is_name(name))
		e = ERR_SCHEMA;
	else if (keys->n == LIMIT_KEYRING_KEYS)
		e = ERR_LIMIT;
	for (size_t i = 0; e == ERR_NONE && i < keys->n; i++)
		if (kid_is_equal(&keys->key[i].kid, &k.kid))
			e = ERR_CONFLICT;
	if (e == ERR_NONE) {
		if (name.n != 0)
			memcpy(k.name, name.p, name.n);
		keys->key[keys->n++] = k;
	}
	secret_wipe(&k, sizeof k);
	return e;
}

void
keyring_put_first(struct keyring *r)
{
	struct keys *keys = r->keys;
	struct keyring_key last = keys->key[keys->n - 1];

	memmove(keys->key + 1, keys->key, (keys->n - 1) * sizeof last);
	keys->key[0] = last;
	secret_wipe(&last, sizeof last);
}

enum err
keyring_retire(struct keyring *r, const struct kid *kid, uint64_t time_s)
{
	for (size_t i = 0; i < r->keys->n; i++)
		if (kid_is_equal(&r->keys->key[i].kid, kid)) {
			r->keys->key[i].retired_s = time_s;
			return ERR_NONE;
		}
	return ERR_NOT_FOUND;
}

size_t
keyring_prune(struct keyring *r, uint64_t time_s)
{
	struct keys *keys = r->keys;
	size_t kept = 0, before = keys->n;

	for (size_t i = 0; i < before; i++)
		if (keys->key[i].retired_s == 0 ||
		    keys->key[i].retired_s >= time_s)
			keys->key[kept++] = keys->key[i];
	keys->n = kept;
	if (kept < before)
		secret_wipe(keys->key + kept,
		    (before - kept) * sizeof *keys->key);
	return before - kept;
}

enum err
keyring_make(struct span origin, struct span node, struct span private_origin,
    enum jwk_kind enc, enum jwk_kind tls, random_fn *random,
    struct keyring **out)
{
	const struct {
		struct span name;
		enum jwk_kind kind;
	} plan[KEYRING_ROLE_COUNT] = {
		[KEYRING_LOG] = { origin, JWK_ED25519 },
		[KEYRING_COSIGN] = { node, JWK_ED25519 },
		[KEYRING_PRIVATE] = { private_origin, JWK_ED25519 },
		[KEYRING_ENC] = { .kind = enc },
		[KEYRING_TLS] = { .kind = tls },
		[KEYRING_INTAKE] = { .kind = JWK_X25519 },
	};
	struct keyring *r = keyring_create();
	unsigned char bytes[JWK_RANDOM];
	struct jwk k;
	enum err e = ERR_NONE;

	random(r->keys->store, sizeof r->keys->store);
	for (int i = 0; e == ERR_NONE && i < KEYRING_ROLE_COUNT; i++) {
		random(bytes, sizeof bytes);
		jwk_make(plan[i].kind, bytes, &k);
		e = keyring_add(r, (enum keyring_role)i, plan[i].name, &k);
	}
	secret_wipe(bytes, sizeof bytes);
	jwk_wipe(&k);
	if (e == ERR_NONE)
		*out = r;
	else
		keyring_free(r);
	return e;
}

const struct keyring_key *
keyring_find(const struct keyring *r, enum keyring_role role)
{
	for (size_t i = r->keys->n; i > 0; i--)
		if (r->keys->key[i - 1].role == role)
			return &r->keys->key[i - 1];
	return NULL;
}

const struct keyring_key *
keyring_at(const struct keyring *r, size_t i)
{
	return i < r->keys->n ? &r->keys->key[i] : NULL;
}

const unsigned char *
keyring_store_key(const struct keyring *r)
{
	return r->keys->store;
}

static void
wipe_buf(struct buf *b)
{
	if (b->p != NULL)
		secret_wipe(b->p, b->cap);
	buf_release(b);
}

/* A buffer whose memory is all there, so that growing leaves no copy. */
static void
init_whole(struct buf *b)
{
	buf_init(b, LIMIT_KEYFILE);
	(void)buf_extend(b, LIMIT_KEYFILE);
	buf_clear(b);
}

static void
put_plain(const struct keys *keys, struct buf *b)
{
	buf_put_str(b, "{\"v\":1,\"keys\":[");
	for (size_t i = 0; i < keys->n; i++) {
		buf_put_str(b, i != 0 ? ",{\"role\":\"" : "{\"role\":\"");
		buf_put_str(b, tokens[keys->key[i].role]);
		buf_put_str(b, "\",\"name\":\"");
		buf_put_str(b, keys->key[i].name);
		buf_put_str(b, "\",\"jwk\":");
		jwk_write_secret(&keys->key[i].jwk, b);
		if (keys->key[i].retired_s != 0)
			buf_put_format(b, ",\"retired\":%llu",
			    (unsigned long long)keys->key[i].retired_s);
		buf_put_str(b, "}");
	}
	buf_put_str(b, "],\"store\":\"");
	code_write_base64url(b, span_of(keys->store, sizeof keys->store));
	buf_put_str(b, "\"}\n");
}

enum err
keyring_write(const struct keyring *r, struct span passphrase,
    const unsigned char *salt_nonce, struct buf *out)
{
	struct buf b;
	enum err e;

	init_whole(&b);
	put_plain(r->keys, &b);
	e = buf_check(&b);
	if (e == ERR_NONE && passphrase.n != 0) {
		e = passphrase_seal(passphrase, salt_nonce, buf_span(&b), out);
	} else if (e == ERR_NONE) {
		buf_put(out, buf_span(&b));
		e = buf_check(out);
	}
	wipe_buf(&b);
	return e;
}

static enum err
parse_key(struct json_val v, struct keyring *r, struct fault *f)
{
	static const char *const names[] = { "role", "name", "jwk",
		"retired" };
	struct json_val retired = json_get(v, "retired");
	struct span role = { 0 }, name = { 0 };
	uint64_t retired_s = 0;
	struct jwk k;
	int i = 0;
	enum err e = strict_members(v, names,
	    retired.type == JSON_ABSENT ? 3 : 4, f);

	if (e == ERR_NONE && retired.type != JSON_ABSENT &&
	    (json_u64(retired, &retired_s) != ERR_NONE || retired_s == 0))
		e = fault_at(f, ERR_SCHEMA, json_at(v), "retired",
		    "a time belongs here");

	if (e == ERR_NONE)
		e = strict_string(json_get(v, "role"), "role", &role, f);
	if (e == ERR_NONE)
		e = strict_string(json_get(v, "name"), "name", &name, f);
	if (e != ERR_NONE)
		return e;
	while (i < KEYRING_ROLE_COUNT && !span_is_str(role, tokens[i]))
		i++;
	if (i == KEYRING_ROLE_COUNT)
		return fault_at(f, ERR_SCHEMA, json_at(v), "role",
		    "no role of a key");
	e = jwk_parse(json_get(v, "jwk"), &k, f);
	if (e != ERR_NONE)
		return e;
	e = keyring_add(r, (enum keyring_role)i, name, &k);
	jwk_wipe(&k);
	if (e == ERR_NONE)
		r->keys->key[r->keys->n - 1].retired_s = retired_s;
	if (e != ERR_NONE)
		return fault_at(f, e, json_at(v), "jwk",
		    "the key does not belong here");
	return ERR_NONE;
}

static enum err
parse_plain(struct span text, struct arena *a, struct keyring *r,
    struct fault *f)
{
	static const char *const names[] = { "v", "keys", "store" };
	struct json_val v, keys;
	struct json doc;
	uint64_t version = 0;
	enum err e = json_parse_arena(text, DEPTH, TOKENS, a, &doc, f);

	if (e != ERR_NONE)
		return e;
	v = json_root(&doc);
	keys = json_get(v, "keys");
	e = strict_members(v, names, 3, f);
	if (e != ERR_NONE)
		return e;
	if (json_u64(json_get(v, "v"), &version) != ERR_NONE || version != 1)
		return fault_at(f, ERR_UNSUPPORTED, json_at(v), "v",
		    "not version 1");
	if (keys.type != JSON_ARRAY)
		return fault_at(f, ERR_SCHEMA, json_at(v), "keys",
		    "an array belongs here");
	for (struct json_val m = json_first(keys); m.type != JSON_ABSENT;
	    m = json_next(keys, m)) {
		e = parse_key(m, r, f);
		if (e != ERR_NONE)
			return e;
	}
	return strict_bytes(json_get(v, "store"), "store", r->keys->store, 32,
	    f);
}

enum err
keyring_parse(struct span file, struct span passphrase, struct keyring **out,
    struct fault *f)
{
	struct keyring *r = NULL;
	struct arena a = { 0 };
	struct buf b;
	enum err e = ERR_NONE;

	if (file.n > LIMIT_KEYFILE)
		return fault_at(f, ERR_LIMIT, 0, NULL, "the file is too long");
	if (passphrase_is_file(file) && passphrase.n == 0)
		return fault_at(f, ERR_KEY, 0, NULL,
		    "the file is under a passphrase");
	init_whole(&b);
	if (passphrase_is_file(file)) {
		e = passphrase_open(passphrase, file, &b);
		file = buf_span(&b);
	}
	if (e != ERR_NONE) {
		e = fault_at(f, e, 0, NULL, "the passphrase does not open it");
		goto out;
	}
	r = keyring_create();
	e = parse_plain(file, &a, r, f);
	if (e == ERR_NONE) {
		*out = r;
		r = NULL;
	}
out:
	keyring_free(r);
	arena_release(&a);
	wipe_buf(&b);
	return e;
}
