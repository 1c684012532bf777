/* reaches: segments_parse
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Any bytes as the manifest of a backup in a folder: what is taken is written
 * as the same bytes, what is refused has a reason.
 */
#include "fuzz.h"

#include "base/limits.h"
#include "store/segments.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct span in = span_of(bytes, n);
	struct fault f = { 0 };
	struct segments m;
	struct buf again;

	if (segments_parse(in, &m, &f) != ERR_NONE) {
		FUZZ_CHECK(f.rule[0] != '\0');
		return 0;
	}
	FUZZ_CHECK(segments_count(&m) <= LIMIT_BACKUP_SEGMENTS);
	for (size_t i = 0; i < segments_count(&m); i++) {
		struct digest d = segments_at(&m, i);

		FUZZ_CHECK(memmem(bytes, n, d.b, sizeof d.b) != NULL);
	}
	buf_init(&again, n + 1);
	segments_write(&m, &again);
	FUZZ_CHECK(span_is_equal(buf_span(&again), in));
	buf_release(&again);
	return 0;
}
