/* reaches: equivocation_parse equivocation_check
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Evidence against a log: what is read is written, and what is written is
 * read again and written the same; only two notes that differ convict.
 */
#include "base/limits.h"
#include "ledger/equivocation.h"

#include "fuzz.h"

#define LOG_VKEY                                                               \
	"almenara.example/log/uy/7f3a09c2+ab84359e+"                           \
	"AYOGJihkdYptTjW0HHjyiSX21keBfB6IOXEv2hALBpp+"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = span_of(data, size);
	struct equivocation e, again;
	struct buf one, two;
	struct arena a = { 0 };
	struct fault f = { 0 };
	struct note_key log;
	enum err verdict;

	buf_init(&one, 4 * (size_t)LIMIT_NOTE);
	buf_init(&two, 4 * (size_t)LIMIT_NOTE);
	FUZZ_CHECK(note_key_parse(span_str(LOG_VKEY), &log) == ERR_NONE);
	if (equivocation_parse(in, &a, &e, &f) != ERR_NONE) {
		FUZZ_CHECK(f.rule[0] != '\0');
		goto out;
	}
	verdict = equivocation_check(&e, &log, &f);
	if (verdict == ERR_NONE)
		FUZZ_CHECK(!span_is_equal(e.a, e.b));
	equivocation_write(&e, &one);
	FUZZ_CHECK(equivocation_parse(buf_span(&one), &a, &again, NULL) ==
	    ERR_NONE);
	FUZZ_CHECK(equivocation_check(&again, &log, NULL) == verdict);
	equivocation_write(&again, &two);
	FUZZ_CHECK(span_is_equal(buf_span(&one), buf_span(&two)));
out:
	buf_release(&one);
	buf_release(&two);
	arena_release(&a);
	return 0;
}
