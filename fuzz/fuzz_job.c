/* reaches: job_parse job_write
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Any bytes as a frame between node and courier: what is read is written again
 * the same.
 */
#include "fuzz.h"

#include "base/limits.h"
#include "courier/job.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct job_frame f;
	struct fault fault = { 0 };
	struct buf again;

	if (job_parse(span_of(data, size), &f, &fault) != ERR_NONE) {
		FUZZ_CHECK(fault.rule[0] != '\0');
		return 0;
	}
	buf_init(&again, LIMIT_PAGE_FRAME);
	job_write(&f, &again);
	FUZZ_CHECK(span_is_equal(buf_span(&again), span_of(data, size)));
	buf_release(&again);
	return 0;
}
