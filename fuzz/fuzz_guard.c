/* reaches: guard_text guard_copied guard_windows guard_person_id
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Any JSON is looked through: what is found lies within its text, the same
 * twice; a document of more than a few words is a copy of itself.
 */
#include "fuzz.h"

#include "base/limits.h"
#include "rules/guard.h"

static bool
is_same(const struct guard *a, const struct guard *b)
{
	if (a->n != b->n || a->more != b->more)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (a->hit[i].rule != b->hit[i].rule ||
		    a->hit[i].at != b->hit[i].at || a->hit[i].n != b->hit[i].n)
			return false;
	return true;
}

static void
look(struct json_val body, size_t size, struct arena *a)
{
	const struct span inside[] = { span_str("ad.gub.uy") };
	const struct guard_ask ask = { .tlp = size % 2 == 0 ? TLP_CLEAR :
							      TLP_AMBER,
		.domain = inside, .domain_n = 1 };
	struct span window[GUARD_WINDOWS];
	struct guard g = { 0 }, twin = { 0 }, copy = { 0 };
	size_t n;

	guard_text(&ask, body, a, &g);
	guard_text(&ask, body, a, &twin);
	FUZZ_CHECK(is_same(&g, &twin));
	for (size_t i = 0; i < g.n; i++)
		FUZZ_CHECK(g.hit[i].n > 0 && g.hit[i].at + g.hit[i].n <= size);
	n = guard_windows(body, a, window);
	FUZZ_CHECK(n <= GUARD_WINDOWS);
	for (size_t i = 0; i < n; i++)
		FUZZ_CHECK(window[i].n >= 2 * GUARD_WINDOW - 1);
	FUZZ_CHECK(guard_copied(body, body, a, &copy) == (copy.n != 0));
	FUZZ_CHECK(n > 0 || copy.n == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = { 0 };
	struct json doc;

	for (size_t i = 0; i < size; i++)
		FUZZ_CHECK(guard_person_id(span_of(data, size), i) <=
		    size - i);
	if (json_parse_arena(span_of(data, size), LIMIT_JSON_DEPTH,
		LIMIT_JSON_TOKENS, &a, &doc, NULL) == ERR_NONE)
		look(json_root(&doc), size, &a);
	arena_release(&a);
	return 0;
}
