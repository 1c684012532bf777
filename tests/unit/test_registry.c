/* SPDX-License-Identifier: Apache-2.0
 *
 * Which register documents count: chains, thresholds, conflicts, order of
 * arrival.
 */
#include "registry_test.h"

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

/* Who suspends a team is seen, and why. */
static void
check_suspended_by(struct world *w)
{
	struct span name[LIMIT_DOCUMENT_SIGNATURES];
	struct registry_warning warning[4];

	assert_int_equal(registry_warnings(w->r, now(), warning, 4), 1);
	assert_true(span_is_str(warning[0].team, "uy"));
	assert_true(span_is_str(warning[0].reason, "test"));
	assert_int_equal(registry_signers(w->r, warning[0].document, name), 2);
	assert_true(span_is_str(name[0], world_holders[1]));
	assert_true(span_is_str(name[1], world_holders[2]));
	/* the register has three */
	assert_int_equal(registry_signers(w->r, warning[0].document - 1, name),
	    3);
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
	check_suspended_by(w);
	s.team = span_str("br");
	s.until_s = s.from_s + SUSPENSION_MAX_S + 1;
	buf_clear(&b);
	suspension_write(&s, &b);
	d = world_sign_mask(&w->a, buf_span(&b), WORLD_ALL);
	assert_offer(w, &d, REGISTRY_INVALID);
	/* nor a team that is not there */
	s.team = span_str("zz");
	s.until_s--;
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
test_root_is_the_first_charter(void **state)
{
	struct world *w = *state;
	struct charter c = world_charter(&w->a, 1, NULL, 1);
	struct registry *r;
	struct doc d;

	assert_offer(w, &w->charter, REGISTRY_ACCEPTED);
	c.expires_s++;
	d = world_put_charter(&w->a, &c, WORLD_ALL);
	assert_offer(w, &d, REGISTRY_INVALID);
	/* who founded anew does not go back behind that */
	c = world_charter(&w->a, 2, &w->charter.hash, 1);
	d = world_put_charter(&w->a, &c, WORLD_ALL);
	r = registry_create(&d.hash, NULL, 0);
	assert_int_equal((int)registry_offer(r, d.bytes, NULL),
	    (int)REGISTRY_ACCEPTED);
	assert_int_equal((int)registry_offer(r, w->charter.bytes, NULL),
	    (int)REGISTRY_OLDER);
	assert_int_equal(registry_charter(r)->version, 2);
	registry_free(r);
}

static void
test_chain_has_an_end(void **state)
{
	struct world *w = *state;
	struct charter c = world_charter(&w->a, 1, NULL, 1);
	struct doc d = { 0 };
	struct registry *r;

	c.authority_count = 1;
	c.k_charter = c.k_register = c.k_suspend = 1;
	d = world_put_charter(&w->a, &c, mask_of(1, 1));
	r = registry_create(&d.hash, NULL, 0);
	for (c.version = 2; c.version <= LIMIT_CHARTERS + 1; c.version++) {
		assert_int_equal((int)registry_offer(r, d.bytes, NULL),
		    (int)REGISTRY_ACCEPTED);
		c.prev = d.hash;
		d = world_put_charter(&w->a, &c, mask_of(1, 1));
	}
	assert_int_equal((int)registry_offer(r, d.bytes, NULL),
	    (int)REGISTRY_INVALID);
	assert_int_equal(registry_charter(r)->version, LIMIT_CHARTERS);
	registry_free(r);
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_good_chain),
		TEST(test_thresholds_one_short),
		TEST(test_charter_needs_both_lists),
		TEST(test_root_is_the_first_charter),
		TEST(test_chain_has_an_end),
		TEST(test_same_key_counts_once),
		TEST(test_countersigning_reaches_the_threshold),
		TEST(test_wrong_prev),
		TEST(test_version_gaps),
		TEST(test_two_payloads_of_one_version),
		TEST(test_old_authorities_cannot_outbid),
		TEST(test_keyset_by_a_stranger),
		TEST(test_changed_payload_is_refused),
		TEST(test_order_does_not_matter),
		TEST(test_view_can_be_forwarded),
		TEST(test_garbage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
