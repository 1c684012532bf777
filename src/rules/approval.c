/* SPDX-License-Identifier: Apache-2.0
 *
 * Counting other persons.
 */
#include "rules/approval.h"

#include "schema/level.h"

bool
approval_may_judge(struct span author, struct span by, bool has_the_right)
{
	return has_the_right && by.n != 0 && !span_is_equal(author, by);
}

/* The last word of the i-th verdict's person on this very text? */
static bool
is_last_word(const struct approval_ask *ask, const struct approval *given,
    size_t n, size_t i)
{
	if (!digest_is_equal(&given[i].of, &ask->of) ||
	    !approval_may_judge(ask->author, given[i].by, true))
		return false;
	for (size_t k = i + 1; k < n; k++)
		if (span_is_equal(given[k].by, given[i].by) &&
		    digest_is_equal(&given[k].of, &ask->of))
			return false;
	return true;
}

enum approval_state
approval_decide(const struct approval_ask *ask, const struct approval *given,
    size_t n, unsigned *have)
{
	bool returned = false, counted = false;
	unsigned count = 0;

	for (size_t i = 0; i < n; i++) {
		if (!is_last_word(ask, given, n, i))
			continue;
		counted = counted || span_is_equal(given[i].by, ask->by);
		count += given[i].approved;
		returned = returned || !given[i].approved;
	}
	if (!counted &&
	    approval_may_judge(ask->author, ask->by, ask->by_may_approve))
		count++;
	if (have != NULL)
		*have = count;
	if (returned)
		return APPROVAL_RETURNED;
	if (count >= ask->needed)
		return APPROVAL_GIVEN;
	if (ask->never_alone)
		return APPROVAL_WAITS;
	if (ask->nobody_else)
		return APPROVAL_ALONE;
	return ask->level >= LEVEL_URGENT && ask->tlp != TLP_CLEAR ?
	    APPROVAL_ALONE : APPROVAL_WAITS;
}
