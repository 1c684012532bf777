/* SPDX-License-Identifier: Apache-2.0
 *
 * The plain network on which the tests of registers stand, set up and taken
 * down around each of them.
 */
#ifndef TESTS_REGISTRY_TEST_H
#define TESTS_REGISTRY_TEST_H

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

WORLD const char *const team_ids[] = { "br", "cl", "uy" };
WORLD const char *const identities[] = { "br identity", "cl identity",
	"uy identity" };

WORLD void
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

WORLD enum registry_result
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

WORLD int
setup(void **state)
{
	struct world *w = calloc(1, sizeof *w);

	make_documents(w);
	w->r = registry_create(&w->charter.hash, NULL, 0);
	*state = w;
	return 0;
}

WORLD int
teardown(void **state)
{
	struct world *w = *state;

	registry_free(w->r);
	arena_release(&w->a);
	free(w);
	return 0;
}

WORLD void
offer_all(struct world *w)
{
	assert_offer(w, &w->charter, REGISTRY_ACCEPTED);
	assert_offer(w, &w->reg, REGISTRY_ACCEPTED);
	for (size_t i = 0; i < 3; i++)
		assert_offer(w, &w->keysets[i], REGISTRY_ACCEPTED);
}

WORLD struct wall
now(void)
{
	return (struct wall){ INT64_C(1000) * WORLD_NOW_S };
}

WORLD struct digest
label_kid(const char *label)
{
	struct jwk k = world_key(label);

	return jwk_thumbprint(&k);
}

WORLD unsigned
mask_of(unsigned first, unsigned count)
{
	return ((1u << count) - 1) << first;
}

WORLD enum key_state
state_at(const struct world *w, const char *label, uint64_t index)
{
	struct digest kid = label_kid(label);

	return registry_entry_state(w->r, span_str("uy"), &kid,
	    span_str(WORLD_DOMAIN "/log/uy/7f3a09c2"), index);
}

#define assert_state(w, label, index, wanted) \
	assert_int_equal((int)state_at((w), (label), (index)), (int)(wanted))

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif
