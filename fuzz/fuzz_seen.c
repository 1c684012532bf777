/* reaches: observables_of observable_guess blind_key_parse overlap_parse
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Any bytes are read as the body of a record that says what was seen: what
 * comes out is bounded, each once, and in its one form already; the same for
 * a secret of blind digests and for the record of an overlap.
 */
#include "fuzz.h"

#include "record/blind.h"
#include "record/observable.h"
#include "watch/overlap.h"

static void
check_seen(struct json_val body, struct arena *a)
{
	struct observable *o = arena_alloc(a, LIMIT_OBSERVABLES * sizeof *o);
	size_t n = observables_of(body, a, o);

	FUZZ_CHECK(n <= LIMIT_OBSERVABLES);
	for (size_t i = 0; i < n; i++) {
		FUZZ_CHECK(o[i].text.n != 0);
		for (size_t k = 0; k < i; k++)
			FUZZ_CHECK(!span_is_equal(o[i].text, o[k].text));
	}
}

static void
check_overlap(struct json_val body, struct arena *a)
{
	struct overlap *o = arena_alloc(a, 2 * sizeof *o);
	struct json doc;
	struct buf b;

	if (overlap_parse(body, a, &o[0], NULL) != ERR_NONE)
		return;
	FUZZ_CHECK(o[0].n <= LIMIT_OVERLAP_SIDES);
	buf_init(&b, 1048576);
	overlap_write(&o[0], &b);
	FUZZ_CHECK(buf_check(&b) == ERR_NONE);
	FUZZ_CHECK(json_parse_arena(arena_copy(a, buf_span(&b)), 16, 32768, a,
	    &doc, NULL) == ERR_NONE);
	FUZZ_CHECK(overlap_parse(json_root(&doc), a, &o[1], NULL) ==
	    ERR_NONE);
	FUZZ_CHECK(o[0].n == o[1].n && o[0].is_done == o[1].is_done &&
	    span_is_equal(o[0].observable, o[1].observable));
	buf_release(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct observable once, twice;
	struct arena a = { 0 };
	struct fault f = { 0 };
	struct blind_key key;
	struct json doc;

	once = observable_guess(span_of(data, size), &a);
	if (once.has_net) {
		twice = observable_guess(span_of(once.text.p + 4,
		    once.text.n - 4), &a);
		FUZZ_CHECK(once.text.p[0] != 'n' ||
		    span_is_equal(once.text, twice.text));
	}
	if (json_parse_arena(span_of(data, size), LIMIT_JSON_DEPTH,
		LIMIT_JSON_TOKENS, &a, &doc, NULL) != ERR_NONE)
		goto out;
	check_seen(json_root(&doc), &a);
	check_overlap(json_root(&doc), &a);
	if (blind_key_parse(json_root(&doc), &a, &key, &f) != ERR_NONE)
		FUZZ_CHECK(f.field[0] != '\0' && f.rule[0] != '\0');
out:
	arena_release(&a);
	return 0;
}
