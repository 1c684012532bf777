/* SPDX-License-Identifier: Apache-2.0
 *
 * Exercises.
 */
#include "watch/drill.h"

#include <stdlib.h>

bool
drill_is_due(const struct drill *d, int64_t at_s, struct wall now,
    int64_t *wait_ms)
{
	int64_t left_ms = (d->started_s + at_s) * 1000 - now.ms;

	if (!d->runs)
		return false;
	if (left_ms <= 0)
		return true;
	if (left_ms < *wait_ms)
		*wait_ms = left_ms;
	return false;
}

void
drill_add(struct drill_times *t, int64_t from_s, int64_t to_s)
{
	t->asked++;
	if (to_s != 0 && t->n < DRILL_TIMES)
		t->s[t->n++] = to_s > from_s ? to_s - from_s : 0;
}

static int
order(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

int64_t
drill_median(struct drill_times *t)
{
	if (t->n == 0)
		return -1;
	qsort(t->s, t->n, sizeof t->s[0], order);
	return t->s[(t->n - 1) / 2];
}

int64_t
drill_longest(struct drill_times *t)
{
	if (t->n == 0)
		return -1;
	qsort(t->s, t->n, sizeof t->s[0], order);
	return t->s[t->n - 1];
}
