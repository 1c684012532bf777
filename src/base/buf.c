/* SPDX-License-Identifier: Apache-2.0
 *
 * Bounded growing bytes.
 */
#include "base/buf.h"

#include "base/mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void
buf_init(struct buf *b, size_t max)
{
	*b = (struct buf){ .max = max };
}

void
buf_release(struct buf *b)
{
	free(b->p);
	*b = (struct buf){ 0 };
}

void
buf_clear(struct buf *b)
{
	b->n = 0;
	b->over = false;
}

/* Capacity for `n` more bytes and a NUL; false (and over) if beyond max. */
static bool
reserve(struct buf *b, size_t n)
{
	size_t cap;

	if (b->over || n > b->max - b->n) {
		b->over = true;
		return false;
	}
	if (b->n + n < b->cap)
		return true;
	cap = b->cap < 64 ? 64 : b->cap;
	while (cap <= b->n + n)
		cap *= 2;
	b->p = mem_grow(b->p, cap);
	b->cap = cap;
	return true;
}

void
buf_reserve(struct buf *b, size_t n)
{
	if (!b->over)
		(void)reserve(b, n < b->max - b->n ? n : b->max - b->n);
}

unsigned char *
buf_extend(struct buf *b, size_t n)
{
	unsigned char *at;

	if (!reserve(b, n))
		return NULL;
	at = b->p + b->n;
	b->n += n;
	return at;
}

void
buf_put_mem(struct buf *b, const void *p, size_t n)
{
	unsigned char *at = buf_extend(b, n);

	if (at != NULL && n != 0)
		memcpy(at, p, n);
}

void
buf_put(struct buf *b, struct span s)
{
	buf_put_mem(b, s.p, s.n);
}

void
buf_put_str(struct buf *b, const char *s)
{
	buf_put_mem(b, s, strlen(s));
}

void
buf_put_u8(struct buf *b, uint8_t v)
{
	buf_put_mem(b, &v, 1);
}

void
buf_put_u16(struct buf *b, uint16_t v)
{
	unsigned char x[2] = { (unsigned char)(v >> 8), (unsigned char)v };

	buf_put_mem(b, x, sizeof x);
}

void
buf_put_u32(struct buf *b, uint32_t v)
{
	buf_put_u16(b, (uint16_t)(v >> 16));
	buf_put_u16(b, (uint16_t)v);
}

void
buf_put_u64(struct buf *b, uint64_t v)
{
	buf_put_u32(b, (uint32_t)(v >> 32));
	buf_put_u32(b, (uint32_t)v);
}

void
buf_put_format(struct buf *b, const char *format, ...)
{
	va_list ap, again;
	int n;

	va_start(ap, format);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, format, ap);
	if (n >= 0 && reserve(b, (size_t)n + 1)) {
		vsnprintf((char *)b->p + b->n, (size_t)n + 1, format, again);
		b->n += (size_t)n;
	}
	va_end(again);
	va_end(ap);
}

void
buf_put_span8(struct buf *b, struct span s)
{
	if (s.n > UINT8_MAX) {
		b->over = true;
		return;
	}
	buf_put_u8(b, (uint8_t)s.n);
	buf_put(b, s);
}

void
buf_put_span16(struct buf *b, struct span s)
{
	if (s.n > UINT16_MAX) {
		b->over = true;
		return;
	}
	buf_put_u16(b, (uint16_t)s.n);
	buf_put(b, s);
}

void
buf_put_span32(struct buf *b, struct span s)
{
	if (s.n > UINT32_MAX) {
		b->over = true;
		return;
	}
	buf_put_u32(b, (uint32_t)s.n);
	buf_put(b, s);
}

void
buf_consume(struct buf *b, size_t n)
{
	b->n -= n;
	if (b->n != 0)
		memmove(b->p, b->p + n, b->n);
}

void
buf_set_u32(struct buf *b, size_t at, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		b->p[at + (size_t)i] = (unsigned char)(v >> (24 - 8 * i));
}

enum err
buf_check(const struct buf *b)
{
	return b->over ? ERR_LIMIT : ERR_NONE;
}

const char *
buf_str(struct buf *b)
{
	if (b->over)
		return "";
	if (b->n == b->cap) {
		b->cap = b->n + 1;
		b->p = mem_grow(b->p, b->cap);
	}
	b->p[b->n] = '\0';
	return (const char *)b->p;
}
