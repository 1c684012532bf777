/* reaches: filled_parse
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Any bytes as a form that a browser has sealed: what is taken holds to its
 * limits, and what is written of it says the same.
 */
#include "fuzz.h"

#include "base/limits.h"
#include "record/filled.h"

static void
check(struct span s, size_t most)
{
	FUZZ_CHECK(s.n <= most);
	for (size_t i = 0; i < s.n; i++)
		FUZZ_CHECK(s.p[i] >= ' ' || s.p[i] == '\n' || s.p[i] == '\t');
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct fault f = { 0 };
	struct arena a = { 0 };
	struct json_out w;
	struct filled x;
	struct json doc;
	struct span what;
	struct buf b;

	if (filled_parse(span_of(data, n), &a, &x, &f) != ERR_NONE) {
		FUZZ_CHECK(f.rule[0] != '\0');
		arena_release(&a);
		return 0;
	}
	FUZZ_CHECK(x.topic.n != 0 && x.what.n != 0);
	check(x.topic, FILLED_TOPIC);
	check(x.what, LIMIT_REPORT_TEXT);
	check(x.ongoing, FILLED_SHORT);
	check(x.when, FILLED_SHORT);
	check(x.contact, FILLED_SHORT);
	FUZZ_CHECK(x.share.n == 0 || span_is_str(x.share, "network"));
	FUZZ_CHECK(x.named.n == 0 || span_is_str(x.named, "yes"));
	buf_init(&b, 32768);
	json_out_init(&w, &b);
	filled_write(&x, &w);
	FUZZ_CHECK(buf_check(&b) == ERR_NONE);
	FUZZ_CHECK(json_parse_arena(buf_span(&b), 1, 64, &a, &doc, NULL) ==
	    ERR_NONE);
	FUZZ_CHECK(json_text(json_get(json_root(&doc), "what"), &a, &what) ==
	    ERR_NONE);
	FUZZ_CHECK(span_is_equal(what, x.what));
	buf_release(&b);
	arena_release(&a);
	return 0;
}
