/* SPDX-License-Identifier: Apache-2.0
 *
 * base/zone.c and watch/roster.c: shifts across the days on which clocks are
 * set, turns, swaps and leave; what cannot be is refused.
 */
#include "base/instant.h"
#include "watch/roster.h"

#include "cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>

enum { DAY_S = 86400, HOUR_S = 3600 };

static struct arena mem;

static int64_t
at(const char *text)
{
	struct wall t;

	assert_int_equal(wall_parse(span_str(text), &t), ERR_NONE);
	return t.ms / 1000;
}

static bool
read_zone(const char *name, char *out, size_t max, size_t *n)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof path, "/usr/share/zoneinfo/%s", name);
	file = fopen(path, "rb");
	if (file == NULL)
		return false;
	*n = fread(out, 1, max, file);
	fclose(file);
	return true;
}

static const struct zone *
zone_of(const char *name)
{
	static char file[65536];
	struct zone *z = arena_alloc(&mem, sizeof *z);
	size_t n;

	if (!read_zone(name, file, sizeof file, &n))
		skip();
	assert_int_equal(zone_parse(span_of(file, n), &mem, z, NULL),
	    ERR_NONE);
	return z;
}

static void
test_the_wall_and_the_moment(void **state)
{
	static const struct {
		const char *zone, *local, *utc;
	} row[] = {
		{ "America/New_York", "2026-07-01T12:00:00Z",
		    "2026-07-01T16:00:00Z" },
		/* the clock leaps from 2 to 3, and later shows 1:30 twice */
		{ "America/New_York", "2026-03-08T01:59:00Z",
		    "2026-03-08T06:59:00Z" },
		{ "America/New_York", "2026-03-08T02:30:00Z",
		    "2026-03-08T07:30:00Z" },
		{ "America/New_York", "2026-03-08T03:00:00Z",
		    "2026-03-08T07:00:00Z" },
		{ "America/New_York", "2026-11-01T01:30:00Z",
		    "2026-11-01T05:30:00Z" },
		{ "America/New_York", "2026-11-01T02:00:00Z",
		    "2026-11-01T07:00:00Z" },
		/* where summer begins in September */
		{ "America/Santiago", "2026-09-06T00:30:00Z",
		    "2026-09-06T04:30:00Z" },
		{ "America/Santiago", "2026-09-06T01:00:00Z",
		    "2026-09-06T04:00:00Z" },
		/* and where there is none */
		{ "America/Montevideo", "2026-12-21T12:00:00Z",
		    "2026-12-21T15:00:00Z" },
		{ "UTC", "2026-12-21T12:00:00Z", "2026-12-21T12:00:00Z" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof *row; i++)
		assert_int_equal(zone_to_utc(zone_of(row[i].zone),
		    at(row[i].local)), at(row[i].utc));
}

static void
test_bad_zones_are_refused(void **state)
{
	static char file[65536], copy[65536];
	struct zone z;
	size_t n;

	(void)state;
	if (!read_zone("America/New_York", file, sizeof file, &n))
		skip();
	for (size_t i = 0; i < n; i++)
		if (zone_parse(span_of(file, i), &mem, &z, NULL) == ERR_NONE)
			/* only the rule behind the times may be missing */
			assert_true(n - i < 32);
	for (size_t i = 0; i < n; i++) {
		memcpy(copy, file, n);
		copy[i] = (char)(copy[i] ^ 0xff);
		if (zone_parse(span_of(copy, n), &mem, &z, NULL) == ERR_NONE)
			(void)zone_to_utc(&z, at("2026-07-01T12:00:00Z"));
	}
	copy[4] = '\0';
	assert_int_equal(zone_parse(span_of(copy, n), &mem, &z, NULL),
	    ERR_UNSUPPORTED);
	assert_true(zone_is_name(span_str("America/Port-au-Prince")));
	assert_false(zone_is_name(span_str("../../etc/passwd")));
	assert_false(zone_is_name(span_str("/etc/passwd")));
	assert_false(zone_is_name(span_str("America//Lima")));
	assert_false(zone_is_name(span_str("")));
}

static struct roster_shift
shift(const struct zone *z, const char *from, const char *to, unsigned every,
    const char *one, const char *two)
{
	struct roster_shift s = { .post = POST_FIRST, .zone = z,
		.start_s = at(from), .end_s = at(to), .every = every };

	snprintf(s.person[s.person_n++], ROSTER_PERSON, "%s", one);
	if (two != NULL)
		snprintf(s.person[s.person_n++], ROSTER_PERSON, "%s", two);
	return s;
}

/* Three shifts a day, for a year, with a night on which clocks are set. */
static void
test_no_gap_when_clocks_are_set(void **state)
{
	const struct zone *z = zone_of("America/New_York");
	struct roster_shift s[] = {
		shift(z, "2026-01-01T06:00:00Z", "2026-01-01T14:00:00Z", 1,
		    "ana", "eva"),
		shift(z, "2026-01-01T14:00:00Z", "2026-01-01T22:00:00Z", 1,
		    "luis", NULL),
		shift(z, "2026-01-01T22:00:00Z", "2026-01-02T06:00:00Z", 1,
		    "rita", NULL),
	};
	struct roster r = { .shift = s, .shift_n = 3 };
	struct roster_span found[4];
	const char *who[4];
	int64_t night = 0;

	(void)state;
	assert_int_equal(roster_faults(&r, POST_FIRST,
	    at("2026-01-02T00:00:00Z"), at("2027-01-02T00:00:00Z"), found, 4),
	    0);
	for (int64_t t = at("2026-10-31T12:00:00Z");
	     t < at("2026-11-01T18:00:00Z"); t += 60) {
		assert_int_equal(roster_holders(&r, POST_FIRST, t, who, 4), 1);
		night += strcmp(who[0], "rita") == 0 ? 60 : 0;
	}
	assert_int_equal(night, 9 * HOUR_S);
	/* in turn */
	assert_int_equal(roster_holders(&r, POST_FIRST,
	    at("2026-01-01T15:00:00Z"), who, 4), 1);
	assert_string_equal(who[0], "ana");
	assert_int_equal(roster_holders(&r, POST_FIRST,
	    at("2026-01-02T15:00:00Z"), who, 4), 1);
	assert_string_equal(who[0], "eva");
	assert_false(roster_has(&r, POST_LEAD));
}

static void
test_swaps_and_leave(void **state)
{
	struct roster_shift s = shift(zone_of("UTC"), "2026-01-01T00:00:00Z",
	    "2026-01-02T00:00:00Z", 1, "ana", "eva");
	struct roster_swap w = { POST_FIRST, "luis",
		at("2026-01-03T06:00:00Z"), at("2026-01-03T12:00:00Z") };
	struct roster_leave l[] = {
		{ "ana", at("2026-01-05T00:00:00Z"),
		    at("2026-01-06T00:00:00Z") },
		{ "luis", at("2026-01-03T10:00:00Z"),
		    at("2026-01-03T11:00:00Z") } };
	struct roster r = { &s, 1, &w, 1, l, 2 };
	struct roster_span found[8];
	const char *who[4];

	(void)state;
	assert_int_equal(roster_holders(&r, POST_FIRST,
	    at("2026-01-03T07:00:00Z"), who, 4), 1);
	assert_string_equal(who[0], "luis");
	/* who swapped in is away for an hour: it falls back */
	assert_int_equal(roster_holders(&r, POST_FIRST,
	    at("2026-01-03T10:30:00Z"), who, 4), 1);
	assert_string_equal(who[0], "ana");
	assert_int_equal(roster_faults(&r, POST_FIRST,
	    at("2026-01-01T00:00:00Z"), at("2026-01-10T00:00:00Z"), found, 8),
	    1);
	assert_int_equal(found[0].from_s, at("2026-01-05T00:00:00Z"));
	assert_int_equal(found[0].to_s, at("2026-01-06T00:00:00Z"));
	assert_int_equal(found[0].holders, 0);
}

static void
test_when_somebody_has_left_a_post(void **state)
{
	struct roster_shift s = shift(zone_of("UTC"), "2026-01-01T06:00:00Z",
	    "2026-01-01T18:00:00Z", 1, "ana", "eva");
	struct roster_swap w = { POST_FIRST, "luis",
		at("2026-01-03T10:00:00Z"), at("2026-01-03T12:00:00Z") };
	struct roster r = { &s, 1, &w, 1, NULL, 0 };
	static const struct {
		const char *person, *from, *at, *left;
	} row[] = {
		{ "ana", "2026-01-01T06:00:00Z", "2026-01-01T17:59:59Z",
		    NULL },
		{ "ana", "2026-01-01T06:00:00Z", "2026-01-01T18:00:00Z",
		    "2026-01-01T18:00:00Z" },
		{ "ana", "2026-01-01T06:00:00Z", "2026-01-02T23:00:00Z",
		    "2026-01-01T18:00:00Z" },
		/* taken before the shift begins */
		{ "ana", "2026-01-01T05:50:00Z", "2026-01-01T05:55:00Z",
		    NULL },
		{ "ana", "2026-01-01T05:50:00Z", "2026-01-01T19:00:00Z",
		    "2026-01-01T18:00:00Z" },
		/* a swap in the middle of it */
		{ "ana", "2026-01-03T06:00:00Z", "2026-01-03T11:00:00Z",
		    "2026-01-03T10:00:00Z" },
		{ "ana", "2026-01-03T06:00:00Z", "2026-01-03T12:30:00Z",
		    NULL },
		/* who was never named */
		{ "rita", "2026-01-01T06:00:00Z", "2026-01-05T11:00:00Z",
		    NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof *row; i++)
		assert_int_equal(roster_left(&r, POST_FIRST, row[i].person,
		    at(row[i].from), at(row[i].at)),
		    row[i].left == NULL ? 0 : at(row[i].left));
	assert_true(roster_holds(&r, POST_FIRST, "ana",
	    at("2026-01-01T06:00:00Z"), at("2026-01-01T17:00:00Z")));
	assert_false(roster_holds(&r, POST_FIRST, "ana",
	    at("2026-01-01T06:00:00Z"), at("2026-01-03T07:00:00Z")));
	assert_false(roster_holds(&r, POST_FIRST, "ana",
	    at("2026-01-03T09:00:00Z"), at("2026-01-03T13:00:00Z")));
	assert_true(roster_names(&r, POST_FIRST, "eva"));
	assert_true(roster_names(&r, POST_FIRST, "luis"));
	assert_false(roster_names(&r, POST_FIRST, "rita"));
	assert_false(roster_names(&r, POST_SECOND, "ana"));
}

static void
test_impossible_shifts(void **state)
{
	const struct zone *z = zone_of("America/Santiago");
	struct roster_shift held = shift(z, "2026-08-01T06:00:00Z",
	    "2026-08-01T18:00:00Z", 1, "ana", NULL);
	struct roster r = { .shift = &held, .shift_n = 1 };
	const struct {
		struct roster_shift s;
		const char *rule;
	} row[] = {
		{ shift(z, "2026-08-01T18:00:00Z", "2026-08-02T06:00:00Z", 1,
		    "eva", NULL), "" },
		{ shift(z, "2026-08-01T17:50:00Z", "2026-08-02T06:00:00Z", 1,
		    "eva", NULL), "" },
		{ shift(z, "2026-08-01T17:00:00Z", "2026-08-02T06:00:00Z", 1,
		    "eva", NULL), "it overlaps another shift of the post" },
		{ shift(z, "2026-08-01T18:00:00Z", "2026-08-01T18:00:00Z", 1,
		    "eva", NULL), "is not after the start" },
		{ shift(z, "2026-08-01T18:00:00Z", "2026-08-03T06:00:00Z", 1,
		    "eva", NULL), "it overlaps the next one of its own" },
		{ shift(z, "2026-08-01T18:00:00Z", "2026-09-03T06:00:00Z", 0,
		    "eva", NULL), "a shift of more than two weeks" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		struct fault f = { 0 };

		assert_int_equal(roster_check(&r, &row[i].s,
		    at("2026-08-20T00:00:00Z"), 60, &f),
		    row[i].rule[0] == '\0' ? ERR_NONE : ERR_RULE);
		assert_string_equal(f.rule, row[i].rule);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_wall_and_the_moment),
		cmocka_unit_test(test_bad_zones_are_refused),
		cmocka_unit_test(test_no_gap_when_clocks_are_set),
		cmocka_unit_test(test_swaps_and_leave),
		cmocka_unit_test(test_when_somebody_has_left_a_post),
		cmocka_unit_test(test_impossible_shifts),
	};
	int status = cmocka_run_group_tests(tests, NULL, NULL);

	arena_release(&mem);
	return status;
}
