/* SPDX-License-Identifier: Apache-2.0
 *
 * Shifts, swaps and leave.
 */
#include "watch/roster.h"

#include "base/limits.h"
#include "base/mem.h"

#include <stdlib.h>

enum { DAY_S = 86400 };

struct turn {
	int64_t from_s, to_s;
	const char *person;
};

/* The `k`th time of a shift; false if it is not any more. */
static bool
turn_of(const struct roster_shift *s, int64_t k, struct turn *out)
{
	int64_t shift_s = k * (int64_t)s->every * DAY_S;

	if (k < 0 || (s->every == 0 && k > 0) ||
	    (s->until_s != 0 && s->start_s + shift_s > s->until_s))
		return false;
	out->from_s = zone_to_utc(s->zone, s->start_s + shift_s);
	out->to_s = zone_to_utc(s->zone, s->end_s + shift_s);
	out->person = s->person[(size_t)k % s->person_n];
	return true;
}

/* The first that may reach `at_s`: a day of doubt for zones on each side. */
static int64_t
first_near(const struct roster_shift *s, int64_t at_s)
{
	int64_t ago = at_s - s->end_s - 2 * DAY_S;

	return s->every == 0 || ago <= 0 ? 0 :
	    ago / ((int64_t)s->every * DAY_S);
}

bool
roster_has(const struct roster *r, enum post post)
{
	for (size_t i = 0; i < r->shift_n; i++)
		if (r->shift[i].post == post)
			return true;
	return false;
}

static bool
is_away(const struct roster *r, const char *person, int64_t at_s)
{
	for (size_t i = 0; i < r->leave_n; i++)
		if (strcmp(r->leave[i].person, person) == 0 &&
		    r->leave[i].from_s <= at_s && at_s < r->leave[i].to_s)
			return true;
	return false;
}

static size_t
add_name(const char **out, size_t n, size_t max, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(out[i], name) == 0)
			return n;
	if (n < max)
		out[n++] = name;
	return n;
}

size_t
roster_holders(const struct roster *r, enum post post, int64_t at_s,
    const char **out, size_t max)
{
	size_t n = 0;
	bool is_swapped;

	for (size_t i = 0; i < r->swap_n; i++) {
		const struct roster_swap *w = &r->swap[i];

		if (w->post == post && w->from_s <= at_s && at_s < w->to_s &&
		    !is_away(r, w->person, at_s))
			n = add_name(out, n, max, w->person);
	}
	is_swapped = n != 0;
	for (size_t i = 0; !is_swapped && i < r->shift_n; i++) {
		const struct roster_shift *s = &r->shift[i];
		struct turn t;

		if (s->post != post)
			continue;
		for (int64_t k = first_near(s, at_s); turn_of(s, k, &t) &&
		     t.from_s <= at_s; k++)
			if (at_s < t.to_s && !is_away(r, t.person, at_s))
				n = add_name(out, n, max, t.person);
	}
	return n;
}

/* --- what is wrong with it --- */

/* Moments at which something may change. */
struct edges {
	int64_t at[LIMIT_ROSTER_EDGES];
	size_t n;
	int64_t from_s, to_s;
};

static void
add_edge(struct edges *e, int64_t at_s)
{
	if (at_s > e->from_s && at_s < e->to_s && e->n < LIMIT_ROSTER_EDGES)
		e->at[e->n++] = at_s;
}

static int
compare_times(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static void
find_edges(const struct roster *r, enum post post, struct edges *e)
{
	struct turn t;

	for (size_t i = 0; i < r->shift_n; i++) {
		const struct roster_shift *s = &r->shift[i];

		if (s->post != post)
			continue;
		for (int64_t k = first_near(s, e->from_s);
		     turn_of(s, k, &t) && t.from_s < e->to_s; k++) {
			add_edge(e, t.from_s);
			add_edge(e, t.to_s);
		}
	}
	for (size_t i = 0; i < r->swap_n; i++) {
		add_edge(e, r->swap[i].from_s);
		add_edge(e, r->swap[i].to_s);
	}
	for (size_t i = 0; i < r->leave_n; i++) {
		add_edge(e, r->leave[i].from_s);
		add_edge(e, r->leave[i].to_s);
	}
	qsort(e->at, e->n, sizeof e->at[0], compare_times);
}

bool
roster_names(const struct roster *r, enum post post, const char *person)
{
	for (size_t i = 0; i < r->swap_n; i++)
		if (r->swap[i].post == post &&
		    strcmp(r->swap[i].person, person) == 0)
			return true;
	for (size_t i = 0; i < r->shift_n; i++)
		for (size_t k = 0; r->shift[i].post == post &&
		     k < r->shift[i].person_n; k++)
			if (strcmp(r->shift[i].person[k], person) == 0)
				return true;
	return false;
}

static bool
is_holder(const struct roster *r, enum post post, const char *person,
    int64_t at_s)
{
	const char *name[8];
	size_t n = roster_holders(r, post, at_s, name, 8);

	for (size_t i = 0; i < n; i++)
		if (strcmp(name[i], person) == 0)
			return true;
	return false;
}

bool
roster_holds(const struct roster *r, enum post post, const char *person,
    int64_t from_s, int64_t to_s)
{
	struct edges e = { .from_s = from_s, .to_s = to_s };
	bool holds = is_holder(r, post, person, from_s) &&
	    is_holder(r, post, person, to_s);

	find_edges(r, post, &e);
	for (size_t i = 0; holds && i < e.n; i++)
		holds = is_holder(r, post, person, e.at[i]);
	return holds;
}

int64_t
roster_left(const struct roster *r, enum post post, const char *person,
    int64_t from_s, int64_t at_s)
{
	struct edges e = { .from_s = from_s, .to_s = at_s };
	bool was = is_holder(r, post, person, from_s);
	int64_t left_s = 0;

	if (is_holder(r, post, person, at_s))
		return 0;
	find_edges(r, post, &e);
	add_edge(&e, at_s - 1);
	for (size_t i = 0; i < e.n; i++) {
		bool is = is_holder(r, post, person, e.at[i]);

		if (was && !is)
			left_s = e.at[i];
		was = is;
	}
	return was ? at_s : left_s;
}

/* Two for so long hand the watch over. */
static bool
is_handover(const struct roster_span *s)
{
	return s->holders != 0 && s->to_s - s->from_s <= ROSTER_OVERLAP_S;
}

/* Append, joined to the one before if it goes on. */
static size_t
add_span(struct roster_span *out, size_t n, size_t max, int64_t from_s,
    int64_t to_s, size_t holders)
{
	if (from_s == to_s || holders == 1)
		return n;
	if (n != 0 && out[n - 1].to_s == from_s &&
	    (out[n - 1].holders == 0) == (holders == 0)) {
		out[n - 1].to_s = to_s;
		return n;
	}
	if (n != 0 && is_handover(&out[n - 1]))
		n--;
	if (n < max)
		out[n++] = (struct roster_span){ from_s, to_s, holders };
	return n;
}

size_t
roster_faults(const struct roster *r, enum post post, int64_t from_s,
    int64_t to_s, struct roster_span *out, size_t max)
{
	struct edges e = { .from_s = from_s, .to_s = to_s };
	const char *name[8];
	size_t n = 0;
	int64_t at = from_s;

	find_edges(r, post, &e);
	for (size_t i = 0; i <= e.n; i++) {
		int64_t next = i < e.n ? e.at[i] : to_s;

		n = add_span(out, n, max, at, next,
		    roster_holders(r, post, at, name, 8));
		at = next;
	}
	return n != 0 && is_handover(&out[n - 1]) ? n - 1 : n;
}

bool
roster_is_same(const struct roster_shift *a, const struct roster_shift *b)
{
	bool same = a->post == b->post && a->person_n == b->person_n &&
	    span_is_equal(a->zone_name, b->zone_name) &&
	    a->start_s == b->start_s && a->end_s == b->end_s &&
	    a->every == b->every && a->until_s == b->until_s;

	for (size_t i = 0; same && i < a->person_n; i++)
		same = strcmp(a->person[i], b->person[i]) == 0;
	return same;
}

enum err
roster_check(const struct roster *r, const struct roster_shift *s,
    int64_t now_s, unsigned days, struct fault *f)
{
	struct roster both = { .shift_n = 0 };
	struct roster_shift *all;
	struct roster_span found[16];
	size_t n;

	if (s->person_n == 0)
		return fault_at(f, ERR_RULE, 0, "persons", "nobody holds it");
	if (s->end_s <= s->start_s)
		return fault_at(f, ERR_RULE, 0, "end", "is not after the "
		    "start");
	if (s->end_s - s->start_s > ROSTER_LONGEST_S)
		return fault_at(f, ERR_RULE, 0, "end", "a shift of more than "
		    "two weeks");
	if (s->every != 0 && s->end_s - s->start_s >
	    (int64_t)s->every * DAY_S + ROSTER_OVERLAP_S)
		return fault_at(f, ERR_RULE, 0, "every", "it overlaps the "
		    "next one of its own");
	all = mem_array(r->shift_n + 1, sizeof *all);
	for (size_t i = 0; i < r->shift_n; i++)
		all[i] = r->shift[i];
	all[r->shift_n] = *s;
	both.shift = all;
	both.shift_n = r->shift_n + 1;
	n = roster_faults(&both, s->post, now_s,
	    now_s + (int64_t)days * DAY_S, found, 16);
	free(all);
	for (size_t i = 0; i < n; i++)
		if (found[i].holders > 1)
			return fault_at(f, ERR_RULE, 0, "start",
			    "it overlaps another shift of the post");
	return ERR_NONE;
}
