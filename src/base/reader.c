/* SPDX-License-Identifier: Apache-2.0
 *
 * A cursor with a sticky error.
 */
#include "base/reader.h"

void
reader_init(struct reader *r, struct span in)
{
	*r = (struct reader){ .in = in };
}

struct span
reader_span(struct reader *r, size_t n)
{
	struct span s;

	if (r->bad || n > r->in.n - r->at) {
		r->bad = true;
		return span_of(NULL, 0);
	}
	s = span_of(r->in.p + r->at, n);
	r->at += n;
	return s;
}

static uint64_t
number(struct reader *r, size_t n)
{
	struct span s = reader_span(r, n);
	uint64_t v = 0;

	for (size_t i = 0; i < s.n; i++)
		v = v << 8 | s.p[i];
	return v;
}

uint8_t
reader_u8(struct reader *r)
{
	return (uint8_t)number(r, 1);
}

uint16_t
reader_u16(struct reader *r)
{
	return (uint16_t)number(r, 2);
}

uint32_t
reader_u32(struct reader *r)
{
	return (uint32_t)number(r, 4);
}

uint64_t
reader_u64(struct reader *r)
{
	return number(r, 8);
}

static struct span
limited(struct reader *r, size_t n, size_t max)
{
	if (n > max)
		r->bad = true;
	return reader_span(r, n);
}

struct span
reader_span8(struct reader *r, size_t max)
{
	return limited(r, reader_u8(r), max);
}

struct span
reader_span16(struct reader *r, size_t max)
{
	return limited(r, reader_u16(r), max);
}

struct span
reader_span32(struct reader *r, size_t max)
{
	return limited(r, reader_u32(r), max);
}

void
reader_copy(struct reader *r, void *out, size_t n)
{
	struct span s = reader_span(r, n);

	memset(out, 0, n);
	if (s.n != 0)
		memcpy(out, s.p, s.n);
}

struct span
reader_rest(const struct reader *r)
{
	if (r->bad)
		return span_of(NULL, 0);
	return span_of(r->in.p + r->at, r->in.n - r->at);
}

enum err
reader_check(const struct reader *r, bool whole)
{
	if (r->bad || (whole && r->at != r->in.n))
		return ERR_SYNTAX;
	return ERR_NONE;
}
