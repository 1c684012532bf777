/* reaches: config_parse config_print config_release
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Any text is read; what is refused has a fault to show; what is accepted is
 * written in canonical form, which must read back to the same form.
 */
#include "fuzz.h"

#include "base/limits.h"
#include "node/config.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct buf faults, first, second;
	struct config c;

	buf_init(&faults, LIMIT_CONFIG);
	buf_init(&first, 4 * LIMIT_CONFIG);
	buf_init(&second, 4 * LIMIT_CONFIG);
	if (config_parse(span_of(data, n), "f", &c, &faults) != ERR_NONE) {
		FUZZ_CHECK(faults.n != 0);
	} else {
		FUZZ_CHECK(faults.n == 0);
		config_print(&c, &first);
		config_release(&c);
		FUZZ_CHECK(buf_check(&first) == ERR_NONE);
		FUZZ_CHECK(config_parse(buf_span(&first), "f", &c, &faults) ==
		    ERR_NONE);
		config_print(&c, &second);
		config_release(&c);
		FUZZ_CHECK(span_is_equal(buf_span(&first),
		    buf_span(&second)));
	}
	buf_release(&faults);
	buf_release(&first);
	buf_release(&second);
	return 0;
}
