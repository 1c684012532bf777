/* reaches: entry_parse entry_parse_digest erased_targets erased_parse
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * What is read is written, and what is written is read again to the same
 * values and written the same; what it erases, or stands for, is bounded.
 */
#include "base/limits.h"
#include "record/entry.h"
#include "record/erased.h"

#include "fuzz.h"

static void
check_values(const struct entry *e)
{
	FUZZ_CHECK(e->log.n != 0 && entry_is_team_id(e->iss));
	FUZZ_CHECK(e->kind.n != 0 && e->kind.n <= ENTRY_KIND_MAX);
	FUZZ_CHECK(e->replaces_n <= ENTRY_REPLACES_MAX);
	FUZZ_CHECK(e->body.n >= 2 && e->body.p[0] == '{');
	for (size_t i = 0; i < e->aud_n; i++) {
		FUZZ_CHECK(entry_is_team_id(e->aud[i]));
		FUZZ_CHECK(entry_has_reader(e, e->aud[i]));
		if (i > 0)
			FUZZ_CHECK(span_compare(e->aud[i - 1], e->aud[i]) < 0);
	}
	if (!e->sealed)
		FUZZ_CHECK(entry_has_reader(e, span_str("anybody")));
}

static void
check_erasing(struct json_val body, struct arena *a)
{
	struct erased_target *t;
	struct digest d, by;
	size_t n;

	if (erased_targets(body, a, &t, &n) == ERR_NONE)
		FUZZ_CHECK(n <= ERASED_MOST && json_count(json_get(body,
		    "of")) == n);
	if (erased_parse(body, a, &d, &by) == ERR_NONE)
		FUZZ_CHECK(json_get(body, "erased").type == JSON_STRING);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = span_of(data, size);
	char text[ENTRY_DIGEST_TEXT + 1];
	struct arena a = { 0 };
	struct fault f = { 0 };
	struct entry e, again;
	struct buf one, two;
	struct json_val body;
	struct digest d;

	buf_init(&one, LIMIT_PAYLOAD);
	buf_init(&two, LIMIT_PAYLOAD);
	if (entry_parse_digest(in, &d) == ERR_NONE) {
		entry_write_digest(&d, text);
		FUZZ_CHECK(span_is_str(in, text));
	}
	if (entry_parse(in, &a, &e, &body, &f) != ERR_NONE) {
		FUZZ_CHECK(f.rule[0] != '\0');
		goto out;
	}
	check_values(&e);
	check_erasing(body, &a);
	if (entry_write(&e, &one) != ERR_NONE)
		goto out; /* escapes may make it longer than it came */
	FUZZ_CHECK(entry_parse(buf_span(&one), &a, &again, NULL, NULL) ==
	    ERR_NONE);
	check_values(&again);
	FUZZ_CHECK(again.rev == e.rev && again.iat_s == e.iat_s &&
	    again.sealed == e.sealed && again.aud_n == e.aud_n &&
	    again.has_exp == e.has_exp && again.has_re == e.has_re &&
	    again.has_embargo == e.has_embargo &&
	    again.has_nonce == e.has_nonce &&
	    span_is_equal(again.body, e.body));
	FUZZ_CHECK(entry_write(&again, &two) == ERR_NONE);
	FUZZ_CHECK(span_is_equal(buf_span(&one), buf_span(&two)));
out:
	buf_release(&one);
	buf_release(&two);
	arena_release(&a);
	return 0;
}
