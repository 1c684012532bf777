/* SPDX-License-Identifier: Apache-2.0
 *
 * Who is on which post when: shifts as the clock on the wall of a zone shows
 * them, repeated each so many days, held in turn by several people; swaps and
 * leave on top. Pure.
 *
 * A shift from 22:00 to 06:00 is seven, eight or nine hours long, as summer
 * time begins or ends in it.
 */
#ifndef WATCH_ROSTER_H
#define WATCH_ROSTER_H

#include "base/zone.h"
#include "watch/ladder.h"

enum {
	ROSTER_PERSON = 64,
	ROSTER_TURN = 16,      /* people who hold a shift in turn */
	ROSTER_OVERLAP_S = 15 * 60, /* of two shifts, for the handover */
	ROSTER_LONGEST_S = 14 * 86400
};

struct roster_shift {
	enum post post;
	char person[ROSTER_TURN][ROSTER_PERSON + 1];
	size_t person_n;
	const struct zone *zone; /* borrowed */
	struct span zone_name;   /* borrowed; for those who show it */
	int64_t start_s, end_s;  /* of the first, local, as if it were UTC */
	unsigned every;          /* days; 0: once */
	int64_t until_s;         /* local; no further one begins after; 0 */
};

/* Holds instead of whoever would, or is away: both in POSIX seconds. */
struct roster_swap {
	enum post post;
	char person[ROSTER_PERSON + 1];
	int64_t from_s, to_s;
};

struct roster_leave {
	char person[ROSTER_PERSON + 1];
	int64_t from_s, to_s;
};

/* Arrays are the caller's. */
struct roster {
	const struct roster_shift *shift;
	size_t shift_n;
	const struct roster_swap *swap;
	size_t swap_n;
	const struct roster_leave *leave;
	size_t leave_n;
};

/* Can this shift be? ERR_RULE with the reason: it ends before it begins, is
 * longer than two weeks, overlaps its own next one, or another of its post by
 * more than ROSTER_OVERLAP_S within `days` from `now_s`. */
MUST enum err roster_check(const struct roster *r,
    const struct roster_shift *s, int64_t now_s, unsigned days,
    struct fault *f);

/* Is it the same shift? */
bool roster_is_same(const struct roster_shift *a,
    const struct roster_shift *b);

/* Is the post in the roster at all? */
bool roster_has(const struct roster *r, enum post post);

/* Who holds `post` at `at_s`: at most `max` names (borrowed), each once. */
size_t roster_holders(const struct roster *r, enum post post, int64_t at_s,
    const char **out, size_t max);

/* Does any shift or swap of the post name this person? */
bool roster_names(const struct roster *r, enum post post, const char *person);

/* Does the person hold the post all the time from `from_s` to `to_s`? */
bool roster_holds(const struct roster *r, enum post post, const char *person,
    int64_t from_s, int64_t to_s);

/* Since when the person does not hold the post any more, who held it at some
 * time since `from_s`; 0 if she holds it at `at_s`, or never did. */
int64_t roster_left(const struct roster *r, enum post post,
    const char *person, int64_t from_s, int64_t at_s);

/* A stretch without a holder, or with several for longer than a handover. */
struct roster_span {
	int64_t from_s, to_s;
	size_t holders; /* 0: a gap */
};

/* Stretches of `post` in [from_s, to_s) that are not held by exactly one, in
 * order; at most `max`, how many is returned. */
size_t roster_faults(const struct roster *r, enum post post, int64_t from_s,
    int64_t to_s, struct roster_span *out, size_t max);

#endif
