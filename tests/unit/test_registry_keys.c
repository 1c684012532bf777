/* SPDX-License-Identifier: Apache-2.0
 *
 * What the registry answers: keys in force, cuts, closed logs, pins, dates.
 */
#include "registry_test.h"

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
	assert_int_equal(warnings[0].document, 0);
	assert_int_equal(warnings[1].document, 1);
	assert_int_equal(warnings[1].reason.n, 0);
	assert_int_equal((int)warnings[1].kind, (int)DOCUMENT_REGISTER);
	assert_true(registry_is_good(w->r, span_str("uy"), late));
	assert_true(registry_may_add(w->r, near));
	assert_false(registry_may_add(w->r, late));
	assert_state(w, "uy entry", 0, KEY_IN_FORCE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_key_in_force),
		TEST(test_revocation_cuts),
		TEST(test_closed_log),
		TEST(test_pins_win),
		TEST(test_expiry_only_warns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
