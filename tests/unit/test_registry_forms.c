/* SPDX-License-Identifier: Apache-2.0
 *
 * Forms of names, vkeys, keysets and registers; founding a network.
 */
#include "registry_test.h"

static void
test_names(void **state)
{
	static const struct {
		const char *name;
		bool log, node;
	} rows[] = {
		{ "almenara.example/log/uy/7f3a09c2", true, false },
		{ "almenara.example/log/uy/7f3a09c", false, false },
		{ "almenara.example/log/uy/7F3A09C2", false, false },
		{ "almenara.example/log/uy/7f3a09c2/", false, false },
		{ "almenara.example/log/br/7f3a09c2", false, false },
		{ "other.example/log/uy/7f3a09c2", false, false },
		{ "almenara.example/node/uy", false, true },
		{ "almenara.example/node/uy-2", false, true },
		{ "almenara.example/node/uy-02", false, false },
		{ "almenara.example/node/uy-", false, false },
		{ "almenara.example/node/uy-1000", false, false },
		{ "almenara.example/node/uyx", false, false },
		{ "", false, false },
	};
	struct span domain = span_str(WORLD_DOMAIN);
	struct span uy = span_str("uy");

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct span s = span_str(rows[i].name);

		assert_int_equal(name_is_log(s, domain, uy), rows[i].log);
		assert_int_equal(name_is_node(s, domain, uy), rows[i].node);
		if (rows[i].log)
			assert_true(span_is_str(name_log_team(s), "uy"));
	}
	assert_true(name_is_team(span_str("a-9")));
	assert_false(name_is_team(span_str("a")));
	assert_false(name_is_team(span_str("Uy")));
	assert_false(name_is_team(
	    span_str("123456789012345678901234567890123")));
	assert_true(name_is_address(span_str("[2001:db8::1]:4433")));
	assert_true(name_is_address(span_str("10.0.0.1:1")));
	assert_false(name_is_address(span_str("node.example")));
	assert_false(name_is_address(span_str("node.example:65536")));
	assert_false(name_is_address(span_str("node example:443")));
	assert_false(name_is_domain(span_str("localhost")));
	assert_false(name_is_domain(span_str("a..b")));
	assert_false(name_is_line(span_str("a\nb"), 10));
}

static void
test_vkey(void **state)
{
	static const char good[] = "almenara.example/log/uy/7f3a09c2+ab84359e+"
	    "AYOGJihkdYptTjW0HHjyiSX21keBfB6IOXEv2hALBpp+";
	struct sign_secret secret;
	unsigned char seed[32];
	struct vkey v;
	struct sign_public k;
	struct buf b;

	(void)state;
	assert_ok(vkey_parse(span_str(good), &v, NULL));
	assert_int_equal(v.id, 0xab84359e);
	world_seed("uy log 1", seed);
	sign_derive(seed, &secret, &k);
	assert_memory_equal(k.b, v.key.b, sizeof k.b);
	buf_init(&b, 512);
	vkey_write(&b, v.name, VKEY_LOG, &v.key);
	assert_string_equal(buf_str(&b), good);
	buf_clear(&b);
	buf_put(&b, span_str(good));
	b.p[0] = 'b';
	assert_err(vkey_parse(buf_span(&b), &v, NULL), ERR_DIGEST);
	buf_clear(&b);
	memset(&k, 0, sizeof k);
	vkey_write(&b, v.name, VKEY_LOG, &k);
	assert_err(vkey_parse(buf_span(&b), &v, NULL), ERR_KEY);
	buf_clear(&b);
	vkey_write(&b, v.name, 2, &v.key);
	assert_err(vkey_parse(buf_span(&b), &v, NULL), ERR_UNSUPPORTED);
	assert_err(vkey_parse(span_str("a+b"), &v, NULL), ERR_SYNTAX);
	buf_release(&b);
}

/* What a keyset may not say; each row changes a good one. */
enum wrong { FOREIGN_LOG, FOREIGN_NODE, KEY_TWICE, LOG_KEY_AGAIN, WRONG_TYPE,
	OTHER_VKEY, LOST_LOG, NODE_TWICE, BAD_ADDRESS, LOG_TWICE, CUT_LOST,
	CUT_TWICE, REVOKED_TWICE, REASON_OF_TWO_LINES, WRONG_COUNT };

/* Two keys of others are revoked, each with two cuts of logs that are there. */
static void
revoke(struct arena *a, struct keyset *k)
{
	struct jwk log = world_hot(a, "uy", "log");
	struct sign_public public = jwk_sign_public(&log);
	struct buf b;

	k->logs[1].origin = span_str(WORLD_DOMAIN "/log/uy/00000002");
	buf_init(&b, 512);
	vkey_write(&b, k->logs[1].origin, VKEY_LOG, &public);
	k->logs[1].vkey = arena_copy(a, buf_span(&b));
	buf_release(&b);
	k->log_count = 2;
	k->revoked = arena_alloc(a, 2 * sizeof *k->revoked);
	k->revoked_count = 2;
	for (size_t i = 0; i < 2; i++) {
		struct keyset_revoked *r = &k->revoked[i];

		r->kid = hash_sha256(span_str(i == 0 ? "a" : "b"));
		r->reason = span_str("lost");
		r->cuts = arena_alloc(a, 2 * sizeof *r->cuts);
		r->cut_count = 2;
		for (size_t j = 0; j < 2; j++)
			r->cuts[j] = (struct keyset_cut){ k->logs[j].origin,
				7 };
	}
}

static void
spoil(struct arena *a, struct keyset *k, enum wrong what)
{
	struct keyset_node *n = &k->nodes[0];

	switch (what) {
	case FOREIGN_LOG:
		*k->logs = *world_keyset(a, "br", 1, NULL).logs;
		n->keys[0].log = k->logs[0].origin;
		break;
	case FOREIGN_NODE:
		n->name = span_str(WORLD_DOMAIN "/node/br");
		break;
	case KEY_TWICE:
		n->keys[3].key = n->keys[1].key;
		break;
	case LOG_KEY_AGAIN:
		n->keys[1].key = world_key("uy log");
		break;
	case WRONG_TYPE:
		n->keys[0].key = world_p256();
		break;
	case OTHER_VKEY:
		k->logs[0].vkey = world_keyset(a, "br", 1, NULL).logs[0].vkey;
		break;
	case LOST_LOG:
		n->keys[0].log = span_str(WORLD_DOMAIN "/log/uy/00000000");
		break;
	case NODE_TWICE:
		k->nodes[1] = (struct keyset_node){ .name = n->name };
		k->node_count = 2;
		break;
	case BAD_ADDRESS:
		n->addrs[0] = span_str("nowhere");
		break;
	case LOG_TWICE:
		k->logs[1] = k->logs[0];
		k->revoked[0].cut_count = k->revoked[1].cut_count = 1;
		break;
	case CUT_LOST:
		k->revoked[1].cuts[0].log =
		    span_str(WORLD_DOMAIN "/log/uy/00000000");
		break;
	case CUT_TWICE:
		k->revoked[0].cuts[1].log = k->revoked[0].cuts[0].log;
		break;
	case REVOKED_TWICE:
		k->revoked[1].kid = k->revoked[0].kid;
		break;
	case REASON_OF_TWO_LINES:
		k->revoked[0].reason = span_str("lost\nand found");
		break;
	case WRONG_COUNT:
		break;
	}
}

static void
test_keysets_refused(void **state)
{
	struct world *w = *state;
	struct keyset k;
	struct doc d;

	offer_all(w);
	for (unsigned i = 0; i < WRONG_COUNT; i++) {
		k = world_keyset(&w->a, "uy", 2, &w->keysets[2].hash);
		if (i >= LOG_TWICE)
			revoke(&w->a, &k);
		spoil(&w->a, &k, (enum wrong)i);
		d = world_put_keyset(&w->a, &k, "uy identity");
		assert_offer(w, &d, REGISTRY_INVALID);
	}
	k = world_keyset(&w->a, "uy", 2, &w->keysets[2].hash);
	revoke(&w->a, &k);
	k.nodes[0].keys[2].key = world_p256();
	d = world_put_keyset(&w->a, &k, "uy identity");
	assert_offer(w, &d, REGISTRY_ACCEPTED);
}

/* Replace the first `from` in the payload by `to` and sign it again. */
static struct doc
edit(struct world *w, const struct doc *d, const char *from, const char *to,
    const char *const *labels, size_t n)
{
	struct document doc;
	const unsigned char *at;
	struct doc out;
	struct buf b;

	assert_ok(document_parse(d->bytes, &w->a, &doc, NULL));
	at = memmem(doc.payload.p, doc.payload.n, from, strlen(from));
	assert_non_null(at);
	buf_init(&b, LIMIT_DOCUMENT);
	buf_put_mem(&b, doc.payload.p, (size_t)(at - doc.payload.p));
	buf_put_str(&b, to);
	at += strlen(from);
	buf_put_mem(&b, at, (size_t)(doc.payload.p + doc.payload.n - at));
	out = world_sign(&w->a, buf_span(&b), labels, n);
	buf_release(&b);
	return out;
}

#define SUSPENDED(team, reason) "{\"team\":\"" team "\",\"until\":1800000010," \
	"\"reason\":\"" reason "\"}"

static void
test_members_are_exact(void **state)
{
	static const struct {
		const char *from, *to;
	} rows[] = {
		{ "\"prev\":null,", "" },
		{ "\"prev\":null", "\"prev\":\"\"" },
		{ "\"version\":1", "\"version\":1,\"extra\":1" },
		{ "\"version\":1", "\"version\":1,\"version\":1" },
		{ "\"version\":1", "\"version\":2" },
		{ "\"version\":1", "\"version\":0" },
		{ "\"version\":1", "\"version\":1.0" },
		{ "\"status\":\"member\"", "\"status\":\"Member\"" },
		{ "\"team\":\"br\"", "\"team\":\"BR\"" },
		{ "\"team\":\"br\"", "\"team\":\"cl-1\"" },
		{ "\"team\":\"br\"", "\"team\":\"zz\"" },
		{ "\"state\":\"BR\"", "\"state\":\"bra\"" },
		{ "\"state\":\"BR\"", "\"state\":\"br\"" },
		{ "\"suspended\":[]", "\"suspended\":{}" },
		{ "\"roles\":[]", "\"roles\":[\"Alert desk\"]" },
		{ "\"suspended\":[]", "\"suspended\":[" SUSPENDED("zz", "x") "]" },
		{ "\"suspended\":[]", "\"suspended\":[" SUSPENDED("br", "x") ","
		    SUSPENDED("br", "x") "]" },
		{ "\"suspended\":[]", "\"suspended\":[" SUSPENDED("cl", "x") ","
		    SUSPENDED("br", "x") "]" },
		{ "\"suspended\":[]", "\"suspended\":["
		    SUSPENDED("br", "x\\ny") "]" },
		{ ",\"expires\":1900000000", "" },
		{ "\"kind\":\"register\"", "\"kind\":\"registers\"" },
	};
	struct world *w = *state;
	struct doc d;

	assert_offer(w, &w->charter, REGISTRY_ACCEPTED);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		d = edit(w, &w->reg, rows[i].from, rows[i].to,
		    world_holders + 1, 5);
		assert_offer(w, &d, REGISTRY_INVALID);
	}
	d = edit(w, &w->reg, "\"suspended\":[]", "\"suspended\" : [ "
	    SUSPENDED("br", "x") "," SUSPENDED("cl", "y") "]",
	    world_holders + 1, 5);
	assert_offer(w, &d, REGISTRY_ACCEPTED);
}

static void
test_designations_are_exact(void **state)
{
	static const struct {
		const char *from, *to;
	} rows[] = {
		{ "\"state\":\"BR\"", "\"state\":\"br\"" },
		{ "\"own_decision\"", "\"perhaps\"" },
		{ "\"review\":2000", "\"review\":1000" },
		{ "\"team\":\"br\"", "\"team\":\"uy\"" },
		{ "\"team\":\"br\"", "\"team\":\"zz\"" },
		{ "Law 1", "Law\\n1" },
		{ "\"instrument\":", "\"instruments\":" },
	};
	struct world *w = *state;
	struct designation list[] = { { .team = span_str("br"),
		.state = span_str("BR") }, { .team = span_str("uy"),
		.state = span_str("UY") } };
	struct designations s = { .version = 1, .charter = w->charter.hash,
		.list = list, .count = 2 };
	struct doc good, d;
	struct buf b;

	for (size_t i = 0; i < 2; i++) {
		list[i].instrument = span_str("Law 1");
		list[i].authority = span_str("Parliament");
		list[i].issued_s = 1000;
		list[i].review_s = 2000;
	}
	buf_init(&b, LIMIT_DOCUMENT);
	designations_write(&s, &b);
	good = world_sign_mask(&w->a, buf_span(&b), WORLD_ALL);
	buf_release(&b);
	assert_offer(w, &w->charter, REGISTRY_ACCEPTED);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		d = edit(w, &good, rows[i].from, rows[i].to,
		    world_holders + 1, 5);
		assert_offer(w, &d, REGISTRY_INVALID);
	}
	assert_offer(w, &good, REGISTRY_ACCEPTED);
}

/* The domain is one, and fixed for ever. */
static void
test_domain_is_fixed(void **state)
{
	struct world *w = *state;
	struct doc d = edit(w, &w->charter, WORLD_DOMAIN, "localhost",
	    world_holders + 1, 5);
	struct charter c = world_charter(&w->a, 2, &w->charter.hash, 1);
	struct registry *r = registry_create(&d.hash, NULL, 0);

	assert_int_equal((int)registry_offer(r, d.bytes, NULL),
	    (int)REGISTRY_INVALID);
	registry_free(r);
	assert_offer(w, &w->charter, REGISTRY_ACCEPTED);
	c.domain = span_str("other.example");
	d = world_put_charter(&w->a, &c, WORLD_ALL);
	assert_offer(w, &d, REGISTRY_INVALID);
	c.domain = span_str(WORLD_DOMAIN);
	d = world_put_charter(&w->a, &c, WORLD_ALL);
	assert_offer(w, &d, REGISTRY_ACCEPTED);
}

static void
test_size_is_limited(void **state)
{
	struct world *w = *state;
	struct document d;
	struct buf b;

	buf_init(&b, 2 * LIMIT_DOCUMENT);
	buf_put(&b, w->reg.bytes);
	while (b.n < LIMIT_DOCUMENT)
		buf_put_u8(&b, ' ');
	assert_ok(document_parse(buf_span(&b), &w->a, &d, NULL));
	buf_put_u8(&b, ' ');
	assert_err(document_parse(buf_span(&b), &w->a, &d, NULL), ERR_LIMIT);
	buf_release(&b);
}

static void
test_teams_are_distinct(void **state)
{
	struct world *w = *state;
	struct register_doc r = world_register(&w->a, 1, NULL,
	    &w->charter.hash);
	struct doc d;

	assert_offer(w, &w->charter, REGISTRY_ACCEPTED);
	r.teams[1].id = span_str("br-2");
	d = world_put_register(&w->a, &r, WORLD_ALL);
	assert_offer(w, &d, REGISTRY_INVALID);
	r.teams[1].id = span_str("bz-2");
	r.teams[1].identity = r.teams[0].identity;
	d = world_put_register(&w->a, &r, WORLD_ALL);
	assert_offer(w, &d, REGISTRY_INVALID);
	r.teams[1].identity = world_key("cl identity");
	r.teams[2].status = TEAM_FORMER;
	d = world_put_register(&w->a, &r, WORLD_ALL);
	assert_offer(w, &d, REGISTRY_ACCEPTED);
	assert_true(registry_is_good(w->r, span_str("bz-2"), now()));
	assert_false(registry_is_good(w->r, span_str("uy"), now()));
	assert_non_null(registry_team(w->r, span_str("uy")));
}

/* A register of `n` teams with identity keys of their own. */
static struct doc
crowd(struct world *w, size_t n)
{
	struct register_doc r = { .version = 1, .charter = w->charter.hash,
		.team_count = n, .expires_s = WORLD_EXPIRES_S };
	char text[32];

	r.teams = arena_alloc(&w->a, n * sizeof *r.teams);
	for (size_t i = 0; i < n; i++) {
		snprintf(text, sizeof text, "team%03zu", i);
		r.teams[i].id = arena_copy(&w->a, span_str(text));
		r.teams[i].state = span_str("UY");
		r.teams[i].identity = world_key(text);
	}
	return world_put_register(&w->a, &r, mask_of(1, 3));
}

static void
test_limit_of_teams(void **state)
{
	struct world *w = *state;
	struct doc d = crowd(w, LIMIT_TEAMS + 1);
	const struct team *teams[LIMIT_TEAMS];

	assert_offer(w, &w->charter, REGISTRY_ACCEPTED);
	assert_offer(w, &d, REGISTRY_INVALID);
	d = crowd(w, LIMIT_TEAMS);
	assert_offer(w, &d, REGISTRY_ACCEPTED);
	assert_int_equal(registry_good_teams(w->r, now(), teams, LIMIT_TEAMS),
	    LIMIT_TEAMS);
}

static void
test_weak_keys_refused(void **state)
{
	/* y = 1: the neutral element; and a point of order 8 */
	static const char *const weak[] = {
		"AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		"xxdqcD1N2E-6PAt2DRBnDyogU_osOczGTsf9d5KsA3o",
	};
	struct world *w = *state;
	struct jwk good = world_key("br identity");
	struct buf b;
	struct doc d;
	char from[64];

	buf_init(&b, 512);
	jwk_write_public(&good, &b);
	snprintf(from, sizeof from, "%.43s",
	    strstr(buf_str(&b), "\"x\":\"") + 5);
	assert_offer(w, &w->charter, REGISTRY_ACCEPTED);
	for (size_t i = 0; i < 2; i++) {
		d = edit(w, &w->reg, from, weak[i], world_holders + 1, 5);
		assert_offer(w, &d, REGISTRY_INVALID);
	}
	assert_offer(w, &w->reg, REGISTRY_ACCEPTED);
	buf_release(&b);
}

static void
test_secret_in_a_document_is_refused(void **state)
{
	struct world *w = *state;
	struct doc d = edit(w, &w->reg, "\"crv\":\"Ed25519\"",
	    "\"crv\":\"Ed25519\",\"d\":"
	    "\"AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"",
	    world_holders + 1, 5);

	assert_offer(w, &w->charter, REGISTRY_ACCEPTED);
	assert_offer(w, &d, REGISTRY_INVALID);
}

/* Nor may the secret that belongs to the key; nor a key of another kind. */
static void
test_identity_is_public_and_signs(void **state)
{
	struct world *w = *state;
	struct jwk key = world_key("br identity");
	struct jwk other = world_x25519("br identity");
	const char *from;
	struct doc d;
	struct buf b;

	buf_init(&b, 512);
	jwk_write_public(&key, &b);
	from = arena_string(&w->a, buf_span(&b));
	assert_offer(w, &w->charter, REGISTRY_ACCEPTED);
	buf_clear(&b);
	jwk_write_secret(&key, &b);
	d = edit(w, &w->reg, from, buf_str(&b), world_holders + 1, 5);
	assert_offer(w, &d, REGISTRY_INVALID);
	buf_clear(&b);
	jwk_write_public(&other, &b);
	d = edit(w, &w->reg, from, buf_str(&b), world_holders + 1, 5);
	assert_offer(w, &d, REGISTRY_INVALID);
	assert_offer(w, &w->reg, REGISTRY_ACCEPTED);
	buf_release(&b);
}

/* founding */

/* The keyset and card of a team, made as `almenara init` makes them. */
static struct team_card
found_team(struct arena *a, const char *team, struct buf *card_text)
{
	struct span addr = span_str("node.example:4433");
	struct keyset like = world_keyset(a, team, 1, NULL);
	struct jwk identity = world_hot(a, team, "identity");
	struct jwk entry = world_hot(a, team, "entry");
	struct jwk cosign = world_hot(a, team, "cosign");
	struct jwk tls = world_hot(a, team, "tls");
	struct jwk x = world_x25519(team);
	struct jwk p = world_p256();
	struct jwk intake = world_x25519("intake");
	const struct jwk *enc[] = { &x, &p };
	struct node_plan plan = { .domain = span_str(WORLD_DOMAIN),
		.team = span_str(team), .node = like.nodes[0].name,
		.origin = like.logs[0].origin, .vkey = like.logs[0].vkey,
		.addrs = &addr, .addr_count = 1, .entry = &entry,
		.cosign = &cosign, .enc = enc, .enc_count = 2, .tls = &tls,
		.intake = &intake };
	struct team_card card = { .team = span_str(team),
		.state = span_str("UY"), .name = span_str("CERT \"é\""),
		.identity = identity };
	struct team_card again;
	struct buf b;

	buf_init(&b, LIMIT_DOCUMENT);
	assert_ok(node_make(&plan, &identity, &b, NULL));
	card.keyset = arena_copy(a, buf_span(&b));
	buf_init(card_text, 2 * LIMIT_DOCUMENT);
	team_card_write(&card, card_text);
	assert_null(memmem(card_text->p, card_text->n, "\"d\"", 3));
	assert_ok(team_card_parse(buf_span(card_text), a, &again, NULL));
	assert_true(span_is_equal(again.keyset, card.keyset));
	assert_true(span_is_equal(again.name, card.name));
	/* a node name of another team */
	plan.node = span_str(WORLD_DOMAIN "/node/zz");
	buf_clear(&b);
	assert_err(node_make(&plan, &identity, &b, NULL), ERR_SCHEMA);
	assert_int_equal(b.n, 0);
	buf_release(&b);
	return again;
}

static void
test_founding(void **state)
{
	struct world *w = *state;
	struct jwk keys[3] = { world_key("holder 1"), world_key("holder 2"),
		world_key("holder 3") };
	struct network_holder holders[3] = { { span_str("A"), &keys[0] },
		{ span_str("B"), &keys[1] }, { span_str("C"), &keys[2] } };
	struct buf text[2], c, r;
	struct team_card cards[2] = { found_team(&w->a, "uy", &text[0]),
		found_team(&w->a, "br", &text[1]) };
	struct network_plan plan = { .domain = span_str(WORLD_DOMAIN),
		.holders = holders, .holder_count = 3, .k_charter = 2,
		.k_register = 2, .k_suspend = 1, .cards = cards,
		.card_count = 2, .charter_expires_s = WORLD_EXPIRES_S,
		.register_expires_s = WORLD_EXPIRES_S };
	const struct team *teams[4];
	struct digest hash;

	buf_init(&c, LIMIT_DOCUMENT);
	buf_init(&r, LIMIT_DOCUMENT);
	plan.k_charter = 4;
	assert_err(network_make(&plan, &c, &r, &hash, NULL), ERR_SCHEMA);
	plan.k_charter = 2;
	cards[1].team = cards[0].team;
	assert_err(network_make(&plan, &c, &r, &hash, NULL), ERR_SCHEMA);
	cards[1] = cards[0];
	assert_err(network_make(&plan, &c, &r, &hash, NULL), ERR_EXISTS);
	assert_int_equal(c.n + r.n, 0);
	assert_ok(team_card_parse(buf_span(&text[1]), &w->a, &cards[1],
	    NULL));
	assert_ok(network_make(&plan, &c, &r, &hash, NULL));
	registry_free(w->r);
	w->r = registry_create(&hash, NULL, 0);
	assert_int_equal(registry_offer(w->r, buf_span(&c), NULL), 0);
	assert_int_equal(registry_offer(w->r, buf_span(&r), NULL), 0);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(registry_offer(w->r, cards[i].keyset, NULL),
		    0);
	assert_int_equal(registry_good_teams(w->r, now(), teams, 4), 2);
	assert_true(span_is_str(teams[0]->id, "br"));
	assert_state(w, "uy entry", 0, KEY_IN_FORCE);
	buf_release(&text[0]);
	buf_release(&text[1]);
	buf_release(&c);
	buf_release(&r);
}

static void
test_card_with_a_foreign_identity(void **state)
{
	struct world *w = *state;
	struct buf text;
	struct team_card card = found_team(&w->a, "uy", &text);
	struct team_card out;

	card.identity = world_key("br identity");
	buf_clear(&text);
	team_card_write(&card, &text);
	assert_err(team_card_parse(buf_span(&text), &w->a, &out, NULL),
	    ERR_SIGNATURE);
	buf_release(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_names),
		TEST(test_vkey),
		TEST(test_keysets_refused),
		TEST(test_members_are_exact),
		TEST(test_designations_are_exact),
		TEST(test_domain_is_fixed),
		TEST(test_size_is_limited),
		TEST(test_identity_is_public_and_signs),
		TEST(test_teams_are_distinct),
		TEST(test_limit_of_teams),
		TEST(test_weak_keys_refused),
		TEST(test_secret_in_a_document_is_refused),
		TEST(test_founding),
		TEST(test_card_with_a_foreign_identity),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
