/* SPDX-License-Identifier: Apache-2.0
 *
 * Register documents and the registry: chains, thresholds, conflicts, cuts,
 * order of arrival.
 */
#include "registry_world.h"

#include "cmocka_all.h"

/* The documents of a plain network: charter 1, register 1, three keysets. */
struct world {
	struct arena a;
	struct doc charter;
	struct doc reg;
	struct doc keysets[3];
	struct registry *r;
};

static const char *const team_ids[] = { "br", "cl", "uy" };
static const char *const identities[] = { "br identity", "cl identity",
	"uy identity" };

static void
make_documents(struct world *w)
{
	struct charter c = world_charter(&w->a, 1, NULL, 1);
	struct register_doc r;

	w->charter = world_put_charter(&w->a, &c, WORLD_ALL);
	r = world_register(&w->a, 1, NULL, &w->charter.hash);
	w->reg = world_put_register(&w->a, &r, WORLD_ALL);
	for (size_t i = 0; i < 3; i++) {
		struct keyset k = world_keyset(&w->a, team_ids[i], 1, NULL);

		w->keysets[i] = world_put_keyset(&w->a, &k, identities[i]);
	}
}

static enum registry_result
offer(struct world *w, const struct doc *d)
{
	struct fault f = { 0 };
	enum registry_result result = registry_offer(w->r, d->bytes, &f);

	if (result >= REGISTRY_CONFLICT)
		assert_true(f.rule[0] != '\0');
	return result;
}

#define assert_offer(w, d, wanted) \
	assert_int_equal((int)offer((w), (d)), (int)(wanted))

static int
setup(void **state)
{
	struct world *w = calloc(1, sizeof *w);

	make_documents(w);
	w->r = registry_create(&w->charter.hash, NULL, 0);
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	registry_free(w->r);
	arena_release(&w->a);
	free(w);
	return 0;
}

static void
offer_all(struct world *w)
{
	assert_offer(w, &w->charter, REGISTRY_ACCEPTED);
	assert_offer(w, &w->reg, REGISTRY_ACCEPTED);
	for (size_t i = 0; i < 3; i++)
		assert_offer(w, &w->keysets[i], REGISTRY_ACCEPTED);
}

static struct wall
now(void)
{
	return (struct wall){ INT64_C(1000) * WORLD_NOW_S };
}

static struct digest
label_kid(const char *label)
{
	struct jwk k = world_key(label);

	return jwk_thumbprint(&k);
}

static void
test_good_chain(void **state)
{
	struct world *w = *state;
	const struct team *teams[8];
	const struct keyset_key *keys[8];
	struct digest kid = label_kid("uy entry");
	struct registry_key key;
	struct registry_log log;

	offer_all(w);
	assert_offer(w, &w->reg, REGISTRY_SAME);
	assert_offer(w, &w->keysets[2], REGISTRY_SAME);
	assert_int_equal(registry_document_count(w->r), 5);
	assert_true(span_is_str(registry_domain(w->r), WORLD_DOMAIN));
	assert_int_equal(registry_good_teams(w->r, now(), teams, 8), 3);
	assert_true(span_is_str(teams[2]->id, "uy"));
	assert_ok(registry_key_find(w->r, span_str("uy"), &kid, KEY_ENTRY,
	    &key));
	assert_true(span_is_str(key.node->name, WORLD_DOMAIN "/node/uy"));
	assert_err(registry_key_find(w->r, span_str("br"), &kid, KEY_ENTRY,
	    &key), ERR_NOT_FOUND);
	assert_err(registry_key_find(w->r, span_str("uy"), &kid, KEY_TLS,
	    &key), ERR_NOT_FOUND);
	assert_ok(registry_log_find(w->r,
	    span_str(WORLD_DOMAIN "/log/uy/7f3a09c2"), &log));
	assert_true(span_is_str(log.team->id, "uy"));
	assert_int_equal(registry_enc_keys(w->r, span_str("cl"), keys, 8), 1);
	kid = label_kid("cl tls");
	assert_ok(registry_tls_find(w->r, &kid, span_of(NULL, 0), &key));
	assert_true(span_is_str(key.team->id, "cl"));
	assert_err(registry_tls_find(w->r, &kid,
	    span_str(WORLD_DOMAIN "/node/uy"), &key), ERR_NOT_FOUND);
	assert_ok(registry_cosign_find(w->r,
	    span_str(WORLD_DOMAIN "/node/br"), NULL, &key));
	kid = label_kid("br cosign");
	assert_true(digest_is_equal(&kid, &key.key->kid));
}

static unsigned
mask_of(unsigned first, unsigned count)
{
	return ((1u << count) - 1) << first;
}

static void
test_thresholds_one_short(void **state)
{
	struct world *w = *state;
	struct charter c = world_charter(&w->a, 1, NULL, 1);
	struct register_doc r = world_register(&w->a, 1, NULL,
	    &w->charter.hash);
	struct suspension s = { .register_hash = w->reg.hash,
		.team = span_str("uy"), .from_s = WORLD_NOW_S,
		.until_s = WORLD_NOW_S + 60, .reason = span_str("test") };
	struct doc d = world_put_charter(&w->a, &c, mask_of(1, 3));
	struct buf b;

	assert_offer(w, &d, REGISTRY_INVALID);
	d = world_put_charter(&w->a, &c, mask_of(1, 4));
	assert_offer(w, &d, REGISTRY_ACCEPTED);
	d = world_put_register(&w->a, &r, mask_of(1, 2));
	assert_offer(w, &d, REGISTRY_INVALID);
	/* the third signature is by nobody of the charter */
	d = world_put_register(&w->a, &r, mask_of(1, 2) | 1u | 1u << 6);
	assert_offer(w, &d, REGISTRY_INVALID);
	d = world_put_register(&w->a, &r, mask_of(1, 3));
	assert_offer(w, &d, REGISTRY_ACCEPTED);
	assert_true(registry_is_good(w->r, span_str("uy"), now()));
	buf_init(&b, LIMIT_DOCUMENT);
	suspension_write(&s, &b);
	d = world_sign_mask(&w->a, buf_span(&b), mask_of(1, 1));
	assert_offer(w, &d, REGISTRY_INVALID);
	d = world_sign_mask(&w->a, buf_span(&b), mask_of(1, 2));
	assert_offer(w, &d, REGISTRY_ACCEPTED);
	assert_offer(w, &d, REGISTRY_SAME);
	assert_false(registry_is_good(w->r, span_str("uy"), now()));
	assert_true(registry_is_good(w->r, span_str("uy"),
	    (struct wall){ INT64_C(1000) * (WORLD_NOW_S + 60) }));
	assert_true(registry_is_good(w->r, span_str("br"), now()));
	s.team = span_str("br");
	s.until_s = s.from_s + SUSPENSION_MAX_S + 1;
	buf_clear(&b);
	suspension_write(&s, &b);
	d = world_sign_mask(&w->a, buf_span(&b), WORLD_ALL);
	assert_offer(w, &d, REGISTRY_INVALID);
	buf_release(&b);
}

static void
test_charter_needs_both_lists(void **state)
{
	struct world *w = *state;
	struct charter c = world_charter(&w->a, 2, &w->charter.hash, 2);
	struct doc d;

	assert_offer(w, &w->charter, REGISTRY_ACCEPTED);
	/* list 1 is holders 1 to 5, list 2 is holders 2 to 6, 4 needed */
	d = world_put_charter(&w->a, &c, 1u << 2 | 1u << 3 | 1u << 4 |
	    1u << 6); /* three of the old, four of the new */
	assert_offer(w, &d, REGISTRY_INVALID);
	d = world_put_charter(&w->a, &c, 1u << 1 | 1u << 2 | 1u << 3 |
	    1u << 4); /* four of the old, three of the new */
	assert_offer(w, &d, REGISTRY_INVALID);
	d = world_put_charter(&w->a, &c, mask_of(2, 4)); /* four of both */
	assert_offer(w, &d, REGISTRY_ACCEPTED);
	assert_int_equal(registry_charter(w->r)->version, 2);
	assert_offer(w, &w->charter, REGISTRY_SAME);
}

static void
test_same_key_counts_once(void **state)
{
	struct world *w = *state;
	struct register_doc r = world_register(&w->a, 1, NULL,
	    &w->charter.hash);
	struct charter c = world_charter(&w->a, 1, NULL, 1);
	struct jwk key = world_key("holder 1");
	const struct jwk *const twice[] = { &key, &key };
	const unsigned char *first;
	const unsigned char *end;
	struct document doc;
	struct doc d;
	struct buf b;

	assert_offer(w, &w->charter, REGISTRY_ACCEPTED);
	d = world_put_register(&w->a, &r, mask_of(1, 2));
	first = memmem(d.bytes.p, d.bytes.n, "[{", 2);
	end = memmem(d.bytes.p, d.bytes.n, "},{", 3);
	assert_true(first != NULL && end != NULL);
	buf_init(&b, LIMIT_DOCUMENT);
	buf_put_mem(&b, d.bytes.p, d.bytes.n - 2);
	buf_put_str(&b, ",");
	buf_put_mem(&b, first + 1, (size_t)(end - first));
	buf_put_str(&b, "]}");
	d.bytes = buf_span(&b);
	assert_offer(w, &d, REGISTRY_INVALID);
	/* the same authority named twice when counting */
	assert_ok(document_parse(w->reg.bytes, &w->a, &doc, NULL));
	assert_int_equal(document_signers(&doc, twice, 2, NULL), 1);
	/* nor may a list hold one key under two names */
	c.authorities[4].key = c.authorities[0].key;
	c.authorities[4].name = span_str("another name");
	d = world_put_charter(&w->a, &c, WORLD_ALL);
	registry_free(w->r);
	w->r = registry_create(&d.hash, NULL, 0);
	assert_offer(w, &d, REGISTRY_INVALID);
	buf_release(&b);
}

static void
test_countersigning_reaches_the_threshold(void **state)
{
	struct world *w = *state;
	struct register_doc r = world_register(&w->a, 1, NULL,
	    &w->charter.hash);
	struct doc d = world_put_register(&w->a, &r, mask_of(1, 2));
	struct jwk third = world_key("holder 3");
	struct buf b;

	assert_offer(w, &w->charter, REGISTRY_ACCEPTED);
	assert_offer(w, &d, REGISTRY_INVALID);
	buf_init(&b, LIMIT_DOCUMENT);
	assert_ok(document_countersign(d.bytes, &third, &b));
	d.bytes = buf_span(&b);
	assert_offer(w, &d, REGISTRY_ACCEPTED);
	buf_release(&b);
}

static void
test_wrong_prev(void **state)
{
	struct world *w = *state;
	struct digest wrong = hash_sha256(span_str("wrong"));
	struct charter c = world_charter(&w->a, 2, &wrong, 1);
	struct register_doc r;
	struct doc d;
	size_t alarms;

	offer_all(w);
	d = world_put_charter(&w->a, &c, WORLD_ALL & ~(1u << 6));
	assert_offer(w, &d, REGISTRY_INVALID);
	(void)registry_alarms(w->r, &alarms);
	assert_int_equal(alarms, 0);
	/* whoever holds another register 1 shall end up here too */
	r = world_register(&w->a, 2, &wrong, &w->charter.hash);
	d = world_put_register(&w->a, &r, mask_of(1, 3));
	assert_offer(w, &d, REGISTRY_ACCEPTED);
	(void)registry_alarms(w->r, &alarms);
	assert_int_equal(alarms, 1);
	assert_offer(w, &w->reg, REGISTRY_OLDER);
}

static void
test_version_gaps(void **state)
{
	struct world *w = *state;
	struct digest any = hash_sha256(span_str("version 2"));
	struct charter c2 = world_charter(&w->a, 2, &w->charter.hash, 1);
	struct doc d2 = world_put_charter(&w->a, &c2, mask_of(1, 5));
	struct charter c3 = world_charter(&w->a, 3, &d2.hash, 1);
	struct doc d3 = world_put_charter(&w->a, &c3, mask_of(1, 5));
	struct register_doc r = world_register(&w->a, 3, &any,
	    &w->charter.hash);
	struct doc d = world_put_register(&w->a, &r, mask_of(1, 3));
	struct keyset k;

	offer_all(w);
	assert_offer(w, &d, REGISTRY_ACCEPTED);
	assert_offer(w, &w->reg, REGISTRY_OLDER);
	k = world_keyset(&w->a, "uy", 5, &any);
	d = world_put_keyset(&w->a, &k, "uy identity");
	assert_offer(w, &d, REGISTRY_ACCEPTED);
	assert_offer(w, &w->keysets[2], REGISTRY_OLDER);
	assert_offer(w, &d3, REGISTRY_UNVERIFIABLE);
	assert_offer(w, &d2, REGISTRY_ACCEPTED);
	assert_offer(w, &d3, REGISTRY_ACCEPTED);
	assert_int_equal(registry_register(w->r)->version, 3);
}

static void
test_two_payloads_of_one_version(void **state)
{
	struct world *w = *state;
	struct register_doc r = world_register(&w->a, 1, NULL,
	    &w->charter.hash);
	struct keyset k = world_keyset(&w->a, "uy", 1, NULL);
	struct charter c2 = world_charter(&w->a, 2, &w->charter.hash, 1);
	struct digest before;
	struct digest after;
	const struct registry_alarm *alarms;
	struct doc d;
	size_t n;

	offer_all(w);
	d = world_put_charter(&w->a, &c2, mask_of(1, 5));
	assert_offer(w, &d, REGISTRY_ACCEPTED);
	before = registry_digest(w->r);
	r.expires_s++;
	d = world_put_register(&w->a, &r, mask_of(1, 3));
	assert_offer(w, &d, REGISTRY_CONFLICT);
	assert_offer(w, &d, REGISTRY_CONFLICT);
	k.nodes[0].addr_count = 0;
	d = world_put_keyset(&w->a, &k, "uy identity");
	assert_offer(w, &d, REGISTRY_CONFLICT);
	c2.expires_s++;
	d = world_put_charter(&w->a, &c2, mask_of(1, 5));
	assert_offer(w, &d, REGISTRY_CONFLICT);
	after = registry_digest(w->r);
	assert_true(digest_is_equal(&before, &after));
	alarms = registry_alarms(w->r, &n);
	assert_int_equal(n, 3);
	assert_int_equal((int)alarms[1].kind, (int)DOCUMENT_KEYSET);
	assert_non_null(strstr(alarms[1].text, "keyset uy version 1"));
	/* without the signatures it is no conflict but a forgery */
	c2.expires_s++;
	d = world_put_charter(&w->a, &c2, mask_of(1, 3));
	assert_offer(w, &d, REGISTRY_INVALID);
}

static void
test_old_authorities_cannot_outbid(void **state)
{
	struct world *w = *state;
	struct digest any = hash_sha256(span_str("any"));
	struct charter c2 = world_charter(&w->a, 2, &w->charter.hash, 2);
	struct doc d2 = world_put_charter(&w->a, &c2, mask_of(1, 6));
	struct register_doc r = world_register(&w->a, 2, &w->reg.hash,
	    &d2.hash);
	struct doc under_new = world_put_register(&w->a, &r, mask_of(4, 3));
	struct register_doc high = world_register(&w->a, 1000, &any,
	    &w->charter.hash);
	struct doc under_old = world_put_register(&w->a, &high, mask_of(1, 3));

	offer_all(w);
	assert_offer(w, &under_new, REGISTRY_UNVERIFIABLE);
	assert_offer(w, &d2, REGISTRY_ACCEPTED);
	assert_offer(w, &under_new, REGISTRY_ACCEPTED);
	assert_offer(w, &under_old, REGISTRY_OLDER);
	assert_int_equal(registry_register(w->r)->version, 2);
	/* holder 1 is no authority of charter 2 */
	r.version = 3;
	r.prev = under_new.hash;
	under_new = world_put_register(&w->a, &r, mask_of(1, 3));
	assert_offer(w, &under_new, REGISTRY_INVALID);
}

static void
test_keyset_by_a_stranger(void **state)
{
	struct world *w = *state;
	struct digest any = hash_sha256(span_str("any"));
	struct keyset k = world_keyset(&w->a, "uy", 2, &any);
	struct doc d = world_put_keyset(&w->a, &k, "br identity");
	struct register_doc r;
	struct digest kid;

	offer_all(w);
	assert_offer(w, &d, REGISTRY_UNVERIFIABLE);
	k = world_keyset(&w->a, "pe", 1, NULL);
	d = world_put_keyset(&w->a, &k, "pe identity");
	assert_offer(w, &d, REGISTRY_UNVERIFIABLE);
	assert_int_equal(registry_keyset(w->r, span_str("uy"))->version, 1);
	/* the register gives uy another identity: the old keyset goes, the
	 * one that waited for it counts */
	k = world_keyset(&w->a, "uy", 1, NULL);
	d = world_put_keyset(&w->a, &k, "uy identity 2");
	assert_offer(w, &d, REGISTRY_UNVERIFIABLE);
	r = world_register(&w->a, 2, &w->reg.hash, &w->charter.hash);
	r.teams[2].identity = world_key("uy identity 2");
	w->reg = world_put_register(&w->a, &r, mask_of(1, 3));
	assert_offer(w, &w->reg, REGISTRY_ACCEPTED);
	assert_null(registry_keyset(w->r, span_str("uy")));
	assert_non_null(registry_keyset(w->r, span_str("cl")));
	assert_offer(w, &w->keysets[2], REGISTRY_UNVERIFIABLE);
	assert_offer(w, &d, REGISTRY_ACCEPTED);
	kid = label_kid("uy entry");
	assert_int_equal((int)registry_entry_state(w->r, span_str("uy"), &kid,
	    span_str(WORLD_DOMAIN "/log/uy/7f3a09c2"), 0), (int)KEY_IN_FORCE);
}

static void
test_changed_payload_is_refused(void **state)
{
	struct world *w = *state;
	struct digest any = hash_sha256(span_str("any"));
	struct keyset k = world_keyset(&w->a, "uy", 2, &any);
	struct keyset other = world_keyset(&w->a, "uy", 3, &any);
	struct doc d = world_put_keyset(&w->a, &k, "uy identity");
	struct doc o = world_put_keyset(&w->a, &other, "uy identity");
	const unsigned char *cut_d;
	const unsigned char *cut_o;
	struct buf b;

	offer_all(w);
	/* payload of one, signature of the other */
	cut_d = memmem(d.bytes.p, d.bytes.n, "\"signatures\"", 12);
	cut_o = memmem(o.bytes.p, o.bytes.n, "\"signatures\"", 12);
	assert_true(cut_d != NULL && cut_o != NULL);
	buf_init(&b, LIMIT_DOCUMENT);
	buf_put_mem(&b, d.bytes.p, (size_t)(cut_d - d.bytes.p));
	buf_put_mem(&b, cut_o, (size_t)(o.bytes.p + o.bytes.n - cut_o));
	d.bytes = buf_span(&b);
	assert_offer(w, &d, REGISTRY_INVALID);
	buf_release(&b);
}

static enum key_state
state_at(const struct world *w, const char *label, uint64_t index)
{
	struct digest kid = label_kid(label);

	return registry_entry_state(w->r, span_str("uy"), &kid,
	    span_str(WORLD_DOMAIN "/log/uy/7f3a09c2"), index);
}

#define assert_state(w, label, index, wanted) \
	assert_int_equal((int)state_at((w), (label), (index)), (int)(wanted))

static void
test_key_in_force(void **state)
{
	struct world *w = *state;
	struct keyset k = world_keyset(&w->a, "uy", 2, &w->keysets[2].hash);
	struct keyset_node *n = &k.nodes[0];
	struct doc d;

	n->keys[0].from = 10;
	n->keys[0].until = 20;
	n->keys[n->key_count++] = (struct keyset_key){ .role = KEY_ENTRY,
		.key = world_key("uy entry 2"), .log = k.logs[0].origin,
		.from = 20, .until = KEYSET_OPEN };
	d = world_put_keyset(&w->a, &k, "uy identity");
	offer_all(w);
	assert_state(w, "uy entry", 0, KEY_IN_FORCE);
	assert_offer(w, &d, REGISTRY_ACCEPTED);
	assert_state(w, "uy entry", 9, KEY_EARLY);
	assert_state(w, "uy entry", 10, KEY_IN_FORCE);
	assert_state(w, "uy entry", 19, KEY_IN_FORCE);
	assert_state(w, "uy entry", 20, KEY_ENDED);
	assert_state(w, "uy entry 2", 19, KEY_EARLY);
	assert_state(w, "uy entry 2", UINT64_MAX - 1, KEY_IN_FORCE);
	assert_state(w, "uy cosign", 10, KEY_UNKNOWN);
	assert_state(w, "br entry", 10, KEY_UNKNOWN);
}

static void
test_revocation_cuts(void **state)
{
	struct world *w = *state;
	struct keyset k = world_keyset(&w->a, "uy", 2, &w->keysets[2].hash);
	struct keyset_cut cut = { k.logs[0].origin, 7 };
	struct keyset_revoked revoked[2] = {
		{ .kid = label_kid("uy entry"), .cuts = &cut, .cut_count = 1,
		    .reason = span_str("stolen") },
		{ .kid = label_kid("uy tls"), .reason = span_str("stolen") },
	};
	struct pin pin = { .verdict = PIN_ACCEPT,
		.kid = label_kid("uy entry") };
	struct registry *pinned;
	struct digest kid = label_kid("uy tls");
	struct registry_key key;
	struct doc d;

	k.revoked = revoked;
	k.revoked_count = 2;
	d = world_put_keyset(&w->a, &k, "uy identity");
	offer_all(w);
	assert_state(w, "uy entry", 7, KEY_IN_FORCE);
	assert_ok(registry_tls_find(w->r, &kid, span_of(NULL, 0), &key));
	assert_offer(w, &d, REGISTRY_ACCEPTED);
	assert_state(w, "uy entry", 6, KEY_IN_FORCE);
	assert_state(w, "uy entry", 7, KEY_VOID);
	assert_state(w, "uy entry", 8, KEY_VOID);
	assert_err(registry_tls_find(w->r, &kid, span_of(NULL, 0), &key),
	    ERR_NOT_FOUND);
	kid = label_kid("uy entry");
	assert_ok(registry_key_find(w->r, span_str("uy"), &kid, KEY_ENTRY,
	    &key));
	assert_non_null(key.revoked);
	/* unless this node's pin says that the key is good */
	pinned = registry_create(&w->charter.hash, &pin, 1);
	for (size_t i = 0; i < registry_document_count(w->r); i++)
		assert_int_equal(registry_offer(pinned,
		    registry_document_at(w->r, i).bytes, NULL), 0);
	assert_int_equal((int)registry_entry_state(pinned, span_str("uy"),
	    &kid, cut.log, 7), (int)KEY_IN_FORCE);
	k.version = 4;
	k.logs[0].closed = true;
	k.logs[0].size = 9;
	d = world_put_keyset(&w->a, &k, "uy identity");
	assert_int_equal(registry_offer(pinned, d.bytes, NULL), 0);
	assert_int_equal((int)registry_entry_state(pinned, span_str("uy"),
	    &kid, cut.log, 9), (int)KEY_VOID);
	registry_free(pinned);
	k.logs[0].closed = false;
	/* a revoked entry key without a cut for its log: void from 0 */
	revoked[0].cut_count = 0;
	k.version = 3;
	d = world_put_keyset(&w->a, &k, "uy identity");
	assert_offer(w, &d, REGISTRY_ACCEPTED);
	assert_state(w, "uy entry", 0, KEY_VOID);
}

static void
test_closed_log(void **state)
{
	struct world *w = *state;
	struct keyset k = world_keyset(&w->a, "uy", 2, &w->keysets[2].hash);
	struct registry_log log;
	struct doc d;

	k.logs[0].closed = true;
	k.logs[0].size = 100;
	k.logs[0].root = hash_sha256(span_str("root"));
	d = world_put_keyset(&w->a, &k, "uy identity");
	offer_all(w);
	assert_offer(w, &d, REGISTRY_ACCEPTED);
	assert_ok(registry_log_find(w->r, k.logs[0].origin, &log));
	assert_true(log.log->closed);
	assert_int_equal(log.log->size, 100);
	assert_true(digest_is_equal(&log.log->root, &k.logs[0].root));
	assert_state(w, "uy entry", 99, KEY_IN_FORCE);
	assert_state(w, "uy entry", 100, KEY_VOID);
}

static void
test_pins_win(void **state)
{
	struct world *w = *state;
	struct pin pins[] = {
		{ .verdict = PIN_REFUSE, .team = span_str("br") },
		{ .verdict = PIN_ACCEPT, .kid = label_kid("uy identity") },
		{ .verdict = PIN_REFUSE, .kid = label_kid("uy tls") },
		{ .verdict = PIN_ACCEPT, .team = span_str("cl") },
	};
	struct register_doc r = world_register(&w->a, 1, NULL,
	    &w->charter.hash);
	struct suspended s = { span_str("cl"), WORLD_NOW_S + 10,
		span_str("test") };
	struct digest kid = label_kid("uy tls");
	struct registry_identity id;
	struct registry_key key;

	r.suspended = &s;
	r.suspended_count = 1;
	w->reg = world_put_register(&w->a, &r, mask_of(1, 3));
	offer_all(w);
	assert_false(registry_is_good(w->r, span_str("cl"), now()));
	assert_ok(registry_identity(w->r, span_str("uy"), now(), &id));
	assert_false(id.confirmed);
	registry_free(w->r);
	w->r = registry_create(&w->charter.hash, pins, 4);
	offer_all(w);
	assert_null(registry_team(w->r, span_str("br")));
	assert_null(registry_keyset(w->r, span_str("br")));
	assert_true(registry_is_good(w->r, span_str("cl"), now()));
	assert_ok(registry_identity(w->r, span_str("uy"), now(), &id));
	assert_true(id.confirmed);
	assert_ok(registry_identity(w->r, span_str("cl"), now(), &id));
	assert_false(id.confirmed);
	assert_true(id.suspended);
	assert_true(registry_is_confirmed(w->r, span_str("uy")));
	assert_false(registry_is_confirmed(w->r, span_str("cl")));
	assert_false(registry_is_confirmed(w->r, span_str("br")));
	registry_set_pins(w->r, pins + 1, 1);
	assert_true(registry_is_confirmed(w->r, span_str("uy")));
	assert_non_null(registry_team(w->r, span_str("br")));
	registry_set_pins(w->r, NULL, 0);
	assert_false(registry_is_confirmed(w->r, span_str("uy")));
	registry_set_pins(w->r, pins, 4);
	assert_err(registry_tls_find(w->r, &kid, span_of(NULL, 0), &key),
	    ERR_NOT_FOUND);
}

static void
test_expiry_only_warns(void **state)
{
	struct world *w = *state;
	struct wall late = { INT64_C(1000) * WORLD_EXPIRES_S };
	struct wall near = { late.ms - 1000 };
	struct registry_warning warnings[4];

	offer_all(w);
	assert_int_equal(registry_warnings(w->r, now(), warnings, 4), 0);
	assert_int_equal(registry_warnings(w->r, near, warnings, 4), 2);
	assert_false(warnings[1].expired);
	assert_int_equal(registry_warnings(w->r, late, warnings, 4), 2);
	assert_true(warnings[1].expired);
	assert_int_equal((int)warnings[1].kind, (int)DOCUMENT_REGISTER);
	assert_true(registry_is_good(w->r, span_str("uy"), late));
	assert_true(registry_may_add(w->r, near));
	assert_false(registry_may_add(w->r, late));
	assert_state(w, "uy entry", 0, KEY_IN_FORCE);
}

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
	OTHER_VKEY, LOST_LOG, NODE_TWICE, BAD_ADDRESS, WRONG_COUNT };

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
		spoil(&w->a, &k, (enum wrong)i);
		d = world_put_keyset(&w->a, &k, "uy identity");
		assert_offer(w, &d, REGISTRY_INVALID);
	}
	k = world_keyset(&w->a, "uy", 2, &w->keysets[2].hash);
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
	d = edit(w, &w->reg, "\"suspended\":[]", "\"suspended\" : [ ]",
	    world_holders + 1, 5);
	assert_offer(w, &d, REGISTRY_ACCEPTED);
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

/* arrival order */

enum { SHUFFLED = 14, ORDERS = 60 };

static uint64_t
next_random(uint64_t *s)
{
	*s ^= *s << 13;
	*s ^= *s >> 7;
	*s ^= *s << 17;
	return *s;
}

/* Two charters, three registers (one changes an identity, one is under the
 * second charter), keysets of old and new versions and identities, a
 * suspension of the last register: everything that can wait for another. */
static void
fill_shuffled(struct world *w, struct doc out[SHUFFLED])
{
	struct charter c2 = world_charter(&w->a, 2, &w->charter.hash, 2);
	struct doc d2 = world_put_charter(&w->a, &c2, mask_of(1, 6));
	struct register_doc r = world_register(&w->a, 2, &w->reg.hash,
	    &w->charter.hash);
	struct doc r2, r3, r9;
	struct keyset k;
	struct suspension s = { .team = span_str("cl"),
		.from_s = WORLD_NOW_S - 1, .until_s = WORLD_NOW_S + 60,
		.reason = span_str("test") };
	struct buf b;

	r.teams[2].identity = world_key("uy identity 2");
	r2 = world_put_register(&w->a, &r, mask_of(1, 3));
	r.version = 3;
	r.prev = r2.hash;
	r.charter = d2.hash;
	r3 = world_put_register(&w->a, &r, mask_of(2, 3));
	r.version = 9;
	r.charter = w->charter.hash;
	r.team_count = 1;
	r9 = world_put_register(&w->a, &r, mask_of(1, 3));
	s.register_hash = r3.hash;
	buf_init(&b, LIMIT_DOCUMENT);
	suspension_write(&s, &b);
	out[0] = w->charter;
	out[1] = d2;
	out[2] = w->reg;
	out[3] = r2;
	out[4] = r3;
	out[5] = r9;
	out[6] = world_sign_mask(&w->a, buf_span(&b), mask_of(2, 2));
	for (size_t i = 0; i < 3; i++)
		out[7 + i] = w->keysets[i];
	k = world_keyset(&w->a, "uy", 1, NULL);
	k.nodes[0].addr_count = 0;
	out[10] = world_put_keyset(&w->a, &k, "uy identity 2");
	k.version = 3;
	k.prev = w->keysets[2].hash;
	out[11] = world_put_keyset(&w->a, &k, "uy identity 2");
	k = world_keyset(&w->a, "br", 2, &w->keysets[0].hash);
	out[12] = world_put_keyset(&w->a, &k, "br identity");
	k.version = 7;
	out[13] = world_put_keyset(&w->a, &k, "uy identity");
	buf_release(&b);
}

/* Offer all in the order given; what waits is offered again after every
 * acceptance, as the contract asks. */
static void
offer_in_order(struct registry *r, const struct doc *docs,
    const unsigned order[SHUFFLED])
{
	bool waits[SHUFFLED] = { false };

	for (size_t i = 0; i < SHUFFLED; i++) {
		bool again;

		waits[order[i]] = true;
		do {
			again = false;
			for (size_t j = 0; j < SHUFFLED; j++) {
				enum registry_result result;

				if (!waits[j])
					continue;
				result = registry_offer(r, docs[j].bytes,
				    NULL);
				assert_true(result != REGISTRY_INVALID &&
				    result != REGISTRY_CONFLICT);
				waits[j] = result == REGISTRY_UNVERIFIABLE;
				again = again || result == REGISTRY_ACCEPTED;
			}
		} while (again);
	}
}

static void
test_order_does_not_matter(void **state)
{
	struct world *w = *state;
	struct doc docs[SHUFFLED];
	unsigned order[SHUFFLED];
	struct digest first = { { 0 } };
	uint64_t seed = 0x9e3779b97f4a7c15u;

	fill_shuffled(w, docs);
	for (unsigned i = 0; i < SHUFFLED; i++)
		order[i] = i;
	for (unsigned round = 0; round < ORDERS; round++) {
		struct registry *r = registry_create(&w->charter.hash, NULL,
		    0);
		struct digest d;

		offer_in_order(r, docs, order);
		d = registry_digest(r);
		if (round == 0) {
			first = d;
			assert_int_equal(registry_document_count(r), 7);
			assert_int_equal(registry_register(r)->version, 3);
			assert_int_equal(registry_keyset(r,
			    span_str("uy"))->version, 3);
			assert_false(registry_is_good(r, span_str("cl"),
			    now()));
		}
		assert_memory_equal(first.b, d.b, sizeof d.b);
		registry_free(r);
		for (unsigned i = SHUFFLED; i > 1; i--) {
			unsigned j = (unsigned)(next_random(&seed) % i);
			unsigned t = order[i - 1];

			order[i - 1] = order[j];
			order[j] = t;
		}
	}
}

static void
test_view_can_be_forwarded(void **state)
{
	struct world *w = *state;
	struct registry *other = registry_create(&w->charter.hash, NULL, 0);
	struct digest a;
	struct digest b;

	offer_all(w);
	for (size_t i = 0; i < registry_document_count(w->r); i++) {
		struct registry_document d = registry_document_at(w->r, i);

		assert_int_equal((int)registry_offer(other, d.bytes, NULL),
		    (int)REGISTRY_ACCEPTED);
	}
	a = registry_digest(w->r);
	b = registry_digest(other);
	assert_true(digest_is_equal(&a, &b));
	registry_free(other);
}

static void
test_garbage(void **state)
{
	static const char *const rows[] = { "", "{", "{}", "[]", "null",
		"{\"payload\":\"e30\",\"signatures\":[]}" };
	struct world *w = *state;
	struct fault f;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_int_equal((int)registry_offer(w->r, span_str(rows[i]),
		    &f), (int)REGISTRY_INVALID);
	assert_offer(w, &w->reg, REGISTRY_UNVERIFIABLE);
	assert_offer(w, &w->keysets[0], REGISTRY_UNVERIFIABLE);
	assert_int_equal(registry_document_count(w->r), 0);
	assert_null(registry_charter(w->r));
	assert_null(registry_team(w->r, span_str("uy")));
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
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_good_chain),
		TEST(test_thresholds_one_short),
		TEST(test_charter_needs_both_lists),
		TEST(test_same_key_counts_once),
		TEST(test_countersigning_reaches_the_threshold),
		TEST(test_wrong_prev),
		TEST(test_version_gaps),
		TEST(test_two_payloads_of_one_version),
		TEST(test_old_authorities_cannot_outbid),
		TEST(test_keyset_by_a_stranger),
		TEST(test_changed_payload_is_refused),
		TEST(test_key_in_force),
		TEST(test_revocation_cuts),
		TEST(test_closed_log),
		TEST(test_pins_win),
		TEST(test_expiry_only_warns),
		TEST(test_names),
		TEST(test_vkey),
		TEST(test_keysets_refused),
		TEST(test_members_are_exact),
		TEST(test_teams_are_distinct),
		TEST(test_limit_of_teams),
		TEST(test_weak_keys_refused),
		TEST(test_secret_in_a_document_is_refused),
		TEST(test_order_does_not_matter),
		TEST(test_view_can_be_forwarded),
		TEST(test_garbage),
		TEST(test_founding),
		TEST(test_card_with_a_foreign_identity),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
