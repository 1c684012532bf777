/* SPDX-License-Identifier: Apache-2.0
 *
 * A small world of register documents for tests: six authority holders, a few
 * teams, every key derived from its label (SHA-256("almenara test key: " ||
 * label)), every document made with the project's own writers and then
 * changed where a test wants it wrong. Holder i signs when bit i of a mask is
 * set; holders count from 1.
 */
#ifndef TESTS_REGISTRY_WORLD_H
#define TESTS_REGISTRY_WORLD_H

#include "base/code.h"
#include "base/limits.h"
#include "record/name.h"
#include "record/network.h"
#include "record/registry.h"
#include "record/vkey.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define WORLD_DOMAIN "almenara.example"
#define WORLD_ALL 0x7eu /* holders 1 to 6 */

enum { WORLD_NOW_S = 1800000000, WORLD_EXPIRES_S = 1900000000 };

struct doc {
	struct span bytes;
	struct digest hash;
};

#define WORLD __attribute__((unused)) static

WORLD void
world_seed(const char *label, unsigned char seed[32])
{
	struct span parts[] = { span_str("almenara test key: "),
		span_str(label) };
	struct digest d = hash_sha256_spans(parts, 2);

	memcpy(seed, d.b, 32);
}

WORLD void
world_jwk(struct arena *a, const char *text, size_t n, struct jwk *out)
{
	struct json json;
	enum err e = json_parse_arena(span_of(text, n), 4, 64, a, &json, NULL);

	if (e == ERR_NONE)
		e = jwk_parse(json_root(&json), out, NULL);
	if (e != ERR_NONE)
		abort();
}

/* An Ed25519 key with its secret part. */
WORLD struct jwk
world_key(const char *label)
{
	unsigned char seed[32];
	struct jwk k;

	world_seed(label, seed);
	jwk_from_seed(JWK_ED25519, seed, &k);
	return k;
}

WORLD struct jwk
world_x25519(const char *label)
{
	unsigned char seed[32];
	struct jwk k;

	world_seed(label, seed);
	jwk_from_seed(JWK_X25519, seed, &k);
	return k;
}

/* The generator of P-256 (SEC 2): a valid public key. */
WORLD struct jwk
world_p256(void)
{
	static const char text[] =
	    "{\"crv\":\"P-256\",\"kty\":\"EC\","
	    "\"x\":\"axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpY\","
	    "\"y\":\"T-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU\"}";
	struct arena a = { 0 };
	struct jwk k;

	world_jwk(&a, text, sizeof text - 1, &k);
	arena_release(&a);
	return k;
}

/* Sign `payload` with the keys of `labels`; memory of `a`. */
WORLD struct doc
world_sign(struct arena *a, struct span payload, const char *const *labels,
    size_t n)
{
	struct jwk keys[64];
	const struct jwk *p[64];
	struct doc d;
	struct buf b;

	for (size_t i = 0; i < n; i++) {
		keys[i] = world_key(labels[i]);
		p[i] = &keys[i];
	}
	buf_init(&b, 2 * LIMIT_DOCUMENT);
	if (document_sign(payload, p, n, &b) != ERR_NONE)
		abort();
	d.bytes = arena_copy(a, buf_span(&b));
	d.hash = hash_sha256(payload);
	buf_release(&b);
	return d;
}

WORLD const char *const world_holders[] = { "holder 0", "holder 1", "holder 2",
	"holder 3", "holder 4", "holder 5", "holder 6" };

WORLD struct doc
world_sign_mask(struct arena *a, struct span payload, unsigned mask)
{
	const char *labels[8];
	size_t n = 0;

	for (unsigned i = 0; i < 7; i++)
		if ((mask >> i & 1) != 0)
			labels[n++] = world_holders[i];
	return world_sign(a, payload, labels, n);
}

/* A charter whose list is the five holders from `first` on; 4, 3 and 2. */
WORLD struct charter
world_charter(struct arena *a, uint64_t version, const struct digest *prev,
    unsigned first)
{
	struct charter c = { .version = version,
		.domain = span_str(WORLD_DOMAIN), .authority_count = 5,
		.k_charter = 4, .k_register = 3, .k_suspend = 2,
		.expires_s = WORLD_EXPIRES_S };

	if (prev != NULL)
		c.prev = *prev;
	c.authorities = arena_alloc(a, 5 * sizeof *c.authorities);
	for (unsigned i = 0; i < 5; i++) {
		c.authorities[i].name = span_str(world_holders[first + i]);
		c.authorities[i].key = world_key(world_holders[first + i]);
	}
	return c;
}

WORLD struct doc
world_put_charter(struct arena *a, const struct charter *c, unsigned mask)
{
	struct buf b;
	struct doc d;

	buf_init(&b, LIMIT_DOCUMENT);
	charter_write(c, &b);
	d = world_sign_mask(a, buf_span(&b), mask);
	buf_release(&b);
	return d;
}

/* A register of teams br, cl and uy, whose identity keys have the labels "br
 * identity" and so on. */
WORLD struct register_doc
world_register(struct arena *a, uint64_t version, const struct digest *prev,
    const struct digest *charter)
{
	static const char *const ids[] = { "br", "cl", "uy" };
	static const char *const states[] = { "BR", "CL", "UY" };
	static const char *const labels[] = { "br identity", "cl identity",
		"uy identity" };
	struct register_doc r = { .version = version, .charter = *charter,
		.team_count = 3, .expires_s = WORLD_EXPIRES_S };

	if (prev != NULL)
		r.prev = *prev;
	r.teams = arena_alloc(a, 3 * sizeof *r.teams);
	for (unsigned i = 0; i < 3; i++) {
		r.teams[i].id = span_str(ids[i]);
		r.teams[i].state = span_str(states[i]);
		r.teams[i].identity = world_key(labels[i]);
		r.teams[i].status = TEAM_MEMBER;
	}
	return r;
}

WORLD struct doc
world_put_register(struct arena *a, const struct register_doc *r,
    unsigned mask)
{
	struct buf b;
	struct doc d;

	buf_init(&b, LIMIT_DOCUMENT);
	register_write(r, &b);
	d = world_sign_mask(a, buf_span(&b), mask);
	buf_release(&b);
	return d;
}

WORLD struct span
world_text(struct arena *a, const char *before, const char *team,
    const char *after)
{
	char text[128];

	snprintf(text, sizeof text, "%s%s%s", before, team, after);
	return arena_copy(a, span_str(text));
}

WORLD struct jwk
world_hot(struct arena *a, const char *team, const char *role)
{
	return world_key(arena_string(a, world_text(a, team, " ", role)));
}

/* A keyset of one node and one log with tag 7f3a09c2: entry, cosign, enc and
 * tls keys of labels such as "uy entry". */
WORLD struct keyset
world_keyset(struct arena *a, const char *team, uint64_t version,
    const struct digest *prev)
{
	struct keyset k = { .team = span_str(team), .version = version,
		.node_count = 1, .log_count = 1 };
	struct keyset_node *n;
	struct jwk log = world_hot(a, team, "log");
	struct sign_public public = jwk_sign_public(&log);
	struct vkey v;
	struct buf b;

	if (prev != NULL)
		k.prev = *prev;
	k.nodes = arena_alloc(a, 2 * sizeof *k.nodes);
	k.logs = arena_alloc(a, 2 * sizeof *k.logs);
	k.logs[0].origin = world_text(a, WORLD_DOMAIN "/log/", team,
	    "/7f3a09c2");
	buf_init(&b, 512);
	vkey_write(&b, k.logs[0].origin, VKEY_LOG, &public);
	k.logs[0].vkey = arena_copy(a, buf_span(&b));
	buf_release(&b);
	if (vkey_parse(k.logs[0].vkey, &v, NULL) != ERR_NONE)
		abort();
	n = &k.nodes[0];
	n->name = world_text(a, WORLD_DOMAIN "/node/", team, "");
	n->addrs = arena_alloc(a, sizeof *n->addrs);
	n->addrs[0] = world_text(a, "node.", team, ".example:4433");
	n->addr_count = 1;
	n->keys = arena_alloc(a, 8 * sizeof *n->keys);
	n->key_count = 4;
	n->keys[0] = (struct keyset_key){ .role = KEY_ENTRY,
		.key = world_hot(a, team, "entry"),
		.log = k.logs[0].origin, .until = KEYSET_OPEN };
	n->keys[1] = (struct keyset_key){ .role = KEY_COSIGN,
		.key = world_hot(a, team, "cosign") };
	n->keys[2] = (struct keyset_key){ .role = KEY_ENC,
		.key = world_x25519(team) };
	n->keys[3] = (struct keyset_key){ .role = KEY_TLS,
		.key = world_hot(a, team, "tls") };
	return k;
}

WORLD struct doc
world_put_keyset(struct arena *a, const struct keyset *k, const char *label)
{
	struct buf b;
	struct doc d;

	buf_init(&b, LIMIT_DOCUMENT);
	keyset_write(k, &b);
	d = world_sign(a, buf_span(&b), &label, 1);
	buf_release(&b);
	return d;
}

/* An epoch of `team` with the tag `tag`, behind its log 7f3a09c2 and, if
 * `other` is not NULL, behind that one; by the log key of the keyset. */
WORLD struct epoch
world_epoch(struct arena *a, const char *team, const char *tag,
    uint64_t order, const char *other)
{
	struct keyset k = world_keyset(a, team, 1, NULL);
	struct epoch e = { .team = k.team, .order = order, .prev_count = 1,
		.at_s = WORLD_NOW_S, .reason = span_str("disk lost") };
	struct jwk log = world_hot(a, team, "log");
	struct sign_public public = jwk_sign_public(&log);
	char slash[32];
	struct buf b;

	snprintf(slash, sizeof slash, "/%s", tag);
	e.origin = world_text(a, WORLD_DOMAIN "/log/", team, slash);
	e.prev = arena_alloc(a, 2 * sizeof *e.prev);
	e.prev[0].origin = k.logs[0].origin;
	e.prev[0].size = 7;
	if (other != NULL) {
		snprintf(slash, sizeof slash, "/%s", other);
		e.prev[e.prev_count++].origin = world_text(a,
		    WORLD_DOMAIN "/log/", team, slash);
	}
	buf_init(&b, 512);
	vkey_write(&b, e.origin, VKEY_LOG, &public);
	e.vkey = arena_copy(a, buf_span(&b));
	buf_release(&b);
	return e;
}

WORLD struct doc
world_put_epoch(struct arena *a, const struct epoch *e, const char *label)
{
	struct buf b;
	struct doc d;

	buf_init(&b, LIMIT_DOCUMENT);
	epoch_write(e, &b);
	d = world_sign(a, buf_span(&b), &label, 1);
	buf_release(&b);
	return d;
}

#endif
