/* reaches: mo_open
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Any bytes as a catalogue of words: what opens finds each of its own names,
 * and counts to a form that it has.
 */
#include "fuzz.h"

#include "site/mo.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct fault f = { 0 };
	struct mo m;

	if (mo_open(span_of(data, n), &m, &f) != ERR_NONE) {
		FUZZ_CHECK(f.rule[0] != '\0');
		return 0;
	}
	for (uint32_t i = 0; i < m.count; i++) {
		struct span name = mo_name(&m, i), many = { 0 }, words;
		const unsigned char *end = name.n == 0 ? NULL :
		    memchr(name.p, '\0', name.n);

		if (end != NULL) {
			many = span_of(end + 1, name.n -
			    (size_t)(end - name.p) - 1);
			name.n = (size_t)(end - name.p);
		}
		words = mo_find(&m, name, many);
		FUZZ_CHECK(words.p >= data && words.p + words.n <= data + n);
		for (unsigned k = 0; k < MO_FORMS; k++)
			FUZZ_CHECK(mo_pick(words, k).n <= words.n);
	}
	for (uint64_t k = 0; k < 200; k++)
		FUZZ_CHECK(mo_form(&m, k * k) < m.plural.forms);
	return 0;
}
