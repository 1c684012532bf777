/* SPDX-License-Identifier: Apache-2.0
 *
 * Epochs: what they may say, who may sign them, and what a registry makes of
 * them beside a keyset, whatever came first.
 */
#include "registry_world.h"

#include "cmocka_all.h"

#define LOG WORLD_DOMAIN "/log/uy/"
#define OLD LOG "7f3a09c2"

struct world {
	struct arena a;
	struct doc charter, reg, keyset;
	struct registry *r;
};

static int
setup(void **state)
{
	struct world *w = calloc(1, sizeof *w);
	struct charter c = world_charter(&w->a, 1, NULL, 1);
	struct register_doc r;
	struct keyset k = world_keyset(&w->a, "uy", 1, NULL);

	w->charter = world_put_charter(&w->a, &c, WORLD_ALL);
	r = world_register(&w->a, 1, NULL, &w->charter.hash);
	w->reg = world_put_register(&w->a, &r, WORLD_ALL);
	w->keyset = world_put_keyset(&w->a, &k, "uy identity");
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

#define assert_offer(w, d, wanted) \
	assert_int_equal((int)registry_offer((w)->r, (d).bytes, NULL), \
	    (int)(wanted))

static void
offer_all(struct world *w)
{
	assert_offer(w, w->charter, REGISTRY_ACCEPTED);
	assert_offer(w, w->reg, REGISTRY_ACCEPTED);
	assert_offer(w, w->keyset, REGISTRY_ACCEPTED);
}

static struct doc
put(struct world *w, const char *tag, uint64_t order, const char *other)
{
	struct epoch e = world_epoch(&w->a, "uy", tag, order, other);

	return world_put_epoch(&w->a, &e, "uy entry");
}

static bool
is_in_use(struct world *w, const char *origin)
{
	const struct keyset_log *l = registry_log_in_use(w->r,
	    span_str("uy"));

	return l != NULL && span_is_str(l->origin, origin);
}

static enum key_state
entry_state(struct world *w, const char *origin, uint64_t index)
{
	struct jwk key = world_key("uy entry");
	struct digest kid = jwk_thumbprint(&key);

	return registry_entry_state(w->r, span_str("uy"), &kid,
	    span_str(origin), index);
}

static void
test_adds_a_log(void **state)
{
	struct world *w = *state;
	struct doc d = put(w, "0badcafe", 2, NULL);
	struct registry_document found;
	struct registry_log log;

	assert_offer(w, d, REGISTRY_UNVERIFIABLE);
	offer_all(w);
	assert_true(is_in_use(w, OLD));
	assert_int_equal(entry_state(w, LOG "0badcafe", 0), KEY_UNKNOWN);
	assert_offer(w, d, REGISTRY_ACCEPTED);
	assert_offer(w, d, REGISTRY_SAME);
	assert_true(is_in_use(w, LOG "0badcafe"));
	assert_int_equal(entry_state(w, LOG "0badcafe", 9), KEY_IN_FORCE);
	assert_int_equal(entry_state(w, OLD, 9), KEY_IN_FORCE);
	assert_ok(registry_log_find(w->r, span_str(LOG "0badcafe"), &log));
	assert_true(span_is_str(log.team->id, "uy"));
	assert_non_null(registry_epoch_find(w->r, span_str(LOG "0badcafe")));
	assert_null(registry_epoch_find(w->r, span_str(OLD)));
	assert_int_equal(registry_document_count(w->r), 4);
	found = registry_document_at(w->r, 3);
	assert_int_equal(found.kind, DOCUMENT_EPOCH);
	assert_int_equal(found.version, 0x0badcafe);
	assert_true(digest_is_equal(&found.hash, &d.hash));
}

static void
test_who_may_sign(void **state)
{
	struct world *w = *state;
	struct epoch e = world_epoch(&w->a, "uy", "0badcafe", 2, NULL);
	struct doc d;
	struct buf b;
	struct jwk other = world_key("somebody");
	struct sign_public public = jwk_sign_public(&other);

	offer_all(w);
	d = world_put_epoch(&w->a, &e, "uy tls");
	assert_offer(w, d, REGISTRY_UNVERIFIABLE);
	d = world_put_epoch(&w->a, &e, "br entry");
	assert_offer(w, d, REGISTRY_UNVERIFIABLE);
	/* by the entry key, but for a log key that no keyset lists */
	buf_init(&b, 512);
	vkey_write(&b, e.origin, VKEY_LOG, &public);
	e.vkey = arena_copy(&w->a, buf_span(&b));
	buf_release(&b);
	d = world_put_epoch(&w->a, &e, "uy entry");
	assert_offer(w, d, REGISTRY_UNVERIFIABLE);
	/* another payload under the signature of the first */
	d = put(w, "0badcafe", 2, NULL);
	d.bytes = arena_copy(&w->a, d.bytes);
	((unsigned char *)(uintptr_t)d.bytes.p)[d.bytes.n - 10] ^= 1;
	assert_offer(w, d, REGISTRY_INVALID);
	assert_true(is_in_use(w, OLD));
}

/* The keyset's word counts: it lists the log, or closes it, or takes the key
 * away. */
static void
test_keyset_decides(void **state)
{
	struct world *w = *state;
	struct doc d = put(w, "0badcafe", 2, NULL), next;
	struct keyset k = world_keyset(&w->a, "uy", 2, &w->keyset.hash);
	struct epoch e = world_epoch(&w->a, "uy", "0badcafe", 2, NULL);
	struct keyset_revoked revoked = { .reason = span_str("stolen") };
	struct jwk key = world_key("uy entry");

	offer_all(w);
	assert_offer(w, d, REGISTRY_ACCEPTED);
	/* another matter: the epoch goes on */
	k.nodes[0].addr_count = 0;
	next = world_put_keyset(&w->a, &k, "uy identity");
	assert_offer(w, next, REGISTRY_ACCEPTED);
	assert_true(is_in_use(w, LOG "0badcafe"));
	/* listed and closed */
	k.version = 3;
	k.prev = next.hash;
	k.log_count = 2;
	k.logs[1] = (struct keyset_log){ .origin = e.origin, .vkey = e.vkey,
		.key = e.key, .closed = true, .size = 3 };
	next = world_put_keyset(&w->a, &k, "uy identity");
	assert_offer(w, next, REGISTRY_ACCEPTED);
	assert_true(is_in_use(w, OLD));
	assert_int_equal(registry_document_count(w->r), 3);
	assert_offer(w, d, REGISTRY_OLDER);
	/* the key is revoked: another epoch of it counts no more */
	d = put(w, "00000001", 3, NULL);
	assert_offer(w, d, REGISTRY_ACCEPTED);
	assert_true(is_in_use(w, LOG "00000001"));
	revoked.kid = jwk_thumbprint(&key);
	k.version = 4;
	k.prev = next.hash;
	k.revoked = &revoked;
	k.revoked_count = 1;
	next = world_put_keyset(&w->a, &k, "uy identity");
	assert_offer(w, next, REGISTRY_ACCEPTED);
	assert_true(is_in_use(w, OLD));
	assert_int_equal(entry_state(w, LOG "00000001", 0), KEY_UNKNOWN);
	assert_int_equal(registry_document_count(w->r), 3);
	d = put(w, "00000002", 3, NULL);
	assert_offer(w, d, REGISTRY_OLDER);
}

/* All logs of this log key are closed: with it no more are opened. */
static void
test_closed_log_key(void **state)
{
	struct world *w = *state;
	struct keyset k = world_keyset(&w->a, "uy", 1, NULL);

	k.logs[0].closed = true;
	w->keyset = world_put_keyset(&w->a, &k, "uy identity");
	offer_all(w);
	assert_offer(w, put(w, "0badcafe", 2, NULL), REGISTRY_OLDER);
	assert_null(registry_log_in_use(w->r, span_str("uy")));
}

static void
test_two_at_once(void **state)
{
	struct world *w = *state;
	size_t n;

	offer_all(w);
	assert_offer(w, put(w, "00000009", 2, NULL), REGISTRY_ACCEPTED);
	/* one that knows it comes after it: no alarm */
	assert_offer(w, put(w, "00000005", 3, "00000009"),
	    REGISTRY_ACCEPTED);
	assert_true(is_in_use(w, LOG "00000005"));
	registry_alarms(w->r, &n);
	assert_int_equal(n, 0);
	/* one that does not */
	assert_offer(w, put(w, "00000007", 2, NULL), REGISTRY_ACCEPTED);
	assert_true(is_in_use(w, LOG "00000005"));
	assert_non_null(strstr(registry_alarms(w->r, &n)->text,
	    "two new logs at once"));
	assert_int_equal(n, 2);
	/* one log, told twice in different words */
	assert_offer(w, put(w, "00000007", 4, NULL), REGISTRY_CONFLICT);
	registry_alarms(w->r, &n);
	assert_int_equal(n, 3);
}

static void
test_limit(void **state)
{
	struct world *w = *state;
	char tag[9];

	offer_all(w);
	for (unsigned i = 0; i < LIMIT_EPOCHS_PER_TEAM; i++) {
		snprintf(tag, sizeof tag, "%08x", i);
		assert_offer(w, put(w, tag, 2 + i, NULL), REGISTRY_ACCEPTED);
	}
	assert_offer(w, put(w, "ffffffff", 99, NULL), REGISTRY_CONFLICT);
	assert_true(is_in_use(w, LOG "0000000f"));
}

/* Who stole an entry key fills all places; the keyset that revokes it frees
 * them for the key that comes after it. */
static void
test_stolen_key_frees_places(void **state)
{
	struct world *w = *state;
	struct keyset k = world_keyset(&w->a, "uy", 2, &w->keyset.hash);
	struct keyset_revoked revoked = { .reason = span_str("stolen") };
	struct jwk stolen = world_key("uy entry");
	struct epoch e;
	char tag[9];

	offer_all(w);
	for (unsigned i = 0; i < LIMIT_EPOCHS_PER_TEAM; i++) {
		snprintf(tag, sizeof tag, "%08x", i);
		assert_offer(w, put(w, tag, 2 + i, NULL), REGISTRY_ACCEPTED);
	}
	revoked.kid = jwk_thumbprint(&stolen);
	k.revoked = &revoked;
	k.revoked_count = 1;
	k.nodes[0].keys[k.nodes[0].key_count++] = (struct keyset_key){
		.role = KEY_ENTRY, .key = world_key("uy entry two"),
		.log = k.logs[0].origin, .until = KEYSET_OPEN };
	assert_offer(w, world_put_keyset(&w->a, &k, "uy identity"),
	    REGISTRY_ACCEPTED);
	e = world_epoch(&w->a, "uy", "ffffffff", 2, NULL);
	assert_offer(w, world_put_epoch(&w->a, &e, "uy entry two"),
	    REGISTRY_ACCEPTED);
	assert_true(is_in_use(w, LOG "ffffffff"));
}

static void
test_refused(void **state)
{
	struct world *w = *state;
	struct epoch e = world_epoch(&w->a, "uy", "0badcafe", 2, NULL);

	offer_all(w);
	e.order = 0;
	assert_offer(w, world_put_epoch(&w->a, &e, "uy entry"),
	    REGISTRY_INVALID);
	e.order = 2;
	e.prev[0].origin = e.origin;
	assert_offer(w, world_put_epoch(&w->a, &e, "uy entry"),
	    REGISTRY_INVALID);
	e.prev[0].origin = span_str(WORLD_DOMAIN "/log/br/7f3a09c2");
	assert_offer(w, world_put_epoch(&w->a, &e, "uy entry"),
	    REGISTRY_INVALID);
	e.prev[0].origin = span_str(OLD);
	e.prev[1] = e.prev[0];
	e.prev_count = 2;
	assert_offer(w, world_put_epoch(&w->a, &e, "uy entry"),
	    REGISTRY_INVALID);
	e.prev_count = 1;
	e.reason = span_str("two\nlines");
	assert_offer(w, world_put_epoch(&w->a, &e, "uy entry"),
	    REGISTRY_INVALID);
	e.reason = span_str("one line");
	assert_offer(w, world_put_epoch(&w->a, &e, "uy entry"),
	    REGISTRY_ACCEPTED);
	/* a log that the keyset has: nothing to open */
	e = world_epoch(&w->a, "uy", "7f3a09c2", 2, NULL);
	e.prev_count = 0;
	assert_offer(w, world_put_epoch(&w->a, &e, "uy entry"),
	    REGISTRY_OLDER);
}

/* Six documents in each of their 720 orders: one view. */
static void
test_order_does_not_matter(void **state)
{
	struct world *w = *state;
	struct keyset k = world_keyset(&w->a, "uy", 2, &w->keyset.hash);
	struct epoch e = world_epoch(&w->a, "uy", "00000001", 2, NULL);
	struct doc docs[6] = { w->charter, w->reg, w->keyset };
	struct digest want = { { 0 } };

	k.log_count = 2;
	k.logs[0].closed = true;
	k.logs[1] = (struct keyset_log){ .origin = e.origin, .vkey = e.vkey,
		.key = e.key };
	docs[3] = world_put_keyset(&w->a, &k, "uy identity");
	docs[4] = world_put_epoch(&w->a, &e, "uy entry");
	docs[5] = put(w, "00000002", 3, "00000001");
	for (unsigned p = 0; p < 720; p++) {
		bool waits[6] = { true, true, true, true, true, true };
		unsigned order[6] = { 0, 1, 2, 3, 4, 5 }, rest = p;
		bool again = true;
		struct digest got;

		for (unsigned i = 6; i > 1; i--) {
			unsigned j = rest % i, t = order[i - 1];

			rest /= i;
			order[i - 1] = order[j];
			order[j] = t;
		}
		registry_free(w->r);
		w->r = registry_create(&w->charter.hash, NULL, 0);
		while (again) {
			again = false;
			for (unsigned i = 0; i < 6; i++) {
				enum registry_result r = waits[order[i]] ?
				    registry_offer(w->r,
					docs[order[i]].bytes, NULL) :
				    REGISTRY_SAME;

				waits[order[i]] = r == REGISTRY_UNVERIFIABLE;
				again = again || r == REGISTRY_ACCEPTED;
			}
		}
		got = registry_digest(w->r);
		if (p == 0)
			want = got;
		assert_true(digest_is_equal(&got, &want));
		assert_true(is_in_use(w, LOG "00000002"));
		assert_int_equal(registry_document_count(w->r), 4);
	}
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_adds_a_log),
		TEST(test_who_may_sign),
		TEST(test_keyset_decides),
		TEST(test_closed_log_key),
		TEST(test_two_at_once),
		TEST(test_limit), TEST(test_stolen_key_frees_places),
		TEST(test_refused),
		TEST(test_order_does_not_matter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
