/* reaches: api_ask_parse bearer_parse
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Five lines as path, Authorization and arguments of what an official asks: what
 * is taken is within its bounds, and only with a token of the one form.
 */
#include "fuzz.h"

#include "web/api_ask.h"

#include <string.h>

static struct span
line(struct span *rest)
{
	const unsigned char *end = rest->n == 0 ? NULL :
	    memchr(rest->p, '\n', rest->n);
	size_t n = end == NULL ? rest->n : (size_t)(end - rest->p);
	struct span s = span_of(rest->p, n);

	*rest = span_of(rest->p + n + (end != NULL), rest->n - n -
	    (end != NULL));
	/* an empty one did not come */
	return n == 0 ? span_of(NULL, 0) : s;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span rest = span_of(data, size);
	struct api_ask out = { .limit = 0 };
	struct digest d;
	struct api_raw raw;
	enum err e;

	raw.path = line(&rest);
	raw.authorization = line(&rest);
	raw.since = line(&rest);
	raw.before = line(&rest);
	raw.limit = line(&rest);
	e = api_ask_parse(&raw, &out, NULL);
	if (e != ERR_NONE) {
		FUZZ_CHECK(out.limit == 0 && out.id[0] == '\0');
		return 0;
	}
	FUZZ_CHECK(api_is_path(raw.path));
	FUZZ_CHECK(raw.authorization.n == 7 + BEARER_TEXT);
	FUZZ_CHECK(bearer_parse(raw.authorization, &d, NULL) == ERR_NONE);
	FUZZ_CHECK(bearer_is(&d, &out.token));
	FUZZ_CHECK(out.limit >= 1 && out.limit <= API_LIMIT);
	FUZZ_CHECK(out.id[0] == '\0' || strlen(out.id) == API_ID);
	return 0;
}
