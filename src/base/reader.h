/* SPDX-License-Identifier: Apache-2.0
 *
 * A cursor over foreign bytes with a sticky error: a parser reads straight
 * on and checks once at the end. After the first short read every further
 * read gives zeros and empty spans. Integers are big-endian.
 */
#ifndef BASE_READER_H
#define BASE_READER_H

#include "base/err.h"
#include "base/span.h"

#include <stdint.h>

struct reader {
	struct span in;
	size_t at;
	bool bad;
};

void reader_init(struct reader *r, struct span in);

uint8_t reader_u8(struct reader *r);
uint16_t reader_u16(struct reader *r);
uint32_t reader_u32(struct reader *r);
uint64_t reader_u64(struct reader *r);

/* `n` bytes, borrowed from the input. */
struct span reader_span(struct reader *r, size_t n);

/* Bytes with their length before them; longer than `max` is an error. */
struct span reader_span8(struct reader *r, size_t max);
struct span reader_span16(struct reader *r, size_t max);
struct span reader_span32(struct reader *r, size_t max);

/* `n` bytes copied to `out`; zeros if they are not there. */
void reader_copy(struct reader *r, void *out, size_t n);

/* The bytes not read yet. */
struct span reader_rest(const struct reader *r);

/* ERR_SYNTAX if a read went past the end; with `whole`, also if bytes are
 * left over. */
MUST enum err reader_check(const struct reader *r, bool whole);

#endif
