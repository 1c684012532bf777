/* SPDX-License-Identifier: Apache-2.0
 *
 * Four eyes, and the clock of what went out under two.
 */
#include "rules/approval.h"
#include "watch/review.h"

#include "cmocka_all.h"

#include <string.h>

enum { NOW_S = 1795253267 };

/* Verdicts as words: "ben+ cruz-", with ' of another text: "ben+'". */
static size_t
parse(const char *text, struct approval *out)
{
	size_t n = 0;

	while (*text != '\0') {
		size_t len = strcspn(text, "+-");

		out[n] = (struct approval){ .by = span_of(text, len),
			.approved = text[len] == '+' };
		text += len + 1;
		if (*text == '\'') {
			out[n].of.b[0] = 1;
			text++;
		}
		n++;
		text += *text == ' ';
	}
	return n;
}

struct row {
	const char *given;
	const char *by; /* who releases; the author is ana */
	bool may;       /* and may approve */
	unsigned needed;
	int level;
	enum tlp tlp;
	bool never, nobody;
	enum approval_state state;
	unsigned have;
};

static const struct row rows[] = {
	/* nothing is needed */
	{ "", "ana", true, 0, 3, TLP_AMBER, false, false, APPROVAL_GIVEN, 0 },
	/* the author waits, however high her right */
	{ "", "ana", true, 1, 3, TLP_AMBER, false, false, APPROVAL_WAITS, 0 },
	{ "ana+", "ana", true, 1, 3, TLP_AMBER, false, false, APPROVAL_WAITS,
	    0 },
	/* another releases it: with the right, and without */
	{ "", "ben", true, 1, 3, TLP_AMBER, false, false, APPROVAL_GIVEN, 1 },
	{ "", "ben", false, 1, 3, TLP_AMBER, false, false, APPROVAL_WAITS,
	    0 },
	/* approved before */
	{ "ben+", "ana", true, 1, 3, TLP_AMBER, false, false, APPROVAL_GIVEN,
	    1 },
	/* of another text: it counts no more */
	{ "ben+'", "ana", true, 1, 3, TLP_AMBER, false, false,
	    APPROVAL_WAITS, 0 },
	/* distinct persons */
	{ "ben+ ben+", "ana", true, 2, 3, TLP_AMBER, false, false,
	    APPROVAL_WAITS, 1 },
	{ "ben+", "ben", true, 2, 3, TLP_AMBER, false, false, APPROVAL_WAITS,
	    1 },
	{ "ben+ cruz+", "ana", true, 2, 3, TLP_AMBER, false, false,
	    APPROVAL_GIVEN, 2 },
	{ "ben+", "cruz", true, 2, 3, TLP_AMBER, false, false,
	    APPROVAL_GIVEN, 2 },
	/* returned, and taken back */
	{ "ben-", "ana", true, 1, 5, TLP_AMBER, false, false,
	    APPROVAL_RETURNED, 0 },
	{ "ben+ cruz-", "ana", true, 1, 3, TLP_AMBER, false, false,
	    APPROVAL_RETURNED, 1 },
	{ "ben- ben+", "ana", true, 1, 3, TLP_AMBER, false, false,
	    APPROVAL_GIVEN, 1 },
	{ "ben+ ben-", "ana", true, 1, 3, TLP_AMBER, false, false,
	    APPROVAL_RETURNED, 0 },
	{ "ben-'", "ana", true, 1, 3, TLP_AMBER, false, false,
	    APPROVAL_WAITS, 0 },
	{ "ben-", "ben", true, 1, 3, TLP_AMBER, false, false,
	    APPROVAL_RETURNED, 0 },
	/* alone: urgent and not for the public */
	{ "", "ana", false, 1, 4, TLP_AMBER, false, false, APPROVAL_ALONE,
	    0 },
	{ "", "ana", false, 1, 5, TLP_RED, false, false, APPROVAL_ALONE, 0 },
	{ "", "ana", true, 1, 5, TLP_CLEAR, false, false, APPROVAL_WAITS, 0 },
	{ "", "ana", true, 1, 3, TLP_GREEN, false, false, APPROVAL_WAITS, 0 },
	{ "", "ana", true, 1, 5, TLP_RED, true, false, APPROVAL_WAITS, 0 },
	{ "ben+", "ana", true, 2, 5, TLP_RED, false, false, APPROVAL_ALONE,
	    1 },
	/* a node without other persons */
	{ "", "ana", true, 1, 1, TLP_CLEAR, false, true, APPROVAL_ALONE, 0 },
	{ "", "ana", true, 1, 1, TLP_CLEAR, true, true, APPROVAL_WAITS, 0 },
	/* nobody is no person */
	{ "+", "", true, 1, 3, TLP_AMBER, false, false, APPROVAL_WAITS, 0 },
};

static void
test_four_eyes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct row *r = &rows[i];
		struct approval given[8];
		memset(given, 0, sizeof given);
		size_t n = parse(r->given, given);
		const struct approval_ask ask = { .author = span_str("ana"),
			.by = span_str(r->by), .by_may_approve = r->may,
			.needed = r->needed, .level = r->level,
			.tlp = r->tlp, .never_alone = r->never,
			.nobody_else = r->nobody };
		unsigned have;
		enum approval_state got = approval_decide(&ask, given, n,
		    &have);

		if (got != r->state || have != r->have)
			fail_msg("row %zu, \"%s\" by %s: state %d, have %u",
			    i, r->given, r->by, (int)got, have);
	}
}

static void
test_review_clock(void **state)
{
	struct review r = { REVIEW_DUE, review_due_s(5, NOW_S) };
	struct wall now = { (NOW_S + 3600) * INT64_C(1000) - 1 };
	int64_t wait;

	(void)state;
	assert_int_equal(review_due_s(4, NOW_S), NOW_S + 4 * 3600);
	assert_false(review_step(&r, now, &wait));
	assert_int_equal(wait, 1);
	now.ms++;
	assert_true(review_step(&r, now, &wait));
	/* the clock may jump: it is looked at every minute */
	now.ms = NOW_S * INT64_C(1000);
	assert_false(review_step(&r, now, &wait));
	assert_int_equal(wait, REVIEW_LOOK_MS);
	/* told once, and never after it is done */
	r.state = REVIEW_OVERDUE;
	now.ms += INT64_C(86400000);
	assert_false(review_step(&r, now, &wait));
	assert_int_equal(wait, -1);
	r.state = REVIEW_DONE;
	assert_false(review_step(&r, now, &wait));
	assert_int_equal(wait, -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_four_eyes),
		cmocka_unit_test(test_review_clock),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
