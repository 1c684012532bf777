/* reaches: request_frame request_parse
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Frames one after another, as a client sends them: every whole one is taken,
 * none reaches past the bytes that came, and a request that is accepted says
 * the same when it is read again.
 */
#include "node/request.h"

#include "fuzz.h"

static void
take(struct span text)
{
	struct request one, two;
	struct arena a = { 0 };
	struct json doc, again;
	struct fault f = { 0 };

	if (request_parse(text, &a, &doc, &one, &f) != ERR_NONE) {
		FUZZ_CHECK(f.rule[0] != '\0');
	} else {
		struct span raw = json_raw(json_root(&doc));

		FUZZ_CHECK(one.cmd.p != NULL);
		FUZZ_CHECK(raw.p >= text.p && raw.n <= text.n);
		FUZZ_CHECK(request_parse(raw, &a, &again, &two, NULL) ==
		    ERR_NONE);
		FUZZ_CHECK(one.id == two.id &&
		    one.args.type == two.args.type &&
		    span_is_equal(one.cmd, two.cmd) &&
		    span_is_equal(one.lang, two.lang));
	}
	arena_release(&a);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span rest = span_of(data, size), text;

	while (request_frame(rest, &text) == ERR_NONE && text.n != 0) {
		FUZZ_CHECK(text.p == rest.p + REQUEST_HEAD);
		FUZZ_CHECK(text.n <= rest.n - REQUEST_HEAD);
		take(text);
		rest = span_of(text.p + text.n,
		    rest.n - REQUEST_HEAD - text.n);
	}
	return 0;
}
