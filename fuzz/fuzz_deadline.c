/* reaches: deadlines_parse deadlines_of
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Any text is read; what is refused names line and column; of what is accepted
 * every duty ends after it begins, and none twice.
 */
#include "fuzz.h"

#include "base/limits.h"
#include "rules/deadline.h"

static const struct kind *
report(void)
{
	static struct schema *s;

	if (s == NULL)
		FUZZ_CHECK(schema_load(&schema_files, &s, NULL) == ERR_NONE);
	return kind_find(s, span_str("report"));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const char *const harms[] = { "", "vital", "significant" };
	struct deadline out[DEADLINE_RULES];
	struct deadlines d = { .n = 0 };
	struct fault f = { 0 };
	size_t got;

	if (deadlines_parse(span_of(data, n), report(), &d, &f) != ERR_NONE) {
		FUZZ_CHECK(d.n == 0 && f.rule[0] != '\0');
		FUZZ_CHECK(strchr(f.field, ':') != NULL && f.at <= n);
		return 0;
	}
	for (size_t k = 0; k < 3; k++) {
		struct deadline_facts x = { .topic = span_str("data"),
			.sector = span_str("financial/banking"),
			.harm = span_str(harms[k]), .received_s = 1767225599,
			.classified_s = 1767225600 };

		got = deadlines_of(&d, &x, out);
		FUZZ_CHECK(got <= d.n);
		for (size_t i = 0; i < got; i++) {
			FUZZ_CHECK(out[i].within_s > 0 && out[i].done_s == 0);
			FUZZ_CHECK(out[i].due_s > x.received_s);
			for (size_t j = 0; j < i; j++)
				FUZZ_CHECK(out[i].step != out[j].step ||
				    !span_is_equal(out[i].law, out[j].law));
		}
	}
	return 0;
}
