/* SPDX-License-Identifier: Apache-2.0
 *
 * watch/: the deciding machines, with virtual time.
 */
#include "base/limits.h"
#include "watch/backoff.h"
#include "watch/budget.h"
#include "watch/cadence.h"
#include "watch/delivery.h"
#include "watch/mirror.h"
#include "watch/publication.h"
#include "watch/rest.h"
#include "watch/silence.h"
#include "watch/start.h"

#include "cmocka_all.h"

#include <stdio.h>
#include <string.h>

static struct mono
at(int64_t ms)
{
	return (struct mono){ ms };
}

static void
test_urgent_overtakes_and_newest_is_first(void **state)
{
	struct delivery d = { 0 };
	uint64_t index;
	bool urgent;

	(void)state;
	for (uint64_t i = 0; i < 1000; i++)
		delivery_add(&d, i, i == 500);
	assert_true(delivery_next(&d, UINT64_MAX, &index, &urgent));
	assert_int_equal(index, 500);
	assert_true(urgent);
	delivery_sent(&d, index, 100);
	for (unsigned n = 1; n < LIMIT_BODIES_IN_FLIGHT; n++) {
		assert_true(delivery_next(&d, UINT64_MAX, &index, &urgent));
		assert_int_equal(index, 1000 - n);
		assert_false(urgent);
		delivery_sent(&d, index, 100);
	}
	assert_false(delivery_next(&d, UINT64_MAX, &index, &urgent));
	delivery_add(&d, 1000, true); /* the window is full, and yet */
	assert_true(delivery_next(&d, UINT64_MAX, &index, &urgent));
	assert_int_equal(index, 1000);
	delivery_release(&d);
}

/* Of a backlog of months every second one was receipted: the most ranges. */
static void
test_urgent_overtakes_the_longest_backlog(void **state)
{
	enum { BACKLOG = 400000 };
	struct delivery d = { 0 };
	uint64_t index;
	bool urgent;

	(void)state;
	for (uint64_t i = 0; i < BACKLOG; i += 2)
		delivery_add(&d, i, false);
	while (delivery_next(&d, UINT64_MAX, &index, &urgent))
		delivery_sent(&d, index, 100);
	assert_int_equal(index, BACKLOG - 2 * LIMIT_BODIES_IN_FLIGHT);
	/* the oldest of all becomes urgent, then a new one */
	delivery_add(&d, 0, true);
	assert_true(delivery_next(&d, UINT64_MAX, &index, &urgent));
	assert_int_equal(index, 0);
	assert_true(urgent);
	delivery_add(&d, BACKLOG, true);
	assert_true(delivery_next(&d, UINT64_MAX, &index, &urgent));
	assert_int_equal(index, BACKLOG);
	delivery_sent(&d, index, 100);
	assert_true(delivery_next(&d, UINT64_MAX, &index, &urgent));
	assert_int_equal(index, 0);
	/* and after the link was lost both are the first again */
	delivery_link_lost(&d);
	assert_true(delivery_next(&d, UINT64_MAX, &index, &urgent));
	assert_int_equal(index, BACKLOG);
	assert_true(urgent);
	/* records that the other side lacks come first */
	assert_true(delivery_next(&d, BACKLOG, &index, &urgent));
	assert_int_equal(index, 0);
	delivery_release(&d);
}

static void
test_keys_go_before_all(void **state)
{
	struct delivery d = { 0 };
	uint64_t index;
	bool urgent;

	(void)state;
	for (uint64_t i = 0; i < 300; i++)
		delivery_add(&d, i, i > 100);
	delivery_add_first(&d, 50);
	assert_true(delivery_next(&d, UINT64_MAX, &index, &urgent));
	assert_int_equal(index, 50);
	assert_true(urgent); /* it waits for no window */
	delivery_sent(&d, index, 100);
	assert_true(delivery_next(&d, UINT64_MAX, &index, &urgent));
	assert_int_equal(index, 299);
	delivery_release(&d);
}

static void
test_only_receipts_end_a_duty(void **state)
{
	struct delivery d = { 0 };
	struct ranges done = { 0 };
	uint64_t index;
	bool urgent;

	(void)state;
	delivery_add(&d, 7, false);
	assert_true(delivery_next(&d, UINT64_MAX, &index, &urgent));
	delivery_sent(&d, 7, 10);
	assert_false(delivery_next(&d, UINT64_MAX, &index, &urgent));
	delivery_credit(&d, 99, 99);
	assert_false(delivery_next(&d, UINT64_MAX, &index, &urgent));
	delivery_link_lost(&d);
	assert_true(delivery_next(&d, UINT64_MAX, &index, &urgent));
	ranges_add(&done, 0, 7);
	delivery_done(&d, &done);
	assert_int_equal(delivery_count(&d), 0);
	assert_false(delivery_next(&d, UINT64_MAX, &index, &urgent));
	ranges_release(&done);
	delivery_release(&d);
}

static void
test_backoff(void **state)
{
	struct backoff b;
	int64_t t = 0, last = 0;

	(void)state;
	backoff_init(&b, 500, 60000, at(0));
	assert_true(b.due.ms == 0);
	for (uint32_t i = 0; i < 12; i++) {
		backoff_failed(&b, i * 2654435761u, at(t));
		last = b.due.ms - t;
		assert_true(last > 0 && last <= 67500);
		t = b.due.ms;
	}
	assert_true(last > 50000);
	backoff_up(&b, at(t));
	for (uint32_t i = 0; i < 12; i++) {
		backoff_failed(&b, i * 2654435761u, at(t));
		assert_true(b.due.ms - t < 5000);
		t = b.due.ms;
	}
}

static void
test_publication(void **state)
{
	const struct digest a = { { 1 } }, b = { { 2 } };
	struct publication p;
	struct now now = { { 5000000 }, { 0 } };
	struct mono due;
	int64_t last = 0;

	(void)state;
	publication_init(&p, &a, 0, now.mono);
	assert_false(publication_next(&p, &due));
	publication_want(&p, &a, false, now.mono);
	assert_true(publication_next(&p, &due) && due.ms == 0);
	assert_int_equal(publication_begin(&p), 1);
	assert_false(publication_next(&p, &due));
	/* what comes during a run is for the next one */
	publication_want(&p, &b, false, now.mono);
	assert_false(publication_end(&p, 7, true, 0, now));
	assert_true(publication_end(&p, 1, true, 0, now));
	assert_int_equal(p.done_s, 5000);
	assert_true(publication_next(&p, &due) && due.ms == 0);
	/* a failure is tried again, later each time, and newer waits too */
	for (uint32_t i = 2; i < 14; i++) {
		assert_int_equal(publication_begin(&p), i);
		assert_true(publication_end(&p, i, false, i, now));
		assert_true(publication_next(&p, &due));
		assert_true(due.ms > now.mono.ms);
		last = due.ms - now.mono.ms;
		publication_want(&p, i % 2 == 0 ? &a : &b, false, now.mono);
		now.mono = due;
	}
	assert_true(last > 500000 && last < 700000);
	assert_int_equal(p.failures, 12);
	/* unless a person asks */
	now.mono.ms -= last / 2;
	publication_want(&p, &b, true, now.mono);
	assert_true(publication_next(&p, &due) && due.ms == now.mono.ms);
	assert_true(publication_end(&p, publication_begin(&p), true, 0, now));
	assert_int_equal(p.failures, 0);
	/* what is out is not carried on again, unless a person asks */
	publication_want(&p, &b, false, now.mono);
	assert_false(publication_next(&p, &due));
	publication_want(&p, &b, true, now.mono);
	assert_true(publication_next(&p, &due));
	/* nor after a new start */
	publication_init(&p, &b, 5000, now.mono);
	publication_want(&p, &b, false, now.mono);
	assert_false(publication_next(&p, &due));
	publication_want(&p, &a, false, now.mono);
	assert_true(publication_next(&p, &due));
}

static void
test_silence(void **state)
{
	struct silence s;
	struct now now = { { 1000000 * 1000LL }, { 0 } };

	(void)state;
	silence_init(&s, now.mono);
	assert_false(silence_step(&s, 90000, 180000, at(89999)));
	assert_true(silence_beat(&s, 1000000, now));
	assert_false(silence_beat(&s, 1000000, now)); /* replayed */
	assert_true(silence_step(&s, 90000, 180000, at(90000)));
	assert_int_equal(s.state, SILENCE_SILENT);
	assert_true(silence_step(&s, 90000, 180000, at(180000)));
	assert_int_equal(s.state, SILENCE_UNREACHABLE);
	now.mono.ms = 200000;
	assert_true(silence_beat(&s, 1000121, now));
	assert_true(s.clock_off);
	assert_int_equal(s.state, SILENCE_HEARD);
	/* any 64 bits may be signed as a time */
	silence_init(&s, now.mono);
	assert_true(silence_beat(&s, UINT64_C(1) << 63, now));
	assert_true(s.clock_off);
	assert_true(silence_beat(&s, UINT64_MAX, now));
	assert_true(s.clock_off);
}

static struct start_found
sound(uint64_t size)
{
	struct start_found f = { .size = size, .fence_size = size,
		.sentinel_held = true, .sentinel_same_origin = true,
		.sentinel_size = size };

	return f;
}

static void
test_start_recognises_a_rolled_back_store(void **state)
{
	struct start_found f = sound(5);
	struct start s;

	(void)state;
	start_init(&s, 3000, 2, at(0));
	start_check(&s, &f);
	assert_true(start_is(&s, START_ASK));

	f.sentinel_size = 6; /* ahead of the store */
	start_init(&s, 3000, 2, at(0));
	start_check(&s, &f);
	assert_true(start_is(&s, START_RESTORED));
	assert_non_null(strstr(s.why, "restored backup"));

	f = sound(5);
	f.sentinel_held = false;
	start_init(&s, 3000, 2, at(0));
	start_check(&s, &f);
	assert_true(start_is(&s, START_RESTORED));

	f = sound(5);
	f.sentinel_size = 4; /* behind is normal after a crash */
	start_init(&s, 3000, 2, at(0));
	start_check(&s, &f);
	assert_true(start_is(&s, START_ASK));

	f.root_at_sentinel.b[3] = 1;
	start_init(&s, 3000, 2, at(0));
	start_check(&s, &f);
	assert_true(start_is(&s, START_RESTORED));

	f = sound(5);
	f.root.b[0] = 1;
	start_init(&s, 3000, 2, at(0));
	start_check(&s, &f);
	assert_true(start_is(&s, START_HALT));

	f = sound(5);
	f.fence_size = 6;
	start_init(&s, 3000, 2, at(0));
	start_check(&s, &f);
	assert_true(start_is(&s, START_HALT));
	start_room(&s);
	assert_false(start_proved_behind(&s, "br", 9, 5));
	assert_true(start_is(&s, START_HALT));
}

static void
test_start_asks_its_peers(void **state)
{
	struct start_found f = sound(5);
	struct start s;

	(void)state;
	start_init(&s, 3000, 2, at(0));
	start_check(&s, &f);
	assert_false(start_step(&s, at(2999)));
	assert_true(start_step(&s, at(3000))); /* nobody reachable */
	assert_true(start_is(&s, START_READY));

	start_init(&s, 3000, 2, at(0));
	start_check(&s, &f);
	start_link_up(&s, at(10));
	start_link_up(&s, at(20));
	start_answered(&s);
	assert_false(start_step(&s, at(4000)));
	start_answered(&s);
	assert_true(start_step(&s, at(4001)));

	start_init(&s, 3000, 2, at(0)); /* all of the register at once */
	start_check(&s, &f);
	start_link_up(&s, at(10));
	start_answered(&s);
	start_link_up(&s, at(20));
	start_answered(&s);
	assert_true(start_step(&s, at(21)));

	start_init(&s, 3000, 2, at(0));
	start_check(&s, &f);
	start_link_up(&s, at(10));
	assert_false(start_step(&s, at(29999)));
	assert_true(start_proved_behind(&s, "br", 6, 5));
	assert_false(start_proved_behind(&s, "cl", 7, 5)); /* no news */
	assert_true(start_is(&s, START_RESTORED));
	assert_false(start_step(&s, at(30000)));

	start_init(&s, 3000, 2, at(0));
	start_check(&s, &f);
	start_link_up(&s, at(10));
	assert_true(start_step(&s, at(30000))); /* it never answers */
}

static void
test_mirror_judges(void **state)
{
	struct mirror_view v = { .size = 10 };
	struct mirror_offer o = { .size = 10 };

	(void)state;
	assert_int_equal(mirror_judge(&v, &o), MIRROR_KNOWN);
	o.root.b[0] = 1;
	assert_int_equal(mirror_judge(&v, &o), MIRROR_CONTRADICTS);
	o = (struct mirror_offer){ .size = 12, .first = 10, .count = 2 };
	assert_int_equal(mirror_judge(&v, &o), MIRROR_APPLY);
	o.first = 9;
	o.count = 3;
	assert_int_equal(mirror_judge(&v, &o), MIRROR_APPLY);
	o.first = 11;
	o.count = 1;
	assert_int_equal(mirror_judge(&v, &o), MIRROR_WANT_RECORDS);
	o.size = 10 + LIMIT_GAP_BY_PUSH + 1;
	assert_int_equal(mirror_judge(&v, &o), MIRROR_WANT_TILES);
	v.closed = true;
	v.closed_size = 11;
	assert_int_equal(mirror_judge(&v, &o), MIRROR_BEYOND);
}

static void
test_cadence(void **state)
{
	struct cadence c = { 0 };

	(void)state;
	assert_false(cadence_is_due(&c, at(1000000)));
	cadence_add(&c, false, at(0));
	assert_false(cadence_is_due(&c, at(999)));
	assert_true(cadence_is_due(&c, at(1000)));
	cadence_add(&c, true, at(500));
	assert_true(cadence_is_due(&c, at(500)));
	cadence_clear(&c);
	for (int i = 0; i < CADENCE_RECEIPT_ENTRIES; i++) {
		assert_false(cadence_is_due(&c, at(1)));
		cadence_add(&c, false, at(1));
	}
	assert_true(cadence_is_due(&c, at(1)));
}

static void
test_budget(void **state)
{
	const int64_t day = INT64_C(86400000);
	const uint64_t most = LIMIT_LEAVES_PER_DAY;
	struct budget b = { 0 };

	(void)state;
	/* history is free, then a day's worth */
	assert_true(budget_take(&b, 7 * most, at(0)));
	assert_true(budget_take(&b, 8 * most, at(0)));
	assert_false(budget_take(&b, 8 * most + 1, at(0)));
	assert_true(budget_take(&b, 3, at(0)));
	/* it comes back with time, and what waits is let through */
	assert_false(budget_take(&b, 8 * most + 100, at(1000)));
	assert_true(budget_take(&b, 8 * most + 11, at(1000)));
	assert_true(budget_take(&b, 8 * most + 100, at(10000)));
	/* a cut of three days is caught up at once .. */
	assert_true(budget_take(&b, 11 * most, at(10000 + 3 * day)));
	/* .. but nothing is saved up while it is heard */
	budget_heard(&b, at(10 * day));
	assert_false(budget_take(&b, 12 * most + 1, at(10 * day)));
	assert_true(budget_take(&b, 12 * most, at(10 * day)));
}

/* One look for what came together, and never later than the most. */
static void
test_rest(void **state)
{
	struct rest r = { 0 };
	unsigned looks = 0;

	(void)state;
	assert_false(rest_is_due(&r, at(INT64_MAX - 1)));
	rest_news(&r, 300, 600, at(0));
	assert_false(rest_is_due(&r, at(299)));
	assert_true(rest_is_due(&r, at(300)));
	rest_news(&r, 300, 600, at(100));
	assert_int_equal(rest_due(&r).ms, 400);
	rest_news(&r, 300, 600, at(399));
	assert_int_equal(rest_due(&r).ms, 600);
	rest_clear(&r);
	assert_int_equal(rest_due(&r).ms, INT64_MAX);
	/* a hundred in ten seconds */
	for (int64_t ms = 0; ms < 10000; ms++) {
		if (ms % 100 == 0)
			rest_news(&r, 300, 600, at(ms));
		if (!rest_is_due(&r, at(ms)))
			continue;
		rest_clear(&r);
		looks++;
	}
	assert_in_range(looks, 10000 / 700, 10000 / 600);
}

static void
test_each_node_looks_at_a_time_of_its_own(void **state)
{
	enum { NODES = 34, SPREAD = 300 };
	size_t third[3] = { 0 };

	(void)state;
	for (unsigned i = 0; i < NODES; i++) {
		char name[32];
		int64_t ms;

		snprintf(name, sizeof name, "example/node/%u", i);
		ms = rest_spread(span_str(name), SPREAD);
		assert_in_range(ms, 0, SPREAD - 1);
		assert_int_equal(ms, rest_spread(span_str(name), SPREAD));
		third[ms * 3 / SPREAD]++;
	}
	for (size_t i = 0; i < 3; i++)
		assert_true(third[i] >= NODES / 6);
	assert_int_equal(rest_spread(span_str("example/node/1"), 0), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_urgent_overtakes_and_newest_is_first),
		cmocka_unit_test(test_urgent_overtakes_the_longest_backlog),
		cmocka_unit_test(test_keys_go_before_all),
		cmocka_unit_test(test_only_receipts_end_a_duty),
		cmocka_unit_test(test_backoff),
		cmocka_unit_test(test_publication),
		cmocka_unit_test(test_silence),
		cmocka_unit_test(test_start_recognises_a_rolled_back_store),
		cmocka_unit_test(test_start_asks_its_peers),
		cmocka_unit_test(test_mirror_judges),
		cmocka_unit_test(test_cadence),
		cmocka_unit_test(test_budget),
		cmocka_unit_test(test_rest),
		cmocka_unit_test(test_each_node_looks_at_a_time_of_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
