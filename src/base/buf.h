/* SPDX-License-Identifier: Apache-2.0
 *
 * Owned bytes that grow up to a maximum fixed at the start. Invariants:
 * n <= cap <= max; once `over` is set nothing more is added, so a writer may
 * put everything and ask once at the end. A zeroed buf may be released.
 * Integers are written big-endian.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/err.h"
#include "base/span.h"

#include <stdbool.h>
#include <stdint.h>

struct buf {
	unsigned char *p;
	size_t n;
	size_t cap;
	size_t max;
	bool over;
};

/* An empty buffer that will never hold more than `max` bytes. */
void buf_init(struct buf *b, size_t max);

/* Free the bytes; `b` is zeroed. Accepts a zeroed buf. */
void buf_release(struct buf *b);

/* Forget content and overflow, keep memory and maximum. */
void buf_clear(struct buf *b);

void buf_put(struct buf *b, struct span s);
void buf_put_mem(struct buf *b, const void *p, size_t n);
void buf_put_str(struct buf *b, const char *s);
void buf_put_u8(struct buf *b, uint8_t v);
void buf_put_u16(struct buf *b, uint16_t v);
void buf_put_u32(struct buf *b, uint32_t v);
void buf_put_u64(struct buf *b, uint64_t v);
void buf_put_format(struct buf *b, const char *format, ...) PRINTF_LIKE(2, 3);

/* A string or blob with its length before it: u8, u16 or u32 big-endian.
 * A length that does not fit sets `over`. */
void buf_put_span8(struct buf *b, struct span s);
void buf_put_span16(struct buf *b, struct span s);
void buf_put_span32(struct buf *b, struct span s);

/* Take memory for `n` more bytes at once; those beyond `max` are left out. */
void buf_reserve(struct buf *b, size_t n);

/* Room for `n` bytes at the end, counted as written; NULL if over. */
unsigned char *buf_extend(struct buf *b, size_t n);

/* Drop the first `n` bytes (n <= b->n). */
void buf_consume(struct buf *b, size_t n);

/* Overwrite 4 bytes at `at` (at + 4 <= n), for lengths known later. */
void buf_set_u32(struct buf *b, size_t at, uint32_t v);

static inline struct span
buf_span(const struct buf *b)
{
	return span_of(b->p, b->n);
}

/* ERR_LIMIT if something did not fit, else ERR_NONE. */
MUST enum err buf_check(const struct buf *b);

/* NUL-ended view of the content (the NUL is not counted). "" if over. */
const char *buf_str(struct buf *b);

#endif
