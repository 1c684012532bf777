/* reaches: receipt_parse
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * What is read is written, and what is written is read again and written the
 * same; ranges never reach past the size.
 */
#include "base/limits.h"
#include "record/receipt.h"

#include "fuzz.h"

static void
check_ranges(const struct ranges *r, uint64_t size)
{
	FUZZ_CHECK(r->n <= LIMIT_RECEIPT_RANGES);
	for (size_t i = 0; i < r->n; i++) {
		FUZZ_CHECK(r->v[i].first <= r->v[i].last &&
		    r->v[i].last < size);
		if (i > 0)
			FUZZ_CHECK(r->v[i - 1].last < r->v[i].first);
	}
}

static bool
ranges_are_equal(const struct ranges *a, const struct ranges *b)
{
	return a->n == b->n && (a->n == 0 ||
	    memcmp(a->v, b->v, a->n * sizeof *a->v) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct receipt r = { 0 }, again = { 0 };
	struct arena a = { 0 };
	struct fault f = { 0 };
	struct buf one, two;

	buf_init(&one, LIMIT_PAYLOAD);
	buf_init(&two, LIMIT_PAYLOAD);
	if (receipt_parse(span_of(data, size), &a, &r, &f) != ERR_NONE) {
		FUZZ_CHECK(f.rule[0] != '\0');
		goto out;
	}
	check_ranges(&r.held, r.size);
	check_ranges(&r.missing, r.size);
	if (receipt_write(&r, &one) != ERR_NONE)
		goto out;
	FUZZ_CHECK(receipt_parse(buf_span(&one), &a, &again, NULL) ==
	    ERR_NONE);
	FUZZ_CHECK(receipt_write(&again, &two) == ERR_NONE);
	FUZZ_CHECK(span_is_equal(buf_span(&one), buf_span(&two)));
	FUZZ_CHECK(again.size == r.size && again.at_s == r.at_s &&
	    again.has_since == r.has_since &&
	    ranges_are_equal(&again.held, &r.held) &&
	    ranges_are_equal(&again.missing, &r.missing) &&
	    span_is_equal(again.by, r.by) && span_is_equal(again.log, r.log));
out:
	receipt_release(&r);
	receipt_release(&again);
	buf_release(&one);
	buf_release(&two);
	arena_release(&a);
	return 0;
}
