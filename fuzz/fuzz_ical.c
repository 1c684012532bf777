/* reaches: ical_parse
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Any bytes are read as a calendar; what is accepted are shifts that have a
 * beginning before their end, somebody, and a zone by name.
 */
#include "fuzz.h"

#include "gateways/ical.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ical_shifts all = { 0 };
	struct arena a = { 0 };
	struct fault f = { 0 };
	enum err e = ical_parse(span_of(data, size), span_str(""),
	    span_str(""), &a, &all, &f);

	if (e != ERR_NONE) {
		FUZZ_CHECK(f.rule[0] != '\0' && all.n == 0);
		goto out;
	}
	FUZZ_CHECK(all.n != 0 && all.n <= LIMIT_ROSTER_IMPORT);
	for (size_t i = 0; i < all.n; i++) {
		const struct ical_shift *s = &all.at[i];

		FUZZ_CHECK(s->post.n != 0 && s->person_n != 0 &&
		    s->person_n <= ICAL_PERSONS && zone_is_name(s->zone) &&
		    s->start_s < s->end_s &&
		    s->every <= LIMIT_CALENDAR_EVERY);
	}
out:
	arena_release(&a);
	return 0;
}
