/* reaches: registry_offer document_parse charter_parse register_parse
 * suspension_parse keyset_parse epoch_parse vkey_parse team_card_parse
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Any bytes on top of a valid network. First as they are, as a document and
 * as a team card; then, since no fuzzer finds a signature, as a payload that
 * the right keys sign: all authorities, and identity and entry key of team uy.
 * What is accepted must leave a view that can be forwarded to a fresh registry,
 * and must be written back to the same meaning.
 */
#include "fuzz.h"

#include "../tests/unit/registry_world.h"

enum { VIEW = 64 };

static void
offer(struct registry *r, struct span bytes)
{
	struct fault f = { 0 };
	enum registry_result result = registry_offer(r, bytes, &f);

	if (result == REGISTRY_INVALID)
		FUZZ_CHECK(f.rule[0] != '\0');
	if (result == REGISTRY_ACCEPTED)
		FUZZ_CHECK(registry_offer(r, bytes, NULL) == REGISTRY_SAME);
}

static struct registry *
make_network(struct arena *a, struct digest *root)
{
	struct charter c = world_charter(a, 1, NULL, 1);
	struct doc charter = world_put_charter(a, &c, WORLD_ALL);
	struct register_doc reg = world_register(a, 1, NULL, &charter.hash);
	struct doc r = world_put_register(a, &reg, WORLD_ALL);
	struct keyset k = world_keyset(a, "uy", 1, NULL);
	struct doc keyset = world_put_keyset(a, &k, "uy identity");
	struct registry *registry = registry_create(&charter.hash, NULL, 0);

	*root = charter.hash;
	offer(registry, charter.bytes);
	offer(registry, r.bytes);
	offer(registry, keyset.bytes);
	FUZZ_CHECK(registry_document_count(registry) == 3);
	return registry;
}

/* The view, offered in its own order, makes the same view. */
static void
check_forwarding(const struct registry *r, const struct digest *root)
{
	struct registry *other = registry_create(root, NULL, 0);
	struct digest a = registry_digest(r);
	struct digest b;

	for (size_t i = 0; i < registry_document_count(r); i++) {
		struct registry_document d = registry_document_at(r, i);

		FUZZ_CHECK(registry_offer(other, d.bytes, NULL) ==
		    REGISTRY_ACCEPTED);
	}
	b = registry_digest(other);
	FUZZ_CHECK(digest_is_equal(&a, &b));
	registry_free(other);
}

static void
ask(const struct registry *r)
{
	struct wall now = { INT64_C(1000) * WORLD_NOW_S };
	const struct team *teams[VIEW];
	const struct keyset_key *keys[VIEW];
	const struct keyset_node *nodes[VIEW];
	size_t n = registry_good_teams(r, now, teams, VIEW);

	for (size_t i = 0; i < n; i++) {
		struct registry_identity id;

		FUZZ_CHECK(registry_identity(r, teams[i]->id, now, &id) ==
		    ERR_NONE);
		(void)registry_enc_keys(r, teams[i]->id, keys, VIEW);
	}
	n = registry_nodes(r, nodes, VIEW);
	for (size_t i = 0; i < n; i++) {
		struct registry_key key;

		FUZZ_CHECK(registry_node_find(r, nodes[i]->name, NULL) ==
		    nodes[i]);
		(void)!registry_cosign_find(r, nodes[i]->name, NULL, &key);
	}
}

/* The payload as a document of its kind: what is read is written, and what is
 * written is read again and written the same. */
static void
check_writing(struct span payload)
{
	struct arena a = { 0 };
	struct document d = { 0 };
	struct keyset k;
	struct register_doc r;
	struct epoch epoch;
	struct buf one, two;

	buf_init(&one, 4 * LIMIT_DOCUMENT);
	buf_init(&two, 4 * LIMIT_DOCUMENT);
	d.kind = DOCUMENT_KEYSET;
	if (json_parse_arena(payload, LIMIT_JSON_DEPTH, LIMIT_DOCUMENT_TOKENS,
	    &a, &d.json, NULL) != ERR_NONE)
		goto out;
	if (keyset_parse(&d, span_str(WORLD_DOMAIN), &a, &k, NULL) ==
	    ERR_NONE) {
		keyset_write(&k, &one);
		FUZZ_CHECK(json_parse_arena(buf_span(&one), LIMIT_JSON_DEPTH,
		    LIMIT_DOCUMENT_TOKENS, &a, &d.json, NULL) == ERR_NONE);
		FUZZ_CHECK(keyset_parse(&d, span_str(WORLD_DOMAIN), &a, &k,
		    NULL) == ERR_NONE);
		keyset_write(&k, &two);
		FUZZ_CHECK(span_is_equal(buf_span(&one), buf_span(&two)));
		goto out;
	}
	d.kind = DOCUMENT_EPOCH;
	if (epoch_parse(&d, span_str(WORLD_DOMAIN), &a, &epoch, NULL) ==
	    ERR_NONE) {
		epoch_write(&epoch, &one);
		FUZZ_CHECK(json_parse_arena(buf_span(&one), LIMIT_JSON_DEPTH,
		    LIMIT_DOCUMENT_TOKENS, &a, &d.json, NULL) == ERR_NONE);
		FUZZ_CHECK(epoch_parse(&d, span_str(WORLD_DOMAIN), &a, &epoch,
		    NULL) == ERR_NONE);
		epoch_write(&epoch, &two);
		FUZZ_CHECK(span_is_equal(buf_span(&one), buf_span(&two)));
		goto out;
	}
	d.kind = DOCUMENT_REGISTER;
	if (register_parse(&d, &a, &r, NULL) == ERR_NONE) {
		register_write(&r, &one);
		FUZZ_CHECK(json_parse_arena(buf_span(&one), LIMIT_JSON_DEPTH,
		    LIMIT_DOCUMENT_TOKENS, &a, &d.json, NULL) == ERR_NONE);
		FUZZ_CHECK(register_parse(&d, &a, &r, NULL) == ERR_NONE);
		register_write(&r, &two);
		FUZZ_CHECK(span_is_equal(buf_span(&one), buf_span(&two)));
	}
out:
	buf_release(&one);
	buf_release(&two);
	arena_release(&a);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const signers[] = { "uy identity", "uy entry",
		"holder 1", "holder 2", "holder 3", "holder 4", "holder 5" };
	struct arena a = { 0 };
	struct span in = span_of(data, size);
	struct digest root;
	struct registry *r = make_network(&a, &root);
	struct team_card card;
	struct fault f = { 0 };
	struct doc d;

	offer(r, in);
	if (team_card_parse(in, &a, &card, &f) != ERR_NONE)
		FUZZ_CHECK(f.rule[0] != '\0');
	if (size <= LIMIT_DOCUMENT / 2) {
		check_writing(in);
		d = world_sign(&a, in, signers, 7);
		offer(r, d.bytes);
	}
	check_forwarding(r, &root);
	ask(r);
	registry_free(r);
	arena_release(&a);
	return 0;
}
