/* SPDX-License-Identifier: Apache-2.0
 *
 * Borrowed bytes: a pointer and a length, never owned, never NUL-ended.
 * An empty span may have a NULL pointer.
 */
#ifndef BASE_SPAN_H
#define BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct span {
	const unsigned char *p;
	size_t n;
};

static inline struct span
span_of(const void *p, size_t n)
{
	return (struct span){ p, n };
}

/* The bytes of a NUL-ended string, without the NUL. */
static inline struct span
span_str(const char *s)
{
	return (struct span){ (const unsigned char *)s, strlen(s) };
}

static inline bool
span_is_equal(struct span a, struct span b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool
span_is_str(struct span a, const char *s)
{
	return span_is_equal(a, span_str(s));
}

/* Is it one of the `n` of `v`? */
static inline bool
span_is_among(struct span s, const struct span *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (span_is_equal(v[i], s))
			return true;
	return false;
}

/* memcmp order; a prefix sorts before what it begins. */
static inline int
span_compare(struct span a, struct span b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int c = n == 0 ? 0 : memcmp(a.p, b.p, n);

	if (c != 0)
		return c;
	return a.n < b.n ? -1 : a.n > b.n;
}

/* Without spaces, tabs and ends of lines around it. */
static inline struct span
span_trim(struct span s)
{
	static const char blank[] = " \t\r\n";

	while (s.n != 0 && memchr(blank, s.p[0], sizeof blank - 1) != NULL)
		s = span_of(s.p + 1, s.n - 1);
	while (s.n != 0 && memchr(blank, s.p[s.n - 1], sizeof blank - 1) !=
	    NULL)
		s.n--;
	return s;
}

/* Arguments for "%.*s". */
#define SPAN_FMT(s) (int)(s).n, (const char *)((s).n != 0 ? (s).p : (const unsigned char *)"")

#endif
