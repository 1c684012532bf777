/* SPDX-License-Identifier: Apache-2.0
 *
 * The header Range.
 */
#include "web/range.h"

#include <stdbool.h>
#include <strings.h>

static const struct range whole = { RANGE_WHOLE, 0, 0 };

/* Digits at the beginning of `s`, cut off; false if there are none. A number
 * that is too large is the largest: it is behind every file. */
static bool
number_cut(struct span *s, uint64_t *out)
{
	uint64_t v = 0;
	size_t i = 0;

	for (; i < s->n && s->p[i] >= '0' && s->p[i] <= '9'; i++) {
		uint64_t digit = s->p[i] - (uint64_t)'0';

		v = v > (UINT64_MAX - digit) / 10 ? UINT64_MAX :
		    v * 10 + digit;
	}
	*s = span_of(s->p + i, s->n - i);
	*out = v;
	return i != 0;
}

/* "-500": so many at the end. */
static struct range
last_bytes(struct span s, uint64_t size)
{
	uint64_t n;

	if (!number_cut(&s, &n) || s.n != 0)
		return whole;
	if (n == 0 || size == 0)
		return (struct range){ RANGE_BEYOND, 0, 0 };
	n = n < size ? n : size;
	return (struct range){ RANGE_PART, size - n, n };
}

struct range
range_of(struct span header, uint64_t size)
{
	uint64_t from, to = UINT64_MAX;
	struct span s = header;

	if (s.n < 7 || strncasecmp((const char *)s.p, "bytes=", 6) != 0)
		return whole;
	s = span_of(s.p + 6, s.n - 6);
	if (s.p[0] == '-')
		return last_bytes(span_of(s.p + 1, s.n - 1), size);
	if (!number_cut(&s, &from) || s.n == 0 || s.p[0] != '-')
		return whole;
	s = span_of(s.p + 1, s.n - 1);
	if (s.n != 0 && (!number_cut(&s, &to) || s.n != 0 || to < from))
		return whole;
	if (from >= size)
		return (struct range){ RANGE_BEYOND, 0, 0 };
	to = to < size - 1 ? to : size - 1;
	return (struct range){ RANGE_PART, from, to - from + 1 };
}
