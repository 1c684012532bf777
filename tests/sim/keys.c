/* SPDX-License-Identifier: Apache-2.0
 *
 * Keys and documents of the network: the same for every seed.
 */
#include "sim.h"

#include "base/limits.h"
#include "ledger/note.h"
#include "record/network.h"

#include <stdio.h>

struct jwk
sim_key(enum jwk_kind kind, const char *team, const char *role)
{
	unsigned char seed[32];
	struct digest d;
	struct jwk k;
	char label[64];

	snprintf(label, sizeof label, "sim %s %s", team, role);
	d = hash_sha256(span_str(label));
	memcpy(seed, d.b, sizeof seed);
	jwk_from_seed(kind, seed, &k);
	return k;
}

void
keys_make_ring(struct sim_node *n)
{
	static const struct {
		enum keyring_role role;
		const char *label;
		enum jwk_kind kind;
	} rows[] = {
		{ KEYRING_ENTRY, "entry", JWK_ED25519 },
		{ KEYRING_LOG, "log", JWK_ED25519 },
		{ KEYRING_COSIGN, "cosign", JWK_ED25519 },
		{ KEYRING_PRIVATE, "private", JWK_ED25519 },
		{ KEYRING_TLS, "tls", JWK_ED25519 },
	};
	/* half the nodes have a P-256 key for sealing */
	struct jwk enc = sim_key(n->i % 2 != 0 ? JWK_P256 : JWK_X25519, n->team,
	    "enc");

	n->keyring = keyring_create();
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct jwk k = sim_key(rows[i].kind, n->team, rows[i].label);
		const char *name = rows[i].role == KEYRING_LOG ? n->origin :
		    rows[i].role == KEYRING_PRIVATE	       ? n->private_origin :
		    rows[i].role == KEYRING_COSIGN	       ? n->name :
								 "";

		sim_must(keyring_add(n->keyring, rows[i].role, span_str(name), &k),
		    "keyring");
	}
	sim_must(keyring_add(n->keyring, KEYRING_ENC, span_str(""), &enc), "enc");
}

static struct span
make_keyset(struct sim *s, struct sim_node *n)
{
	struct jwk identity = sim_key(JWK_ED25519, n->team, "identity");
	struct span addr = span_str("192.0.2.1:6800"), vkey;
	const struct jwk *enc = &keyring_find(n->keyring, KEYRING_ENC)->jwk;
	struct sign_public log = jwk_sign_public(
	    &keyring_find(n->keyring, KEYRING_LOG)->jwk);
	struct node_plan plan = { .domain = span_str("almenara.example"),
		.team = span_str(n->team), .node = span_str(n->name),
		.origin = span_str(n->origin), .addrs = &addr, .addr_count = 1,
		.entry = &keyring_find(n->keyring, KEYRING_ENTRY)->jwk,
		.cosign = &keyring_find(n->keyring, KEYRING_COSIGN)->jwk,
		.enc = &enc, .enc_count = 1,
		.tls = &keyring_find(n->keyring, KEYRING_TLS)->jwk };
	struct note_key key;
	struct buf b;

	sim_must(note_key_make(plan.origin, NOTE_ED25519, &log, &key), "vkey");
	buf_init(&b, LIMIT_DOCUMENT);
	note_key_write(&key, &b);
	vkey = arena_copy(&s->mem, buf_span(&b));
	plan.vkey = vkey;
	buf_clear(&b);
	sim_must(node_make(&plan, &identity, &b, NULL), "keyset");
	addr = arena_copy(&s->mem, buf_span(&b));
	buf_release(&b);
	return addr;
}

void
keys_make_documents(struct sim *s)
{
	struct jwk authority = sim_key(JWK_ED25519, "network", "authority");
	struct network_holder holder = { span_str("one"), &authority };
	struct team_card *cards = arena_alloc(&s->mem, s->n * sizeof *cards);
	struct network_plan plan = { .domain = span_str("almenara.example"),
		.holders = &holder, .holder_count = 1, .k_charter = 1,
		.k_register = 1, .k_suspend = 1, .cards = cards,
		.card_count = s->n, .charter_expires_s = s->expires_s,
		.register_expires_s = s->expires_s };
	struct buf charter, reg;

	s->document_n = 2;
	for (unsigned i = 0; i < s->n; i++) {
		struct sim_node *n = &s->node[i];
		char *state = arena_string(&s->mem, span_str(n->team));

		state[0] = (char)(state[0] - 32);
		state[1] = (char)(state[1] - 32);
		cards[i] = (struct team_card){ .team = span_str(n->team),
			.state = span_str(state),
			.name = span_str(n->team),
			.identity = sim_key(JWK_ED25519, n->team, "identity"),
			.keyset = make_keyset(s, n) };
		s->document[s->document_n++] = n->keyset = cards[i].keyset;
	}
	buf_init(&charter, LIMIT_DOCUMENT);
	buf_init(&reg, LIMIT_DOCUMENT);
	sim_must(network_make(&plan, &charter, &reg, &s->root, NULL), "network");
	s->document[0] = arena_copy(&s->mem, buf_span(&charter));
	s->document[1] = arena_copy(&s->mem, buf_span(&reg));
	buf_release(&charter);
	buf_release(&reg);
}

struct span
sim_suspension(struct sim *s, unsigned i, int64_t seconds)
{
	struct jwk authority = sim_key(JWK_ED25519, "network", "authority");
	const struct jwk *secrets[] = { &authority };
	int64_t now_s = s->now.wall.ms / 1000;
	struct suspension suspension = {
		.team = span_str(s->node[i].team), .from_s = now_s,
		.until_s = now_s + seconds, .reason = span_str("a test") };
	struct arena a = { 0 };
	struct document d;
	struct buf payload, b;
	struct span out;

	sim_must(document_parse(s->document[1], &a, &d, NULL), "register");
	suspension.register_hash = d.hash;
	buf_init(&payload, LIMIT_DOCUMENT);
	buf_init(&b, LIMIT_DOCUMENT);
	suspension_write(&suspension, &payload);
	sim_must(document_sign(buf_span(&payload), secrets, 1, &b), "suspension");
	out = arena_copy(&s->mem, buf_span(&b));
	buf_release(&payload);
	buf_release(&b);
	arena_release(&a);
	return out;
}
