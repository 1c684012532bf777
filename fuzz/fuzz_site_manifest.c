/* reaches: manifest_next manifest_parse
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Any bytes as the list of a site's files, and as its signature: the lines that
 * are read give the same text again, and no path leads out of the folder.
 */
#include "fuzz.h"

#include "site/manifest.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span rest = span_of(data, n), path;
	struct arena a = { 0 };
	struct manifest m;
	struct digest d;
	struct buf again;
	enum err e;

	buf_init(&again, 1 << 20);
	while ((e = manifest_next(&rest, &d, &path)) == ERR_NONE) {
		char text[256];

		FUZZ_CHECK(path.n != 0 && path.n < sizeof text &&
		    path.p[0] != '/');
		memcpy(text, path.p, path.n);
		text[path.n] = '\0';
		FUZZ_CHECK(strstr(text, "..") == NULL || strstr(text,
		    "/..") == NULL);
		FUZZ_CHECK(strncmp(text, "..", 2) != 0);
		manifest_put(&again, &d, text);
	}
	if (e == ERR_NOT_FOUND && buf_check(&again) == ERR_NONE)
		FUZZ_CHECK(again.n == n);
	if (manifest_parse(span_of(data, n), &a, &m, NULL) == ERR_NONE)
		FUZZ_CHECK(m.team.n != 0);
	arena_release(&a);
	buf_release(&again);
	return 0;
}
